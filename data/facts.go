package data

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

// Bounds of the facts that are kept: some forty megabytes when all are reached.
// What has to make room is the oldest, and it is counted.
const (
	maxScheduled = 200_000
	maxAnswers   = 100_000
	maxSearches  = 250_000
	maxBreakers  = 20_000
	maxPushes    = 20_000
	maxAheadKept = 10_000 // lines that wait for the clock to come to their time
	maxNightly   = 20
)

// factStore keeps what figures need of single log lines beside their number:
// the few lines events.Tell knows, reduced to what is asked of them, with their
// text copied.
//
// It only holds what is not later than the clock, so that the newest of a kind
// is the newest as of now. A line that is dated a little ahead waits aside until
// the clock has come there.
type factStore struct {
	scheduled factLog[taskMoment]
	answers   factLog[taskMoment]
	searches  factLog[searched]
	breakers  factLog[breakerLine]
	unpushed  factLog[pushFailure]

	lastOK  [events.NumOperations]int64 // unix nanoseconds; 0 never
	health  healthLine
	nightly []nightlyLine // newest first, shared with views: replaced, never changed

	ahead   []logline.Entry
	dropped int64 // lines ahead for which there was no room
}

// taskMoment is something that happened to a task.
type taskMoment struct {
	at   int64 // unix nanoseconds
	task string
}

// searched is a search of the memory; NaN is what the line doesn't say.
type searched struct {
	at              int64
	latencyMS, hits float64
}

// breakerLine is a line of a circuit breaker, or the start of a container.
type breakerLine struct {
	at              int64
	what            events.Fact
	container, name string // name is empty if the line doesn't give one
	failures        int64  // -1 if the line doesn't say
}

// pushFailure is when a push to Supabase failed.
type pushFailure struct{ at int64 }

// healthLine is a health check of the orchestrator; at 0 if there was none.
type healthLine struct {
	at     int64
	checks HealthChecks
}

// nightlyLine is a line of the nightly jobs, with its text for its fields.
type nightlyLine struct {
	at         int64
	event, raw string
}

func (m taskMoment) when() int64  { return m.at }
func (m searched) when() int64    { return m.at }
func (m breakerLine) when() int64 { return m.at }
func (m pushFailure) when() int64 { return m.at }

func newFactStore() *factStore {
	f := &factStore{}
	f.scheduled.limit, f.answers.limit, f.searches.limit, f.breakers.limit = maxScheduled, maxAnswers, maxSearches, maxBreakers
	f.unpushed.limit = maxPushes
	return f
}

// add keeps what the line tells. Lines before the horizon tell only what is the
// newest of its kind, and that a nudge was answered; lines more than maxAhead after now tell nothing.
func (f *factStore) add(e *logline.Entry, now time.Time) {
	fact, op := events.Tell(e)
	if fact == events.NoFact && op == events.NoOperation {
		return
	}
	if e.Time.After(now) {
		f.wait(e, now)
		return
	}
	f.keep(e, fact, op, now)
}

// wait puts a line aside until the clock has come to its time.
func (f *factStore) wait(e *logline.Entry, now time.Time) {
	if e.Time.After(now.Add(maxAhead)) {
		return // the counts say how many there are
	}
	if len(f.ahead) >= maxAheadKept {
		f.dropped++
		return
	}
	var own logline.Entry // with no part of the batch's text
	logline.Parse(&own, strings.Clone(e.Raw), e.Transport, e.Time)
	own.Labels, own.Service = e.Labels, strings.Clone(e.Service)
	f.ahead = append(f.ahead, own)
}

func (f *factStore) keep(e *logline.Entry, fact events.Fact, op events.Operation, now time.Time) {
	if e.Time.Year() < 1970 {
		return // a clock that has never been set, and before what the stamps below can hold
	}
	at := e.Time.UnixNano()
	if op != events.NoOperation {
		f.lastOK[op] = max(f.lastOK[op], at)
	}
	recent := !e.Time.Before(now.Add(-Horizon - time.Hour))
	switch fact {
	case events.TaskScheduled:
		if recent && e.TaskID != "" {
			f.scheduled.add(taskMoment{at, strings.Clone(e.TaskID)})
		}
	case events.NudgeAnswered:
		if e.TaskID != "" { // however old: a nudge's first answer may be long ago
			f.answers.add(taskMoment{at, strings.Clone(e.TaskID)})
		}
	case events.MemorySearched:
		if recent {
			f.searches.add(searched{at, number(e, "latency_ms"), number(e, "hits")})
		}
	case events.BreakerOpened, events.BreakerHalfOpen, events.BreakerClosed, events.ProcessStarted:
		f.breakers.add(newBreakerLine(e, fact, at))
	case events.SupabaseFailed:
		if recent {
			f.unpushed.add(pushFailure{at})
		}
	case events.HealthChecked:
		if at >= f.health.at {
			f.health = healthLine{at, healthChecks(e)}
		}
	case events.NightlyReported:
		f.keepNightly(e, at)
	}
}

func newBreakerLine(e *logline.Entry, fact events.Fact, at int64) breakerLine {
	l := breakerLine{at: at, what: fact, container: strings.Clone(containerOf(e)), failures: -1}
	if fact == events.ProcessStarted {
		return l
	}
	for _, key := range []string{"name", "breaker", "provider"} {
		if f, ok := e.Field(key); ok && f.Kind == logline.String && f.Value != "" {
			l.name = strings.Clone(f.Value)
			break
		}
	}
	if n := number(e, "failure_count"); n >= 0 && n < math.MaxInt32 {
		l.failures = int64(n)
	}
	return l
}

// containerOf names the container a line came from as well as its source knows it.
func containerOf(e *logline.Entry) string {
	if name := e.Labels["container_name"]; name != "" {
		return name
	}
	return e.Service
}

func (f *factStore) keepNightly(e *logline.Entry, at int64) {
	i, _ := slices.BinarySearchFunc(f.nightly, at, func(l nightlyLine, at int64) int {
		if l.at > at {
			return -1
		}
		return 1 // of equal times the one that came last is the newest
	})
	if i == maxNightly {
		return
	}
	list := make([]nightlyLine, 0, maxNightly+1)
	list = append(list, f.nightly[:i]...)
	list = append(list, nightlyLine{at, strings.Clone(e.Event), strings.Clone(e.Raw)})
	list = append(list, f.nightly[i:]...)
	f.nightly = list[:min(len(list), maxNightly):maxNightly]
}

// trim moves on to now: it takes in the lines the clock has come to and drops
// those that no window reaches any more.
func (f *factStore) trim(now time.Time) {
	waiting := f.ahead[:0]
	for i := range f.ahead {
		e := &f.ahead[i]
		if e.Time.After(now) {
			waiting = append(waiting, *e)
			continue
		}
		fact, op := events.Tell(e)
		f.keep(e, fact, op, now)
	}
	clear(f.ahead[len(waiting):])
	f.ahead = waiting

	horizon := now.Add(-Horizon).UnixNano()
	f.scheduled.trim(horizon)
	f.searches.trim(horizon)
	f.unpushed.trim(horizon)
}

func (f *factStore) view() *Facts {
	return &Facts{
		scheduled: f.scheduled.view(), answers: f.answers.view(), searches: f.searches.view(), breakers: f.breakers.view(),
		unpushed: f.unpushed.view(),
		lastOK:   f.lastOK, health: f.health, nightly: f.nightly, dropped: f.dropped,
	}
}

// Facts is an immutable view of what single log lines told, none of them later
// than the clock.
type Facts struct {
	scheduled, answers factView[taskMoment]
	searches           factView[searched]
	breakers           factView[breakerLine]
	unpushed           factView[pushFailure]
	lastOK             [events.NumOperations]int64
	health             healthLine
	nightly            []nightlyLine
	dropped            int64
}

// lost is how many facts are missing because there were too many.
func (f *Facts) lost() int64 {
	return f.dropped + f.scheduled.dropped + f.answers.dropped + f.searches.dropped + f.breakers.dropped + f.unpushed.dropped
}

// number is the value of a field that is a finite number, else NaN.
func number(e *logline.Entry, key string) float64 {
	if f, ok := e.Field(key); ok && f.Kind == logline.Number {
		if v, err := strconv.ParseFloat(f.Value, 64); err == nil {
			return v
		}
	}
	return math.NaN()
}
