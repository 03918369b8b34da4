package trace

import (
	"context"
	"errors"
	"maps"
	"slices"
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

// resolve finds out what the id asked for is.
func (s *search) resolve() {
	if i, ok := givenID(s.given); ok {
		s.ids.add(i)
		return
	}
	s.read(func(find finder) error {
		// first the tables of which it can be the row's own id, by their index
		for pass := range passes {
			for i := range tables {
				for _, c := range tables[i].columns {
					if s.kind != "" || c.key.numbered() || pass != passOf(&tables[i], c) {
						continue
					}
					if err := s.resolveAs(find, &tables[i], c); err != nil {
						return err
					}
				}
			}
		}
		return nil
	})
	if s.kind == "" {
		s.ids.add(id{"", s.given})
	}
}

// passes are the rounds in which columns are asked whether they hold an id: first
// those that identify a row, by their index, last what may be anything's id.
const passes = 3

func passOf(t *table, c column) int {
	own := c.key == keyRow || c.name == "id" || t.name == "escalation_request" && c.name == "correlation_id"
	switch {
	case own && !c.scan:
		return 0
	case c.key != keyEntity:
		return 1
	}
	return 2
}

// resolveAs takes the id asked for as one of a key if a column holds it.
func (s *search) resolveAs(find finder, t *table, c column) error {
	i := id{c.key, s.given}
	page, err := s.rowsBy(find, t, c, i)
	if err != nil || !slices.ContainsFunc(page.Rows, s.counts) {
		return err
	}
	s.kind = kindOf[c.key]
	if s.kind == "" {
		s.kind = t.owner
	}
	s.ids.add(i)
	return nil
}

// counts tells whether a row isn't dated too late.
func (s *search) counts(row data.Row) bool {
	r := newRowItem(row)
	return !r.dated || !s.later(r.item.Time)
}

type finder = func(data.RowQuery) (data.RowPage, error)

// read opens the database for fn, unless it has failed before.
func (s *search) read(fn func(find finder) error) {
	if s.DB == nil || s.failed(data.SourceDB) || s.ctx.Err() != nil {
		return
	}
	s.busy = data.SourceDB
	err := s.DB.Read(s.ctx, fn)
	if s.ctx.Err() != nil {
		return
	}
	s.busy = ""
	if err != nil && !errors.Is(err, errFull) {
		s.states[data.SourceDB] = data.SourceState{State: data.StateFailed, Detail: err.Error()}
	}
}

// errFull ends a reading because a cap was reached.
var errFull = errors.New("the trace is full")

// readRows looks for the rows of all ids that are new, and of those that these
// rows bring up.
func (s *search) readRows() {
	if len(s.asked) >= len(s.ids.order) {
		return
	}
	s.read(func(find finder) error {
		for n := 0; n < len(s.ids.order); n++ {
			i := s.ids.order[n]
			if s.asked[i] {
				continue
			}
			s.asked[i] = true
			if err := s.readRowsOf(find, i); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *search) readRowsOf(find finder, i id) error {
	for n := range tables {
		t := &tables[n]
		for _, c := range t.columns {
			if c.key != i.key {
				continue
			}
			page, err := s.rowsBy(find, t, c, i)
			if err != nil {
				return err
			}
			if err := s.keep(page, i.key); err != nil {
				return err
			}
			if s.kind == "" && i == s.givenAs() && s.holdsRow(page) {
				s.kind = kindOf[i.key]
			}
		}
	}
	for _, q := range auditQueries(i) {
		q.Limit = s.MaxItems
		page, err := find(q)
		if err != nil {
			return err
		}
		if err := s.keep(page, i.key); err != nil {
			return err
		}
	}
	return nil
}

// holdsRow tells whether any of the rows counts.
func (s *search) holdsRow(page data.RowPage) bool {
	return slices.ContainsFunc(page.Rows, func(row data.Row) bool { return s.rows[rowKey{row.Table, row.RowID}] != nil })
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

// auditQueries find the rows that hold an id in another form: audit rows by their
// input_hash, and what a tool request caused.
func auditQueries(i id) []data.RowQuery {
	switch {
	case i.key == keyCorrelation && len(i.value) >= hashLength:
		return []data.RowQuery{{Table: invocationLog, Column: "input_hash", Values: []string{i.value[:hashLength]}, And: map[string]string{"task_type": escalationLifecycle}}}
	case i.key == keyToolRequest:
		return []data.RowQuery{
			{Table: invocationLog, Column: "input_hash", Values: []string{toolHash + i.value}, And: map[string]string{"task_type": toolGapLifecycle}},
			{Table: "escalation_request", Column: "originating_entity_id", Values: []string{i.value}, And: map[string]string{"originating_entity_type": toolRequestEntity}},
		}
	}
	return nil
}

// rowsBy looks for rows by one column.
func (s *search) rowsBy(find finder, t *table, c column, i id) (data.RowPage, error) {
	q := data.RowQuery{Table: t.name, Column: c.name, Values: []string{i.value}, Limit: s.MaxItems}
	if c.scan {
		made, ok := i.made()
		switch {
		case ok:
			q.Time, q.From = t.times[0], made.Add(-c.back)
			if c.ahead > 0 {
				q.To = made.Add(c.ahead)
			}
		case t.name == invocationLog:
			return data.RowPage{}, nil // millions of rows, and no telling where among them
		}
		if c.back == 0 {
			q.Time, q.From, q.To = "", time.Time{}, time.Time{}
		}
	}
	return find(q)
}

// keep takes rows in that were found by ids of a key, and the ids that they hold.
func (s *search) keep(page data.RowPage, by key) error {
	if page.More {
		s.cap("rows", s.MaxItems, 1)
	}
	for _, row := range page.Rows {
		k := rowKey{row.Table, row.RowID}
		r, known := s.rows[k]
		if !known {
			if s.bytes+s.lines.bytes >= s.MaxBytes {
				s.cap("bytes", s.MaxBytes, 1)
				s.full = true
				return errFull
			}
			r = newRowItem(row)
			if r.dated && s.later(r.item.Time) {
				continue
			}
			r.hub = by.hub()
			s.rows[k] = r
			s.order = append(s.order, r)
			for _, v := range row.Fields {
				s.bytes += len(v)
			}
		}
		if r.hub = r.hub && by.hub(); r.hub {
			continue
		}
		for _, i := range r.ids {
			s.ids.add(i)
		}
	}
	return nil
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

// readRing looks at the lines in memory, which are the newest and cost nothing.
func (s *search) readRing() {
	if s.Snapshot == nil {
		return
	}
	view := s.Snapshot().Logs
	s.inRing = len(s.ids.order)
	if view == nil {
		return
	}
	for _, source := range []string{logline.SourceLoki, logline.SourceLogs} {
		s.lines.begin(origin{source, true})
	}
	// what is in memory has places of its own, after all others
	const after = int64(1) << 62
	needles := logline.NewNeedles(textsOf(s.ids.order))
	for n := range view.Len() {
		if n%4096 == 0 && s.ctx.Err() != nil {
			return
		}
		l := view.At(n)
		if !l.JSON || !needles.In(l.Raw) {
			continue
		}
		e := l.Entry
		if e.Source != logline.SourceLoki {
			e.Source = logline.SourceLogs
		}
		s.take(origin{e.Source, true}, Found{Entry: e, Place: after + int64(l.Seq)})
	}
	s.follow()
}

// textsOf are what to look for in lines to find these ids.
func textsOf(ids []id) (all []string) {
	for _, i := range ids {
		all = append(all, i.texts()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// take keeps a line if an id stands in it.
func (s *search) take(o origin, f Found) {
	if s.later(f.Time) {
		return
	}
	l := newLineItem(f)
	if names, _ := l.matched(s.ids); len(names) == 0 {
		return
	}
	if s.bytes+s.lines.bytes+len(l.Raw) > s.MaxBytes {
		s.cap("bytes", s.MaxBytes, 1)
		s.full = true
		return
	}
	if !s.lines.add(o, l) {
		return
	}
	if dropped := s.lines.trim(o); dropped > 0 {
		s.cap("items", s.MaxItems, dropped)
	}
}

// follow takes in the ids that the lines lead to, and those that lines lead to
// which hold these.
func (s *search) follow() {
	for {
		before := len(s.ids.order)
		for _, lines := range s.lines.of {
			for _, l := range lines {
				if _, leads := l.matched(s.ids); !leads {
					continue
				}
				for _, i := range l.ids() {
					s.ids.add(i)
				}
			}
		}
		if len(s.ids.order) == before {
			return
		}
	}
}

// readLines searches one source for the ids it hasn't been searched for.
func (s *search) readLines(l Logs) {
	name, searched := hubSource(l.Source()), s.searched[l.Source()]
	fresh := slices.DeleteFunc(slices.Clone(s.ids.order), func(i id) bool { return searched[i] })
	if len(fresh) == 0 || s.failed(name) || s.full || s.ctx.Err() != nil {
		return
	}
	for _, i := range fresh {
		searched[i] = true
	}
	// an id whose kind became known is the same text
	texts := slices.DeleteFunc(textsOf(fresh), func(t string) bool { return s.texts[l.Source()][t] })
	if len(texts) == 0 {
		return
	}
	for _, t := range texts {
		s.texts[l.Source()][t] = true
	}
	s.busy = name
	from, to := s.span()
	o := origin{l.Source(), false}
	s.lines.begin(o)
	begun := s.done
	share := (1 - begun) / 2
	gaps, err := l.Find(s.ctx, LogQuery{Texts: texts, From: from, To: to, Progress: func(p float64) {
		s.done = begun + share*min(max(p, 0), 1)
		s.show(false)
	}}, func(batch []Found) error {
		for _, f := range batch {
			s.take(o, f)
		}
		s.show(false)
		return s.ctx.Err()
	})
	for _, g := range gaps {
		s.gaps = append(s.gaps, Gap{Source: l.Source(), From: g.From, To: g.To, Reason: g.Reason})
	}
	if s.ctx.Err() == nil {
		s.busy = ""
	}
	if err != nil && s.ctx.Err() == nil {
		s.states[name] = data.SourceState{State: data.StateFailed, Detail: err.Error()}
		s.gaps = append(s.gaps, Gap{Source: l.Source(), From: from, To: to, Reason: err.Error()})
	}
	s.done = begun + share
	s.follow()
	s.show(true)
}

// Lines come a little before the rows they belong to, and Loki may date them
// later than they date themselves.
const (
	lineMargin  = time.Hour
	futureSlack = 10 * time.Minute
	maxReach    = 2 * 365 * day // whatever the rows say: Loki keeps 90 days by default
)

// span is the stretch of time in which lines are searched.
func (s *search) span() (from, to time.Time) {
	now := s.Clock.Now()
	if to = now.Add(futureSlack); !s.Until.IsZero() {
		to = s.Until.Add(futureSlack)
	}
	earlier := func(t time.Time) {
		if from.IsZero() || t.Before(from) {
			from = t
		}
	}
	if t, ok := (id{value: s.given}).made(); ok {
		earlier(t)
	}
	for _, r := range s.order {
		if r.dated {
			earlier(r.item.Time)
		}
	}
	for _, lines := range s.lines.of {
		for _, l := range lines {
			earlier(l.item.Time)
		}
	}
	if from.IsZero() || from.After(to) {
		from = to.Add(-s.Reach)
	}
	if oldest := to.Add(-maxReach); from.Before(oldest) {
		from = oldest
	}
	return from.Add(-lineMargin), to
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
