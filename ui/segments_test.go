package ui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/ui/safe"
)

func TestSegmentsGiveWayInOrderOfRank(t *testing.T) {
	left := []segment{
		{forms: []string{"donnatop"}},
		{forms: []string{"● db live", "● db", "●"}, rank: 2},
	}
	right := []segment{
		{forms: []string{"PAUSED +3 lines", "PAUSED"}, rank: 1},
		{forms: []string{"12:34:56 UTC", "12:34:56", ""}, rank: 3},
	}
	for _, c := range []struct {
		w    int
		want string
	}{
		{60, " donnatop  ● db live          PAUSED +3 lines  12:34:56 UTC "},
		{51, " donnatop  ● db live   PAUSED +3 lines  12:34:56  "},
		{40, " donnatop  ● db live    PAUSED +3 lines "},
		{36, " donnatop  ● db    PAUSED +3 lines "},
		{30, " donnatop  ●  PAUSED +3 lines "},
		{22, " donnatop  ●   PAUSED "},
		{0, ""},
	} {
		got := fitSegments(c.w, left, right, safe.Unicode)
		if strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(c.want), " ") {
			t.Errorf("in %d cells: %q, want %q", c.w, got, c.want)
		}
	}
	for w := range 120 {
		if got := ansi.StringWidth(fitSegments(w, left, right, safe.Unicode)); got != w {
			t.Errorf("in %d cells: %d cells", w, got)
		}
	}
}
