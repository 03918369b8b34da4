package views

import (
	"context"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
)

// A Tracer puts together the life of one request. progress gets what is known so
// far, from one goroutine; it may be nil. An id that is nowhere gives a trace
// without items, not an error.
type Tracer interface {
	Trace(ctx context.Context, id string, progress func(*trace.Trace)) (*trace.Trace, error)
}

// A Timeliner is a [Tracer] that also knows escalations as Donna's admin page
// shows them. A correlation id that is nowhere gives nil.
type Timeliner interface {
	Timeline(ctx context.Context, correlationID string) (*trace.Timeline, error)
}

// An Archive reads on demand what is not in memory: rows and lines of any age.
type Archive interface {
	Invocations(ctx context.Context, q data.InvocationQuery) (data.InvocationPage, error)
	// Rows gives rows of the tables that no snapshot holds.
	Rows(ctx context.Context, q data.RowQuery) (data.RowPage, error)
	// Lines reports how much is done, 0 to 1, to progress, which may be nil.
	Lines(ctx context.Context, q data.LineQuery, progress func(float64)) (data.LinePage, error)
}

// Subject is what a view stands on: what the keys for tracing and copying mean.
type Subject struct {
	// ID can be traced; "" if what is selected has none.
	ID string
	// Text is the selected row, line or figure as text to copy; "" if there is none.
	Text string
}

// Selecting is a view that can tell what is selected in it.
type Selecting interface{ Subject() Subject }

// Table is what is exported from a view: the rows it shows, in full.
type Table struct {
	Name    string // of the panel or list, fit for a file name
	Columns []string
	Rows    [][]any // string, int64, float64, bool, time.Time or nil; money in USD, times in UTC
}

// Exporting is a view whose present panel or list can be exported.
type Exporting interface {
	// Export gives false if there is nothing to export.
	Export() (Table, bool)
}

// OpenTrace asks the shell to show the life of the request that an id belongs to.
type OpenTrace struct{ ID string }

// Say asks the shell to show a short message for some seconds.
type Say struct {
	Text  string
	Wrong bool // something went wrong
}
