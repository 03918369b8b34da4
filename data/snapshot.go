package data

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// Snapshot is everything donnatop knows at one moment. It is immutable and
// shared by all who look: screens, the one-shot command, alerts.
type Snapshot struct {
	Version uint64    // grows with every change
	At      time.Time // the clock when it was taken; every figure is as of then
	Sources map[string]SourceState
	DB      *DB // nil before the first answer
	Config  Config
	Logs    *LogView
	Counts  *EventCounts
	Facts   *Facts
	Errors  *ErrorLines

	Containers *ContainerView // nil before the first answer
	Host       *HostView      // nil before the first look
	Alerts     []Alert        // every rule as it was judged last; nil where nobody judges

	figures func() *Figures
	zeros   func() *Figures // before what is never filled was left out
	signals func() *Signals

	taken time.Time // the clock when it was taken, also where At is the end of a range
	span  *Window   // the range it is seen in, see FiguresIn; nil for all of the contract's windows
	// From where on rows and lines are at hand in a range of which more was read
	// than the snapshot holds; nil if nothing was.
	rowsFrom, linesFrom *time.Time
	recentRead          bool // DB.Recent are the newest rows of the range
}

// Figures computes all figures as of s.At, once however many ask.
func (s *Snapshot) Figures() *Figures { return s.figures() }

func newSnapshot(s Snapshot) *Snapshot {
	p := &s
	p.taken = p.At
	p.zeros = sync.OnceValue(func() *Figures { return computeFigures(p) })
	p.figures = sync.OnceValue(func() *Figures {
		f := *p.zeros()
		f.leaveOutNeverFilled(p.tables())
		return &f
	})
	p.signals = sync.OnceValue(func() *Signals { return computeSignals(p) })
	return p
}

// Figures holds every figure of the JSON contract that has been built so far.
type Figures struct {
	At   time.Time
	LLM  *LLM
	Logs *Logs // nil without a log source

	Tasks         *Tasks
	Agents        *Agents
	Notifications *Notifications
	Escalations   *Escalations
	Errors        *Errors
	Preferences   *Preferences
	Skills        *Skills
	Memory        *Memory
	Health        *Health
	Alerts        []Alert

	Range *RangeInfo // the range the figures were computed for beside the windows; nil without

	Notes []string // what a reader must know to trust the figures

	// NeverFilled are the keys of figures that are nil because a stock Donna never
	// fills their source, and this one hasn't either, see [Figures.WhyNeverFilled].
	NeverFilled []string
}

func computeFigures(s *Snapshot) *Figures {
	f := &Figures{At: s.At}
	if len(s.Config.Defaulted) > 0 {
		f.Notes = append(f.Notes, "Donna's own defaults hold for "+strings.Join(s.Config.Defaulted, ", ")+": give --donna-config DIR to read hers")
	}
	lines := countLines(s, &f.Notes)
	t := s.tables()
	if t == nil {
		t = &Tables{}
	}

	f.LLM = llmFigures(s, &f.Notes)
	f.LLM.Events = lines.llmEvents()

	f.Tasks = taskFigures(s)
	f.Tasks.TimeToSchedule = timeToSchedule(s, t.Tasks)
	f.Tasks.Dedup = lines.dedup()

	f.Agents = agentFigures(s)
	f.Agents.LLMSpendByCaller = f.LLM.SpendByTaskType
	f.Agents.Events = lines.agentEvents()

	f.Notifications = nudgeFigures(s)
	f.Notifications.Sent, f.Notifications.Failed, f.Notifications.Blocked = lines.sent(), lines.failed(), lines.blocked()
	if !t.lacks("nudge_events.task_id", "nudge_events.created_at") {
		f.Notifications.ReplyS = replyTimes(s, t.Nudges)
	}

	f.Escalations = escalationFigures(s)
	f.Preferences = preferenceFigures(s)

	f.Errors = &Errors{Counts: lines.errorCounts(), Per5m: errorsPer5m(s, &f.Notes)}
	f.Errors.Groups, f.Errors.Facets = errorGroups(s, s.Errors, &f.Notes)

	f.Skills = skillFigures(s)
	f.Skills.Nightly = nightlyLines(s)

	f.Memory = memoryFigures(s)
	f.Memory.EmbedCalls = f.LLM.embedCalls
	f.Memory.Retrieval = retrieval(s)
	f.Memory.Ingest, f.Memory.Failures = lines.ingest(), lines.memoryFailures()
	f.Memory.Writes, f.Memory.Watch = lines.memoryWrites(), lines.watch()

	f.Health = s.Signals().Health
	f.Alerts = s.Alerts
	f.Logs = logFigures(s)
	return f
}

// healthFigures joins what the engine, the disks and the log say.
func healthFigures(s *Snapshot) *Health {
	f := &Health{
		Containers: containerFigures(s.Containers), Disks: diskFigures(s.Host), DataDirs: dataDirFigures(s.Host),
		Breakers: logBreakers(s), LastOK: newestOK(logLastOK(s), hostLastOK(s.Host, s.At)),
		Heartbeat: logHeartbeat(s), Checks: logChecks(s), ErrorRate5m: errorRate5m(s),
	}
	if f.Heartbeat == nil || f.Heartbeat.At == nil {
		// the orchestrator's own line is its best sign of life; without it, the
		// file of the watcher that looks after it
		if h := hostHeartbeat(s.Host, s.At); h != nil {
			f.Heartbeat = h
		}
	}
	return f
}

// configured tells whether the source was given at all.
func (s *Snapshot) configured(source string) bool {
	st, ok := s.Sources[source]
	return ok && st.State != StateAbsent
}

// LogState joins the states of the log sources into the one of the contract's
// `logs`: the worst of those configured, absent if none is.
func (s *Snapshot) LogState() SourceState {
	var all []SourceState
	for _, name := range []string{SourceLoki, SourceFiles} {
		if s.configured(name) {
			all = append(all, s.Sources[name])
		}
	}
	switch len(all) {
	case 0:
		return SourceState{State: StateAbsent, Detail: "no log source: give --loki URL or --logs FILE"}
	case 1:
		return all[0]
	}
	slices.SortStableFunc(all, func(a, b SourceState) int { return severity(b.State) - severity(a.State) })
	worst := all[0]
	for _, o := range all[1:] {
		worst.Loaded = worst.Loaded && o.Loaded
		worst.Lost += o.Lost
		worst.Gaps = append(slices.Clip(worst.Gaps), o.Gaps...)
		worst.Progress = min(worst.Progress, o.Progress)
		if o.CoveredFrom.After(worst.CoveredFrom) {
			worst.CoveredFrom = o.CoveredFrom
		}
	}
	return worst
}

func severity(s State) int {
	return slices.Index([]State{StateAbsent, StateLive, StateConnecting, StateStale, StateFailed}, s)
}

// linesSince is the instant from which on every line has been counted, as far as
// the sources know; false if there is none.
func (s *Snapshot) linesSince() (since time.Time, ok bool) {
	if s.linesFrom != nil {
		return *s.linesFrom, true
	}
	for _, name := range []string{SourceLoki, SourceFiles} {
		st, configured := s.Sources[name]
		if !configured || st.State == StateAbsent {
			continue
		}
		if !st.Loaded && st.CoveredFrom.IsZero() {
			return time.Time{}, false
		}
		if st.CoveredFrom.After(since) {
			since = st.CoveredFrom
		}
		ok = true
	}
	return since, ok
}

// logsCover tells whether every line at or after from has been read.
func (s *Snapshot) logsCover(from time.Time) bool {
	since, ok := s.linesSince()
	return ok && !since.After(from)
}

// countsSince is the instant from which on every line is in the counts: it has
// been read, and is not so old that it was passed over. False if there is none.
func (s *Snapshot) countsSince() (since time.Time, ok bool) {
	since, ok = s.linesSince()
	if s.linesFrom == nil && since.Before(s.horizon()) {
		since = s.horizon()
	}
	return since, ok
}

// counted tells whether every line at or after from is in the counts.
func (s *Snapshot) counted(from time.Time) bool {
	since, ok := s.countsSince()
	return ok && !since.After(from)
}

// rowsSince is the instant from which on every row is in the rollup; false if
// there is none.
func (s *Snapshot) rowsSince() (since time.Time, ok bool) {
	switch {
	case s.DB == nil || s.DB.Invocations == nil:
		return time.Time{}, false
	case s.rowsFrom != nil:
		return *s.rowsFrom, true
	case s.DB.CoveredFrom.Before(s.horizon()):
		return s.horizon(), true
	}
	return s.DB.CoveredFrom, true
}

// dbCovers tells whether every row at or after from is in the rollup.
func (s *Snapshot) dbCovers(from time.Time) bool {
	since, ok := s.rowsSince()
	return ok && !since.After(from)
}

// seriesFrom is where a series of buckets of that step begins that ought to begin
// at from: there, if all is known since. Of a range, whose series may reach back
// beyond what is known, the buckets that are known whole are given.
func (s *Snapshot) seriesFrom(from time.Time, step time.Duration, known func() (time.Time, bool)) (time.Time, bool) {
	since, ok := known()
	switch {
	case !ok:
		return from, false
	case !since.After(from):
		return from, true
	case s.span == nil:
		return from, false
	}
	begin := since.UTC().Truncate(step)
	if begin.Before(since) {
		begin = begin.Add(step)
	}
	return begin, !begin.After(s.At)
}

// horizon is the instant before which nothing is in counts and rollup.
func (s *Snapshot) horizon() time.Time { return s.taken.Add(-Horizon) }

// Settled tells whether every configured source has either read all it had at
// the start or failed for good: nothing more is to come that was there before.
func (s *Snapshot) Settled() bool {
	for _, st := range s.Sources {
		switch st.State {
		case StateAbsent:
		case StateFailed:
			if st.Transient {
				return false
			}
		default:
			if !st.Loaded {
				return false
			}
		}
	}
	return true
}

// Answered tells whether every configured source has answered, the exit code of
// a one-shot reading.
func (s *Snapshot) Answered() bool {
	for st := range maps.Values(s.Sources) {
		if st.State != StateAbsent && (st.State != StateLive || !st.Loaded) {
			return false
		}
	}
	return true
}
