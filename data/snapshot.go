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
	signals func() *Signals
}

// Figures computes all figures as of s.At, once however many ask.
func (s *Snapshot) Figures() *Figures { return s.figures() }

func newSnapshot(s Snapshot) *Snapshot {
	p := &s
	p.figures = sync.OnceValue(func() *Figures { return computeFigures(p) })
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

	Notes []string // what a reader must know to trust the figures
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

// logsCover tells whether every line at or after from has been counted.
func (s *Snapshot) logsCover(from time.Time) bool {
	covered := false
	for _, name := range []string{SourceLoki, SourceFiles} {
		st, ok := s.Sources[name]
		if !ok || st.State == StateAbsent {
			continue
		}
		if !st.Loaded && (st.CoveredFrom.IsZero() || st.CoveredFrom.After(from)) {
			return false
		}
		if st.CoveredFrom.After(from) {
			return false
		}
		covered = true
	}
	return covered
}

// dbCovers tells whether every row at or after from has been read.
func (s *Snapshot) dbCovers(from time.Time) bool {
	return s.DB != nil && !s.DB.CoveredFrom.After(from)
}

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
