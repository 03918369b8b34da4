package views

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/ui/format"
)

// secondsArchive has a line every second since begin, some of them twice.
type secondsArchive struct {
	Archive // what is not asked for
	begin   time.Time
	asked   []data.LineQuery
	err     error
	most    int        // lines of a page, if that is fewer than asked for
	gaps    []data.Gap // of every answer
}

func lineAt(at time.Time) logline.Entry {
	return entry(at, fmt.Sprintf("line %d.", at.Unix()))
}

func (a *secondsArchive) Lines(ctx context.Context, q data.LineQuery, progress func(float64)) (data.LinePage, error) {
	a.asked = append(a.asked, q)
	progress(0.43)
	if err := errors.Join(ctx.Err(), a.err); err != nil {
		return data.LinePage{}, err
	}
	limit := q.Limit
	if a.most > 0 {
		limit = min(limit, a.most)
	}
	page := data.LinePage{Gaps: a.gaps}
	for at := q.To; !at.Before(a.begin) && !at.Before(q.From); at = at.Add(-time.Second) {
		e := lineAt(at)
		if !q.Filter.Match(&e) {
			continue
		}
		if len(page.Lines) == limit {
			page.More = true
			break
		}
		page.Lines = append(page.Lines, e)
	}
	slices.Reverse(page.Lines)
	return page, nil
}

// reader is a Logs view over a hub that keeps 600 lines, one a second, and an
// archive of what was before.
type reader struct {
	t       *testing.T
	v       *Logs
	hub     *data.Hub
	clock   *clockwork.FakeClock
	archive *secondsArchive
	held    []tea.Cmd // commands that were not run yet
	hold    bool
}

func newReader(t *testing.T) *reader {
	t.Helper()
	start := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	r := &reader{t: t, clock: clockwork.NewFakeClockAt(start), archive: &secondsArchive{begin: start.Add(-2500 * time.Second)}}
	r.hub = data.NewHub(data.HubOptions{Clock: r.clock, RingLines: 600})
	r.hub.SetState(data.SourceFiles, data.SourceState{State: data.StateLive, Loaded: true})
	ctx := testContext(t, slog.New(slog.DiscardHandler))
	ctx.Archive = r.archive
	r.v = NewLogs(ctx)
	r.v.Resize(80, 20)
	r.arrive(512)
	return r
}

func (r *reader) arrive(n int) {
	batch := make([]logline.Entry, n)
	for i := range batch {
		r.clock.Advance(time.Second)
		batch[i] = lineAt(r.clock.Now())
	}
	r.hub.AppendLines(batch)
	r.run(r.v.SetData(&Data{Snapshot: r.hub.Publish()}))
}

// run runs a command and hands its answers over, until there are none.
func (r *reader) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	if r.hold {
		r.held = append(r.held, cmd)
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			r.run(c)
		}
	default:
		_, next := r.v.Update(msg)
		r.run(next)
	}
}

func (r *reader) press(keys ...string) {
	for _, k := range keys {
		msg := tea.KeyPressMsg{Text: k, Code: []rune(k)[0]}
		if k == "esc" {
			msg = tea.KeyPressMsg{Code: tea.KeyEscape}
		}
		if k == "enter" {
			msg = tea.KeyPressMsg{Code: tea.KeyEnter}
		}
		_, cmd := r.v.Update(msg)
		r.run(cmd)
	}
}

func (r *reader) screen() string { return ansi.Strip(strings.Join(r.v.Lines(), "\n")) }

func (r *reader) must(texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		if s := r.screen(); !strings.Contains(s, text) {
			r.t.Fatalf("no %q in\n%s", text, s)
		}
	}
}

// complete fails unless the view has every second from the first line to the last, once.
func (r *reader) complete(from time.Time) {
	r.t.Helper()
	lines := r.v.lines()
	for i := range lines.Len() {
		l := lines.At(i)
		if want := from.Add(time.Duration(i) * time.Second); !l.Time.Equal(want) {
			r.t.Fatalf("line %d of %d is of %v, want %v", i, lines.Len(), l.Time, want)
		}
		if at, ok := lines.Find(l.Time, l.Seq); !ok || at != i {
			r.t.Fatalf("line %d is found at %d", i, at)
		}
	}
	if last := lines.At(lines.Len() - 1); !last.Time.Equal(r.clock.Now()) {
		r.t.Fatalf("the last line is of %v", last.Time)
	}
}

func TestOlderLinesAreLoaded(t *testing.T) {
	r := newReader(t)
	first := r.v.lines().At(0).Time
	r.press("g")
	r.must("↑/k loads older lines")
	row := r.v.begin(r.v.lines(), 0)
	r.press("k") // above the first line
	r.must("999 older")
	if got := r.v.lines().At(r.v.selected()).Time; !got.Equal(first) {
		t.Errorf("the reader is on %v, was on %v", got, first)
	}
	if got := r.v.begin(r.v.lines(), r.v.selected()); got != row {
		t.Errorf("the line has moved from row %d to %d", row, got)
	}
	r.complete(first.Add(-999 * time.Second))
	r.press("k")
	r.must("999 older")
	// What makes room in memory stays while older lines are read.
	for range 30 {
		r.arrive(50)
		r.complete(first.Add(-999 * time.Second))
	}
	r.press("g", "g")
	r.complete(first.Add(-1998 * time.Second))
	r.press("g", "g", "g", "g")
	r.complete(r.archive.begin)
	r.must("no older lines in the last 31 days")
	if n := len(r.archive.asked); n != 3 {
		t.Errorf("the archive was asked %d times", n)
	}
	r.press("G")
	if n := len(r.v.older.lines); n != 0 {
		t.Errorf("%d older lines are kept while the newest are followed", n)
	}
}

func TestOlderLinesOfAFilter(t *testing.T) {
	r := newReader(t)
	r.press("/", "0", "0", ".", "enter", "g", "g", "g")
	lines := r.v.lines()
	for i := range lines.Len() {
		if !strings.Contains(lines.At(i).Raw, "00.") {
			t.Fatalf("%q passes", lines.At(i).Raw)
		}
	}
	want := 0
	for at := r.archive.begin; !at.After(r.clock.Now()); at = at.Add(time.Second) {
		if at.Unix()%100 == 0 {
			want++
		}
	}
	if n := lines.Len(); n != want {
		t.Errorf("%d lines, want %d", n, want)
	}
	if q := r.archive.asked[0]; q.Filter.String() != "00." {
		t.Errorf("the archive was asked for %q", q.Filter)
	}
	r.press("f", "4", "0", "0", ".", "enter")
	r.must("400.: match 3 of 3")
	r.press("N", "N")
	r.must("400.: match 1 of 3")
	r.press("n")
	r.must("400.: match 2 of 3")
	r.press("esc", "v") // another filter: other lines
	if n := len(r.v.older.lines); n != 0 {
		t.Errorf("%d older lines of another filter", n)
	}
}

func TestLoadingOlderLinesCanBeStopped(t *testing.T) {
	r := newReader(t)
	r.press("g")
	r.hold = true
	r.press("k")
	r.must("older lines: loading, esc stops", "older: loading")
	r.v.Update(olderProgressMsg{to: r.v, generation: r.v.older.generation, done: 0.43})
	r.must("older lines: loading ███░░░░░ 43%, esc stops")
	read := r.held
	r.press("esc")
	r.must("↑/k loads older lines")
	r.hold = false
	for _, cmd := range read { // the answer comes all the same
		r.run(cmd)
	}
	if n := len(r.v.older.lines); n != 0 {
		t.Errorf("%d lines of a read that was stopped", n)
	}
	r.archive.err = errors.New("Loki is down: start it")
	r.press("k")
	r.must("older lines can't be read: Loki is down: start it")
	r.archive.err = nil
	r.press("k")
	r.must("999 older")
}

// Lines that come and go unseen are told where they are missing.
func TestUnseenLinesAreTold(t *testing.T) {
	r := newReader(t)
	r.press("g", "k")
	r.arrive(900)
	if r.v.older.missed == 0 {
		t.Fatal("no line is missed")
	}
	r.v.goTo(len(r.v.older.lines))
	lines, n := r.v.lines(), len(r.v.older.lines)
	r.must(fmt.Sprintf("%d lines made room here meanwhile, %s", r.v.older.missed, r.v.stretch(lines.At(n-1).Time, lines.At(n).Time)))
}

func TestOlderLinesAreBounded(t *testing.T) {
	r := newReader(t)
	r.press("g", "g")
	o := &r.v.older
	for len(o.lines) < olderMost-100 { // as if many had been loaded
		first := *o.lines[0]
		first.Seq, first.Time = archived|uint64(1<<40+len(o.lines)), first.Time.Add(-time.Second)
		o.lines = append(someLines{&first}, o.lines...)
	}
	o.before = o.lines[0].Time
	for range 4 {
		r.arrive(300)
	}
	if len(o.lines) > olderMost || o.missed == 0 {
		t.Errorf("%d lines are kept, %d missed", len(o.lines), o.missed)
	}
	i := len(o.lines) - 1
	r.v.goTo(i)
	r.must(fmt.Sprintf("%s made room here meanwhile", plural(o.missed, "line")))
}

// look shows a range that has ended.
func (r *reader) look(from, to time.Time) {
	w := data.Window{Name: data.WindowRange, From: from, To: to}
	r.run(r.v.SetData(&Data{Snapshot: r.hub.Publish(), Range: w, Moment: &w, RangeLabel: "then"}))
}

// A range that has ended is read whole from the archive, as far as it isn't in
// memory, and nothing but it is shown.
func TestAPastRangeIsRead(t *testing.T) {
	r := newReader(t)
	first := r.v.lines().At(0).Time
	for name, c := range map[string]struct {
		from, to time.Time
		reads    int
	}{
		"in memory":        {first.Add(10 * time.Second), first.Add(100 * time.Second), 0},
		"partly in memory": {first.Add(-50 * time.Second), first.Add(50 * time.Second), 1},
		"before it":        {first.Add(-300 * time.Second), first.Add(-200 * time.Second), 1},
		"long before it":   {first.Add(-1900 * time.Second), first.Add(-50 * time.Second), 2},
	} {
		t.Run(name, func(t *testing.T) {
			r.t, r.archive.asked = t, nil
			r.look(c.from, c.to)
			lines := r.v.lines()
			if n, want := lines.Len(), int(c.to.Sub(c.from)/time.Second)+1; n != want {
				t.Fatalf("%d lines, want %d", n, want)
			}
			for i := range lines.Len() {
				if l := lines.At(i); !l.Time.Equal(c.from.Add(time.Duration(i) * time.Second)) {
					t.Fatalf("line %d is of %v", i, l.Time)
				}
			}
			r.must("then · ", lineAt(c.to).Raw)
			if n := len(r.archive.asked); n != c.reads {
				t.Errorf("the archive was asked %d times, want %d", n, c.reads)
			}
			r.press("g")
			r.must(lineAt(c.from).Raw)
			r.look(c.from, c.to)
			r.must(lineAt(c.from).Raw) // the same range again moves nothing
			r.press("G")
			r.must(lineAt(c.to).Raw)
			if r.v.following {
				t.Error("a range that has ended is followed")
			}
		})
	}
	r.run(r.v.SetData(&Data{Snapshot: r.hub.Publish()}))
	r.must("following")
	r.complete(first)
}

// Reading a range tells how far it is, can be stopped, and doesn't begin again by
// itself.
func TestReadingAPastRangeIsStopped(t *testing.T) {
	r := newReader(t)
	first := r.v.lines().At(0).Time
	from, to := first.Add(-1900*time.Second), first.Add(-50*time.Second)
	r.hold = true
	r.look(from, to)
	r.must("Reading the range:", "esc stops", "then · ")
	r.v.Update(olderProgressMsg{to: r.v, generation: r.v.older.generation, done: 0.5})
	r.must("████░░░░ 50%")
	r.press("esc")
	r.look(from, to)
	if r.v.older.loading {
		t.Fatal("it begins again by itself")
	}
	r.must("No line of the range is in memory")
	r.hold = false
	r.press("k")
	r.must(lineAt(to).Raw)
}

// While a range that has ended is shown, lines that make room in memory are read again.
func TestAPastRangeOutlivesMemory(t *testing.T) {
	r := newReader(t)
	first := r.v.lines().At(0).Time
	from, to := first.Add(100*time.Second), first.Add(400*time.Second)
	r.look(from, to)
	for range 12 {
		batch := make([]logline.Entry, 50)
		for i := range batch {
			r.clock.Advance(time.Second)
			batch[i] = lineAt(r.clock.Now())
		}
		r.hub.AppendLines(batch)
		r.look(from, to)
		if n := r.v.lines().Len(); n != 301 {
			t.Fatalf("%d lines, want 301", n)
		}
	}
	r.must(lineAt(to).Raw)
	if r.v.older.missed != 0 {
		t.Errorf("%d lines are called missed", r.v.older.missed)
	}
}

// Older lines of a live range go back to where it begins.
func TestOlderLinesEndWithTheRange(t *testing.T) {
	r := newReader(t)
	show := func(back time.Duration) {
		s := r.hub.Publish()
		r.run(r.v.SetData(&Data{Snapshot: s, Range: data.Window{From: s.At.Add(-back), To: s.At}, RangeLabel: "a while"}))
	}
	show(700 * time.Second)
	r.press("g", "g", "g")
	r.must("no older lines in the range", "lines in a while")
	r.complete(r.clock.Now().Add(-700 * time.Second))
	show(1400 * time.Second)
	r.press("g", "g")
	r.complete(r.clock.Now().Add(-1400 * time.Second))
	show(300 * time.Second)
	r.complete(r.clock.Now().Add(-300 * time.Second))
}

// around fails unless the view has, once and in order, each line of which a
// neighbour at most n lines away passes, as far back as from.
func (r *reader) around(n int, from time.Time) {
	r.t.Helper()
	var want []time.Time
	f := r.v.choice()
	for at := from; !at.After(r.clock.Now()); at = at.Add(time.Second) {
		for i := -n; i <= n; i++ {
			e := lineAt(at.Add(time.Duration(i) * time.Second))
			if !e.Time.Before(r.archive.begin) && !e.Time.After(r.clock.Now()) && f.filter.Match(&e) {
				want = append(want, at)
				break
			}
		}
	}
	lines := r.v.lines()
	var got []time.Time
	for i := range lines.Len() {
		l := lines.At(i)
		got = append(got, l.Time)
		if at, ok := lines.Find(l.Time, l.Seq); !ok || at != i {
			r.t.Fatalf("line %d is found at %d", i, at)
		}
		apart := i > 0 && l.Time.Sub(got[i-1]) > time.Second
		if i > 0 && r.v.apart(lines, i) != apart {
			r.t.Fatalf("between %v and %v lines are left out: %v", got[i-1], l.Time, apart)
		}
	}
	if !slices.EqualFunc(got, want, time.Time.Equal) {
		r.t.Fatalf("%d lines, want %d:\n%v\n%v", len(got), len(want), got, want)
	}
	targets := r.v.targets()
	for i := range targets.Len() {
		if l := targets.At(i); !f.filter.Match(&l.Entry) {
			r.t.Fatalf("n leads to %q", l.Raw)
		}
	}
}

// Lines around older ones that pass are shown wherever those stand: at the border to
// what is in memory, and on both sides of that between two pages.
func TestOlderLinesAroundMatches(t *testing.T) {
	for _, most := range []int{0, 401, 499, 500, 502, 97, 2} {
		for _, n := range []int{3, 10} {
			t.Run(fmt.Sprintf("pages of %d, %d around", most, n), func(t *testing.T) {
				r := newReader(t)
				r.archive.most = most
				r.press("/", "0", "0", ".", "enter", "C")
				if n == 10 {
					r.press("C")
				}
				for r.v.older.before.IsZero() || r.v.older.more {
					r.press("g", "k")
				}
				r.around(n, r.archive.begin)
				if q := r.archive.asked[0]; !q.Filter.Empty() {
					t.Errorf("the archive was asked for %q alone", q.Filter)
				}
				for range 12 { // what makes room in memory stays
					r.arrive(57)
					r.around(n, r.archive.begin)
				}
				i := r.v.lines().Len() - 1
				for r.v.lines().At(i).Time.Unix()%100 != 1 || i > len(r.v.older.lines) {
					i--
				}
				if !r.v.chosen.found.isFaint(r.v.lines().At(i)) || r.v.chosen.found.isFaint(r.v.lines().At(i-1)) {
					t.Error("what passes looks like what is around it")
				}
			})
		}
	}
}

// Of a range that has ended the lines around matches are read as well.
func TestLinesAroundMatchesOfAPastRange(t *testing.T) {
	r := newReader(t)
	r.archive.most = 333
	r.press("/", "0", "0", ".", "enter", "C")
	first := r.v.all().At(0).Time
	from, to := first.Add(-1950*time.Second), first.Add(30*time.Second)
	r.look(from, to)
	lines, hits := r.v.lines(), 0
	for i := range lines.Len() {
		if lines.At(i).Time.Unix()%100 == 0 {
			hits++
		}
	}
	if hits != 20 || lines.Len() != 20*7 {
		t.Errorf("%d lines, %d of them pass", lines.Len(), hits)
	}
}

// What the archive could not read is told where it is missing: once, although each
// page lacks a part of it, and not what the live source knows of already.
func TestGapsOfTheArchive(t *testing.T) {
	r := newReader(t)
	first := r.v.all().At(0).Time
	begin, end := first.Add(-700*time.Second), first.Add(-1200*time.Second)
	known := data.Gap{From: first.Add(-301 * time.Second), To: first.Add(-300 * time.Second), Reason: "truncated"}
	r.hub.SetState(data.SourceFiles, data.SourceState{State: data.StateLive, Loaded: true, Gaps: []data.Gap{known}})
	r.arrive(1)
	r.archive.gaps = []data.Gap{known, {From: end, To: begin, Reason: "Loki is down"}}
	r.press("g", "k")
	if n := len(r.v.gaps); n != 2 {
		t.Fatalf("%d gaps: %v", n, r.v.gaps)
	}
	r.press("g", "k")
	if n := len(r.v.gaps); n != 2 {
		t.Fatalf("%d gaps: %v", n, r.v.gaps)
	}
	r.press("g")
	for i := range r.v.lines().Len() {
		if l := r.v.lines().At(i); !l.Time.Before(end) {
			r.v.goTo(i)
			break
		}
	}
	r.must("lines missing "+r.v.stretch(end, begin)+": Loki is down", "2 gaps")
	r.press("G")
	r.must("1 gap")
}

// The times of a gap over midnight have their days.
func TestStretch(t *testing.T) {
	v := newReader(t).v
	at := time.Date(2026, 7, 1, 23, 59, 0, 0, time.UTC)
	if got := v.stretch(at, at.Add(30*time.Second)); got != "23:59:00–23:59:30 (30s)" {
		t.Error(got)
	}
	if got := v.stretch(at, at.Add(2*time.Minute)); !strings.HasPrefix(got, at.Format(format.LayoutDay)+" 23:59:00–") || !strings.Contains(got, " 00:01:00 (2m") {
		t.Error(got)
	}
}
