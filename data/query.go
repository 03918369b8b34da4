package data

import (
	"bytes"
	"encoding/json"
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
	// Interrupted and Overflow choose rows with that flag set.
	Interrupted, Overflow bool
	Limit                 int // rows of an answer at most; required
	// After is the last row of the page before; nil begins with the newest.
	After *InvocationRow
}

// InvocationPage is a page of rows, newest first.
type InvocationPage struct {
	Rows []InvocationRow
	More bool // older rows match too
}

// LineQuery chooses log lines that are read on demand: those that are no longer
// in the ring.
type LineQuery struct {
	From, To time.Time // closed: From ≤ t ≤ To
	Filter   *filter.Filter
	Limit    int // lines of an answer at most: the newest of the range; required
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
