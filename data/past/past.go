// Package past reads what the figures of a range need beside what is in memory:
// the single rows of the hours at its edges, rows and lines older than those kept,
// and its newest rows and faults.
//
// It reads newest first, page by page, and tells after each how far it has come, so
// that figures appear before all is read and reading can be ended at any time. What
// it holds is folded into counts and rollups, never kept row by row, and there is a
// bound to what it reads.
package past

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
)

// An Archive reads rows and lines of any age.
type Archive interface {
	Invocations(ctx context.Context, q data.InvocationQuery) (data.InvocationPage, error)
	Lines(ctx context.Context, q data.LineQuery, progress func(float64)) (data.LinePage, error)
}

// Limits bound what is read of one range. Zero values mean the defaults named.
type Limits struct {
	RowPage  int // rows of one answer; 5,000
	LinePage int // lines of one answer; 50,000, as an archive of files is passed over for each
	Rows     int // 3 million: some twenty seconds
	Lines    int // 1 million
}

// Progress is how far reading has come.
type Progress struct {
	What  string     // is being read: "rows", "log lines"
	Share float64    // of all, 0 to 1
	Past  *data.Past // what has been read by now
}

const (
	// lateness is how far the time in a line may lie from that at which it arrived,
	// which is what archives may search by.
	lateness = time.Minute
	// disorder is how far rows of a page may be out of the order of time.
	disorder = time.Hour
	// tellEvery is how many pages are read between two reports.
	tellEvery = 8
)

// ErrTooMuch says that the range holds more than is read.
var ErrTooMuch = errors.New("the range holds more than is read at once")

// loader is one reading under way.
type loader struct {
	archive Archive
	want    data.Want
	fold    *data.PastFold
	limits  Limits
	tell    func(Progress)

	what        string
	done, parts float64 // shares of parts, and how many parts
	pages       int
}

// Load reads what is wanted of a range of s beside what have holds, and calls tell
// now and then; both may be nil. It always gives what could be read, with an error
// if that is not all: ctx's if it ended, [ErrTooMuch], or what the archive said.
func Load(ctx context.Context, a Archive, s *data.Snapshot, want data.Want, have *data.Past, limits Limits, tell func(Progress)) (*data.Past, error) {
	l := &loader{archive: a, want: want, fold: data.FoldPast(s, want, have), limits: limits.or(), tell: tell}
	var steps []step
	for _, c := range []struct {
		wanted bool
		step   step
	}{
		{len(want.Hours) > 0, step{"rows at the edges", l.hours}},
		{want.Recent, step{"the newest rows", l.recent}},
		{!want.Rows.Empty(), step{"rows", l.rows}},
		{want.Faults, step{"warnings and errors", l.faults}},
		{!want.Lines.Empty(), step{"log lines", l.lines}},
	} {
		if c.wanted {
			steps = append(steps, c.step)
		}
	}
	l.parts = float64(len(steps))
	var errs []error
	for i, s := range steps {
		l.what, l.done = s.what, float64(i)
		l.report(0, true)
		err := s.read(ctx)
		if ctx.Err() != nil {
			return l.fold.Past(), ctx.Err()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("read %s of the range: %w", s.what, err))
		}
	}
	if len(errs) > 0 {
		l.fold.GiveUp() // asking again at once would fail again
	}
	return l.fold.Past(), errors.Join(errs...)
}

type step struct {
	what string
	read func(ctx context.Context) error
}

func (l Limits) or() Limits {
	set := func(v *int, otherwise int) {
		if *v <= 0 {
			*v = otherwise
		}
	}
	set(&l.RowPage, 5000)
	set(&l.LinePage, 50_000)
	set(&l.Rows, 3_000_000)
	set(&l.Lines, 1_000_000)
	return l
}

// report tells how far the present step has come.
func (l *loader) report(share float64, now bool) {
	l.pages++
	if l.tell != nil && (now || l.pages%tellEvery == 0) {
		l.tell(Progress{What: l.what, Share: (l.done + min(max(share, 0), 1)) / l.parts, Past: l.fold.Past()})
	}
}

// hours reads the single rows of the hours at the edges.
func (l *loader) hours(ctx context.Context) error {
	for i, hour := range l.want.Hours {
		var all []data.InvocationRow
		w := data.Window{From: hour, To: hour.Add(time.Hour)}
		err := l.eachPage(ctx, w, l.limits.Rows, func(p data.InvocationPage) { all = append(all, p.Rows...) })
		if err != nil {
			return err
		}
		l.fold.Hour(hour, all)
		l.report(float64(i+1)/float64(len(l.want.Hours)), true)
	}
	return nil
}

// recent reads the newest rows of the range.
func (l *loader) recent(ctx context.Context) error {
	w := l.want.Range()
	page, err := l.archive.Invocations(ctx, data.InvocationQuery{From: w.From, To: w.To, Limit: data.RecentRows})
	if err != nil {
		return err
	}
	l.fold.Recent(page.Rows)
	return nil
}

// rows reads the older rows.
func (l *loader) rows(ctx context.Context) error {
	w := l.want.Rows
	return l.eachPage(ctx, w, l.limits.Rows, func(p data.InvocationPage) {
		from := w.From
		if p.More && len(p.Rows) > 0 {
			from = p.Rows[len(p.Rows)-1].Time.Add(disorder)
		}
		l.fold.Rows(p.Rows, from)
		l.report(covered(w, from), false)
	})
}

// covered is how much of a stretch lies after an instant.
func covered(w data.Window, from time.Time) float64 {
	return float64(w.To.Sub(from)) / float64(w.To.Sub(w.From))
}

// eachPage reads the rows with From ≤ t < To.
func (l *loader) eachPage(ctx context.Context, w data.Window, most int, take func(data.InvocationPage)) error {
	q := data.InvocationQuery{From: w.From, To: w.To.Add(-1), Limit: l.limits.RowPage}
	for n := 0; ; {
		page, err := l.archive.Invocations(ctx, q)
		if err != nil {
			return err
		}
		take(page)
		n += len(page.Rows)
		switch {
		case !page.More:
			return nil
		case len(page.Rows) == 0 || n >= most:
			return ErrTooMuch
		}
		q.After = &page.Rows[len(page.Rows)-1]
	}
}

// faults reads the lines of level warning and above.
func (l *loader) faults(ctx context.Context) error {
	f, err := filter.Parse("level>=warning")
	if err != nil {
		return err
	}
	w := l.want.Range()
	err = l.eachLines(ctx, data.Window{From: w.From, To: w.To.Add(1)}, f, func(lines []logline.Entry, _ time.Time) { l.fold.Faults(lines) })
	if err == nil {
		l.fold.FaultsDone()
	}
	return err
}

// lines reads the older lines.
func (l *loader) lines(ctx context.Context) error {
	return l.eachLines(ctx, l.want.Lines, nil, l.fold.Lines)
}

// eachLines reads the lines with From ≤ t < To, newest first. take gets the lines of
// each page and the instant from which on all have been given.
func (l *loader) eachLines(ctx context.Context, w data.Window, f *filter.Filter, take func(lines []logline.Entry, from time.Time)) error {
	q := data.LineQuery{From: w.From.Add(-lateness), To: w.To.Add(lateness), Filter: f, Limit: l.limits.LinePage}
	whole := data.Window{From: q.From, To: q.To}
	for n := 0; ; {
		within := func(share float64) { l.report(covered(whole, q.To)+share*(1-covered(whole, q.To)), false) }
		page, err := l.archive.Lines(ctx, q, within)
		if err != nil {
			return err
		}
		n += len(page.Lines)
		if !page.More {
			take(page.Lines, w.From)
			return nil
		}
		// lines of the oldest instant of the page may be missing: they come again
		first := afterOldest(page.Lines)
		if first == len(page.Lines) || n >= l.limits.Lines {
			return ErrTooMuch
		}
		q.To = page.Lines[0].Time
		take(page.Lines[first:], q.To.Add(lateness+1))
		l.report(covered(whole, q.To), false)
	}
}

// afterOldest is the index of the first line that is not of the oldest instant.
func afterOldest(lines []logline.Entry) int {
	i := 0
	for i < len(lines) && lines[i].Time.Equal(lines[0].Time) {
		i++
	}
	return i
}
