package data

import (
	"context"
	"reflect"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// The sources a Hub knows. Loki and files both feed the one log stream, which
// the JSON contract calls "logs".
const (
	SourceDB     = "db"
	SourceLoki   = "loki"
	SourceFiles  = "files"
	SourceConfig = "config"
)

// State is how far a source can be trusted right now.
type State string

// The states of DESIGN §2. A source starts out absent (not configured) or
// connecting; stale means it answered before and the last good data still
// stands; failed means it never answered, or what it has can't be used.
const (
	StateAbsent     State = "absent"
	StateConnecting State = "connecting"
	StateLive       State = "live"
	StateStale      State = "stale"
	StateFailed     State = "failed"
)

// SourceState is what a source says of itself.
type SourceState struct {
	State  State
	Detail string    // one line for people: what is wrong and what to do next; never a secret
	Since  time.Time // when this state began
	AsOf   time.Time // the newest instant the data is known good for; zero if never
	// NextTry is when a failed or stale source tries again; zero if it doesn't.
	NextTry time.Time
	// Loaded says that the initial load is complete: from here on only what is new arrives.
	Loaded bool
	// Transient says of a failure that a retry within seconds may well succeed
	// (locked, timed out, 429, 5xx), so that a one-shot reader waits for it.
	Transient bool
	// CoveredFrom is the instant from which on every log line has been counted;
	// zero means the whole input. Only log sources set it.
	CoveredFrom time.Time
	Progress    float64 // of the initial load, 0 to 1
	Lost        int64   // lines known to be lost: counted, never silent
	Gaps        []Gap   // stretches in which lines are missing
}

// sameButAge tells whether s and o say the same, but for the instant as of which they
// are good.
func (s SourceState) sameButAge(o SourceState) bool {
	if !s.AsOf.IsZero() && !o.AsOf.IsZero() {
		s.AsOf = o.AsOf
	}
	return reflect.DeepEqual(s, o)
}

// Gap is a stretch of time in which a source knows that lines are missing.
type Gap struct {
	From, To time.Time
	Reason   string
}

// Sink is what sources report to; [Hub] implements it. All methods are safe for
// concurrent use. They may block briefly, which is the back-pressure: a source
// that reads faster than lines can be folded in simply waits.
type Sink interface {
	// SetState replaces what is known of a source.
	SetState(source string, s SourceState)
	// AppendLines takes lines for the live ring and the counters. The Hub owns
	// the slice from then on.
	AppendLines(batch []logline.Entry)
	// AppendHistory takes older lines that are read only to be counted.
	AppendHistory(batch []logline.Entry)
	// SetDB replaces the view of the database.
	SetDB(v *DB)
	// SetConfig replaces what was read from Donna's configuration.
	SetConfig(c Config)
}

// Source is one place data comes from. Run works until ctx ends, reconnects by
// itself and reports through the sink; it returns nil when ctx ended or its
// input is finished (standard input at its end), and an error only for what no
// retry can mend.
type Source interface {
	Name() string
	Run(ctx context.Context, sink Sink) error
}
