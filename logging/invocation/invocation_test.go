package invocation_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/donna-project/donnatop/logging"
	"github.com/donna-project/donnatop/logging/invocation"
	"github.com/donna-project/donnatop/logging/logtest"
)

var parse = invocation.Call{
	TaskType: "parse_task", ModelAlias: "parser", ModelActual: "anthropic/claude-sonnet", LatencyMS: 59466,
	TokensIn: 2048, TokensOut: 512, CostUSD: 0.001982, UserID: "nadia",
}

// at returns a clock that stands.
func at(micros int) func() time.Time {
	return func() time.Time { return time.Date(2026, 7, 1, 12, 11, 12, micros*1000+999, time.FixedZone("", 7200)) }
}

// stored returns a row's columns as SQLite literals, which tell types apart.
func stored(t *testing.T, db *sql.DB, id string) map[string]string {
	t.Helper()
	names := strings.Split("id timestamp task_type task_id model_alias model_actual input_hash latency_ms tokens_in tokens_out "+
		"cost_usd output quality_score is_shadow eval_session_id spot_check_queued user_id queue_wait_ms interrupted chain_id caller "+
		"estimated_tokens_in overflow_escalated skill_id escalation_request_id payload_path trace_id", " ")
	values := make([]string, len(names))
	targets := make([]any, len(names))
	for i := range values {
		targets[i] = &values[i]
	}
	query := "SELECT quote(" + strings.Join(names, "), quote(") + ") FROM invocation_log WHERE id = ?"
	if err := db.QueryRow(query, id).Scan(targets...); err != nil {
		t.Fatal(err)
	}
	row := map[string]string{}
	for i, name := range names {
		row[name] = values[i]
	}
	return row
}

func TestRow(t *testing.T) {
	minimal := map[string]string{
		"timestamp": "'2026-07-01T10:11:12.123456'", "task_type": "'parse_task'", "model_alias": "'parser'",
		"model_actual": "'anthropic/claude-sonnet'", "input_hash": "''", "latency_ms": "59466", "tokens_in": "2048", "tokens_out": "512",
		"cost_usd": "0.001982", "is_shadow": "0", "spot_check_queued": "0", "user_id": "'nadia'", "interrupted": "0", "overflow_escalated": "0",
	}
	tests := []struct {
		name   string
		micros int
		change func(*invocation.Call)
		want   map[string]string // beside minimal; everything else is NULL
	}{
		{"minimal", 123456, func(*invocation.Call) {}, nil},
		{"no fraction", 0, func(*invocation.Call) {}, map[string]string{"timestamp": "'2026-07-01T10:11:12'"}},
		{"trailing zeros", 100, func(*invocation.Call) {}, map[string]string{"timestamp": "'2026-07-01T10:11:12.000100'"}},
		{"no cost is a real", 123456, func(c *invocation.Call) { c.CostUSD = 0 }, map[string]string{"cost_usd": "0.0"}},
		{"everything", 123456, func(c *invocation.Call) {
			c.TaskID, c.EvalSessionID, c.ChainID, c.Caller, c.SkillID = new("t"), new("e"), new("c"), new("who"), new("s")
			c.QualityScore, c.QueueWaitMS, c.EstimatedTokensIn, c.EscalationRequestID = new(1.0), new(int64(0)), new(int64(9)), new(int64(7))
			c.IsShadow, c.SpotCheckQueued, c.Interrupted, c.OverflowEscalated = true, true, true, true
			c.InputHash = "0123456789abcdef"
			c.Output = logging.Dict{{Key: "b", Value: 1.0}, {Key: "a", Value: []any{"é", nil, true}}, {Key: "d", Value: logging.Dict{}}}
		}, map[string]string{
			"task_id": "'t'", "eval_session_id": "'e'", "chain_id": "'c'", "caller": "'who'", "skill_id": "'s'",
			"quality_score": "1.0", "queue_wait_ms": "0", "estimated_tokens_in": "9", "escalation_request_id": "7",
			"is_shadow": "1", "spot_check_queued": "1", "interrupted": "1", "overflow_escalated": "1", "input_hash": "'0123456789abcdef'",
			"output": `'{"b": 1.0, "a": ["\u00e9", null, true], "d": {}}'`,
		}},
		{"empty text is no NULL", 123456, func(c *invocation.Call) { c.TaskID = new("") }, map[string]string{"task_id": "''"}},
		{"empty output", 123456, func(c *invocation.Call) { c.Output = map[string]any{} }, map[string]string{"output": "'{}'"}},
		{"a score that is no number", 123456, func(c *invocation.Call) { c.QualityScore = new(math.NaN()) }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db, _ := open(t, "5000")
			call := parse
			tt.change(&call)
			id, err := invocation.New(db, invocation.Options{Clock: at(tt.micros)}).Log(t.Context(), call)
			if err != nil {
				t.Fatal(err)
			}
			if id[14] != '7' || len(id) != 36 {
				t.Errorf("id %q is no UUIDv7", id)
			}
			for column, got := range stored(t, db, id) {
				want := minimal[column]
				if own, ok := tt.want[column]; ok {
					want = own
				}
				switch {
				case column == "id":
					want = "'" + id + "'"
				case want == "":
					want = "NULL"
				}
				if got != want {
					t.Errorf("%s is %s, want %s", column, got, want)
				}
			}
		})
	}
}

func TestLine(t *testing.T) {
	db, _ := open(t, "5000")
	logger, lines := logtest.New()
	ctx := logging.WithTaskID(logging.WithLogger(t.Context(), logger), "of the context")
	call := parse
	call.TaskID, call.CostUSD = new("of the row"), 0
	id, err := invocation.New(db, invocation.Options{}).Log(ctx, call)
	if err != nil {
		t.Fatal(err)
	}
	line := lines.Want(t, "llm_invocation_logged", slog.String("level", "info"))
	want := `{"invocation_id": "` + id + `", "task_type": "parse_task", "model_alias": "parser", "latency_ms": 59466, "cost_usd": 0.0, ` +
		`"event": "llm_invocation_logged", "user_id": "system", "task_id": "of the context", "level": "info", "timestamp": "`
	if !strings.HasPrefix(line.Raw, want) {
		t.Errorf("got  %s\nwant %s", line.Raw, want)
	}
}

func TestNeitherRowNorLine(t *testing.T) {
	tests := []struct {
		name   string
		change func(*invocation.Call)
		want   string
	}{
		{"cost is no number", func(c *invocation.Call) { c.CostUSD = math.NaN() }, "insert invocation: "},
		{"unknown escalation", func(c *invocation.Call) { c.EscalationRequestID = new(int64(8)) }, "insert invocation: "},
		{"output without JSON form", func(c *invocation.Call) { c.Output = logging.Dict{{Key: "at", Value: time.Now()}} }, "encode output of invocation: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			db, _ := open(t, "5000")
			logger, lines := logtest.New()
			call := parse
			tt.change(&call)
			_, err := invocation.New(db, invocation.Options{}).Log(logging.WithLogger(t.Context(), logger), call)
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
			if n := count(t, db); n != 0 || len(lines.All()) != 0 {
				t.Errorf("%d rows, %d lines", n, len(lines.All()))
			}
		})
	}
}

func TestConcurrentCallers(t *testing.T) {
	db, _ := open(t, "5000")
	logger := invocation.New(db, invocation.Options{})
	ctx := logging.WithLogger(t.Context(), slog.New(slog.DiscardHandler))
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			call := parse
			call.Caller = new(fmt.Sprint(i))
			if _, err := logger.Log(ctx, call); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var distinct int
	if err := db.QueryRow(`SELECT count(DISTINCT caller) FROM invocation_log`).Scan(&distinct); err != nil {
		t.Fatal(err)
	}
	if distinct != 50 {
		t.Errorf("%d rows, want 50", distinct)
	}
}

func TestIDsAscend(t *testing.T) {
	db, _ := open(t, "5000")
	logger := invocation.New(db, invocation.Options{Clock: at(0)})
	ctx := logging.WithLogger(context.Background(), slog.New(slog.DiscardHandler))
	last := ""
	for range 5 {
		id, err := logger.Log(ctx, parse)
		if err != nil {
			t.Fatal(err)
		}
		if id <= last {
			t.Errorf("%s after %s", id, last)
		}
		last = id
	}
}
