package trace_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/trace"
)

// now is the instant of the tests.
var now = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// at is so many seconds before now.
func at(seconds float64) time.Time { return now.Add(-time.Duration(seconds * float64(time.Second))) }

// stamp is a time as Donna writes it into a column.
func stamp(seconds float64) string { return at(seconds).Format("2006-01-02T15:04:05.000000") }

// fakeDB is a database of maps. It answers as data/sqlite does, by looking at
// every row.
type fakeDB struct {
	rows    map[string][]map[string]any
	err     error // of every reading
	queries []data.RowQuery
}

func (d *fakeDB) add(table string, row map[string]any) {
	if d.rows == nil {
		d.rows = make(map[string][]map[string]any)
	}
	d.rows[table] = append(d.rows[table], row)
}

func (d *fakeDB) Read(ctx context.Context, fn func(find func(data.RowQuery) (data.RowPage, error)) error) error {
	if d.err != nil {
		return d.err
	}
	return fn(func(q data.RowQuery) (page data.RowPage, err error) {
		d.queries = append(d.queries, q)
		if err := ctx.Err(); err != nil {
			return page, err
		}
		for i, row := range d.rows[q.Table] {
			if d.matches(q, row) {
				page.Rows = append(page.Rows, encode(q.Table, int64(i+1), row))
			}
		}
		if over := len(page.Rows) - q.Limit; over > 0 {
			page.Rows, page.More = page.Rows[over:], true
		}
		return page, nil
	})
}

func (d *fakeDB) matches(q data.RowQuery, row map[string]any) bool {
	holds := func(column, value string) bool { return row[column] != nil && fmt.Sprint(row[column]) == value }
	if q.Column != "" && !slices.ContainsFunc(q.Values, func(v string) bool { return holds(q.Column, v) }) {
		return false
	}
	for c, v := range q.And {
		if !holds(c, v) {
			return false
		}
	}
	if q.Time == "" {
		return true
	}
	t, err := time.Parse("2006-01-02T15:04:05.000000", fmt.Sprint(row[q.Time]))
	return err == nil && (q.From.IsZero() || !t.Before(q.From)) && (q.To.IsZero() || !t.After(q.To))
}

func encode(table string, rowid int64, row map[string]any) data.Row {
	r := data.Row{Table: table, RowID: rowid, Fields: make(map[string]json.RawMessage)}
	for c, v := range row {
		if text, ok := v.(string); ok {
			r.Fields[c] = data.ColumnJSON(text)
		} else if b, err := json.Marshal(v); err == nil {
			r.Fields[c] = b
		}
	}
	return r
}

// fakeLogs is a log of lines in order.
type fakeLogs struct {
	source   string
	lines    []string
	labels   map[string]string
	err      error // after the lines
	gaps     []data.Gap
	searches []trace.LogQuery
	hook     func() // at each search
}

func (l *fakeLogs) Source() string { return l.source }

func (l *fakeLogs) Find(ctx context.Context, q trace.LogQuery, yield func([]trace.Found) error) ([]data.Gap, error) {
	l.searches = append(l.searches, q)
	if l.hook != nil {
		l.hook()
	}
	for i, raw := range l.lines {
		if !slices.ContainsFunc(q.Texts, func(t string) bool { return strings.Contains(raw, t) }) {
			continue
		}
		if err := yield([]trace.Found{{Entry: l.entry(i), Place: int64(i)}}); err != nil {
			return nil, err
		}
	}
	if q.Progress != nil {
		q.Progress(1)
	}
	return l.gaps, l.err
}

func (l *fakeLogs) entry(i int) logline.Entry {
	e := logline.Entry{Source: l.source, Labels: l.labels}
	var transport time.Time
	if l.source == logline.SourceLoki {
		transport = now.Add(time.Duration(i) * time.Millisecond)
	}
	logline.Parse(&e, l.lines[i], transport, now)
	if e.Service == "" {
		e.Service = logline.LabelService(l.labels)
	}
	return e
}

// line is a line of so many seconds ago: name, value, name, value.
func line(seconds float64, event string, pairs ...any) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i < len(pairs); i += 2 {
		v, err := json.Marshal(pairs[i+1])
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "%q: %s, ", pairs[i], v)
	}
	fmt.Fprintf(&b, `"event": %q, "level": "info", "timestamp": %q}`, event, at(seconds).Format("2006-01-02T15:04:05.000000Z"))
	return b.String()
}

// find traces an id; the sources must not fail the reading as a whole.
func find(t *testing.T, o trace.Options, id string) *trace.Trace {
	t.Helper()
	o.Clock = clockwork.NewFakeClockAt(now)
	tr, err := trace.New(o).Trace(t.Context(), id, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !tr.Complete || tr.Progress != 1 {
		t.Errorf("complete %v, progress %v at the end", tr.Complete, tr.Progress)
	}
	return tr
}

// events are the events of the items, in order.
func events(tr *trace.Trace) (out []string) {
	for _, i := range tr.Items {
		out = append(out, i.Event)
	}
	return out
}

func wantEvents(t *testing.T, tr *trace.Trace, want ...string) {
	t.Helper()
	if got := events(tr); !slices.Equal(got, want) {
		t.Errorf("events\n got %q\nwant %q", got, want)
	}
}

func merge(rows ...map[string]any) map[string]any {
	out := map[string]any{}
	for _, r := range rows {
		maps.Copy(out, r)
	}
	return out
}
