package chart_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// The numbers of an axis are as far apart in rows as they are in value.
func TestTicksAreEven(t *testing.T) {
	l := look(t, "donna", false)
	tick := regexp.MustCompile(`(\d+)┤`)
	for most := 1; most < 400; most += 7 {
		for h := 5; h < 20; h++ {
			tl := &chart.Timeline{Format: count}
			for i := range 20 {
				tl.Bars = append(tl.Bars, chart.Bar{Label: "00", Values: []float64{float64(most * i / 19)}})
			}
			rows, perRow := tl.Draw(l, 60, h), 0.0
			for i, s := range rows {
				found := tick.FindStringSubmatch(ansi.Strip(s))
				if found == nil {
					continue
				}
				v, _ := strconv.Atoi(found[1])
				each := float64(v) / float64(h-1-i)
				if perRow != 0 && each != perRow {
					t.Fatalf("%d in %d rows: %v a row, and %v below\n%s", most, h, perRow, each, ansi.Strip(strings.Join(rows, "\n")))
				}
				perRow = each
			}
			if perRow*float64(h-1) < float64(most) {
				t.Fatalf("%d in %d rows: %v a row\n%s", most, h, perRow, ansi.Strip(strings.Join(rows, "\n")))
			}
		}
	}
}

// A chart as high as a large screen is not mostly empty because its numbers stand a
// fixed number of rows apart.
func TestTallAxisLeavesLittleFree(t *testing.T) {
	tl := &chart.Timeline{Format: count}
	for i := range 20 {
		tl.Bars = append(tl.Bars, chart.Bar{Label: "00", Values: []float64{float64(103 * i / 19)}})
	}
	rows := tl.Draw(look(t, "donna", false), 60, 26)
	text := ansi.Strip(strings.Join(rows, "\n"))
	if strings.Contains(text, "200┤") || !strings.Contains(text, "100┤") {
		t.Errorf("bars up to 103:\n%s", text)
	}
}

func TestPaintsOfRoles(t *testing.T) {
	l := look(t, "donna", false)
	roles := []themes.Paint{l.Styles.Bad, l.Styles.Warning}
	tl := &chart.Timeline{Series: []string{"a", "b"}, Paints: roles, Format: count}
	for range 20 {
		tl.Bars = append(tl.Bars, chart.Bar{Label: "00", Values: []float64{15, 25}})
	}
	got := strings.Join(tl.Draw(l, 60, 6), "\n")
	for i, p := range roles {
		if !strings.Contains(got, p.On()+"█") || !strings.Contains(got, p.On()+"■") {
			t.Errorf("series %d lacks its paint: %q", i, got)
		}
		if strings.Contains(got, l.Styles.Series[i].On()+"█") {
			t.Errorf("series %d is painted as the theme's: %q", i, got)
		}
	}
	// Where both meet the lower one stands upon the colour of the upper one.
	if !regexp.MustCompile(regexp.QuoteMeta(roles[0].On()) + `\x1b\[48;[0-9;]+m[▁▂▃▄▅▆▇]`).MatchString(got) {
		t.Errorf("the cell where they meet: %q", got)
	}
}

// What can be seen is named first.
func TestLegendOrder(t *testing.T) {
	tl := &chart.Timeline{Series: []string{"critical", "error", "warning"}, Format: count}
	for range 20 {
		tl.Bars = append(tl.Bars, chart.Bar{Label: "00", Values: []float64{0, 0, 3}})
	}
	rows := tl.Draw(look(t, "donna", false), 36, 8)
	if got := ansi.Strip(rows[len(rows)-1]); !strings.HasPrefix(strings.TrimSpace(got), "■ warning  ■ critical") {
		t.Errorf("%q", got)
	}
}

// Series of one role differ by their glyphs, those without one by their colours.
func TestInks(t *testing.T) {
	for _, l := range []chart.Look{look(t, "donna", false), look(t, "mono", false), look(t, "donna", true)} {
		s := l.Styles
		inks := l.Inks(5, []themes.Paint{s.Bad, {}, s.Bad, s.Good})
		seen := map[string]bool{}
		for i, ink := range inks {
			key := fmt.Sprint(ink.Paint.On(), ink.Fill)
			if seen[key] {
				t.Errorf("series %d can't be told apart: %+v", i, ink)
			}
			seen[key] = true
		}
		if !s.Patterns && inks[2].Paint.On() != s.Bad.On() {
			t.Errorf("%+v", inks[2])
		}
	}
}

// No series looks like a role that is there.
func TestInksApart(t *testing.T) {
	s := look(t, "donna", false).Styles
	inks := look(t, "donna", false).Inks(4, []themes.Paint{{}, s.Warning})
	for i, want := range []themes.Paint{s.Series[0], s.Warning, s.Series[2], s.Series[3]} {
		if inks[i].Paint.On() != want.On() {
			t.Errorf("series %d: %q, want %q", i, inks[i].Paint.On(), want.On())
		}
	}
}
