package logtest_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"github.com/donna-project/donnatop/logging"
	"github.com/donna-project/donnatop/logging/logtest"
)

func ExampleNew() {
	logger, lines := logtest.New()
	logger.Info("task_created", "channel", "discord")
	for _, line := range lines.All() {
		fmt.Println(line.Text("event"), line.Text("channel"), line.Text("level"))
	}
	// Output: task_created discord info
}

func ExampleLines_Want() {
	// The function under test logs through its context.
	finish := func(ctx context.Context) {
		logging.Event(ctx, logging.AgentCompleted, "prep_agent_complete", slog.Int("latency_ms", 1200))
	}

	test := func(t *testing.T) {
		logger, lines := logtest.New()
		finish(logging.WithLogger(context.Background(), logger))
		lines.Want(t, "prep_agent_complete", slog.Int("latency_ms", 1200))
		lines.WantNone(t, "prep_agent_execution_failed")
	}
	test(&testing.T{})
}
