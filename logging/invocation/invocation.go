// Package invocation writes one row of invocation_log for each model call,
// exactly as Donna's Python services do, and then logs the line
// llm_invocation_logged.
//
// Logger writes at once: when Log returns, the row is committed. Batch queues
// rows and commits many together; it suits callers that must not wait for the
// disk.
//
// # The database
//
// The package uses database/sql only and works with any SQLite driver. It
// sets no pragmas, because those belong to the connection: open the database
// as Donna does, with journal_mode=WAL (readers, such as donnatop, never wait
// for the writer nor it for them), foreign_keys=ON (an escalation_request_id
// that does not exist is refused) and a busy_timeout. SQLite has one writer at
// a time; Donna's two processes write too, so a write may find the database
// busy. Within busy_timeout SQLite waits; 5 seconds is what Python's driver
// does. With modernc.org/sqlite:
//
//	file:donna_tasks.db?_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)&_pragma=busy_timeout(5000)
//
// After that, Logger returns the driver's error, and Batch tries a few times
// more before it reports the row.
package invocation

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/donna-project/donnatop/logging"
	"github.com/donna-project/donnatop/logging/internal/uuid7"
)

// Call is what is known of one model call. A nil pointer is stored as NULL; a
// pointer to "" or 0 as that.
type Call struct {
	TaskType    string  // routing key, such as parse_task
	ModelAlias  string  // such as parser
	ModelActual string  // provider/model
	InputHash   string  // empty until another component fills it
	LatencyMS   int64   // wall clock of the provider's call
	TokensIn    int64   // as the provider counts
	TokensOut   int64   // as the provider counts
	CostUSD     float64 // unrounded; NaN is refused by the table
	UserID      string  // who is billed

	TaskID *string
	// Output is stored as JSON text in the wire style of package logging
	// (logging.Dict keeps its order, a map is sorted); nil is NULL. A value
	// that JSON has no form for is an error, and nothing is written.
	Output              any
	QualityScore        *float64 // 0 to 1; NaN is stored as NULL
	IsShadow            bool
	EvalSessionID       *string
	SpotCheckQueued     bool
	QueueWaitMS         *int64
	Interrupted         bool // billed, but failed
	ChainID             *string
	Caller              *string
	EstimatedTokensIn   *int64
	OverflowEscalated   bool
	SkillID             *string
	EscalationRequestID *int64 // a row of escalation_request
}

const insert = `INSERT INTO invocation_log
(id, timestamp, task_type, task_id, model_alias, model_actual, input_hash, latency_ms, tokens_in, tokens_out,
 cost_usd, output, quality_score, is_shadow, eval_session_id, spot_check_queued, user_id, queue_wait_ms, interrupted,
 chain_id, caller, estimated_tokens_in, overflow_escalated, skill_id, escalation_request_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

// Options configure a Logger.
type Options struct {
	// Clock gives the id's and the row's time; nil is time.Now. The line has
	// the time of its own logger.
	Clock func() time.Time
}

// Logger writes rows at once. It is safe for concurrent use.
type Logger struct {
	db    *sql.DB
	clock func() time.Time
	ids   uuid7.Generator
}

// New returns a Logger on db, which stays the caller's to close.
func New(db *sql.DB, opts Options) *Logger {
	l := &Logger{db: db, clock: opts.Clock}
	if l.clock == nil {
		l.clock = time.Now
	}
	return l
}

// Log inserts the row of call and commits it, logs the line through
// logging.FromContext(ctx), and returns the row's id, a UUIDv7. If the row
// cannot be written there is no line. A request that has been cancelled must
// still be billed: pass context.WithoutCancel(ctx) if ctx may have ended.
func (l *Logger) Log(ctx context.Context, call Call) (id string, err error) {
	e, err := l.entry(ctx, call)
	if err != nil {
		return "", err
	}
	if err := e.insert(ctx, l.db, insert); err != nil {
		return "", err
	}
	e.log()
	return e.id, nil
}

// entry is a call on its way to the table.
type entry struct {
	ctx  context.Context // for the line: its values, not its deadline
	id   string
	call Call
	args []any
}

// entry fixes all there is to a row, so that the caller may change what call
// points to.
func (l *Logger) entry(ctx context.Context, call Call) (entry, error) {
	var output any
	if call.Output != nil {
		text, err := logging.Marshal(call.Output)
		if err != nil {
			return entry{}, fmt.Errorf("encode output of invocation: %w", err)
		}
		output = string(text)
	}
	id := l.ids.New(l.clock())
	return entry{
		ctx:  context.WithoutCancel(ctx),
		id:   id,
		call: call,
		args: []any{
			id, timestamp(l.clock()), call.TaskType, nullable(call.TaskID), call.ModelAlias, call.ModelActual, call.InputHash,
			call.LatencyMS, call.TokensIn, call.TokensOut, number(&call.CostUSD), output, number(call.QualityScore),
			bit(call.IsShadow), nullable(call.EvalSessionID), bit(call.SpotCheckQueued), call.UserID,
			nullable(call.QueueWaitMS), bit(call.Interrupted), nullable(call.ChainID), nullable(call.Caller),
			nullable(call.EstimatedTokensIn), bit(call.OverflowEscalated), nullable(call.SkillID),
			nullable(call.EscalationRequestID),
		},
	}, nil
}

// execer is a *sql.DB, which commits each statement, or a *sql.Tx.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func (e *entry) insert(ctx context.Context, db execer, query string) error {
	if _, err := db.ExecContext(ctx, query, e.args...); err != nil {
		return fmt.Errorf("insert invocation: %w", err)
	}
	return nil
}

// log writes the line of a committed row. user_id and task_id are those of the
// context, as in every line.
func (e *entry) log() {
	logging.FromContext(e.ctx).LogAttrs(e.ctx, slog.LevelInfo, "llm_invocation_logged",
		slog.String(logging.KeyInvocationID, e.id),
		slog.String(logging.KeyTaskType, e.call.TaskType),
		slog.String(logging.KeyModelAlias, e.call.ModelAlias),
		slog.Int64(logging.KeyLatencyMS, e.call.LatencyMS),
		slog.Float64(logging.KeyCostUSD, e.call.CostUSD))
}

// timestamp returns t in the form of the table's other rows: UTC without an
// offset, six digits of fraction or none. Readers compare it as text.
func timestamp(t time.Time) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format("2006-01-02T15:04:05.000000")
}

func nullable[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// number is nullable for numbers; SQLite has no NaN and takes it for NULL.
func number(f *float64) any {
	if f == nil || math.IsNaN(*f) {
		return nil
	}
	return *f
}

// bit is a boolean as the table has it. Drivers differ in what they make of a
// bool.
func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
