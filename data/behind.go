package data

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/sketch"
	"github.com/donna-project/donnatop/data/timestamp"
)

// RowKind says where the rows behind a figure are found.
type RowKind uint8

// The kinds of rows.
const (
	NoRows         RowKind = iota // nothing stands behind it, as behind a limit
	InvocationRows                // of invocation_log, read on demand
	LineRows                      // log lines: those at hand, and older ones read on demand
	TableRows                     // of what a snapshot holds in full
	StoredRows                    // of a table that no snapshot holds, read on demand
)

// Measure says how a figure was computed from the rows behind it.
type Measure uint8

// The measures.
const (
	Derived    Measure = iota // by a formula of its own: a rate, a mean, a projection
	CountsRows                // it is their number
	SumsCost                  // it is the sum of their cost_usd
	SumsTokensIn
	SumsTokensOut
	RanksRows // it is a quantile of theirs, by nearest rank
)

// Behind chooses the rows that a figure was computed from, by the definitions by
// which it was computed. The zero Behind chooses none.
type Behind struct {
	Kind    RowKind
	Window  Window // the rows lie in it; zero for rows that have no time
	Measure Measure
	// Quantile is the one a figure that ranks rows gives, above 0 and up to 1, and
	// N of how many rows.
	Quantile float64
	N        int64

	// Invocations choose rows of invocation_log: no row passes two of them, and
	// those of a later one are older.
	Invocations []InvocationQuery
	// Filter lets all of the lines pass, and some others: it spares reading what
	// can't be one of them. Nil lets everything pass.
	Filter *filter.Filter
	// Stored chooses rows of a table, and some others; [Behind.Set] tells which.
	Stored RowQuery

	line  func(e *logline.Entry) bool
	value func(e *logline.Entry) float64 // by which lines are ranked; NaN is none
	rows  func(s *Snapshot) RecordSet

	columns []string
	stored  func(r *Row) bool
}

// RecordSet is rows of one kind, in the order in which they are to be read.
type RecordSet struct {
	Kind    string   // what a row is: "task"
	Columns []string // named as in Donna's schema; their endings tell the units, as in the JSON contract
	Rows    []Record
}

// Record is one of them.
type Record struct {
	ID     string    // by which it can be traced; "" if it can't be
	Name   string    // by which people tell it from others
	At     time.Time // zero if it has none
	Values []any     // string, int64, float64, bool, time.Time or nil, one per column
}

// Match tells whether a log line is one of the rows.
func (b *Behind) Match(e *logline.Entry) bool {
	return b.line != nil && b.Window.holds(e.Time) && b.line(e)
}

// Value is what a figure that ranks lines ranks them by; NaN if the line doesn't say.
func (b *Behind) Value(e *logline.Entry) float64 { return b.value(e) }

// Rows are the rows of kind [TableRows] as of a snapshot: those that give the
// figure of that snapshot.
func (b *Behind) Rows(s *Snapshot) RecordSet {
	if b.rows == nil || s == nil {
		return RecordSet{}
	}
	return b.rows(s)
}

// Set is the stored rows that are those asked for.
func (b *Behind) Set(rows []Row) RecordSet {
	set := RecordSet{Kind: "document", Columns: b.columns}
	for i := range rows {
		if b.stored(&rows[i]) {
			set.Rows = append(set.Rows, b.record(&rows[i]))
		}
	}
	slices.SortStableFunc(set.Rows, func(a, b Record) int { return b.At.Compare(a.At) })
	return set
}

// record is a stored row with the columns that are shown; what looks like a time
// in a column of times is one.
func (b *Behind) record(r *Row) Record {
	out := Record{Values: make([]any, len(b.columns))}
	for i, c := range b.columns {
		out.Values[i] = storedValue(c, r.Fields[c])
		switch v := out.Values[i].(type) {
		case time.Time:
			if i == 0 {
				out.At = v
			}
		case string:
			if c == "title" {
				out.Name = v
			}
		}
	}
	return out
}

// storedValue is a column's value.
func storedValue(column string, raw json.RawMessage) any {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	switch v := v.(type) {
	case string:
		if strings.HasSuffix(column, "_at") {
			if ns, ok := timestamp.ParseDB(v); ok {
				return time.Unix(0, ns).UTC()
			}
		}
		return v
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
		return v
	case bool:
		return v
	case nil:
		return nil
	}
	return string(raw)
}

// FromTop is the place, counted from 0, of the row that a quantile is the value
// of, among n rows with the largest value first; -1 if there is none.
func (b *Behind) FromTop(n int64) int64 {
	if b.Measure != RanksRows || n <= 0 {
		return -1
	}
	return n - sketch.Rank(b.Quantile, n)
}

// Stretch is the time from start on for so long, as far as it is over by now.
func Stretch(start time.Time, length time.Duration, now time.Time) Window {
	to := start.Add(length - 1)
	if to.After(now) {
		to = now
	}
	return Window{From: start, To: to}
}

// holds tells whether a line or row of that time lies in the window, to the
// microsecond, as they are counted.
func (w Window) holds(t time.Time) bool {
	return !t.Before(w.From.Truncate(time.Microsecond)) && !t.After(w.To)
}

// ranking makes b the rows behind one of the quantiles of n rows.
func (b Behind) ranking(quantile float64, n int64) Behind {
	b.Measure, b.Quantile, b.N = RanksRows, quantile, n
	return b
}

// Passing is those of log lines that also pass a filter.
func (b Behind) Passing(f *filter.Filter) Behind {
	if f.Empty() || b.line == nil {
		return b
	}
	line := b.line
	b.Filter = filter.And(b.Filter, f)
	b.line = func(e *logline.Entry) bool { return f.Match(e) && line(e) }
	return b
}

// As is b for a figure that is computed otherwise from the same rows.
func (b Behind) As(m Measure) Behind {
	b.Measure = m
	return b
}

// behindTable is the rows of a small table that a figure counts.
func behindTable(w Window, rows func(s *Snapshot) RecordSet) Behind {
	return Behind{Kind: TableRows, Window: w, Measure: CountsRows, rows: rows}
}

// chosen are the rows of a table that keep chooses, newest first.
func chosen[T any](kind string, columns []string, all []T, keep func(*T) bool, row func(*T) Record) RecordSet {
	set := RecordSet{Kind: kind, Columns: columns}
	for i := range all {
		if keep(&all[i]) {
			set.Rows = append(set.Rows, row(&all[i]))
		}
	}
	slices.SortStableFunc(set.Rows, func(a, b Record) int { return b.At.Compare(a.At) })
	return set
}

// ranked puts the rows with the largest value first; value stands in that column.
func (s RecordSet) ranked(column string) RecordSet {
	at := slices.Index(s.Columns, column)
	value := func(r *Record) float64 {
		f, _ := r.Values[at].(float64)
		return f
	}
	slices.SortStableFunc(s.Rows, func(a, b Record) int { return cmp.Compare(value(&b), value(&a)) })
	return s
}

// textValue is a text of a row, nil if it is empty.
func textValue(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// timeValue is a moment of a row, nil if there is none.
func timeValue(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

// optValue is what p points to, nil if that is nothing.
func optValue[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// is tells whether a key is the one asked for; nil asks for none.
func is(want *string, key string) bool { return want == nil || *want == key }
