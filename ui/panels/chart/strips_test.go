package chart_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/ui/panels/chart"
)

func strips() map[string]*chart.Strips {
	some, wild := &chart.Strips{OneScale: true}, &chart.Strips{}
	for i := range 30 {
		some.Labels = append(some.Labels, fmt.Sprintf("%02d", i+1))
	}
	for i := range 2 {
		s := chart.Strip{Name: "strip", Note: "1 today", Format: count}
		for j := range 30 {
			s.Values = append(s.Values, float64(j*(i+3)%17))
		}
		some.Strips = append(some.Strips, s)
	}
	for range 1000 {
		wild.Labels = append(wild.Labels, "label")
	}
	for range 10 {
		s := chart.Strip{Name: "\x1b[2J日本", Note: "a\nb", Format: count, Most: math.Inf(1)}
		for i := range 1200 {
			s.Values = append(s.Values, odd[i%len(odd)])
		}
		wild.Strips = append(wild.Strips, s)
	}
	return map[string]*chart.Strips{
		"some": some, "wild": wild, "none": {}, "no labels": {Strips: some.Strips}, "no strips": {Labels: some.Labels},
		"no values": {Labels: some.Labels, Strips: []chart.Strip{{Name: "a", Format: count}}},
		"one":       {Labels: []string{"15"}, Strips: []chart.Strip{{Values: []float64{7}, Format: count}}},
	}
}

func TestStripsAtEverySize(t *testing.T) {
	for _, l := range []chart.Look{look(t, "donna", false), look(t, "mono", false), look(t, "donna", true)} {
		for name, s := range strips() {
			for w := -1; w < 230; w += 1 + w/7 {
				for h := -1; h < 40; h += 1 + h/5 {
					check(t, l, fmt.Sprintf("%s %dx%d", name, w, h), s.Draw(l, w, h), w, h)
				}
			}
		}
	}
}

func drawStrips(t *testing.T, s *chart.Strips, w, h int) string {
	t.Helper()
	return ansi.Strip(strings.Join(s.Draw(look(t, "donna", false), w, h), "\n"))
}

// Zero is a dot, a gap is nothing, and both strips have the same scale.
func TestStrips(t *testing.T) {
	s := &chart.Strips{
		Labels: []string{"1", "2", "3", "4"}, OneScale: true,
		Strips: []chart.Strip{
			{Name: "new", Note: "4 today", Values: []float64{0, 2, math.NaN(), 4}, Format: count},
			{Name: "all", Values: []float64{8, 0, 4}, Format: count},
		},
	}
	want := strings.Join([]string{
		"■ new  4 today",
		"              ",
		"·  ▄▄    ██   ",
		"■ all         ",
		"██            ",
		"██ ·  ██      ",
		"1  2  3  ▲4   ",
	}, "\n")
	if got := drawStrips(t, s, 14, 7); got != want {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	s.OneScale = false
	if got := strings.Split(drawStrips(t, s, 14, 7), "\n")[1]; got != "         ██   " {
		t.Errorf("a scale of its own: %q", got)
	}
	s.OneScale, s.Strips[0].Most = true, 16
	if got := strings.Split(drawStrips(t, s, 14, 7), "\n")[2]; got != "·  ▂▂    ▄▄   " {
		t.Errorf("a scale that was set: %q", got)
	}
}

// Labels go first where there is no room, then captions, then strips.
func TestStripsGiveWay(t *testing.T) {
	s := strips()["some"]
	for h, want := range map[int][3]bool{6: {true, true, true}, 5: {true, true, true}, 4: {true, false, true}, 3: {true, false, true}, 2: {false, false, true}, 1: {false, false, false}} {
		got := drawStrips(t, s, 40, h)
		lines := strings.Split(got, "\n")
		seen := [3]bool{strings.Contains(got, "▲"), strings.Count(got, "strip") == 2, len(lines) > 1 && strings.TrimSpace(lines[1]) != ""}
		if seen != want {
			t.Errorf("%d lines: labels, captions, second strip %v, want %v\n%s", h, seen, want, got)
		}
	}
}

// Where bars are wide enough each has its number above it.
func TestStripNumbers(t *testing.T) {
	s := &chart.Strips{Labels: []string{"1", "2"}, Strips: []chart.Strip{{Values: []float64{3, 12}, Format: count}}}
	got := drawStrips(t, s, 12, 7)
	if !strings.Contains(got, "12") || !strings.Contains(got, "3") {
		t.Error(got)
	}
}
