package panels

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var axisStart = time.Date(2026, 7, 15, 8, 0, 0, 0, time.UTC)

// axisOf is the axis of moments so long after the start.
func axisOf(after ...time.Duration) traceAxis {
	spans := make([]span, len(after))
	for i, d := range after {
		spans[i] = span{axisStart.Add(d), axisStart.Add(d)}
	}
	return newTraceAxis(spans)
}

func TestIdleStretchesAreFolded(t *testing.T) {
	const h = time.Hour
	busy := []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second, 4 * time.Second}
	for name, c := range map[string]struct {
		after  []time.Duration
		parts  int
		length float64
	}{
		"nothing":         {nil, 0, 0},
		"a moment":        {[]time.Duration{0}, 1, 0},
		"even":            {busy, 1, 4},
		"a long wait":     {append(busy, 3*h, 3*h+time.Second), 2, 5},
		"two moments":     {[]time.Duration{0, h}, 1, 3600},
		"even moments":    {[]time.Duration{0, h, 2 * h, 3 * h, 4 * h}, 1, 4 * 3600},
		"waits of a kind": {append(busy, h, h+4*time.Second, 9*h, 9*h+4*time.Second), 3, 12},
		"nights": {[]time.Duration{
			0, time.Minute, 14 * h, 14*h + time.Minute, 29 * h, 29*h + time.Minute, 45 * h, 45*h + time.Minute, 60 * h, 60*h + 5*time.Minute,
		}, 5, 9 * 60},
	} {
		a := axisOf(c.after...)
		if len(a.stretches) != c.parts || a.length != c.length {
			t.Errorf("%s: %d stretches of %v s, want %d of %v s", name, len(a.stretches), a.length, c.parts, c.length)
		}
	}
	// What lasts is not idle, whatever else happens.
	a := newTraceAxis([]span{{axisStart, axisStart.Add(5 * h)}, {axisStart, axisStart}, {axisStart.Add(5 * h), axisStart.Add(5 * h)}})
	if len(a.stretches) != 1 {
		t.Errorf("a run of five hours is folded: %+v", a.stretches)
	}
}

// Later times never stand further left, every stretch can be seen, and nothing
// leaves the axis, at any width and zoom.
func TestScaleKeepsOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		after := make([]time.Duration, 2+rng.IntN(30))
		for i := range after {
			after[i] = time.Duration(rng.Int64N(int64(time.Minute)))
			if rng.IntN(3) == 0 {
				after[i] += time.Duration(rng.IntN(40)) * time.Hour
			}
		}
		a := axisOf(after...)
		w := 1 + rng.IntN(120)
		z := TraceZoom{}
		for range rng.IntN(4) {
			z = z.Scaled(0.5, rng.Float64())
		}
		s := newTraceScale(&a, z, w)
		last := -1
		for at := a.start; !at.After(a.end); at = at.Add(a.end.Sub(a.start)/400 + 1) {
			x := s.cell(at)
			if x < last || x > w {
				t.Fatalf("cell %d after %d of %d, zoom %+v: %+v", x, last, w, z, s.parts)
			}
			last = x
		}
		for i, p := range s.parts {
			if p.n < 1 || i > 0 && p.x < s.parts[i-1].x+s.parts[i-1].n {
				t.Fatalf("parts of %d cells: %+v", w, s.parts)
			}
		}
		if z.All() && w > 2*len(s.parts) {
			if x := s.cell(a.start); x != 0 {
				t.Fatalf("the start stands in cell %d", x)
			}
			last := s.parts[len(s.parts)-1]
			if x := s.cell(a.end); x != w-1 && (last.to > last.from || x != last.x) {
				t.Fatalf("the end stands in cell %d of %d: %+v", x, w, s.parts)
			}
		}
	}
}

func TestTicksDoNotTouch(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		after := make([]time.Duration, 1+rng.IntN(12))
		for i := range after {
			after[i] = time.Duration(rng.Int64N(int64(1) << rng.IntN(55)))
		}
		a := axisOf(after...)
		w := rng.IntN(150)
		s := newTraceScale(&a, TraceZoom{}, w)
		end := -1
		for _, k := range s.ticks() {
			if k.x <= end || k.end() > w || strings.TrimSpace(k.text) == "" {
				t.Fatalf("tick %+v after %d of %d", k, end, w)
			}
			end = k.end()
		}
	}
}

func TestZoom(t *testing.T) {
	z := TraceZoom{}.Scaled(0.5, 0.1)
	if z != (TraceZoom{0, 0.5}) {
		t.Errorf("near the start: %+v", z)
	}
	if z = z.Shifted(0.5); z != (TraceZoom{0.25, 0.75}) {
		t.Errorf("shifted: %+v", z)
	}
	if z = z.Shifted(9); z != (TraceZoom{0.5, 1}) {
		t.Errorf("shifted as far as it goes: %+v", z)
	}
	if got := z.Around(0.1, 0.2); got != (TraceZoom{0, 0.5}) {
		t.Errorf("around what lies before: %+v", got)
	}
	if got := z.Around(0.3, 0.6); got != z {
		t.Errorf("what is partly seen moves it: %+v", got)
	}
	if z = z.Scaled(2, 0.75); !z.All() {
		t.Errorf("twice the half: %+v", z)
	}
	for range 100 {
		z = z.Scaled(0.5, 0.3)
	}
	if !z.Closest() || z.To-z.From <= 0 {
		t.Errorf("closest: %+v", z)
	}
}

func TestOffsets(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", 340 * time.Millisecond: "+340ms", 12*time.Second + 300*time.Millisecond: "+12.3s", 190 * time.Minute: "+3h10m", -2 * time.Second: "-2.00s",
	} {
		if got := offset(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}
