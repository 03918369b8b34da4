package archive

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
)

// Database gives pages of invocation_log, and rows of other tables; data/sqlite
// has one.
type Database interface {
	Invocations(ctx context.Context, q data.InvocationQuery) (data.InvocationPage, error)
	// Read lets fn find rows.
	Read(ctx context.Context, fn func(find func(data.RowQuery) (data.RowPage, error)) error) error
}

// Source is a log whose lines can be asked for: [Files], and data/loki's Search.
type Source interface {
	trace.Logs
	// Newest hands the lines of the range, and others, to take until that wants no
	// more. All lines still to come are dated before an instant; zero says that
	// nothing is known of them. progress gets how much is done, 0 to 1.
	Newest(ctx context.Context, q data.LineQuery, take func(lines []trace.Found, before time.Time) (more bool), progress func(float64)) error
}

// Options name the sources; those that are nil are not configured.
type Options struct {
	Clock clockwork.Clock // required
	DB    Database
	Logs  []Source // of a line that several have, it is the first one's
	// Snapshot tells of what is known to be missing in the logs; nil without a Hub.
	Snapshot func() *data.Snapshot
}

// Archive answers questions for rows and lines. It is safe for concurrent use.
type Archive struct{ o Options }

// New makes an Archive; nothing is read yet.
func New(o Options) *Archive { return &Archive{o} }

// errNoDatabase says how to configure one.
var errNoDatabase = errors.New("no database to read rows from: give --db PATH (or DONNA_DB_PATH)")

// Invocations gives a page of rows in the order asked for.
func (a *Archive) Invocations(ctx context.Context, q data.InvocationQuery) (data.InvocationPage, error) {
	if a.o.DB == nil {
		return data.InvocationPage{}, errNoDatabase
	}
	if a.o.Snapshot != nil {
		// a database that isn't read any more may have been exchanged
		if s := a.o.Snapshot(); s.Sources[data.SourceDB].State == data.StateLive {
			q.Known = s.DB.Holding(&q)
		}
	}
	return a.o.DB.Invocations(ctx, q)
}

// Rows gives rows of one of the other tables.
func (a *Archive) Rows(ctx context.Context, q data.RowQuery) (page data.RowPage, err error) {
	if a.o.DB == nil {
		return page, errNoDatabase
	}
	err = a.o.DB.Read(ctx, func(find func(data.RowQuery) (data.RowPage, error)) error {
		page, err = find(q)
		return err
	})
	return page, err
}

// Lines gives the newest lines of a range that the filter chooses, from all
// sources, each line once. Where a source fails while another answers, the range
// is one of the answer's gaps; the error is that of the last one if all fail.
// Without From it goes back 31 days, without To up to now. progress may be nil.
func (a *Archive) Lines(ctx context.Context, q data.LineQuery, progress func(float64)) (data.LinePage, error) {
	switch {
	case q.Limit <= 0:
		return data.LinePage{}, errors.New("read lines: no limit given")
	case len(a.o.Logs) == 0:
		return data.LinePage{}, errors.New("no log to read lines from: give --loki URL or --logs FILE")
	}
	if q.To.IsZero() {
		q.To = a.o.Clock.Now()
	}
	if q.From.IsZero() {
		q.From = q.To.Add(-data.Horizon)
	}
	if progress == nil {
		progress = func(float64) {}
	}
	r := &lineReading{a: a, q: q, progress: shares{len(a.o.Logs), progress}}
	return r.run(ctx)
}

// lineReading is one answer in the making.
type lineReading struct {
	a        *Archive
	q        data.LineQuery
	progress shares
	gaps     []data.Gap
	failed   int
	err      error
}

func (r *lineReading) run(ctx context.Context) (data.LinePage, error) {
	var all []trace.Found
	more := false
	for i, source := range r.a.o.Logs {
		n := newestLines{q: r.q}
		err := source.Newest(ctx, r.q, n.take, r.progress.of(i))
		r.attempt(err, len(n.lines))
		all = append(all, without(n.sorted(), all)...)
		more = more || n.more
	}
	if err := ctx.Err(); err != nil {
		return data.LinePage{}, err
	}
	if r.failed == len(r.a.o.Logs) {
		return data.LinePage{}, r.err
	}
	slices.SortStableFunc(all, inOrder)
	page := data.LinePage{More: more, Gaps: append(r.gaps, r.known()...)}
	if over := len(all) - r.q.Limit; over > 0 {
		all, page.More = all[over:], true
	}
	for _, f := range all {
		page.Lines = append(page.Lines, f.Entry)
	}
	return page, nil
}

// attempt notes how a source did that gave so many lines.
func (r *lineReading) attempt(err error, lines int) {
	if err != nil {
		if lines == 0 {
			r.failed++
		}
		r.err = err
		r.gaps = append(r.gaps, data.Gap{From: r.q.From, To: r.q.To, Reason: err.Error()})
	}
}

// known are the gaps that the live sources have in the range.
func (r *lineReading) known() (gaps []data.Gap) {
	if r.a.o.Snapshot == nil {
		return nil
	}
	states := r.a.o.Snapshot().Sources
	for _, name := range []string{data.SourceLoki, data.SourceFiles} {
		for _, g := range states[name].Gaps {
			if !g.To.Before(r.q.From) && !g.From.After(r.q.To) {
				gaps = append(gaps, g)
			}
		}
	}
	return gaps
}

// inOrder orders lines by time, then source, then place in it.
func inOrder(a, b trace.Found) int {
	return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.Source, b.Source), cmp.Compare(a.Place, b.Place))
}

// without are the lines that others don't hold; of a text that stands there
// several times, as many as they hold less.
func without(lines, others []trace.Found) (left []trace.Found) {
	have := make(map[string]int, len(others))
	for _, f := range others {
		have[f.Raw]++
	}
	for _, f := range lines {
		if have[f.Raw] > 0 {
			have[f.Raw]--
			continue
		}
		left = append(left, f)
	}
	return left
}

// newestLines keeps the newest lines of those that are wanted.
type newestLines struct {
	q     data.LineQuery
	lines []trace.Found
	more  bool // older ones made room
}

// take takes those in that are wanted; see [Source].
func (n *newestLines) take(lines []trace.Found, before time.Time) (more bool) {
	for _, f := range lines {
		if f.Time.Before(n.q.From) || f.Time.After(n.q.To) || !n.q.Filter.Match(&f.Entry) || n.q.Match != nil && !n.q.Match(&f.Entry) {
			continue
		}
		if n.lines = append(n.lines, f); len(n.lines) >= 2*n.q.Limit+batch {
			n.sorted()
		}
	}
	return before.IsZero() || !n.fullBefore(before)
}

// batch spares sorting too often where the limit is small.
const batch = 1000

// sorted are the newest lines, in order.
func (n *newestLines) sorted() []trace.Found {
	slices.SortStableFunc(n.lines, inOrder)
	if over := len(n.lines) - n.q.Limit; over > 0 {
		n.lines, n.more = slices.Clone(n.lines[over:]), true
	}
	return n.lines
}

// fullBefore tells whether there are enough lines, and there will be for all that
// is dated before an instant.
func (n *newestLines) fullBefore(t time.Time) bool {
	if len(n.lines) <= n.q.Limit && !n.more {
		return false
	}
	lines := n.sorted()
	return len(lines) == n.q.Limit && !lines[0].Time.Before(t)
}

// shares joins the progress of several readings, one after the other, into one.
type shares struct {
	n    int
	told func(float64)
}

// of is the progress of one reading.
func (s shares) of(i int) func(float64) {
	last := 0.0
	return func(p float64) {
		last = min(max(p, last), 1)
		s.told((float64(i) + last) / float64(s.n))
	}
}
