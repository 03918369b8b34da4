package loki

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
)

// Sizes of pages. An answer of more than 4 MiB never comes (a limit between Loki's own parts that Donna leaves at its
// default), and a line may have 256 KiB, so pages are kept near a quarter of that by the mean size of lines and shrink
// at once when an answer fails to come.
const (
	firstLimit = 1000
	maxLimit   = 5000 // Loki's default max_entries_limit_per_query
	pageBytes  = 1 << 20
	minPage    = 10 // what growing aims at even for huge lines; shrinking goes down to 1
)

// Spans of one query. Loki refuses those over max_query_length, 30 d 1 h by default.
const (
	firstSpan = 6 * time.Hour
	maxSpan   = 30 * 24 * time.Hour
	minSpan   = time.Minute
	quickPage = time.Second // a page that comes faster than this may cover twice the time
)

// pager reads ranges completely, page by page, and learns what size of page comes through. It isn't safe for concurrent
// use.
type pager struct {
	page
	client *Client

	limit, ceiling int           // lines of the next page, and the most Loki allows
	span, longest  time.Duration // time of the next query, and the most Loki allows
	mean           float64       // bytes of a line in an answer
}

func newPager(c *Client) *pager {
	return &pager{client: c, limit: firstLimit, ceiling: maxLimit, span: firstSpan, longest: maxSpan}
}

// walk is the way through one range: what is left of it. When a page fails, the walk stays where it is and can be
// continued.
type walk struct {
	query     string
	direction Direction
	from, to  int64 // left to read: [from, to)
	// edge has the keys of the lines at the boundary nanosecond that were handed out already. That nanosecond is read
	// again, because the page may have ended amid its lines.
	edge map[uint64]struct{}
	// crowded are the nanoseconds with more lines than two pages hold.
	crowded []int64
}

// next returns the next lines of w, in order of time, and whether they were the last. They are valid until the next
// call.
func (p *pager) next(ctx context.Context, w *walk) (lines []rawLine, done bool, err error) {
	if w.from >= w.to {
		return nil, true, nil
	}
	r, err := p.fetchNext(ctx, w)
	if err != nil {
		return nil, false, err
	}
	lines = p.lines
	if len(lines) < r.Limit {
		lines = w.fresh(lines)
		w.pass(r)
		return lines, w.from >= w.to, nil
	}
	first, final := lines[0].time, lines[len(lines)-1].time
	if first == final {
		if lines, err = p.nanosecond(ctx, w, first); err != nil {
			return nil, false, err
		}
		lines = w.fresh(lines)
		if w.direction == Forward {
			w.from = first + 1
		} else {
			w.to = first
		}
		w.edge = nil
		return lines, w.from >= w.to, nil
	}
	edge := make(map[uint64]struct{})
	boundary := final
	if w.direction == Backward {
		boundary = first
	}
	for _, l := range lines {
		if l.time == boundary {
			edge[l.key()] = struct{}{}
		}
	}
	lines = w.fresh(lines)
	if w.direction == Forward {
		w.from = boundary
	} else {
		w.to = boundary + 1
	}
	w.edge = edge
	return lines, false, nil
}

// slice is the next query of w.
func (p *pager) slice(w *walk) Range {
	r := Range{Query: w.query, From: w.from, To: w.to, Limit: p.limit, Direction: w.direction}
	switch {
	case r.To-r.From <= int64(p.span):
	case w.direction == Forward:
		r.To = r.From + int64(p.span)
	default:
		r.From = r.To - int64(p.span)
	}
	return r
}

// pass moves w past the completely read r.
func (w *walk) pass(r Range) {
	if w.direction == Forward {
		w.from = r.To
	} else {
		w.to = r.From
	}
	w.edge = nil
}

// fresh drops the lines of the boundary nanosecond that were handed out before.
func (w *walk) fresh(lines []rawLine) []rawLine {
	if len(w.edge) == 0 {
		return lines
	}
	boundary := w.from
	if w.direction == Backward {
		boundary = w.to - 1
	}
	return slices.DeleteFunc(lines, func(l rawLine) bool {
		if l.time != boundary {
			return false
		}
		_, known := w.edge[l.key()]
		return known
	})
}

// fetchNext fetches the next page of w, a smaller one if Loki can't serve the first it tries, and adapts the size of
// pages. It returns what it asked for.
func (p *pager) fetchNext(ctx context.Context, w *walk) (Range, error) {
	for attempt := 0; ; attempt++ {
		r := p.slice(w)
		began := p.client.clock.Now()
		err := p.client.fetch(ctx, &p.page, r)
		if n := len(p.lines); err == nil && n > 0 && (p.lines[0].time < r.From || p.lines[n-1].time >= r.To) {
			err = &Error{Kind: KindNotLoki, Op: "query Loki", Addr: p.client.cfg.Addr, Text: "lines from outside the range asked for"}
		}
		if err == nil {
			p.grow(p.client.clock.Since(began), len(p.lines) >= r.Limit)
			return r, nil
		}
		again := p.shrink(err)
		// Once on the spot, from then on at the pace of the caller's back-off. To be told a limit is no failure.
		if !again || (attempt > 0 && !isLimit(err)) {
			return r, err
		}
	}
}

// grow aims at pages of pageBytes and spans that fill a page.
func (p *pager) grow(took time.Duration, full bool) {
	if n := len(p.lines); n > 0 {
		mean := float64(p.body.Len()) / float64(n)
		if p.mean == 0 {
			p.mean = mean
		}
		p.mean += (mean - p.mean) / 4
		aim := max(int(pageBytes/p.mean), minPage)
		p.limit = min(aim, p.limit*2, p.ceiling)
	}
	if took < quickPage && !full {
		p.span = min(p.span*2, p.longest)
	}
}

// shrink makes pages smaller if err says that this may help.
func (p *pager) shrink(err error) bool {
	e := (*Error)(nil)
	if !errors.As(err, &e) {
		return false
	}
	switch {
	case e.Kind == KindTimeout, e.Kind == KindCut, e.Kind == KindTooLarge:
		smaller := p.limit > 1 || p.span > minSpan
		p.limit = max(p.limit/4, 1)
		p.span = max(p.span/4, minSpan)
		return smaller
	case isEntriesLimit(err) && p.limit > 1:
		p.ceiling = max(p.limit/2, 1)
		p.limit = p.ceiling
		return true
	case isSpanLimit(err) && p.span > minSpan:
		p.longest = max(p.span/2, minSpan)
		p.span = p.longest
		return true
	}
	return false
}

func isLimit(err error) bool { return isEntriesLimit(err) || isSpanLimit(err) }

// isEntriesLimit tells Loki's refusal of a page with more lines than it is configured for.
func isEntriesLimit(err error) bool { return queryErrorHas(err, "max entries limit") }

// isSpanLimit tells Loki's refusal of a query over too much time or data.
func isSpanLimit(err error) bool {
	return queryErrorHas(err, "time range exceeds") || queryErrorHas(err, "too many bytes")
}

func queryErrorHas(err error, text string) bool {
	e := (*Error)(nil)
	return errors.As(err, &e) && e.Kind == KindQuery && strings.Contains(e.Text, text)
}

// nanosecond reads the lines at t, which fill a page, from both ends. If they don't meet, there are more of them than
// anybody can get, and t is noted as crowded.
func (p *pager) nanosecond(ctx context.Context, w *walk, t int64) ([]rawLine, error) {
	r := Range{Query: w.query, From: t, To: t + 1, Limit: p.ceiling, Direction: Forward}
	for {
		err := p.client.fetch(ctx, &p.page, r)
		if err == nil {
			break
		}
		if !p.shrink(err) || r.Limit == 1 {
			return nil, err
		}
		r.Limit = max(r.Limit/2, 1)
	}
	if len(p.lines) < r.Limit {
		return p.lines, nil
	}
	front := make(map[uint64]struct{}, len(p.lines))
	for _, l := range p.lines {
		front[l.key()] = struct{}{}
	}
	n := len(p.lines)
	r.Direction = Backward
	if err := p.client.fetchMore(ctx, &p.page, r); err != nil {
		p.shrink(err)
		return nil, err
	}
	met := false
	kept := p.lines[:n]
	for _, l := range p.lines[n:] {
		if _, known := front[l.key()]; known {
			met = true
			continue
		}
		kept = append(kept, l)
	}
	if !met {
		w.crowded = append(w.crowded, t)
	}
	return kept, nil
}

// Lines hands every line of query in [from, to) to yield, in order of direction by page, and oldest first within each
// page. It reads as many pages as that takes, however many lines share one nanosecond, up to twice Loki's limit of
// lines per query: beyond that it returns an error of [KindCrowded] after the last page. It stops at the first error,
// that of yield included; yield owns the slice.
func (c *Client) Lines(ctx context.Context, query string, from, to time.Time, direction Direction, yield func([]Line) error) error {
	p := newPager(c)
	w := walk{query: query, direction: direction, from: from.UnixNano(), to: to.UnixNano()}
	for {
		raw, done, err := p.next(ctx, &w)
		if err != nil {
			return err
		}
		if len(raw) > 0 {
			lines := make([]Line, len(raw))
			for i, l := range raw {
				lines[i] = l.line()
			}
			if err := yield(lines); err != nil {
				return err
			}
		}
		if done {
			break
		}
	}
	if len(w.crowded) > 0 {
		return &Error{Kind: KindCrowded, Op: "query Loki", Addr: c.cfg.Addr, Text: crowdedReason(w.crowded[0])}
	}
	return nil
}

// crowdedReason says what can't be read at t.
func crowdedReason(t int64) string {
	return "more lines share the nanosecond " + time.Unix(0, t).UTC().Format(time.RFC3339Nano) + " than Loki gives out; some of them are missing"
}
