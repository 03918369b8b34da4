package uuid7

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var form = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func millis(t *testing.T, id string) int64 {
	t.Helper()
	ms, err := strconv.ParseInt(strings.ReplaceAll(id[:13], "-", ""), 16, 64)
	if err != nil {
		t.Fatal(err)
	}
	return ms
}

func TestNew(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 5e6, time.UTC)
	var g Generator
	tests := []struct {
		name string
		now  time.Time
		want int64
	}{
		{"of now", now, now.UnixMilli()},
		{"the clock stands", now, now.UnixMilli() + 1},
		{"the clock goes back", now.Add(-time.Hour), now.UnixMilli() + 2},
		{"the clock goes on", now.Add(time.Second), now.UnixMilli() + 1000},
	}
	for _, tt := range tests {
		id := g.New(tt.now)
		if !form.MatchString(id) {
			t.Errorf("%s: %q is no UUIDv7", tt.name, id)
		}
		if got := millis(t, id); got != tt.want {
			t.Errorf("%s: %d ms, want %d", tt.name, got, tt.want)
		}
	}
}

func TestConcurrentUUIDsDiffer(t *testing.T) {
	var g Generator
	var seen sync.Map
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			for range 100 {
				if _, again := seen.LoadOrStore(g.New(time.Time{}), true); again {
					t.Error("a UUID came twice")
				}
			}
		})
	}
	wg.Wait()
}
