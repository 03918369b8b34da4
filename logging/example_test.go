package logging_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/donna-project/donnatop/logging"
)

// exampleOptions write JSON to standard output, at a fixed time.
func exampleOptions() logging.Options {
	return logging.Options{
		JSON:   true,
		Writer: os.Stdout,
		Clock:  func() time.Time { return time.Date(2026, 6, 1, 10, 0, 0, 123456000, time.UTC) },
	}
}

// exampleContext carries a logger with exampleOptions.
func exampleContext() context.Context {
	return logging.WithLogger(context.Background(), logging.Setup(exampleOptions()))
}

func ExampleSetup() {
	logger := logging.Setup(logging.Options{
		Level: "WARNING",
		JSON:  true,
		// Records of slog's own methods have the wall clock's time; this
		// example cuts it off.
		Writer:  upToTimestamp{os.Stdout},
		Service: "gateway",
	})
	logger.Info("held_back")
	logger.Warn("api_call_retrying", "attempt", 2, "delay_s", 0.5)
	// Output: {"service": "gateway", "attempt": 2, "delay_s": 0.5, "event": "api_call_retrying", "user_id": "system", "level": "warning"
}

// upToTimestamp writes the part of a line before its timestamp.
type upToTimestamp struct{ w io.Writer }

func (u upToTimestamp) Write(p []byte) (int, error) {
	before, _, _ := bytes.Cut(p, []byte(`, "timestamp"`))
	_, err := fmt.Fprintf(u.w, "%s\n", before)
	return len(p), err
}

func ExampleNewHandler() {
	// The handler alone, for a logger that is put together elsewhere.
	handler := logging.NewHandler(exampleOptions())
	r := slog.NewRecord(time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC), slog.LevelInfo, "x", 0)
	_ = handler.Handle(context.Background(), r)
	// Output: {"event": "x", "user_id": "system", "level": "info", "timestamp": "2026-06-01T10:00:00Z"}
}

func ExampleEvent() {
	logging.Event(exampleContext(), logging.APICallFailed, "api_call_failed_all_retries",
		slog.Int("attempts", 3), slog.String(logging.KeyErrorType, "TimeoutError"))
	// Output: {"event_type": "api.call.failed", "attempts": 3, "error_type": "TimeoutError", "event": "api_call_failed_all_retries", "user_id": "system", "level": "error", "timestamp": "2026-06-01T10:00:00.123456Z"}
}

func ExampleEventAt() {
	logging.EventAt(exampleContext(), slog.LevelWarn, logging.SystemHealthCheck, "self_diagnostic_issues_found", slog.Int("issue_count", 2))
	// Output: {"event_type": "system.health_check", "issue_count": 2, "event": "self_diagnostic_issues_found", "user_id": "system", "level": "warning", "timestamp": "2026-06-01T10:00:00.123456Z"}
}

func ExampleEventType_Level() {
	fmt.Println(logging.TaskCreated.Level(), logging.AgentTimeout.Level())
	// Output: INFO ERROR
}

func ExampleCritical() {
	logging.Critical(exampleContext(), "database_corrupt", logging.KeyPath, "/donna/db/donna_tasks.db")
	// Output: {"path": "/donna/db/donna_tasks.db", "event": "database_corrupt", "user_id": "system", "level": "critical", "timestamp": "2026-06-01T10:00:00.123456Z"}
}

func ExampleWithCorrelationID() {
	ctx := logging.WithCorrelationID(exampleContext(), "0198f3a2-7c4d-7e11-9a55-3f0c2b6d8e90")
	logging.Event(ctx, logging.TaskCreated, "task_created")
	// Output: {"event_type": "task.created", "event": "task_created", "correlation_id": "0198f3a2-7c4d-7e11-9a55-3f0c2b6d8e90", "user_id": "system", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}
}

func ExampleWithUserID() {
	ctx := logging.WithUserID(exampleContext(), "nadia")
	logging.Event(ctx, logging.TaskCreated, "task_created", slog.String("user_id", "a pair does not count"))
	// Output: {"event_type": "task.created", "user_id": "nadia", "event": "task_created", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}
}

func ExampleWithChannel() {
	ctx := logging.WithChannel(exampleContext(), "discord")
	logging.Event(ctx, logging.NotificationSent, "notification_sent", slog.String("notification_type", "digest"))
	// Output: {"event_type": "notification.sent", "notification_type": "digest", "event": "notification_sent", "user_id": "system", "channel": "discord", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}
}

func ExampleWithTaskID() {
	ctx := logging.WithTaskID(exampleContext(), "t-1")
	logging.Event(ctx, logging.AgentDispatched, "prep_agent_executing")
	// Output: {"event_type": "agent.dispatched", "event": "prep_agent_executing", "user_id": "system", "task_id": "t-1", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}
}

func ExampleCorrelationID() {
	ctx := logging.WithCorrelationID(context.Background(), "c-1")
	fmt.Println(logging.CorrelationID(ctx))
	// Output: c-1
}

func ExampleBind() {
	ctx := logging.Bind(exampleContext(), slog.String("tenant", "home"), slog.Int("shard", 2))
	logging.Event(ctx, logging.SchedulerDailyRecalc, "priority_recalculation_summary", slog.Int("shard", 3))
	// Output: {"event_type": "scheduler.daily_recalc", "shard": 3, "event": "priority_recalculation_summary", "tenant": "home", "user_id": "system", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}
}

func ExampleWithLogger() {
	worker := logging.Setup(exampleOptions()).With(logging.KeyComponent, "worker")
	ctx := logging.WithLogger(context.Background(), worker)
	logging.Event(ctx, logging.SystemStartup, "worker_started")
	// Output: {"component": "worker", "event_type": "system.startup", "event": "worker_started", "user_id": "system", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}
}

func ExampleFromContext() {
	ctx := logging.WithTaskID(context.Background(), "t-1")
	ctx = logging.WithLogger(ctx, slog.New(logging.NewHandler(logging.Options{JSON: true, Writer: upToTimestamp{os.Stdout}})))
	logging.FromContext(ctx).Info("task_parsed", "confidence", 0.9)
	// Output: {"confidence": 0.9, "event": "task_parsed", "user_id": "system", "task_id": "t-1", "level": "info"
}

func ExampleWithStack() {
	err := logging.WithStack(errors.New("calendar is gone"))
	// The line's exception starts with the frames that led here.
	logging.FromContext(context.Background()).Debug("sync_failed", "error", err)
	fmt.Println(err)
	// Output: calendar is gone
}

func ExampleRecovered() {
	work := func() (err error) {
		defer func() {
			if r := recover(); r != nil {
				err = logging.Recovered(r)
			}
		}()
		panic("no calendar")
	}
	fmt.Println(work())
	// Output: no calendar
}

func ExampleStack() {
	logger := logging.Setup(logging.Options{JSON: true, Writer: io.Discard})
	logger.Warn("slow_path_taken", logging.Stack())
	fmt.Println(logging.Stack())
	// Output: stack_info=true
}

func ExampleMarshal() {
	text, err := logging.Marshal(logging.Dict{{Key: "pass_rate", Value: 1.0}, {Key: "branch", Value: "größer"}})
	fmt.Println(string(text), err)
	_, err = logging.Marshal(time.Second)
	fmt.Println(err)
	// Output:
	// {"pass_rate": 1.0, "branch": "gr\u00f6\u00dfer"} <nil>
	// encode JSON: time.Duration has no JSON form (1s)
}

func ExampleDict() {
	checks := logging.Dict{{Key: "sqlite", Value: true}, {Key: "discord", Value: false}}
	logging.Event(exampleContext(), logging.SystemHealthCheck, "health_check", slog.Any("checks", checks))
	// Output: {"event_type": "system.health_check", "checks": {"sqlite": true, "discord": false}, "event": "health_check", "user_id": "system", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}
}

func ExampleSecret() {
	token := logging.Secret("xoxb-123")
	logging.Event(exampleContext(), logging.SystemStartup, "configured", slog.Any("discord", map[string]any{"token": token}))
	fmt.Println(token, len(token.Reveal()))
	// Output:
	// {"event_type": "system.startup", "discord": {"token": "[redacted]"}, "event": "configured", "user_id": "system", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}
	// [redacted] 8
}

func ExampleParseLevel() {
	fmt.Println(logging.ParseLevel("warn"), logging.ParseLevel("Fatal") == logging.LevelCritical, logging.ParseLevel("loud"))
	// Output: WARN true INFO
}

func ExampleLevelName() {
	fmt.Println(logging.LevelName(slog.LevelWarn), logging.LevelName(slog.LevelInfo+1), logging.LevelName(logging.LevelCritical))
	// Output: warning info critical
}

func ExampleWriteFailures() {
	closed, w := io.Pipe()
	_ = closed.Close()
	logger := logging.Setup(logging.Options{JSON: true, Writer: w, OnError: func(err error) { fmt.Println(err) }})
	logger.Info("one")
	logger.Info("two")
	fmt.Println(logging.WriteFailures(logger))
	// Output:
	// write log line: io: read/write on closed pipe
	// 2
}
