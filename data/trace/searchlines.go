package trace

import (
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

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
