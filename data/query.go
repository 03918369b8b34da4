package data

import (
	"time"

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
