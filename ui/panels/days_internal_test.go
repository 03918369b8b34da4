package panels

import (
	"testing"

	"github.com/donna-project/donnatop/data"
)

func TestMostInterrupted(t *testing.T) {
	fill := func(n int, v int64) []int64 {
		out := make([]int64, n)
		for i := range out {
			out[i] = v
		}
		return out
	}
	for _, tc := range []struct {
		name   string
		counts []int64
		want   int // days marked
	}{
		{"none", fill(30, 0), 0},
		{"all alike", fill(30, 4), 0},
		{"one day", append(fill(29, 0), 1), 1},
		{"a tenth", append(fill(26, 1), 9, 2, 5, 7), 3},
		{"as many as the last of the tenth", append(fill(25, 0), fill(5, 2)...), 5},
		{"half of the days or more", append(fill(14, 0), fill(16, 1)...), 0},
		{"a single day in all", []int64{3}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			days := make([]data.DayBucket, len(tc.counts))
			for i := range tc.counts {
				days[i].Interrupted = &tc.counts[i]
			}
			least, got := mostInterrupted(days), 0
			for _, n := range tc.counts {
				if n >= least {
					got++
				}
			}
			if got != tc.want {
				t.Errorf("%d days marked from %d on, want %d", got, least, tc.want)
			}
		})
	}
}

// What somebody waits for comes before what is open by its status alone.
func TestOpenEscalations(t *testing.T) {
	paused, manual := "pause", "manual"
	list := []data.EscalationRow{
		{ID: 6, Status: "resolved", Resolution: &paused},
		{ID: 5, Status: "cancelled"},
		{ID: 4, Status: "open"},
		{ID: 3, Status: "resolved", Resolution: &manual},
		{ID: 2, Status: "resolved", Resolution: &paused},
		{ID: 1, Status: "failed"},
	}
	rows := openEscalations(list)
	want := []int64{4, 3, 1, 6, 2}
	if len(rows) != len(want) {
		t.Fatalf("%d rows, want %d", len(rows), len(want))
	}
	for i, r := range rows {
		if r.ID != want[i] {
			t.Errorf("row %d is request %d, want %d", i, r.ID, want[i])
		}
	}
}
