package panels

import (
	"github.com/donna-project/donnatop/data"
)

// LineTableColumns are the columns of log lines as a table to export.
func LineTableColumns() []string {
	return []string{
		"time", "level", "service", "component", "event", "event_type", "task_type", "correlation_id", "task_id", "invocation_id", "line",
	}
}

// LineTableRow is a log line in these columns; nil stands for what it hasn't.
func LineTableRow(l *data.LogLine) []any {
	row := []any{l.Time.UTC()}
	for _, s := range []string{
		l.Level, l.Service, l.Component, l.Event, l.EventType, l.TaskType, l.CorrelationID, l.TaskID, l.InvocationID, l.Raw,
	} {
		if s == "" {
			row = append(row, nil)
			continue
		}
		row = append(row, s)
	}
	return row
}
