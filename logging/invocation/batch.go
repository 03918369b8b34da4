package invocation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/donna-project/donnatop/logging"
)

// ErrClosed is what a closed Batch answers.
var ErrClosed = errors.New("batch is closed")

// insertOnce leaves alone a row that is there already: the one of a commit
// that failed only to report success.
const insertOnce = insert + ` ON CONFLICT (id) DO NOTHING`

// A row is tried again while the database is busy, after delays that double.
const (
	busyRetries = 5
	busyDelay   = 50 * time.Millisecond
)

// BatchOptions configure a Batch. Zero values mean the defaults.
type BatchOptions struct {
	// Size is how many rows make a transaction; 100.
	Size int
	// Interval is how long a row waits for others at most; one second.
	Interval time.Duration
	// Queue is how many rows may wait before callers do; 1000.
	Queue int
	// OnError is told of each row that could not be written, from the goroutine
	// that writes; nil logs the line invocation_log_write_failed.
	OnError func(id string, call Call, err error)
}

// Batch queues rows and writes them many to a transaction, in the order they
// came. It is safe for concurrent use. Close it, or the last rows are lost.
type Batch struct {
	logger  *Logger
	opts    BatchOptions
	queue   chan entry
	flushes chan chan struct{}
	closing chan struct{} // closed by Close
	done    chan struct{} // closed when all is written

	// write ends when Close runs out of time.
	write  context.Context
	giveUp context.CancelFunc

	mu      sync.Mutex
	closed  bool
	callers sync.WaitGroup // in Log

	failed   int   // rows; of the goroutine that writes, until done
	firstErr error // likewise
}

// NewBatch returns a Batch that writes through logger, and starts its
// goroutine.
func NewBatch(logger *Logger, opts BatchOptions) *Batch {
	if opts.Size <= 0 {
		opts.Size = 100
	}
	if opts.Interval <= 0 {
		opts.Interval = time.Second
	}
	if opts.Queue <= 0 {
		opts.Queue = 1000
	}
	b := &Batch{
		logger:  logger,
		opts:    opts,
		queue:   make(chan entry, opts.Queue),
		flushes: make(chan chan struct{}),
		closing: make(chan struct{}),
		done:    make(chan struct{}),
	}
	b.write, b.giveUp = context.WithCancel(context.Background())
	go b.run()
	return b
}

// Log queues the row of call and returns its id. A full queue makes it wait
// until there is room or ctx ends, whichever is first; a row it returns an
// error for is not queued. A context that has ended is no obstacle while
// there is room: the call was made and has to be billed. The line follows
// when the row is committed.
func (b *Batch) Log(ctx context.Context, call Call) (id string, err error) {
	if !b.enter() {
		return "", fmt.Errorf("queue invocation: %w", ErrClosed)
	}
	defer b.callers.Done()
	e, err := b.logger.entry(ctx, call)
	if err != nil {
		return "", err
	}
	select {
	case b.queue <- e:
		return e.id, nil
	default:
	}
	select {
	case b.queue <- e:
		return e.id, nil
	case <-b.closing:
		return "", fmt.Errorf("queue invocation: %w", ErrClosed)
	case <-ctx.Done():
		return "", fmt.Errorf("queue invocation: queue is full: %w", ctx.Err())
	}
}

// enter keeps the queue open until the caller is done with it.
func (b *Batch) enter() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.callers.Add(1)
	}
	return !b.closed
}

// Flush returns when every row queued before it is written or reported, or
// when ctx ends.
func (b *Batch) Flush(ctx context.Context) error {
	flushed := make(chan struct{})
	select {
	case b.flushes <- flushed:
	case <-b.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("flush invocations: %w", ctx.Err())
	}
	select {
	case <-flushed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("flush invocations: %w", ctx.Err())
	}
}

// Close writes all that is queued and stops. When ctx ends first it gives up,
// and reports the rows that are left to OnError like any that fail. The error
// says how many rows the Batch could not write in its life, and why the first.
func (b *Batch) Close(ctx context.Context) error {
	b.mu.Lock()
	if !b.closed {
		b.closed = true
		close(b.closing)
		go func() {
			b.callers.Wait()
			close(b.queue)
		}()
	}
	b.mu.Unlock()
	select {
	case <-b.done:
	case <-ctx.Done():
		b.giveUp()
		<-b.done
	}
	b.giveUp()
	if b.failed > 0 {
		return fmt.Errorf("write invocations: %d not written, the first because: %w", b.failed, b.firstErr)
	}
	return nil
}

// run writes until the queue is closed and empty.
func (b *Batch) run() {
	defer close(b.done)
	var pending []entry
	timer := time.NewTimer(b.opts.Interval)
	timer.Stop()
	commit := func() {
		timer.Stop()
		b.commit(pending)
		clear(pending)
		pending = pending[:0]
	}
	for {
		select {
		case e, open := <-b.queue:
			if !open {
				commit()
				return
			}
			pending = append(pending, e)
			switch len(pending) {
			case b.opts.Size:
				commit()
			case 1:
				timer.Reset(b.opts.Interval)
			}
		case <-timer.C:
			commit()
		case flushed := <-b.flushes:
			for range len(b.queue) {
				if e, open := <-b.queue; open {
					pending = append(pending, e)
				}
			}
			commit()
			close(flushed)
		}
	}
}

// commit writes entries in one transaction. If that fails they are written one
// by one, so that a row the table refuses takes no other with it.
func (b *Batch) commit(entries []entry) {
	if len(entries) == 0 {
		return
	}
	if b.transaction(entries) == nil {
		for i := range entries {
			entries[i].log()
		}
		return
	}
	for i := range entries {
		if err := b.single(&entries[i]); err != nil {
			b.report(&entries[i], err)
			continue
		}
		entries[i].log()
	}
}

func (b *Batch) transaction(entries []entry) error {
	tx, err := b.logger.db.BeginTx(b.write, nil)
	if err != nil {
		return fmt.Errorf("begin invocations: %w", err)
	}
	for i := range entries {
		if err := entries[i].insert(b.write, tx, insert); err != nil {
			_ = tx.Rollback() // the rows are written again, one by one
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit invocations: %w", err)
	}
	return nil
}

// single writes one row, again and again while the database is busy.
func (b *Batch) single(e *entry) error {
	delay := busyDelay
	for try := 0; ; try++ {
		err := e.insert(b.write, b.logger.db, insertOnce)
		if err == nil || try == busyRetries || !busy(err) {
			return err
		}
		select {
		case <-time.After(delay):
			delay *= 2
		case <-b.write.Done():
			return err
		}
	}
}

// busy reports whether another writer holds the database. database/sql has no
// common error for it, but the drivers all pass on SQLite's words.
func busy(err error) bool {
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "database is locked") || strings.Contains(text, "database table is locked") || strings.Contains(text, "sqlite_busy")
}

// report tells of a row that is lost to the table. The callback must not end
// the goroutine that writes the others.
func (b *Batch) report(e *entry, err error) {
	b.failed++
	if b.firstErr == nil {
		b.firstErr = err
	}
	defer func() {
		if r := recover(); r != nil {
			logging.FromContext(e.ctx).ErrorContext(e.ctx, "invocation_log_callback_panicked", logging.KeyError, logging.Recovered(r))
		}
	}()
	if b.opts.OnError != nil {
		b.opts.OnError(e.id, e.call, err)
		return
	}
	logging.FromContext(e.ctx).LogAttrs(e.ctx, slog.LevelError, "invocation_log_write_failed",
		slog.String(logging.KeyInvocationID, e.id),
		slog.String(logging.KeyTaskType, e.call.TaskType),
		slog.String(logging.KeyModelAlias, e.call.ModelAlias),
		slog.Float64(logging.KeyCostUSD, e.call.CostUSD),
		slog.Any(logging.KeyError, err))
}
