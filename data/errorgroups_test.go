package data

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/donna-project/donnatop/data/logline"
)

// trouble is a line as a test means it.
type trouble struct {
	at                                                      time.Time
	level, event, service, component, eventType, class, ids string
	line                                                    int // of the innermost frame
}

func (l trouble) entry() *logline.Entry {
	var b strings.Builder
	fmt.Fprintf(&b, `{"event": %q, "level": %q, "timestamp": %q`, l.event, l.level, l.at.Format(time.RFC3339Nano))
	for key, value := range map[string]string{"component": l.component, "event_type": l.eventType, "service": l.service} {
		if value != "" {
			fmt.Fprintf(&b, `, %q: %q`, key, value)
		}
	}
	b.WriteString(l.ids)
	if l.class != "" {
		fmt.Fprintf(&b, `, "exception": "Traceback (most recent call last):\n  File \"/app/x.py\", line %d, in f\n    f()\n%s: bad %d"`, l.line, l.class, l.line)
	}
	b.WriteString("}")
	e := &logline.Entry{}
	logline.Parse(e, b.String(), time.Time{}, time.Time{})
	return e
}

// liveLogs is a snapshot at now whose log source has read everything.
func liveLogs(now time.Time) *Snapshot {
	return &Snapshot{At: now, Sources: map[string]SourceState{SourceFiles: {State: StateLive, Loaded: true}}}
}

func figuresOf(t *testing.T, v *ErrorLines, now time.Time) ([]ErrorGroup, map[string]map[string]int64) {
	t.Helper()
	var notes []string
	groups, facets := errorGroups(liveLogs(now), v, &notes)
	if len(notes) > 0 {
		t.Errorf("notes: %q", notes)
	}
	return groups, facets
}

// checkErrors compares the view with loops over all lines.
func checkErrors(t *testing.T, v *ErrorLines, lines []trouble, now time.Time) {
	t.Helper()
	type group struct {
		Event, Class string
		Count        int64
		First, Last  time.Time
	}
	want := make(map[string]group)
	wantFacets := map[string]map[string]int64{"service": {}, "component": {}, "event_type": {}, "level": {}}
	for _, l := range lines {
		if l.at.After(now) || l.at.Before(now.Add(-24*time.Hour)) || l.level == "info" {
			continue
		}
		key := l.event + "|" + l.class
		g, ok := want[key]
		if !ok {
			g = group{l.event, l.class, 0, l.at, l.at}
		}
		g.Count++
		if l.at.Before(g.First) {
			g.First = l.at
		}
		if l.at.After(g.Last) {
			g.Last = l.at
		}
		want[key] = g
		for facet, value := range map[string]string{"service": l.service, "component": l.component, "event_type": l.eventType, "level": l.level} {
			if value == "" {
				value = "(none)"
			}
			wantFacets[facet][value]++
		}
	}
	groups, facets := figuresOf(t, v, now)
	if diff := cmp.Diff(wantFacets, facets); diff != "" {
		t.Errorf("facets at %v: -want +got\n%s", now, diff)
	}
	got := make(map[string]group)
	for i, g := range groups {
		class := ""
		if g.ExceptionType != nil {
			class = *g.ExceptionType
		}
		got[g.Event+"|"+class] = group{g.Event, class, g.Count, g.First, g.Last}
		if i > 0 && groups[i-1].Count < g.Count {
			t.Errorf("group %d has %d lines, the one before it %d", i, g.Count, groups[i-1].Count)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(groups) != len(want) {
		t.Errorf("%d groups at %v: -want +got\n%s", len(groups), now, diff)
	}
}

func TestErrorGroupsAgreeWithALoop(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	pick := func(texts ...string) string { return texts[rng.IntN(len(texts))] }
	start := epoch.Add(17*time.Minute + 123456*time.Microsecond)
	now := start
	s := newErrorStore()
	var lines []trouble
	type seen struct {
		view  *ErrorLines
		at    time.Time
		lines int
	}
	var views []seen
	for step := range 120 {
		now = now.Add(time.Duration(rng.Int64N(int64(40 * time.Minute))).Truncate(time.Microsecond))
		var batch []trouble
		for range 60 {
			// most of them new, many late, some ahead of the clock, all within what can still count
			at := now.Add(time.Duration(rng.Int64N(int64(25*time.Hour))) - 24*time.Hour).Truncate(time.Microsecond)
			if rng.IntN(2) == 0 {
				at = now.Add(-time.Duration(rng.IntN(60e6)) * time.Microsecond)
			}
			batch = append(batch, trouble{
				at: at, level: pick("info", "warning", "error", "critical"), event: pick("a", "b", "dm_send_failed"),
				service: pick("", "donna-api", "donna-orchestrator"), component: pick("", "dedup"), eventType: pick("", "api.call.failed", "(none)"),
				class: pick("", "ValueError", "x.QuotaExceeded"), line: rng.IntN(100),
			})
		}
		for _, edge := range []time.Duration{-24*time.Hour - time.Microsecond, -24 * time.Hour, -24*time.Hour + time.Microsecond, -time.Microsecond, 0, time.Microsecond} {
			batch = append(batch, trouble{at: now.Add(edge), level: "error", event: "edge"})
		}
		for _, l := range batch {
			s.add(l.entry(), now)
		}
		lines = append(lines, batch...)
		if step%10 == 0 {
			views = append(views, seen{s.view(now), now, len(lines)})
			checkErrors(t, views[len(views)-1].view, lines, now)
		}
	}
	for _, v := range views {
		checkErrors(t, v.view, lines[:v.lines], v.at) // what came later has not changed them
	}
	now = now.Add(13 * time.Hour)
	checkErrors(t, s.view(now), lines, now)
	now = now.Add(24*time.Hour + time.Microsecond)
	checkErrors(t, s.view(now), lines, now)
	if s.numbers != 0 || len(s.families[byService]) != 0 || len(s.waiting) != 0 {
		t.Errorf("after the window: %d numbers, %d services and %d waiting lines kept", s.numbers, len(s.families[byService]), len(s.waiting))
	}
}

func TestErrorGroupIsDescribedByItsNewestLine(t *testing.T) {
	now := epoch
	s := newErrorStore()
	for _, l := range []trouble{
		{at: now.Add(-time.Hour), level: "warning", event: "job 7 failed", service: "old", class: "E", line: 3, ids: `, "task_id": "t1"`},
		{at: now, level: "critical", event: "job 9 failed", service: "new", class: "E", line: 5, ids: `, "task_id": "t2", "correlation_id": "c2"`},
		{at: now.Add(-time.Minute), level: "error", event: "job 8 failed", class: "E", line: 4, ids: `, "invocation_id": "i1"`},
		{at: now.Add(time.Minute), level: "error", event: "job 10 failed", class: "E", line: 6},
	} {
		s.add(l.entry(), now)
	}
	want := ErrorGroup{
		Event: "job 9 failed", ExceptionType: ptr("E"), Frame: ptr("/app/x.py:5 in f"), Service: "new", Level: "critical",
		Count: 3, First: now.Add(-time.Hour), Last: now, SampleID: "c2",
	}
	groups, _ := figuresOf(t, s.view(now), now)
	if len(groups) != 1 {
		t.Fatalf("%d groups, want 1: %+v", len(groups), groups)
	}
	want.Fingerprint = ErrorFingerprint(trouble{event: "job 1 failed", level: "error", class: "E"}.entry())
	if diff := cmp.Diff(want, groups[0]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	groups, _ = figuresOf(t, s.view(now.Add(time.Minute)), now.Add(time.Minute))
	if groups[0].Count != 4 || groups[0].Event != "job 10 failed" {
		t.Errorf("once the clock has come there: %d lines, event %q", groups[0].Count, groups[0].Event)
	}
}

func TestErrorGroupsTieOrder(t *testing.T) {
	s := newErrorStore()
	for _, event := range []string{"a", "b", "c", "d", "e", "f"} {
		s.add(trouble{at: epoch, level: "error", event: event}.entry(), epoch)
	}
	s.add(trouble{at: epoch.Add(-time.Second), level: "error", event: "older"}.entry(), epoch)
	groups, _ := figuresOf(t, s.view(epoch), epoch)
	if !slices.IsSortedFunc(groups[:6], func(a, b ErrorGroup) int { return strings.Compare(a.Fingerprint, b.Fingerprint) }) {
		t.Error("groups of the same size and time are not in the order of their fingerprints")
	}
	if groups[6].Event != "older" {
		t.Errorf("last is %q, want the one that ended first", groups[6].Event)
	}
}

func TestSampleID(t *testing.T) {
	long := strings.Repeat("x", 200)
	for name, c := range map[string]struct{ raw, want string }{
		"correlation":    {`{"task_id": "t", "invocation_id": "i", "correlation_id": "c"}`, "c"},
		"task":           {`{"invocation_id": "i", "task_id": "t"}`, "t"},
		"invocation":     {`{"invocation_id": "i"}`, "i"},
		"none":           {`{"event": "e"}`, "2026-06-01T10:00:00.5Z#8decca3f"},
		"not reasonable": {`{"task_id": "` + long + `", "invocation_id": "i"}`, "i"},
	} {
		var e logline.Entry
		logline.Parse(&e, c.raw, time.Date(2026, 6, 1, 10, 0, 0, 5e8, time.UTC), time.Time{})
		if got := SampleID(&e); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestErrorsWithoutAllLinesAreNoFigures(t *testing.T) {
	v := newErrorStore().view(epoch)
	for name, st := range map[string]SourceState{
		"absent":         {State: StateAbsent},
		"still reading":  {State: StateConnecting},
		"from noon only": {State: StateLive, Loaded: true, CoveredFrom: epoch.Add(-time.Hour)},
	} {
		var notes []string
		groups, facets := errorGroups(&Snapshot{At: epoch, Sources: map[string]SourceState{SourceFiles: st}}, v, &notes)
		if groups != nil || facets != nil {
			t.Errorf("%s: %v, %v", name, groups, facets)
		}
	}
	groups, facets := figuresOf(t, v, epoch)
	if groups == nil || len(groups) != 0 || len(facets) != 4 || facets["level"] == nil {
		t.Errorf("no errors: %v, %v", groups, facets)
	}
}

func letters(i int) string { return fmt.Sprintf("x%x", i+1<<32)[1:] }

// TestErrorFlood has lines that are all different drown out one that comes back.
func TestErrorFlood(t *testing.T) {
	now := epoch
	s := newErrorStore()
	const n = 20_000
	word := strings.NewReplacer("0", "g", "1", "h", "2", "i", "3", "j", "4", "k", "5", "l", "6", "m", "7", "n", "8", "o", "9", "p")
	for i := range n {
		event := word.Replace(letters(i))
		s.add(trouble{at: now, level: "error", event: event, service: event, component: event, eventType: event}.entry(), now)
		if i%500 == 0 {
			s.add(trouble{at: now, level: "critical", event: "real"}.entry(), now)
			s.view(now)
		}
	}
	var notes []string
	groups, facets := errorGroups(liveLogs(now), s.view(now), &notes)
	if len(groups) > maxErrorGroups+1 || len(facets["service"]) > maxFacetValues+1 {
		t.Errorf("%d groups and %d services", len(groups), len(facets["service"]))
	}
	var total int64
	for _, g := range groups {
		total += g.Count
	}
	if total != n+n/500 {
		t.Errorf("all groups have %d lines, want %d", total, n+n/500)
	}
	for name, values := range facets {
		var total int64
		for _, k := range values {
			total += k
		}
		if total != n+n/500 {
			t.Errorf("facet %s has %d lines, want %d", name, total, n+n/500)
		}
	}
	if groups[0].Fingerprint != Other || groups[0].Event != Other || len(notes) != 1 {
		t.Errorf("first group %+v, notes %q", groups[0], notes)
	}
	if groups[1].Event != "real" || groups[1].Count != n/500 {
		t.Errorf("second group %+v, want the one that came back", groups[1])
	}
}

// TestErrorFloodOfOneKind keeps less than one number a line and other groups exact.
func TestErrorFloodOfOneKind(t *testing.T) {
	now := epoch.Add(30 * time.Minute)
	s := newErrorStore()
	rare := []time.Time{now.Add(-24*time.Hour - time.Microsecond), now.Add(-24 * time.Hour), now}
	flood := now.Add(-24*time.Hour + time.Second)
	const n = 3 * maxHourMoments
	e := trouble{at: flood, level: "warning", event: "flood"}.entry()
	var before *ErrorLines
	for i := range n {
		if i == n/2 {
			before = s.view(now)
		}
		s.add(e, now)
	}
	for _, at := range rare {
		s.add(trouble{at: at, level: "error", event: "rare"}.entry(), now)
	}
	if s.numbers > 6*3600 {
		t.Errorf("%d numbers kept", s.numbers)
	}
	for v, want := range map[*ErrorLines]int64{before: n / 2, s.view(now): n} {
		var notes []string
		groups, _ := errorGroups(liveLogs(now), v, &notes)
		if groups[0].Event != "flood" || groups[0].Count != want || len(notes) != 1 || !strings.Contains(notes[0], "second") {
			t.Errorf("%+v, want %d lines; notes %q", groups[0], want, notes)
		}
	}
	groups, _ := errorGroups(liveLogs(now), s.view(now), new([]string))
	if groups[1].Event != "rare" || groups[1].Count != 2 {
		t.Errorf("%+v, want the two lines in the window", groups[1])
	}
	later := now.Add(2 * time.Second)
	groups, _ = errorGroups(liveLogs(later), s.view(later), new([]string))
	if len(groups) != 1 || groups[0].Event != "rare" {
		t.Errorf("two seconds later: %+v", groups)
	}
}

func TestErrorMomentsAreForgottenButNotSums(t *testing.T) {
	now := epoch.Add(20 * time.Minute)
	s := newErrorStore()
	s.maxNumbers = 500
	for i := 239; i >= 0; i-- {
		s.add(trouble{at: now.Add(-time.Duration(i) * 6 * time.Minute), level: "error", event: "e"}.entry(), now)
	}
	if s.numbers > 500 {
		t.Errorf("%d numbers kept", s.numbers)
	}
	var notes []string
	groups, facets := errorGroups(liveLogs(now), s.view(now), &notes)
	if groups[0].Count != 240 || facets["level"]["error"] != 240 {
		t.Errorf("%d lines, %v", groups[0].Count, facets)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "hour") {
		t.Errorf("notes %q", notes)
	}
}

func TestErrorsAheadOfTheClockAreBounded(t *testing.T) {
	s := newErrorStore()
	e := trouble{at: epoch.Add(time.Minute), level: "error", event: "e"}.entry()
	for range maxErrorsAhead + 7 {
		s.add(e, epoch)
	}
	s.add(trouble{at: epoch.Add(2 * time.Hour), level: "error", event: "e"}.entry(), epoch)
	now := epoch.Add(3 * time.Minute)
	var notes []string
	groups, _ := errorGroups(liveLogs(now), s.view(now), &notes)
	if groups[0].Count != maxErrorsAhead || len(notes) != 1 || !strings.HasPrefix(notes[0], "7 errors") {
		t.Errorf("%d lines, notes %q", groups[0].Count, notes)
	}
}

func TestErrorViewIsTheSameWhileNothingChanges(t *testing.T) {
	s := newErrorStore()
	s.add(trouble{at: epoch, level: "error", event: "e"}.entry(), epoch)
	v := s.view(epoch)
	s.add(trouble{at: epoch, level: "info", event: "e"}.entry(), epoch)
	if s.view(epoch.Add(time.Minute)) != v {
		t.Error("a new view though nothing has changed")
	}
	s.add(trouble{at: epoch, level: "error", event: "e"}.entry(), epoch)
	if s.view(epoch.Add(time.Minute)) == v {
		t.Error("the old view though a line has come")
	}
}

func TestErrorsDoNotKeepLines(t *testing.T) {
	s := newErrorStore()
	e := trouble{at: epoch, level: "error", event: "e", service: "s", component: "c", eventType: "t", class: "V", ids: `, "task_id": "0190"`}.entry()
	s.add(e, epoch)
	begin := uintptr(unsafe.Pointer(unsafe.StringData(e.Raw)))
	for _, all := range s.families {
		for key, series := range all {
			texts := []string{key, series.key}
			if l := series.newest; l != nil {
				texts = append(append(texts, l.event, l.exceptionType, l.frame, l.sampleID), l.keys[:]...)
			}
			for _, text := range texts {
				if at := uintptr(unsafe.Pointer(unsafe.StringData(text))); at-begin < uintptr(len(e.Raw)) {
					t.Errorf("%q keeps the whole line in memory", text)
				}
			}
		}
	}
}

// BenchmarkErrorStore adds lines of a flood; the baseline only counts them by event and level in a map.
func BenchmarkErrorStore(b *testing.B) {
	plain, traced, unique := make([]*logline.Entry, 20_000), make([]*logline.Entry, 20_000), make([]*logline.Entry, 20_000)
	for i := range plain {
		at := epoch.Add(-time.Duration(i) * time.Millisecond)
		plain[i] = trouble{at: at, level: "error", event: "e", ids: `, "task_id": "0190"`}.entry()
		traced[i] = trouble{at: at, level: "error", event: "e", class: "ValueError", line: i}.entry()
		unique[i] = trouble{at: at, level: "error", event: "e" + strings.Repeat("z", i%7) + letters(i*7919), class: "C" + letters(i)}.entry()
	}
	b.Run("baseline", func(b *testing.B) {
		counts := make(map[[2]string]int)
		for i := 0; b.Loop(); i++ {
			e := plain[i%len(plain)]
			counts[[2]string{e.Event, e.Level}]++
		}
	})
	for _, c := range []struct {
		name  string
		lines []*logline.Entry
	}{{"plain", plain}, {"with tracebacks", traced}, {"all different", unique}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			s := newErrorStore()
			for i := 0; b.Loop(); i++ {
				s.add(c.lines[i%len(c.lines)], epoch)
				if i%2000 == 0 {
					s.view(epoch) // ten a second
				}
			}
		})
	}
	b.Run("figures of 4096 groups", func(b *testing.B) {
		s := newErrorStore()
		for _, e := range unique {
			s.add(e, epoch)
		}
		v := s.view(epoch)
		for b.Loop() {
			errorGroups(liveLogs(epoch), v, new([]string))
		}
	})
}

// TestErrorViewsAreReadWhileLinesArrive is for the race detector.
func TestErrorViewsAreReadWhileLinesArrive(t *testing.T) {
	now := epoch.Add(30 * time.Minute)
	s := newErrorStore()
	var readers sync.WaitGroup
	for i := range 4 {
		for range maxHourMoments/3 + 1 { // beyond single moments on the way
			s.add(trouble{at: now.Add(-time.Minute), level: "error", event: "e"}.entry(), now)
		}
		v, want := s.view(now), int64((i+1)*(maxHourMoments/3+1))
		readers.Go(func() {
			groups, _ := errorGroups(liveLogs(now), v, new([]string))
			if groups[0].Count != want {
				t.Errorf("%d lines, want %d", groups[0].Count, want)
			}
		})
	}
	readers.Wait()
}
