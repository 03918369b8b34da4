package trace

import (
	"context"
	"maps"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// search is one trace in the making.
type search struct {
	Options
	ctx      context.Context
	given    string
	progress func(*Trace)

	ids     *idSet
	kind    Kind // "" as long as no table holds the id
	rows    map[rowKey]*rowItem
	order   []*rowItem // rows as they came
	lines   *lineStore
	capped  map[string]*Capped
	gaps    []Gap
	states  map[string]data.SourceState // of what was asked, by data.SourceDB, SourceLoki and SourceFiles
	bytes   int                         // of rows
	done    float64
	shownAt time.Time

	asked    map[id]bool            // by which rows have been looked for
	searched map[string]map[id]bool // by source, for which lines have been
	texts    map[string]map[string]bool
	inRing   int    // ids that the lines in memory were searched for
	busy     string // the source that is being read
	full     bool   // no more bytes may be taken in
}

func newSearch(ctx context.Context, o Options, text string, progress func(*Trace)) *search {
	s := &search{
		Options: o, ctx: ctx, given: text, progress: progress,
		ids: newIDSet(o.MaxIDs), rows: make(map[rowKey]*rowItem), lines: newLineStore(o.MaxItems),
		capped: make(map[string]*Capped), states: make(map[string]data.SourceState),
		asked: make(map[id]bool), searched: make(map[string]map[id]bool), texts: make(map[string]map[string]bool),
	}
	if s.DB != nil {
		s.states[data.SourceDB] = data.SourceState{State: data.StateConnecting}
	}
	for _, l := range o.Logs {
		s.states[hubSource(l.Source())] = data.SourceState{State: data.StateConnecting}
		s.searched[l.Source()], s.texts[l.Source()] = make(map[id]bool), make(map[string]bool)
	}
	return s
}

// hubSource is the Hub's name of a source of lines.
func hubSource(source string) string {
	if source == logline.SourceLoki {
		return data.SourceLoki
	}
	return data.SourceFiles
}

// lineSource is what lines call the Hub's source.
func lineSource(source string) string {
	if source == data.SourceLoki {
		return logline.SourceLoki
	}
	return logline.SourceLogs
}

// run reads until nothing new comes up.
func (s *search) run() {
	s.resolve()
	for round := 0; round == 0 || s.pending() > 0; round++ {
		if round == s.MaxRounds {
			s.cap("rounds", s.MaxRounds, s.pending())
			break
		}
		s.readRows()
		s.readRing()
		s.show(true)
		for _, l := range s.Logs {
			s.readLines(l)
		}
	}
	s.infer()
	s.settle()
}

// pending is how many ids have not been looked for everywhere yet.
func (s *search) pending() int {
	if s.ctx.Err() != nil || s.full {
		return 0
	}
	left := max(s.unasked(), s.unsearched(""))
	if s.Snapshot != nil {
		left = max(left, len(s.ids.order)-s.inRing)
	}
	return left
}

// unasked is how many ids the database has not been asked for.
func (s *search) unasked() int {
	if s.DB == nil || s.failed(data.SourceDB) {
		return 0
	}
	return len(s.ids.order) - len(s.asked)
}

// unsearched is how many ids a source of lines has not been searched for, or any
// of them.
func (s *search) unsearched(source string) (n int) {
	for name, searched := range s.searched {
		if !s.failed(hubSource(name)) && (source == "" || source == name) {
			n = max(n, len(s.ids.order)-len(searched))
		}
	}
	return n
}

func (s *search) failed(source string) bool { return s.states[source].State == data.StateFailed }

// settle says of the sources that answered to the end that they did, and of the
// others, if the time was up, that they didn't.
func (s *search) settle() {
	for name, st := range s.states {
		if st.State != data.StateConnecting {
			continue
		}
		left := s.unasked()
		if name != data.SourceDB {
			left = s.unsearched(lineSource(name))
		}
		if s.ctx.Err() != nil && (left > 0 || s.busy == name) {
			s.states[name] = data.SourceState{State: data.StateFailed, Detail: "not read to the end: " + context.Cause(s.ctx).Error()}
			continue
		}
		s.states[name] = data.SourceState{State: data.StateLive, Loaded: true, AsOf: s.Clock.Now()}
	}
}

// givenAs is the id asked for with its key; without one if that isn't known.
func (s *search) givenAs() id {
	if i, ok := givenID(s.given); ok {
		return i
	}
	for _, i := range s.ids.order {
		if i.value == s.given && i.key != "" {
			return i
		}
	}
	return id{"", s.given}
}

// later tells whether something is dated after the instant up to which it counts.
func (s *search) later(t time.Time) bool { return !s.Until.IsZero() && t.After(s.Until) }

// cap notes that a cap was reached.
func (s *search) cap(of string, limit, dropped int) {
	c := s.capped[of]
	if c == nil {
		c = &Capped{Limit: limit, Of: of}
		s.capped[of] = c
	}
	c.Dropped += dropped
}

// showEvery is how often partial results are shown at most.
const showEvery = 250 * time.Millisecond

// show hands out what is known. always is for the end of a step.
func (s *search) show(always bool) {
	if s.progress == nil || s.ctx.Err() != nil {
		return
	}
	if now := s.Clock.Now(); always || now.Sub(s.shownAt) >= showEvery {
		s.shownAt = now
		s.progress(s.build(false))
	}
}

// reports are the states of the sources in the contract's form: db, logs (the
// worst of Loki and files, as everywhere) and, if it is configured, loki.
func (s *search) reports() map[string]data.SourceReport {
	states := maps.Clone(s.states)
	if s.Snapshot != nil {
		for name, st := range s.Snapshot().Sources {
			if _, asked := states[name]; !asked {
				states[name] = st // lines that are in memory only
			}
		}
	}
	for name, how := range s.Absent {
		if st, ok := states[name]; !ok || st.State == "" {
			states[name] = data.SourceState{State: data.StateAbsent, Detail: how}
		}
	}
	joined := data.Snapshot{Sources: states}
	out := map[string]data.SourceReport{"db": data.ReportSource(states[data.SourceDB]), "logs": data.ReportSource(joined.LogState())}
	if st, ok := states[data.SourceLoki]; ok && st.State != data.StateAbsent {
		out["loki"] = data.ReportSource(st)
	}
	return out
}
