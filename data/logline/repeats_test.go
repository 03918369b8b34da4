package logline

import (
	"testing"
	"time"
)

func TestRepeats(t *testing.T) {
	r := NewRepeats(3)
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for i, step := range []struct {
		input int
		raw   string
		at    time.Duration
		drop  bool
	}{
		{0, "a", 0, false},
		{1, "a", 0, true},
		{1, "a", 0, false}, // twice in one input
		{0, "a", 0, true},
		{0, "a", 0, false},
		{1, "a", 1, false}, // a nanosecond later
		{0, "b", 0, false},
		{1, "b", 0, true},
		// a, a' and b are three: they are remembered until three more have come
		{0, "c", 0, false},
		{0, "d", 0, false},
		{1, "b", 0, false}, // had one each: a second of input 1
		{0, "b", 0, true},
		{0, "e", 0, false},
		{1, "a", 1, false}, // forgotten by the turn
		{1, "b", 0, false}, // remembered, for it was met again: two each, and now a third
		{1, "e", 0, true},
	} {
		got := r.Drop(step.input, []Entry{{Raw: step.raw, Time: now.Add(step.at)}})
		if (len(got) == 0) != step.drop {
			t.Errorf("step %d, %q of input %d: dropped %v", i, step.raw, step.input, !step.drop)
		}
	}
}

func TestRepeatsAreBounded(t *testing.T) {
	r := NewRepeats(100)
	for i := range 10_000 {
		r.Drop(0, []Entry{{Raw: "x", Time: time.Unix(int64(i), 0)}})
		if len(r.young)+len(r.old) > 200 {
			t.Fatalf("%d lines remembered", len(r.young)+len(r.old))
		}
	}
	if got := r.Drop(1, []Entry{{Raw: "x", Time: time.Unix(9900, 0)}}); len(got) != 0 {
		t.Error("a line of a hundred ago is forgotten")
	}
}
