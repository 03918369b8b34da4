// Package logstream gives the lines of Loki and of log files as one stream, for
// who wants to read them rather than figures of them.
//
// What was there before is merged by time: a line waits until no input can have
// an older one. What is new comes in the order in which it arrives, because
// waiting for the slowest input would make the stream as late as that one. An
// input that fails is not waited for; its lines come when it has recovered, late
// but all of them.
//
// Loki's lines are those of [loki.Client.Follow] and [loki.Client.Lines], each
// exactly once across disconnections and restarts; those of files are of package
// logfile, across rotation. A line that both have comes once: it is the same if
// time, to the nanosecond, and text are. The time is the line's own; lines that
// have none, such as those of a traceback, carry Docker's stamp in Loki and in
// Docker's own files, but none in other files, where they can't be told. Lines
// are remembered for as long as 131,072 others, at least: what an input gives later
// than that comes again.
package logstream

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/loki"
)

// Loki gives lines; [*loki.Client] implements it.
type Loki interface {
	Lines(ctx context.Context, query string, from, to time.Time, direction loki.Direction, yield func([]loki.Line) error) error
	Follow(ctx context.Context, o loki.FollowOptions) error
}

// Options say what to read. At least one of Loki and Files is required.
type Options struct {
	Loki Loki // nil asks none
	// Query is what Loki is asked. It may give more lines than Filter chooses,
	// never less.
	Query string

	Files []string  // files, globs and - for Stdin
	Stdin io.Reader // what - means

	Filter *filter.Filter // which lines come through; nil is all

	// From and To bound the lines, both included, by their time; a line of Loki's
	// also belongs if Loki's own stamp does. Zero is no bound, of which Loki
	// knows none: it is asked from From on. To is left out of account by Follow.
	From, To time.Time
	// Follow goes on with what is new until the context ends.
	Follow bool
	// Limit is how many lines of the past come at most, the newest ones; 0 means
	// all. What is new comes in any case.
	Limit int

	Clock clockwork.Clock // required
	// Emit takes the lines, a batch at a time; an error ends the reading. Say
	// takes what people should know of the inputs, one line without credentials.
	// Neither is called twice at a time, and none of them after Read returned.
	Emit func([]logline.Entry) error
	Say  func(string)
}

// keptLines is how many lines are remembered at least, so that one is known again when the other input has it: minutes
// of a busy Donna, in 15 MB at most.
const keptLines = 1 << 17

// ErrIncomplete says that an input could not be read, or not wholly. What was
// wrong has been said.
var ErrIncomplete = errors.New("not all lines could be read")

// Read reads until everything has been emitted or, if it follows, ctx ends; it
// then returns nil. Other errors are that of Emit, [ErrIncomplete], and a
// [*loki.Error] of kind KindQuery if Loki rejects the query.
func Read(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	r := &reader{Options: o}
	var working sync.WaitGroup
	defer working.Wait()
	defer cancel()
	for i, run := range []func(context.Context, *input) error{r.readLoki, r.readFiles} {
		in := &input{batches: make(chan batch), caught: make(chan struct{}), ended: make(chan struct{})}
		if i == 0 && o.Loki == nil || i == 1 && len(o.Files) == 0 {
			continue
		}
		in.number = len(r.inputs)
		r.inputs = append(r.inputs, in)
		working.Go(func() {
			in.err = run(ctx, in)
			in.catchUp()
			close(in.ended)
		})
	}
	if len(r.inputs) > 1 {
		r.repeats = logline.NewRepeats(keptLines)
	}
	err := r.merge(ctx)
	switch {
	case err != nil || ctx.Err() != nil:
	case o.Follow:
		err = r.live(ctx)
	default:
		for _, in := range r.inputs {
			<-in.ended
		}
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	if err == nil {
		err = r.fault()
	}
	return err
}

// A reader is one Read.
type reader struct {
	Options
	saying  sync.Mutex
	inputs  []*input
	repeats *logline.Repeats // nil with one input
}

// say passes on one message at a time.
func (r *reader) say(ctx context.Context, text string) {
	r.saying.Lock()
	defer r.saying.Unlock()
	if ctx.Err() == nil {
		r.Say(text)
	}
}

// fault is what was wrong with inputs that have ended.
func (r *reader) fault() error {
	var incomplete error
	for _, in := range r.inputs {
		select {
		case <-in.ended:
		default:
			continue
		}
		if errors.Is(in.err, ErrIncomplete) {
			incomplete = in.err
		} else if in.err != nil {
			return in.err
		}
	}
	return incomplete
}

// A batch are lines of one input; fresh ones came after it had caught up.
type batch struct {
	lines []logline.Entry
	fresh bool
}

// An input gives the lines of one source in their order.
type input struct {
	number  int           // its place among the inputs
	batches chan batch    // without a buffer: what was sent was taken
	caught  chan struct{} // closed when what was there at the beginning has been sent, or can't be for now
	ended   chan struct{} // closed at its end; err is set then
	err     error

	once        sync.Once
	head, fresh []logline.Entry // taken and not passed on yet; the merge's
}

// catchUp says that nothing is to be waited for any more.
func (in *input) catchUp() { in.once.Do(func() { close(in.caught) }) }

// behind tells whether lines of the past are still to come.
func (in *input) behind() bool {
	select {
	case <-in.caught:
		return false
	default:
		return true
	}
}

// send hands a batch over, or gives up with ctx.
func (in *input) send(ctx context.Context, lines []logline.Entry) {
	if len(lines) == 0 {
		return
	}
	select {
	case in.batches <- batch{lines, !in.behind()}:
	case <-ctx.Done():
	}
}

// within tells whether t lies within the bounds.
func (r *reader) within(t time.Time) bool {
	return !t.Before(r.From) && (r.To.IsZero() || !t.After(r.To))
}
