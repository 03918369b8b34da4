package invocation_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/donna-project/donnatop/logging"
	"github.com/donna-project/donnatop/logging/invocation"
	"github.com/donna-project/donnatop/logging/logtest"
)

// inBubble runs a batch on a stub database; time passes only while all wait.
func inBubble(t *testing.T, s *stub, opts invocation.BatchOptions, test func(ctx context.Context, b *invocation.Batch, lines *logtest.Lines)) {
	synctest.Test(t, func(t *testing.T) {
		db := s.db()
		defer func() { _ = db.Close() }()
		logger, lines := logtest.New()
		b := invocation.NewBatch(invocation.New(db, invocation.Options{}), opts)
		test(logging.WithLogger(context.Background(), logger), b, lines)
	})
}

// add queues n rows and returns their ids.
func add(t *testing.T, ctx context.Context, b *invocation.Batch, n int) []string {
	t.Helper()
	var ids []string
	for range n {
		id, err := b.Log(ctx, parse)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func TestBatchFlushesOnSizeTimeAndRequest(t *testing.T) {
	s := &stub{}
	inBubble(t, s, invocation.BatchOptions{Size: 3, Interval: time.Minute}, func(ctx context.Context, b *invocation.Batch, lines *logtest.Lines) {
		want := add(t, ctx, b, 4)
		synctest.Wait()
		if !slices.Equal(s.ids(), want[:3]) {
			t.Errorf("by size: %v, want %v", s.ids(), want[:3])
		}
		time.Sleep(time.Minute + time.Second)
		if !slices.Equal(s.ids(), want) {
			t.Errorf("by time: %v, want %v", s.ids(), want)
		}
		want = append(want, add(t, ctx, b, 1)...)
		if err := b.Flush(ctx); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.ids(), want) || len(lines.Named("llm_invocation_logged")) != 5 {
			t.Errorf("on request: %v, want %v", s.ids(), want)
		}
		want = append(want, add(t, ctx, b, 2)...)
		if err := b.Close(ctx); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.ids(), want) || !slices.Equal(s.commits, []int{3, 1, 1, 2}) {
			t.Errorf("on close: %v in %v, want %v", s.ids(), s.commits, want)
		}
		if _, err := b.Log(ctx, parse); !errors.Is(err, invocation.ErrClosed) {
			t.Errorf("after close: %v", err)
		}
		if err := errors.Join(b.Flush(ctx), b.Close(ctx)); err != nil {
			t.Errorf("closed again: %v", err)
		}
	})
}

func TestBatchKeepsTheDeadlineOfItsCaller(t *testing.T) {
	s := &stub{}
	inBubble(t, s, invocation.BatchOptions{Size: 1, Queue: 1}, func(ctx context.Context, b *invocation.Batch, _ *logtest.Lines) {
		s.block = make(chan struct{})
		add(t, ctx, b, 1)
		synctest.Wait() // the first row is being written
		want := add(t, ctx, b, 1)
		start := time.Now()
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		if _, err := b.Log(short, parse); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Second {
			t.Errorf("after %v: %v", time.Since(start), err)
		}
		if err := b.Flush(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Flush: %v", err)
		}
		close(s.block)
		synctest.Wait()
		// A context that has ended is no reason to lose a row there is room for.
		last, err := b.Log(short, parse)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Close(ctx); err != nil {
			t.Fatal(err)
		}
		if ids := s.ids(); len(ids) != 3 || ids[1] != want[0] || ids[2] != last {
			t.Errorf("rows %v", ids)
		}
	})
}

func TestBatchReportsTheRowItCannotWrite(t *testing.T) {
	var refused string
	s := &stub{fail: func(id string, _ bool) error {
		if id == refused {
			return errors.New("NOT NULL constraint failed")
		}
		return nil
	}}
	inBubble(t, s, invocation.BatchOptions{}, func(ctx context.Context, b *invocation.Batch, lines *logtest.Lines) {
		ids := add(t, ctx, b, 3)
		refused = ids[1]
		err := b.Close(ctx)
		if err == nil || !strings.Contains(err.Error(), "1 not written") || !strings.Contains(err.Error(), "NOT NULL") {
			t.Errorf("Close: %v", err)
		}
		if !slices.Equal(s.ids(), []string{ids[0], ids[2]}) || len(lines.Named("llm_invocation_logged")) != 2 {
			t.Errorf("rows %v", s.ids())
		}
		line := lines.Want(t, "invocation_log_write_failed", slog.String("invocation_id", refused), slog.String("level", "error"))
		if !strings.Contains(line.Text("exception"), "NOT NULL") {
			t.Errorf("line %s", line.Raw)
		}
	})
}

func TestBatchTriesAgainWhileBusy(t *testing.T) {
	tests := []struct {
		name  string
		busy  int // inserts that find the database busy
		lost  int
		after time.Duration
	}{
		{"for a while", 4, 0, 350 * time.Millisecond},
		{"for too long", 100, 1, 1550 * time.Millisecond},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			left := tt.busy
			s := &stub{fail: func(string, bool) error {
				if left == 0 {
					return nil
				}
				left--
				return errors.New("database is locked (5) (SQLITE_BUSY)")
			}}
			lost := 0
			opts := invocation.BatchOptions{Size: 1, OnError: func(string, invocation.Call, error) { lost++; panic("must not stop the others") }}
			inBubble(t, s, opts, func(ctx context.Context, b *invocation.Batch, _ *logtest.Lines) {
				add(t, ctx, b, 1)
				start := time.Now()
				_ = b.Close(ctx) // the error is that of the lost row
				if took := time.Since(start); took != tt.after || lost != tt.lost || len(s.ids()) != 1-tt.lost {
					t.Errorf("%v, %d lost, rows %v", took, lost, s.ids())
				}
			})
		})
	}
}

func TestBatchCommitThatFails(t *testing.T) {
	s := &stub{commit: func() error { return errors.New("disk I/O error") }}
	inBubble(t, s, invocation.BatchOptions{}, func(ctx context.Context, b *invocation.Batch, lines *logtest.Lines) {
		want := add(t, ctx, b, 2)
		if err := b.Close(ctx); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(s.ids(), want) || len(lines.Named("llm_invocation_logged")) != 2 {
			t.Errorf("rows %v, want %v", s.ids(), want)
		}
	})
}

func TestBatchCloseGivesUp(t *testing.T) {
	s := &stub{}
	var lost []string
	opts := invocation.BatchOptions{Size: 2, OnError: func(id string, _ invocation.Call, _ error) { lost = append(lost, id) }}
	inBubble(t, s, opts, func(ctx context.Context, b *invocation.Batch, _ *logtest.Lines) {
		s.block = make(chan struct{})
		want := add(t, ctx, b, 5)
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		err := b.Close(short)
		if err == nil || !strings.Contains(err.Error(), "5 not written") || !slices.Equal(lost, want) {
			t.Errorf("Close: %v; reported %v, want %v", err, lost, want)
		}
	})
}

func TestBatchLosesNothingOnClose(t *testing.T) {
	db, _ := open(t, "5000")
	ctx := logging.WithLogger(t.Context(), slog.New(slog.DiscardHandler))
	b := invocation.NewBatch(invocation.New(db, invocation.Options{}), invocation.BatchOptions{Size: 7, Queue: 3, Interval: time.Hour})
	var mu sync.Mutex
	queued := 0
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			for range 20 {
				_, err := b.Log(ctx, parse)
				if err != nil && !errors.Is(err, invocation.ErrClosed) {
					t.Error(err)
				}
				if err == nil {
					mu.Lock()
					queued++
					closing := queued == 150
					mu.Unlock()
					if closing {
						wg.Go(func() {
							if err := b.Close(ctx); err != nil {
								t.Error(err)
							}
						})
					}
				}
			}
		})
	}
	wg.Wait()
	if err := b.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db); n != queued || n < 150 {
		t.Errorf("%d rows of %d queued", n, queued)
	}
}

// TestBatchOfARefusedRowInSQLite has the real table refuse one row of three.
func TestBatchOfARefusedRowInSQLite(t *testing.T) {
	db, _ := open(t, "5000")
	ctx := logging.WithLogger(t.Context(), slog.New(slog.DiscardHandler))
	b := invocation.NewBatch(invocation.New(db, invocation.Options{}), invocation.BatchOptions{})
	for _, request := range []*int64{nil, new(int64(8)), new(int64(7))} {
		call := parse
		call.EscalationRequestID = request
		if _, err := b.Log(ctx, call); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.Close(ctx); err == nil || !strings.Contains(err.Error(), "1 not written") {
		t.Errorf("Close: %v", err)
	}
	if n := count(t, db); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

// TestBusyDatabase holds the write lock from another connection.
func TestBusyDatabase(t *testing.T) {
	db, path := open(t, "1")
	conn, err := reopen(t, path, "1").Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	ctx := logging.WithLogger(t.Context(), slog.New(slog.DiscardHandler))
	logger := invocation.New(db, invocation.Options{})
	if _, err := logger.Log(ctx, parse); err == nil || !strings.Contains(err.Error(), "insert invocation: database is locked") {
		t.Errorf("a busy database: %v", err)
	}
	if _, err := conn.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if _, err := logger.Log(ctx, parse); err != nil {
		t.Errorf("released: %v", err)
	}
}
