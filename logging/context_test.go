package logging_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/logging"
)

// service returns a context with a logger whose clock stands at noon.
func service(opts logging.Options) (context.Context, *bytes.Buffer) {
	out := &bytes.Buffer{}
	opts.JSON, opts.Writer = true, out
	opts.Clock = func() time.Time { return noon }
	return logging.WithLogger(context.Background(), logging.Setup(opts)), out
}

func TestContextVariables(t *testing.T) {
	ctx, out := service(logging.Options{})
	ctx = logging.WithCorrelationID(ctx, "c")
	ctx = logging.WithUserID(ctx, "nadia")
	ctx = logging.WithChannel(ctx, "sms")
	ctx = logging.WithTaskID(ctx, "t")
	if got := logging.CorrelationID(ctx); got != "c" {
		t.Errorf("CorrelationID is %q", got)
	}
	logging.Event(ctx, logging.TaskCreated, "task_created", slog.Int("n", 1))
	logging.Event(logging.WithChannel(ctx, ""), logging.TaskCreated, "task_created")
	want := `{"event_type": "task.created", "n": 1, "event": "task_created", "correlation_id": "c", "user_id": "nadia", "channel": "sms", "task_id": "t", "level": "info", "timestamp": "2026-07-01T12:00:00Z"}` + "\n" +
		`{"event_type": "task.created", "event": "task_created", "correlation_id": "c", "user_id": "nadia", "task_id": "t", "level": "info", "timestamp": "2026-07-01T12:00:00Z"}` + "\n"
	if out.String() != want {
		t.Errorf("got  %swant %s", out, want)
	}
}

func TestEvent(t *testing.T) {
	tests := []struct {
		name string
		log  func(context.Context)
		want string
	}{
		{"level of the type", func(ctx context.Context) { logging.Event(ctx, logging.APICircuitBreakerOpened, "x") }, `{"event_type": "api.circuit_breaker.opened", "event": "x", "user_id": "system", "level": "critical"`},
		{"level of the call", func(ctx context.Context) {
			logging.EventAt(ctx, slog.LevelWarn, logging.SystemHealthCheck, "x")
		}, `{"event_type": "system.health_check", "event": "x", "user_id": "system", "level": "warning"`},
		{"below the minimum", func(ctx context.Context) { logging.EventAt(ctx, slog.LevelDebug, logging.TaskCreated, "x") }, ""},
		{"a pair of the same key wins in its place", func(ctx context.Context) {
			logging.Event(ctx, logging.TaskCreated, "x", slog.Int("a", 1), slog.String("event_type", "y"))
		}, `{"event_type": "y", "a": 1, "event": "x"`},
		{"a bound type gives its place", func(ctx context.Context) {
			ctx = logging.WithLogger(ctx, logging.FromContext(ctx).With("event_type", "y", "a", 1))
			logging.Event(ctx, logging.TaskCreated, "x")
		}, `{"event_type": "task.created", "a": 1, "event": "x"`},
		{"outside an open group", func(ctx context.Context) {
			ctx = logging.WithLogger(ctx, logging.FromContext(ctx).WithGroup("g"))
			logging.Event(ctx, logging.TaskCreated, "x", slog.Int("a", 1))
		}, `{"g": {"a": 1}, "event_type": "task.created", "event": "x"`},
		{"critical", func(ctx context.Context) { logging.Critical(ctx, "x", "a", 1, slog.Int("b", 2)) }, `{"a": 1, "b": 2, "event": "x", "user_id": "system", "level": "critical"`},
		{"many pairs", func(ctx context.Context) {
			var attrs []slog.Attr
			for i := range 40 {
				attrs = append(attrs, slog.Int(strings.Repeat("k", i), i))
			}
			logging.Event(ctx, logging.TaskCreated, "x", attrs...)
		}, `{"event_type": "task.created", "": 0, "k": 1, "kk": 2`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, out := service(logging.Options{})
			tt.log(ctx)
			if !strings.HasPrefix(out.String(), tt.want) || (tt.want == "") != (out.Len() == 0) {
				t.Errorf("got  %s\nwant %s", out, tt.want)
			}
		})
	}
}

func TestEventTypeLevels(t *testing.T) {
	tests := map[logging.EventType]slog.Level{
		logging.TaskCreated: slog.LevelInfo, logging.APICallRetried: slog.LevelWarn, logging.AgentTimeout: slog.LevelError,
		logging.APICircuitBreakerOpened: logging.LevelCritical, "something.else": slog.LevelInfo,
	}
	for event, want := range tests {
		if got := event.Level(); got != want {
			t.Errorf("%s logs at %v, want %v", event, got, want)
		}
	}
}

func TestFromContext(t *testing.T) {
	t.Run("values without a context in the call", func(t *testing.T) {
		ctx, out := service(logging.Options{})
		logging.FromContext(logging.WithTaskID(ctx, "t")).Info("x")
		if !strings.Contains(out.String(), `"task_id": "t"`) {
			t.Errorf("got %s", out)
		}
	})
	t.Run("the call's context wins", func(t *testing.T) {
		ctx, out := service(logging.Options{})
		logging.FromContext(logging.WithTaskID(ctx, "t")).InfoContext(logging.WithTaskID(ctx, "u"), "x")
		if !strings.Contains(out.String(), `"task_id": "u"`) {
			t.Errorf("got %s", out)
		}
	})
	t.Run("default", func(t *testing.T) {
		if logging.FromContext(context.Background()) != slog.Default() {
			t.Error("not slog.Default")
		}
	})
	t.Run("another handler", func(t *testing.T) {
		var out bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&out, nil))
		ctx := logging.WithLogger(context.Background(), logger)
		if logging.FromContext(ctx) != logger {
			t.Error("the logger is not returned as it is")
		}
		logging.Event(ctx, logging.TaskCreated, "x", slog.Int("n", 1))
		if !strings.Contains(out.String(), "event_type=task.created n=1") {
			t.Errorf("got %s", out.String())
		}
	})
}

// TestBoundValuesAreSnapshots changes a value after it was bound.
func TestBoundValuesAreSnapshots(t *testing.T) {
	ctx, out := service(logging.Options{})
	tags := []string{"a"}
	ctx = logging.Bind(ctx, slog.Any("local", tags))
	logger := logging.FromContext(ctx).With("bound", tags, slog.Group("g", "in", tags))
	tags[0] = "b"
	logger.Info("x", "event", "takes the general way")
	logger.Info("y")
	if strings.Count(out.String(), `["a"]`) != 6 {
		t.Errorf("got %s", out)
	}
}
