package logstream

import (
	"context"
	"errors"
	"slices"

	"github.com/donna-project/donnatop/data/logline"
)

// merge emits what was there before by time, until every input has caught up.
func (r *reader) merge(ctx context.Context) error {
	past := tail{limit: r.Limit, emit: r.emit}
	for {
		if err := r.fill(ctx); err != nil {
			return err
		}
		in, batch := r.oldest()
		if in == nil {
			break
		}
		if err := past.add(r.unseen(in, batch)); err != nil {
			return err
		}
	}
	return past.end()
}

// fill waits until every input has a line at hand or none of the past to come.
func (r *reader) fill(ctx context.Context) error {
	for _, in := range r.inputs {
		if len(in.head) > 0 || !in.behind() {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case b := <-in.batches:
			if b.fresh {
				in.fresh = b.lines
			} else {
				in.head = b.lines
			}
		case <-in.caught:
		}
	}
	return ctx.Err()
}

// oldest takes the lines that are older than those of all other inputs; nil if
// there are none at all.
func (r *reader) oldest() (first *input, batch []logline.Entry) {
	for _, in := range r.inputs {
		if len(in.head) > 0 && (first == nil || in.head[0].Time.Before(first.head[0].Time)) {
			first = in
		}
	}
	if first == nil {
		return nil, nil
	}
	n := len(first.head)
	before := true // in comes before first, and so do its lines of the same time
	for _, in := range r.inputs {
		if in == first {
			before = false
			continue
		}
		if len(in.head) == 0 {
			continue
		}
		// Lines of one input keep their order whatever their times are.
		i := slices.IndexFunc(first.head, func(e logline.Entry) bool {
			c := e.Time.Compare(in.head[0].Time)
			return c > 0 || c == 0 && before
		})
		if i >= 0 {
			n = min(n, i)
		}
	}
	batch, first.head = first.head[:n], first.head[n:]
	return first, batch
}

// live emits lines as they come, until ctx or all inputs end.
func (r *reader) live(ctx context.Context) error {
	var batches [2]chan batch // those of a missing input block for ever
	var ended [2]chan struct{}
	for i, in := range r.inputs {
		batches[i], ended[i] = in.batches, in.ended
		if err := r.emit(r.unseen(in, in.fresh)); err != nil {
			return err
		}
	}
	for ended[0] != nil || ended[1] != nil {
		var b batch
		var in *input
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended[0]:
			ended[0] = nil
		case <-ended[1]:
			ended[1] = nil
		case b = <-batches[0]:
			in = r.inputs[0]
		case b = <-batches[1]:
			in = r.inputs[1]
		}
		if err := r.fault(); err != nil && !errors.Is(err, ErrIncomplete) {
			return err
		}
		if err := r.emit(r.unseen(in, b.lines)); err != nil {
			return err
		}
	}
	return nil
}

// unseen are the lines of an input that the other one has not given.
func (r *reader) unseen(in *input, lines []logline.Entry) []logline.Entry {
	if r.repeats == nil || len(lines) == 0 {
		return lines
	}
	return r.repeats.Drop(in.number, lines)
}

func (r *reader) emit(lines []logline.Entry) error {
	if len(lines) == 0 {
		return nil
	}
	return r.Emit(lines)
}

// tail passes lines on, or only the last of them.
type tail struct {
	limit int // 0 means all
	emit  func([]logline.Entry) error
	kept  []logline.Entry
}

func (t *tail) add(batch []logline.Entry) error {
	if len(batch) == 0 {
		return nil
	}
	if t.limit == 0 {
		return t.emit(batch)
	}
	t.kept = append(t.kept, batch...)
	if n := len(t.kept); n > 2*t.limit { // not at every line
		t.kept = slices.Clone(t.kept[n-t.limit:])
	}
	return nil
}

// end passes on what was kept.
func (t *tail) end() error {
	kept := t.kept[max(0, len(t.kept)-t.limit):]
	t.kept = nil
	return t.emit(kept)
}
