package loki

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// SourceOptions says what a [Source] reads. Selector is required.
type SourceOptions struct {
	Selector string // the stream selector, such as {container_name=~"donna-.*"}

	// Recent and RecentLimit bound the lines of the past that are read whole, newest first, for the live view. Recent
	// 0 means none, RecentLimit 0 means 20,000.
	Recent      time.Duration
	RecentLimit int
	// History is how far back lines are read to be counted, and HistoryFilter an RE2 expression that picks them from
	// the text, "" for all. History 0 means none.
	History       time.Duration
	HistoryFilter string

	// Until ends the input: lines up to and with it are read, once, and Run returns. Zero means to follow.
	Until time.Time
	Tail  bool // follow with the tail's help; without it a line appears within a second
}

// Source reads Donna's log lines from Loki. The follow owns the lines from the oldest recent one on, the history those
// before it: each line is delivered once.
type Source struct {
	client *Client
	o      SourceOptions

	mu     sync.Mutex // of what follows, and of calls of SetState
	state  data.SourceState
	follow Status
	past   pastStatus
}

// pastStatus is how the reading of history stands.
type pastStatus struct {
	err         error
	nextTry     time.Time
	loaded      bool
	start       time.Time // of the stretch to read, zero before it is known
	coveredFrom time.Time // how far it has come down
	end         time.Time // where it began
	gaps        []data.Gap
}

// defaultRecent is the default of SourceOptions.RecentLimit: some 10 MB of lines, read within a second.
const defaultRecent = 20000

// NewSource makes a source; it connects when it runs.
func NewSource(client *Client, o SourceOptions) *Source {
	if o.RecentLimit <= 0 {
		o.RecentLimit = defaultRecent
	}
	return &Source{client: client, o: o}
}

// Name is the key under which the source reports.
func (s *Source) Name() string { return data.SourceLoki }

// Run implements [data.Source]. It returns an error only if Loki rejects the selector or the settings are unusable; the
// state says so too.
func (s *Source) Run(ctx context.Context, sink data.Sink) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.setState(sink, func() {})
	var err error
	if s.o.Until.IsZero() {
		err = s.runFollow(ctx, sink)
	} else {
		err = s.runOnce(ctx, sink)
	}
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		s.setState(sink, func() { s.follow.Err = err })
	}
	return err
}

// runFollow follows, and reads the history as soon as it is known where the follow begins.
func (s *Source) runFollow(ctx context.Context, sink data.Sink) error {
	var history sync.WaitGroup
	defer history.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	began := false
	now := s.client.clock.Now()
	return s.client.Follow(ctx, FollowOptions{
		Selector: s.o.Selector,
		From:     now.Add(-s.o.Recent),
		Recent:   s.o.RecentLimit,
		Tail:     s.o.Tail,
		OnLines:  func(lines []Line) { sink.AppendLines(Entries(lines)) },
		OnStatus: func(status Status) {
			s.setState(sink, func() { s.follow = status })
			if !began && !status.AsOf.IsZero() {
				began = true
				history.Go(func() { s.readHistory(ctx, sink, now.Add(-s.o.History), status.From) })
			}
		},
	})
}

// ownTimeSlack is how much later than the line's own time, which is what counts, Loki's can be: Docker and promtail
// stamp a line when they see it.
const ownTimeSlack = time.Minute

// runOnce reads what there is up to Until.
func (s *Source) runOnce(ctx context.Context, sink data.Sink) error {
	f := newFollower(s.client, FollowOptions{
		Selector: s.o.Selector,
		From:     s.o.Until.Add(-s.o.Recent),
		Recent:   s.o.RecentLimit,
		OnLines:  func(lines []Line) { sink.AppendLines(s.upToUntil(Entries(lines))) },
		OnStatus: func(status Status) { s.setState(sink, func() { s.follow = status }) },
	})
	if err := f.start(ctx, s.o.Until.Add(ownTimeSlack).UnixNano()); err != nil {
		return err
	}
	f.status()
	s.readHistory(ctx, sink, s.o.Until.Add(-s.o.History), time.Unix(0, f.from).UTC())
	return nil
}

// upToUntil drops entries after Until by their own time.
func (s *Source) upToUntil(batch []logline.Entry) []logline.Entry {
	if s.o.Until.IsZero() {
		return batch
	}
	return slices.DeleteFunc(batch, func(e logline.Entry) bool { return e.Time.After(s.o.Until) })
}

// readHistory reads [from, to) backwards, in batches, until it is done or ctx ends.
func (s *Source) readHistory(ctx context.Context, sink data.Sink, from, to time.Time) {
	query := s.o.Selector
	if s.o.HistoryFilter != "" {
		query += " |~ " + strconv.Quote(s.o.HistoryFilter)
	}
	if from.After(to) || s.o.History == 0 {
		from = to
	}
	s.setState(sink, func() { s.past.start, s.past.coveredFrom, s.past.end = from, to, to })
	p := newPager(s.client)
	w := walk{query: query, direction: Backward, from: from.UnixNano(), to: to.UnixNano()}
	retry := newBackoff(time.Second, 30*time.Second)
	for {
		raw, done, err := p.next(ctx, &w)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			if e := (*Error)(nil); errors.As(err, &e) && e.Permanent() {
				s.giveUpHistory(sink, from, err)
				return
			}
			wait := retryDelay(retry, err)
			s.setState(sink, func() { s.past.err, s.past.nextTry = err, s.client.clock.Now().Add(wait) })
			sleep(ctx, s.client.clock, wait)
			continue
		}
		retry.Reset()
		if len(raw) > 0 {
			lines := make([]Line, len(raw))
			for i, l := range raw {
				lines[i] = l.line()
			}
			sink.AppendHistory(s.upToUntil(Entries(lines)))
		}
		s.setState(sink, func() {
			s.past.err = nil
			s.past.coveredFrom = time.Unix(0, w.to).UTC()
			s.past.gaps = crowdedGaps(w.crowded)
			s.past.loaded = done
		})
		if done {
			return
		}
	}
}

// giveUpHistory says that Loki refuses to give the rest of the history: what is there is all there will be.
func (s *Source) giveUpHistory(sink data.Sink, from time.Time, err error) {
	s.setState(sink, func() {
		s.past.err, s.past.nextTry, s.past.loaded = err, time.Time{}, true
		s.past.gaps = append(s.past.gaps, data.Gap{From: from, To: s.past.coveredFrom, Reason: "Loki refuses to give older lines"})
	})
}

// setState applies change and publishes the state that follows from it.
func (s *Source) setState(sink data.Sink, change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
	before := s.state.State
	s.state = s.derive()
	if s.state.State != before {
		s.state.Since = s.client.clock.Now()
	}
	sink.SetState(data.SourceLoki, s.state)
}

// derive is the state that the statuses of follow and history make, with Since as it was.
func (s *Source) derive() data.SourceState {
	f, p := s.follow, s.past
	st := data.SourceState{
		State:   data.StateConnecting,
		Since:   s.state.Since,
		AsOf:    f.AsOf,
		NextTry: f.NextTry,
		Loaded:  p.loaded,
		Lost:    f.Lost,
		Gaps:    slices.Concat(p.gaps, f.Gaps),
	}
	if !s.o.Until.IsZero() && st.AsOf.After(s.o.Until) {
		st.AsOf = s.o.Until
	}
	err := f.Err
	switch {
	case err != nil && f.AsOf.IsZero():
		st.State = data.StateFailed
	case err != nil:
		st.State = data.StateStale
	case !f.AsOf.IsZero():
		st.State = data.StateLive
		if err = p.err; err != nil {
			st.NextTry = p.nextTry
		}
	}
	if err != nil {
		st.Detail = err.Error()
		e := (*Error)(nil)
		st.Transient = errors.As(err, &e) && e.Transient()
	}
	switch span := p.end.Sub(p.start); {
	case p.loaded:
		st.Progress = 1
	case span > 0:
		st.Progress = float64(p.end.Sub(p.coveredFrom)) / float64(span)
	}
	st.CoveredFrom = p.coveredFrom
	if st.CoveredFrom.IsZero() {
		st.CoveredFrom = s.client.clock.Now() // nothing yet
	}
	return st
}

// Entries parses lines, which are in order of time.
func Entries(lines []Line) []logline.Entry {
	batch := make([]logline.Entry, len(lines))
	var prev time.Time
	for i, l := range lines {
		e := &batch[i]
		e.Source, e.Labels, e.Late = logline.SourceLoki, l.Labels, l.Late
		logline.Parse(e, l.Text, time.Unix(0, l.Time), prev)
		if e.Service == "" {
			e.Service = logline.LabelService(l.Labels)
		}
		prev = e.Time
	}
	return batch
}
