package chart_test

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/ui/panels/chart"
)

// Names in a legend that begin alike are told apart by their ends; others are cut
// at their ends.
func TestLegendTellsNamesApart(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []string
		want []string
	}{
		{"short", []string{"a", "b"}, []string{"a", "b"}},
		{"alike", []string{"skill_step::news_summary::fetch_feeds", "skill_step::news_summary::compose_text"}, []string{"skill_st…h_feeds", "skill_st…se_text"}},
		{"only one is long", []string{"skill_step::news_summary::fetch_feeds", "route"}, []string{"skill_step::new…", "route"}},
		{"wide", []string{strings.Repeat("漢", 20) + "a", strings.Repeat("漢", 20) + "b"}, []string{"漢漢漢漢…漢漢漢a", "漢漢漢漢…漢漢漢b"}},
		{"hostile", []string{strings.Repeat("x", 30) + "\x1b[2J", strings.Repeat("x", 30) + "\u202e"}, []string{"xxxxxxxx…xxx␛[2J", "xxxxxxxx…xxxxxx\ufffd"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			tl := &chart.Timeline{Series: c.in, Format: count}
			for range 20 {
				tl.Bars = append(tl.Bars, chart.Bar{Label: "00", Values: []float64{2, 3}})
			}
			got := ansi.Strip(strings.Join(tl.Draw(look(t, "donna", false), 67, 12), "\n"))
			for _, want := range c.want {
				if !strings.Contains(got, "■ "+want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
		})
	}
}
