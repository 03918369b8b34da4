package views

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// Bounds of what is read behind a figure.
const (
	behindPage  = 500    // rows of invocation_log at once
	behindAbove = 20     // rows shown above the one a quantile is the value of
	behindMost  = 20_000 // rows altogether: more nobody reads, who wants them filters or exports
)

// behindMsg is an answer to the view that asked for rows.
type behindMsg struct {
	Answer
	to         *Behind
	generation int
	rows       []data.InvocationRow // to be added
	next       *invocationPlace     // where the next ones begin; nil if there are none
	pile       pile                 // all there is, of other kinds
	older      bool                 // there are more lines, which are not read
	part       string
	err        error
}

// behindProgressMsg says how far reading has come.
type behindProgressMsg struct {
	Answer
	to         *Behind
	generation int
	done       float64
	next       tea.Cmd
}

// invocationPlace is how far queries have been read.
type invocationPlace struct {
	query int
	after *data.InvocationRow
	skip  int
}

// readInvocations gives the next rows. It must not touch the view.
func readInvocations(ctx context.Context, a Archive, queries []data.InvocationQuery, from invocationPlace, most int) (rows []data.InvocationRow, next *invocationPlace, err error) {
	at := from
	for at.query < len(queries) && len(rows) < most {
		q := queries[at.query]
		q.Limit, q.After, q.Skip = most-len(rows), at.after, at.skip
		page, err := a.Invocations(ctx, q)
		if err != nil {
			return nil, nil, err
		}
		rows = append(rows, page.Rows...)
		if page.More && len(page.Rows) > 0 {
			at.after, at.skip = &page.Rows[len(page.Rows)-1], 0
			continue
		}
		at = invocationPlace{query: at.query + 1}
	}
	if at.query == len(queries) {
		return rows, nil, nil
	}
	return rows, &at, nil
}

// readStored gives rows of a table that is read on demand. It must not touch the view.
func readStored(ctx context.Context, a Archive, b *data.Behind) (p *recordPile, older bool, err error) {
	page, err := a.Rows(ctx, b.Stored)
	if err != nil {
		return nil, false, err
	}
	return &recordPile{b.Set(page.Rows)}, page.More, nil
}

// recentRows are those of the rows in memory that the queries choose: what there
// is without an archive.
func recentRows(s *data.Snapshot, queries []data.InvocationQuery) []data.InvocationRow {
	var out []data.InvocationRow
	if s == nil || s.DB == nil {
		return nil
	}
	for _, q := range queries {
		for i := range s.DB.Recent {
			if q.Match(&s.DB.Recent[i]) {
				out = append(out, s.DB.Recent[i])
			}
		}
	}
	slices.SortStableFunc(out, func(a, b data.InvocationRow) int { return queries[0].Order.Compare(&a, &b) })
	return out
}

// errNoArchive says why rows can't be read.
var errNoArchive = errors.New("there is nothing to read other rows from: give --db PATH")

// errNoOlderLines says why lines that made room can't be read.
var errNoOlderLines = errors.New("older lines are no longer in memory, and there is nothing to read them from: give --loki URL or --logs FILE")

// readLines finds the lines behind a figure: those at hand, and those that made
// room. They come newest first, or ranked. part says why some are missing.
func readLines(ctx context.Context, a Archive, s *data.Snapshot, b *data.Behind, progress func(float64)) (p *linePile, older bool, part string, err error) {
	p = &linePile{ranked: b.Measure == data.RanksRows}
	w := b.Window
	from := w.From.Truncate(time.Microsecond) // lines are counted to the microsecond
	if oldest, ok := oldestKept(s); ok && from.Before(oldest) || !ok && !from.After(w.To) {
		// Lines of the very moment at which memory begins are read as well: some of
		// them may have made room.
		to := w.To
		if ok && oldest.Before(to) {
			to = oldest
		}
		switch {
		case a == nil:
			part = errNoOlderLines.Error()
		default:
			page, err := a.Lines(ctx, data.LineQuery{From: from, To: to, Filter: b.Filter, Match: b.Match, Limit: behindMost}, progress)
			if err != nil {
				return nil, false, "", err
			}
			older = page.More
			for i := range page.Lines {
				p.lines = append(p.lines, &data.LogLine{Entry: page.Lines[i]})
			}
			from = to.Add(1)
		}
	}
	if s.Logs != nil {
		for i := s.Logs.Search(from); i < s.Logs.Len(); i++ {
			l := s.Logs.At(i)
			if l.Time.After(w.To) {
				break
			}
			if ctx.Err() != nil {
				return nil, false, "", ctx.Err()
			}
			if b.Match(&l.Entry) {
				p.lines = append(p.lines, l)
			}
		}
	}
	slices.Reverse(p.lines)
	if over := len(p.lines) - behindMost; over > 0 {
		p.lines, older = p.lines[:behindMost], true
	}
	if p.ranked {
		rank(p.lines, b.Value)
	}
	return p, older, part, nil
}

// rank sorts lines by a value, the largest first.
func rank(lines []*data.LogLine, value func(e *logline.Entry) float64) {
	values := make(map[*data.LogLine]float64, len(lines))
	for _, l := range lines {
		if values[l] = value(&l.Entry); math.IsNaN(values[l]) {
			values[l] = math.Inf(-1)
		}
	}
	slices.SortStableFunc(lines, func(a, b *data.LogLine) int { return cmp.Compare(values[b], values[a]) })
}

// oldestKept is from when on all lines are in memory; false if none is.
func oldestKept(s *data.Snapshot) (time.Time, bool) {
	if s == nil || s.Logs == nil || s.Logs.Len() == 0 {
		return time.Time{}, false
	}
	return s.Logs.At(0).Time, true
}
