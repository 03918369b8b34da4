package data

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
)

// InvocationQuery chooses rows of invocation_log that are read on demand, newest
// first: the rows behind a figure. Zero values choose all.
type InvocationQuery struct {
	From, To  time.Time // closed: From ≤ t ≤ To
	TaskTypes []string  // as stored; [None] stands for NULL
	Models    []string  // model_actual as stored; [None] stands for NULL
	Classes   []Class   // none means all
	// NotTaskTypes and NotModels are left out.
	NotTaskTypes, NotModels []string
	// Interrupted and Overflow choose rows with that flag set, WithLatency those
	// that have a latency.
	Interrupted, Overflow, WithLatency bool

	Order InvocationOrder
	Skip  int // so many rows in that order are passed over; 0 with After
	Limit int // rows of an answer at most; required
	// After is the last row of the page before; nil begins with the first in order.
	After *InvocationRow
	// Known tells where rows can be; nil if nothing is known. It never changes the
	// answer, only what has to be read for it.
	Known *InvocationHours
}

// InvocationOrder is the order of the rows of an answer. Rows that are equal in
// it come newest first: by time, then by rowid, both descending.
type InvocationOrder uint8

// The orders. Rows without the value asked for come last.
const (
	NewestFirst  InvocationOrder = iota
	SlowestFirst                 // by latency_ms
	DearestFirst                 // by cost_usd
)

// InvocationPage is a page of rows in the order asked for.
type InvocationPage struct {
	Rows []InvocationRow
	More bool // rows after these match too
}

// LineQuery chooses log lines that are read on demand: those that are no longer
// in the ring.
type LineQuery struct {
	From, To time.Time // closed: From ≤ t ≤ To
	Filter   *filter.Filter
	// Match chooses among the lines that pass the filter, by what no filter can
	// say; nil chooses all. It is called from one goroutine at a time, and must not
	// keep the line.
	Match func(e *logline.Entry) bool
	Limit int // lines of an answer at most: the newest of the range; required
}

// LinePage is the answer to a [LineQuery], oldest first.
type LinePage struct {
	Lines []logline.Entry
	More  bool // older lines match too
	Gaps  []Gap
}

// RowQuery chooses rows of one of Donna's tables by what a column holds. Without
// Time it should only name columns that have an index, or tables of few rows.
type RowQuery struct {
	Table  string
	Column string   // "" chooses by time alone
	Values []string // as text; a column of numbers is compared with their numbers
	// And are columns that must hold a value besides.
	And map[string]string
	// Time is the column that says when a row was made. With it, rows before From
	// or after To don't count; zero leaves that end open.
	Time     string
	From, To time.Time
	Limit    int // rows of an answer at most: the newest; required
}

// Row is a row with all its columns.
type Row struct {
	Table string
	RowID int64
	// Fields are the columns. Text that is a JSON object or array stands for
	// itself, all other text is a string, and a blob is null.
	Fields map[string]json.RawMessage
}

// RowPage is the answer to a [RowQuery], in order of rowid.
type RowPage struct {
	Rows []Row
	More bool // older rows match too, or may: not all of them were looked at
}

// TextJSON is text as a JSON string, with < > & as they are and what is no UTF-8
// replaced.
func TextJSON(text string) json.RawMessage {
	var out bytes.Buffer
	if err := encode(&out, text); err != nil {
		return json.RawMessage("null") // can't be: a string always encodes
	}
	return bytes.TrimRight(out.Bytes(), "\n")
}

// ColumnJSON is a column's text for a [Row]: itself if it is a JSON object or
// array, else a JSON string.
func ColumnJSON(text string) json.RawMessage {
	if text != "" && (text[0] == '{' || text[0] == '[') && utf8.ValidString(text) && json.Valid([]byte(text)) {
		return json.RawMessage(text)
	}
	return TextJSON(text)
}

// Match tells whether a row is one that the query chooses, whatever its order
// and limit.
func (q *InvocationQuery) Match(r *InvocationRow) bool {
	model := keyOf(r.ModelActual)
	switch {
	case r.Time.IsZero() || !q.From.IsZero() && r.Time.Before(q.From) || !q.To.IsZero() && r.Time.After(q.To):
		return false
	case len(q.TaskTypes) > 0 && !slices.Contains(q.TaskTypes, r.TaskType) || slices.Contains(q.NotTaskTypes, r.TaskType):
		return false
	case len(q.Models) > 0 && !slices.Contains(q.Models, model) || slices.Contains(q.NotModels, model):
		return false
	case len(q.Classes) > 0 && !slices.Contains(q.Classes, r.Class):
		return false
	case q.Interrupted && !r.Interrupted || q.Overflow && !r.OverflowEscalated || q.WithLatency && r.LatencyMS == nil:
		return false
	}
	return true
}

// Compare tells which of two rows comes first in the order: negative for a.
func (o InvocationOrder) Compare(a, b *InvocationRow) int {
	by := 0
	switch o {
	case SlowestFirst:
		by = compareDown(a.LatencyMS, b.LatencyMS)
	case DearestFirst:
		by = compareDown(a.CostUSD, b.CostUSD)
	}
	return cmp.Or(by, b.Time.Compare(a.Time), cmp.Compare(b.RowID, a.RowID))
}

// compareDown puts the larger value first, and what has none last.
func compareDown[T cmp.Ordered](a, b *T) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return cmp.Compare(*b, *a)
}
