package trace

import (
	"context"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// Database reads rows of Donna's database on demand; data/sqlite has one.
type Database interface {
	// Read opens the database for the time of fn, which may call find as often as
	// it wants. A table or column that isn't there has no rows.
	Read(ctx context.Context, fn func(find func(data.RowQuery) (data.RowPage, error)) error) error
}

// Logs finds log lines in one source, of any age; data/archive has them.
type Logs interface {
	Source() string // logline.SourceLoki or logline.SourceLogs
	// Find hands every line that may hold one of the texts to yield, which owns the
	// slice, and says where lines are missing. It may hand over others as well. An
	// error of yield ends it and is returned.
	Find(ctx context.Context, q LogQuery, yield func([]Found) error) ([]data.Gap, error)
}

// LogQuery says which lines to find.
type LogQuery struct {
	Texts    []string  // parts of lines as they stand there
	From, To time.Time // of their transport, where the source goes by that
	Progress func(float64)
}

// Found is a line with its place in the source, which is the same in each search.
type Found struct {
	logline.Entry
	Place int64
}

// Options of a [Finder]. Sources that are nil are not configured.
type Options struct {
	Clock clockwork.Clock // required
	DB    Database
	Logs  []Logs
	// Snapshot is what a Hub holds in memory: its lines come first, and the states
	// of its sources tell where lines are missing. nil without a Hub.
	Snapshot func() *data.Snapshot
	// Until leaves out what is dated later; zero leaves out nothing.
	Until time.Time
	// Absent says of each source that isn't configured how to configure it, by the
	// names of the Hub's sources.
	Absent map[string]string

	// Reach is how far back lines are searched where nothing tells when the life
	// of an id began; 31 days by default.
	Reach time.Duration
	// InferWithin is how long before a task was created the calls ended that made
	// it; 30 s by default.
	InferWithin time.Duration

	MaxItems  int // 10,000 by default: the newest
	MaxIDs    int // that are followed; 1,000 by default
	MaxRounds int // through database and logs; 8 by default
	MaxBytes  int // of lines and rows; 64 MiB by default
}

func (o Options) withDefaults() Options {
	defaults := func(v *int, otherwise int) {
		if *v <= 0 {
			*v = otherwise
		}
	}
	defaults(&o.MaxItems, 10_000)
	defaults(&o.MaxIDs, 1000)
	defaults(&o.MaxRounds, 8)
	defaults(&o.MaxBytes, 64<<20)
	if o.Reach <= 0 {
		o.Reach = data.Horizon
	}
	if o.InferWithin <= 0 {
		o.InferWithin = 30 * time.Second
	}
	return o
}

// Finder puts traces together. It is safe for concurrent use.
type Finder struct{ o Options }

// New makes a Finder; nothing is read yet.
func New(o Options) *Finder { return &Finder{o.withDefaults()} }

// Trace finds everything that belongs to an id. progress gets what is known so
// far; it is called from the caller's goroutine and may be nil.
//
// The ids that rows and lines hold are followed through database and logs until
// no new one comes up or a cap is reached. A source that fails is named in the
// trace's Sources and the others go on, so that the only errors are those of
// [CheckID] and of ctx; with the latter the trace is what was found by then.
func (f *Finder) Trace(ctx context.Context, text string, progress func(*Trace)) (*Trace, error) {
	text = strings.TrimSpace(text)
	if err := CheckID(text); err != nil {
		return nil, err
	}
	s := newSearch(ctx, f.o, text, progress)
	s.run()
	return s.build(true), context.Cause(ctx)
}
