package logstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/loki"
)

// readLoki is the input of Loki's lines.
func (r *reader) readLoki(ctx context.Context, in *input) error {
	var err error
	switch {
	case r.Follow:
		err = r.followLoki(ctx, in)
	case r.Limit > 0:
		err = r.newestOfLoki(ctx, in)
	default:
		err = r.Loki.Lines(ctx, r.Query, r.From, r.lokiTo(), loki.Forward, func(lines []loki.Line) error {
			in.send(ctx, r.chosen(lines))
			return ctx.Err()
		})
	}
	if err == nil || ctx.Err() != nil {
		return nil
	}
	if e := (*loki.Error)(nil); errors.As(err, &e) && e.Kind == loki.KindQuery {
		return err
	}
	r.say(ctx, err.Error())
	return ErrIncomplete
}

// ownTimeSlack is how much later than a line's own time, by which it may belong,
// Loki's stamp can be: Docker and promtail stamp a line when they see it.
const ownTimeSlack = time.Minute

// lokiTo is the end of the range Loki is asked for, which it leaves out.
func (r *reader) lokiTo() time.Time {
	if r.To.IsZero() {
		return r.Clock.Now().Add(ownTimeSlack)
	}
	return r.To.Add(ownTimeSlack + 1)
}

// chosen are the lines within the bounds that the filter chooses.
func (r *reader) chosen(lines []loki.Line) []logline.Entry {
	return slices.DeleteFunc(loki.Entries(lines), func(e logline.Entry) bool {
		return !r.within(e.Time) && !r.within(e.Transport) || !r.Filter.Match(&e)
	})
}

// errEnough ends a reading that has what it wants.
var errEnough = errors.New("enough lines")

// newestOfLoki reads backwards until there are as many lines as the limit says.
func (r *reader) newestOfLoki(ctx context.Context, in *input) error {
	var newest []logline.Entry
	err := r.Loki.Lines(ctx, r.Query, r.From, r.lokiTo(), loki.Backward, func(lines []loki.Line) error {
		newest = append(r.chosen(lines), newest...)
		if len(newest) >= r.Limit {
			return errEnough
		}
		return ctx.Err()
	})
	in.send(ctx, newest[max(0, len(newest)-r.Limit):])
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (r *reader) followLoki(ctx context.Context, in *input) error {
	o := loki.FollowOptions{Selector: r.Query, From: r.From, Tail: true}
	if r.Filter.Empty() {
		o.Recent = r.Limit // every line Loki gives counts
	}
	o.OnLines = func(lines []loki.Line) {
		in.send(ctx, slices.DeleteFunc(loki.Entries(lines), func(e logline.Entry) bool { return !r.Filter.Match(&e) }))
	}
	var last loki.Status
	o.OnStatus = func(st loki.Status) {
		if st.Err != nil || !st.AsOf.IsZero() {
			in.catchUp()
		}
		r.sayStatus(ctx, last, st)
		last = st
	}
	return r.Loki.Follow(ctx, o)
}

// sayStatus says what is new in a follow's status.
func (r *reader) sayStatus(ctx context.Context, last, st loki.Status) {
	switch {
	case st.Err != nil && (last.Err == nil || st.Err.Error() != last.Err.Error()):
		r.say(ctx, st.Err.Error()+"; trying again")
	case st.Err == nil && last.Err != nil:
		r.say(ctx, "Loki answers again: reading what came in between")
	}
	if st.Lost > last.Lost {
		r.say(ctx, fmt.Sprintf("%d lines are known to be lost so far", st.Lost))
	}
	if st.Err != nil {
		return // the gap up to now will be filled
	}
	for _, g := range st.Gaps {
		if !slices.Contains(last.Gaps, g) {
			r.say(ctx, fmt.Sprintf("lines from %s to %s may be missing: %s", g.From.Format(time.RFC3339Nano), g.To.Format(time.RFC3339Nano), g.Reason))
		}
	}
}

// readFiles is the input of the lines of files.
func (r *reader) readFiles(ctx context.Context, in *input) error {
	source, err := logfile.New(logfile.Options{Paths: r.Files, Stdin: r.Stdin, Clock: r.Clock, Follow: r.Follow})
	if err != nil {
		r.say(ctx, err.Error())
		return ErrIncomplete
	}
	sink := &fileSink{reader: r, ctx: ctx, in: in}
	if err := source.Run(ctx, sink); err != nil {
		r.say(ctx, err.Error())
		return ErrIncomplete
	}
	if st := sink.state(); st.State != data.StateLive && !r.Follow {
		return ErrIncomplete
	}
	return nil
}

// A fileSink takes what a source of files delivers.
type fileSink struct {
	*reader
	ctx context.Context
	in  *input

	mu   sync.Mutex
	last data.SourceState
}

// AppendLines implements [data.Sink]. What has no time can't be out of bounds,
// and what is new can't be too old.
func (s *fileSink) AppendLines(batch []logline.Entry) {
	behind := !s.Follow || s.in.behind()
	s.in.send(s.ctx, slices.DeleteFunc(batch, func(e logline.Entry) bool {
		return behind && !e.Time.IsZero() && !s.within(e.Time) || !s.Filter.Match(&e)
	}))
}

// SetState implements [data.Sink].
func (s *fileSink) SetState(_ string, st data.SourceState) {
	s.mu.Lock()
	last := s.last
	s.last = st
	s.mu.Unlock()
	if st.Detail != "" && st.Detail != last.Detail {
		s.say(s.ctx, st.Detail)
	}
	for _, g := range st.Gaps[min(len(last.Gaps), len(st.Gaps)):] {
		s.say(s.ctx, fmt.Sprintf("lines from %s to %s may be missing: %s", g.From.Format(time.RFC3339), g.To.Format(time.RFC3339), g.Reason))
	}
	if s.Follow && (st.Loaded || st.State == data.StateFailed) {
		s.in.catchUp()
	}
}

func (s *fileSink) state() data.SourceState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// AppendHistory implements [data.Sink]; files have none.
func (s *fileSink) AppendHistory([]logline.Entry) {}

// SetDB implements [data.Sink].
func (s *fileSink) SetDB(*data.DB) {}

// SetConfig implements [data.Sink].
func (s *fileSink) SetConfig(data.Config) {}
