package views

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

func entry(at time.Time, raw string) logline.Entry {
	var e logline.Entry
	logline.Parse(&e, raw, at, at)
	return e
}

func TestFilter(t *testing.T) {
	at := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	line := data.LogLine{Entry: entry(at, `{"event": "task.Created", "level": "warning", "city": "K\u00f6ln", "n": 12}`)}
	line.Service = "Orchestrator"
	uml := data.LogLine{Entry: entry(at, `{"event": "gr\u00fcn"}`)}
	for _, c := range []struct {
		name, pattern string
		level         levelFloor
		line          *data.LogLine
		want          bool
	}{
		{"everything", "", levelAny, &line, true},
		{"text in any case", "task.created", levelAny, &line, true},
		{"a dot is a dot", "taskxcreated", levelAny, &line, false},
		{"upper case counts", "Task.created", levelAny, &line, false},
		{"upper case found", "Created", levelAny, &line, true},
		{"service", "orchestr", levelAny, &line, true},
		{"inverse", "!task", levelAny, &line, false},
		{"inverse of what isn't there", "!nothing", levelAny, &line, true},
		{"a lone ! is nothing yet", "!", levelAny, &line, true},
		{"regexp", `"n": \d\d`, levelAny, &line, true},
		{"regexp in any case", `TASK|x`, levelAny, &line, false},
		{"regexp folded", `task|x`, levelAny, &line, true},
		{"inverse regexp", `!^task.*d$`, levelAny, &line, false},
		{"inverse regexp of what isn't there", `!^task.*x$`, levelAny, &line, true},
		{"escaped in the line", "grün", levelAny, &uml, true},
		{"level admitted", "", levelWarning, &line, true},
		{"level too low", "", levelError, &line, false},
		{"level and text", "task", levelWarning, &line, true},
		{"no level", "", levelWarning, &uml, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := parseFilter(c.pattern, c.level)
			if err != nil {
				t.Fatal(err)
			}
			if got := f.all() || f.match(c.line); got != c.want {
				t.Errorf("filter %q: %v, want %v", c.pattern, got, c.want)
			}
		})
	}
}

func TestFilterSaysWhatIsWrong(t *testing.T) {
	_, err := parseFilter("a(b", levelAny)
	if err == nil || !strings.Contains(err.Error(), "missing closing )") || !strings.Contains(err.Error(), `put \ before`) {
		t.Errorf("error %v", err)
	}
}

// A result carried from view to view is that of looking at every line anew,
// whatever came in late or had to make room.
func TestMatchesAreCarriedOver(t *testing.T) {
	start := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	clock := clockwork.NewFakeClockAt(start)
	hub := data.NewHub(data.HubOptions{Clock: clock, RingLines: 2000})
	f, err := parseFilter("odd", levelAny)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var carried *matches
	for round := range 60 {
		clock.Advance(time.Minute)
		var batch []logline.Entry
		for i := range rng.IntN(200) {
			at := clock.Now().Add(time.Duration(rng.IntN(90)-70) * time.Second)
			kind := "even"
			if i%2 == 1 {
				kind = "odd"
			}
			batch = append(batch, entry(at, fmt.Sprintf("%s %d/%d", kind, round, i)))
		}
		hub.AppendLines(batch)
		s := hub.Publish()
		carried = match(f, newUntilNow(s), carried)
		anew := match(f, newUntilNow(s), nil)
		if !slices.Equal(seqs(carried), seqs(anew)) || carried.Len() != anew.Len() {
			t.Fatalf("round %d: %d lines (%d shown) carried over, %d (%d) found anew", round, len(carried.lines), carried.Len(), len(anew.lines), anew.Len())
		}
		for i := range carried.Len() {
			l := carried.At(i)
			if at, ok := carried.Find(l.Time, l.Seq); !ok || at != i {
				t.Fatalf("line %d is found at %d (%v)", i, at, ok)
			}
			if l.Time.After(s.At) {
				t.Fatalf("line %d is dated after the snapshot", i)
			}
		}
	}
	if s := hub.Snapshot(); s.Logs.Evicted == 0 {
		t.Fatal("no line had to make room: the test says nothing")
	}
}

func seqs(m *matches) []uint64 {
	out := make([]uint64, len(m.lines))
	for i, l := range m.lines {
		out[i] = l.Seq
	}
	return out
}

func BenchmarkMatch(b *testing.B) {
	start := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	clock := clockwork.NewFakeClockAt(start.Add(time.Hour))
	hub := data.NewHub(data.HubOptions{Clock: clock})
	raw := `{"service": "model-layer", "event": "llm_invocation_logged", "n": %d, "text": "` + longText(300) + `"}`
	var batch []logline.Entry
	for i := range 50_000 {
		batch = append(batch, entry(start.Add(time.Duration(i)*time.Millisecond), fmt.Sprintf(raw, i)))
	}
	hub.AppendLines(batch)
	all := newUntilNow(hub.Publish())
	f, err := parseFilter("777", levelAny)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("anew", func(b *testing.B) {
		for b.Loop() {
			match(f, all, nil)
		}
	})
	b.Run("carried over", func(b *testing.B) {
		prev := match(f, all, nil)
		for b.Loop() {
			match(f, all, prev)
		}
	})
}
