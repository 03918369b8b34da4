package data

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// RangeInfo says what the figures under [WindowRange] are figures of.
type RangeInfo struct {
	Window      // what was asked for; To may lie ahead of the clock
	Past   bool // it ends before the clock, and so do the series; all else is as of the clock
	// LinesFrom is the instant from which on log lines have been counted, if that is
	// inside the range: figures of lines are nil then. Zero otherwise.
	LinesFrom time.Time
	// RowsFrom is the same for rows of invocation_log.
	RowsFrom time.Time
	// Rough says that the single rows of the hours in which the range begins and
	// ends are not at hand: figures of rows are right to the hour.
	Rough bool
}

// FiguresIn is [Snapshot.Figures] with one window more: w, under the key
// [WindowRange], borders included. What lies ahead of the clock isn't there yet.
//
// If w ends before the clock, what is dated after its end doesn't count in it, and
// the series that show the course of time end with it: llm.per_hour, llm.per_day,
// tasks.per_day, errors.per_5m and skills.cost_per_hour, as far back as anything is
// known. llm.recent are rows of the range then, and errors.groups and facets its
// faults. Everything else is what it is now: the named windows, budget and
// projection, states, and what is called by the time it covers.
//
// past is what was read of the range beyond what the snapshot holds, see
// [Snapshot.Lacks]; nil if nothing was.
func (s *Snapshot) FiguresIn(w Window, past *Past) *Figures {
	now, in := s.zeros(), s.within(w, past)
	f := *now
	f.Range = &RangeInfo{Window: *in.span, Past: in.At.Before(s.At)}
	f.Range.To = w.To.UTC()
	if since, ok := in.countsSince(); ok && since.After(w.From) {
		f.Range.LinesFrom = since
	}
	if since, ok := in.rowsSince(); ok && since.After(w.From) {
		f.Range.RowsFrom = since
	}
	var notes []string
	lines := countLines(in, &notes)
	f.addLLM(in, lines)
	f.addTables(in, lines)
	f.addErrors(in, lines, &notes)
	if f.Range.Rough {
		notes = append(notes, "the range begins or ends inside an hour whose single rows have not been read: its figures are right to the hour")
	}
	for at, of := range map[time.Time]string{f.Range.LinesFrom: "log lines", f.Range.RowsFrom: "rows of invocation_log"} {
		if !at.IsZero() {
			notes = append(notes, fmt.Sprintf("%s are known from %s on: figures of the whole range that need earlier ones are null", of, at.UTC().Format(time.RFC3339)))
		}
	}
	slices.Sort(notes)
	f.Notes = slices.Clip(f.Notes)
	for _, n := range notes {
		if !slices.Contains(now.Notes, n) {
			f.Notes = append(f.Notes, n)
		}
	}
	f.leaveOutNeverFilled(s.tables())
	return &f
}

// within is the snapshot as it is seen in a range: its clock stands at the end of
// the range, if that has been, and the range is its only window.
func (s *Snapshot) within(w Window, past *Past) *Snapshot {
	in := *s
	in.span = &Window{Name: WindowRange, From: w.From.UTC(), To: w.To.UTC()}
	if s.At.Before(w.To) {
		in.span.To = s.At
	}
	in.At = in.span.To
	if in.At.Before(s.At) {
		in.Errors = nil // they are kept as of now
	}
	past.complete(&in)
	return &in
}

// plus is figures by window with those of the range. Figures without a source stay so.
func plus[T any](named, ranged map[string]T) map[string]T {
	if named == nil {
		return nil
	}
	out := maps.Clone(named)
	maps.Copy(out, ranged)
	return out
}

// addLLM adds the figures of LLM & Cost and those that are the same elsewhere.
func (f *Figures) addLLM(in *Snapshot, lines lineCounts) {
	llm := *f.LLM
	llm.Events = plus(llm.Events, lines.llmEvents())
	f.LLM = &llm
	if in.DB == nil || in.DB.Invocations == nil {
		return
	}
	r := &LLM{}
	p := llmPass{s: in, v: in.DB.Invocations, f: r, exact: true}
	p.windows()
	llm.Calls, llm.CallsByClass = plus(llm.Calls, r.Calls), plus(llm.CallsByClass, r.CallsByClass)
	llm.CallsByTaskType, llm.CallsByModel = plus(llm.CallsByTaskType, r.CallsByTaskType), plus(llm.CallsByModel, r.CallsByModel)
	llm.Tokens, llm.SpendUSD = plus(llm.Tokens, r.Tokens), plus(llm.SpendUSD, r.SpendUSD)
	llm.SpendByTaskType, llm.SpendByModel = plus(llm.SpendByTaskType, r.SpendByTaskType), plus(llm.SpendByModel, r.SpendByModel)
	llm.LatencyMS, llm.LatencyAllMS = plus(llm.LatencyMS, r.LatencyMS), plus(llm.LatencyAllMS, r.LatencyAllMS)
	llm.Failures, llm.Shadow = plus(llm.Failures, r.Failures), plus(llm.Shadow, r.Shadow)
	llm.embedCalls = plus(llm.embedCalls, r.embedCalls)
	if f.Range.Past {
		p.series()
		llm.PerHour, llm.PerDay, llm.Recent = r.PerHour, r.PerDay, in.rangeRows()
	}
	f.Range.Rough = !p.exact
}

// addTables adds the figures of the views that show small tables, and of the lines
// that belong to them.
func (f *Figures) addTables(in *Snapshot, lines lineCounts) {
	tasks, agents, notifications, preferences, skills, memory := *f.Tasks, *f.Agents, *f.Notifications, *f.Preferences, *f.Skills, *f.Memory
	t := in.tables()
	if t == nil {
		t = &Tables{}
	}

	r := taskFigures(in)
	tasks.Created, tasks.Completed = plus(tasks.Created, r.Created), plus(tasks.Completed, r.Completed)
	tasks.TimeToSlot = plus(tasks.TimeToSlot, r.TimeToSlot)
	tasks.TimeToSchedule = plus(tasks.TimeToSchedule, timeToSchedule(in, t.Tasks))
	tasks.Dedup = plus(tasks.Dedup, lines.dedup())

	agents.Finished = plus(agents.Finished, agentFigures(in).Finished)
	agents.LLMSpendByCaller = f.LLM.SpendByTaskType
	agents.Events = plus(agents.Events, lines.agentEvents())

	n := nudgeFigures(in)
	notifications.Nudges, notifications.ResponseS = plus(notifications.Nudges, n.Nudges), plus(notifications.ResponseS, n.ResponseS)
	notifications.Sent, notifications.Failed = plus(notifications.Sent, lines.sent()), plus(notifications.Failed, lines.failed())
	notifications.Blocked = plus(notifications.Blocked, lines.blocked())
	notifications.ReplyS = plus(notifications.ReplyS, replyTimes(in, t.Nudges))

	preferences.Corrections = plus(preferences.Corrections, preferenceFigures(in).Corrections)

	sk := skillFigures(in)
	skills.Runs = plus(skills.Runs, sk.Runs)

	memory.Retrieval = plus(memory.Retrieval, retrieval(in))
	memory.Ingest, memory.Failures = plus(memory.Ingest, lines.ingest()), plus(memory.Failures, lines.memoryFailures())
	memory.Writes, memory.Watch = plus(memory.Writes, lines.memoryWrites()), plus(memory.Watch, lines.watch())
	memory.EmbedCalls = f.LLM.embedCalls

	if f.Range.Past {
		tasks.PerDay, skills.CostPerHour = r.PerDay, sk.CostPerHour
	}
	f.Tasks, f.Agents, f.Notifications, f.Preferences, f.Skills, f.Memory = &tasks, &agents, &notifications, &preferences, &skills, &memory
}

// addErrors adds the counts by level; of a range that is past also when its lines
// came and what went wrong.
func (f *Figures) addErrors(in *Snapshot, lines lineCounts, notes *[]string) {
	errors := *f.Errors
	errors.Counts = plus(errors.Counts, lines.errorCounts())
	if f.Range.Past {
		errors.Per5m = errorsPer5m(in, notes)
		errors.Groups, errors.Facets = errorGroups(in, in.Errors, notes)
	}
	f.Errors = &errors
}

// rangeRows is the newest rows of a range that is past; nil unless it is known
// that no newer ones are missing among them.
func (s *Snapshot) rangeRows() []InvocationRow {
	rows := []InvocationRow{}
	for _, r := range s.DB.Recent {
		if s.span.within(r.Time) {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 && !s.recentReaches(s.span.From) {
		return nil
	}
	return rows
}

// recentReaches tells whether the newest rows at hand are all there are since from.
func (s *Snapshot) recentReaches(from time.Time) bool {
	return s.recentRead || s.DB.Invocations != nil && s.DB.Invocations.Rows <= int64(len(s.DB.Recent)) ||
		slices.ContainsFunc(s.DB.Recent, func(r InvocationRow) bool { return r.Time.Before(from) })
}
