package demo

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The containers are made for demos and pictures: the same seed and time must
// give the same ones, and over a day they must show more than health.
func TestContainersDependOnSeedAndTimeAlone(t *testing.T) {
	start := time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)
	view := func(seed uint64) containers { return containers{&Sim{opt: Options{Seed: seed, Start: start}}} }
	if d := cmp.Diff(view(1).view(start), view(1).view(start)); d != "" {
		t.Errorf("the same seed and time differ:\n%s", d)
	}
	if cmp.Equal(view(1).view(start), view(2).view(start)) {
		t.Error("two seeds give the same containers")
	}
	verdicts := map[string]int{}
	for at := start; at.Before(start.Add(24 * time.Hour)); at = at.Add(10 * time.Minute) {
		v := view(1).view(at)
		if len(v.Containers) != len(parts) {
			t.Fatalf("%d containers at %v, want %d", len(v.Containers), at, len(parts))
		}
		for i := range v.Containers {
			c := &v.Containers[i]
			verdicts[c.Verdict()]++
			if *c.CPUPct < 0 || *c.MemBytes <= 0 || *c.MemBytes > *c.MemLimitBytes {
				t.Errorf("%s at %v uses %v %% and %d of %d bytes", c.Name, at, *c.CPUPct, *c.MemBytes, *c.MemLimitBytes)
			}
		}
	}
	if verdicts["OK"] == 0 || verdicts["UNHEALTHY"] == 0 {
		t.Errorf("verdicts over a day: %v, want healthy and unhealthy ones", verdicts)
	}
}
