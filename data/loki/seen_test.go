package loki

import (
	"runtime"
	"testing"
	"time"
)

func TestSeen(t *testing.T) {
	base := int64(1_795_439_460) * 1e9 // a whole minute
	s := newSeen(base)
	for _, c := range []struct {
		at   int64
		key  uint64
		want bool
	}{
		{base + 1, 1, true}, {base + 1, 1, false}, {base + 1, 2, true},
		{base + 10e9, 1, false}, // the same ten seconds: keys hold the time already
		{base + 10e9 + 1, 1, true},
		{base + 60e9, 9, true},
		{base, 9, true}, // belongs to the minute before
	} {
		if got := s.add(c.at, c.key); got != c.want {
			t.Errorf("add(base+%d, %d) = %t", c.at-base, c.key, got)
		}
	}
	if n := s.count(base, base+60e9); n != 4 {
		t.Errorf("%d lines in (base, base+60s], want 4", n)
	}
	if n := s.count(base-60e9, base); n != 1 {
		t.Errorf("%d lines in the minute before, want 1", n)
	}
	s.prune(base+15e9, base+120e9)
	if s.floor != base+10e9+1 || s.n != 2 {
		t.Errorf("after pruning: floor base+%d, %d lines", s.floor-base, s.n)
	}
}

// TestSeenIsBounded runs ten minutes of 20,000 lines/s through the set.
func TestSeenIsBounded(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	base := int64(1_795_439_460) * 1e9
	s := newSeen(base)
	const rate = 20000
	var key uint64
	now := base
	for second := range 600 {
		now = base + int64(second)*1e9
		for i := range rate {
			key += 0x9e3779b97f4a7c15
			if !s.add(now+int64(i)*1e9/rate+1, key) {
				t.Fatal("a new line is known")
			}
		}
		s.prune(now-int64(maxReach), now)
		if s.n > maxKeys {
			t.Fatalf("%d keys after pruning, want at most %d", s.n, maxKeys)
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	reach := time.Duration(now - s.floor)
	mib := float64(after.HeapAlloc-before.HeapAlloc) / (1 << 20)
	t.Logf("%d keys, %.1f MiB, reaching back %s", s.n, mib, reach)
	if reach < 90*time.Second {
		t.Errorf("it reaches back only %s", reach)
	}
	if mib > 64 {
		t.Errorf("it takes %.0f MiB", mib)
	}
	runtime.KeepAlive(s)
}

// TestSeenKeepsWhatIsRead: more lines than fit, in the ten seconds being read.
func TestSeenKeepsWhatIsRead(t *testing.T) {
	base := int64(1_795_439_460) * 1e9
	s := newSeen(base)
	s.max = 10
	for key := range uint64(50) {
		s.add(base+5e9, key)
		s.prune(base, base+5e9)
	}
	if s.n != 50 || s.floor != base {
		t.Errorf("%d lines, floor base+%d", s.n, s.floor-base)
	}
}
