package trace

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/donna-project/donnatop/data"
)

// Timeline is the life of the escalation with a correlation id, or with a number
// as text, as Donna's admin page orders it: by timestamp as text, then by id. The
// rows about the tools it was made for, which Donna writes without its number,
// are put among them and marked. nil if there is no such escalation; the error is
// that of the database.
func (f *Finder) Timeline(ctx context.Context, correlationID string) (*Timeline, error) {
	if f.o.DB == nil {
		return nil, nil
	}
	var t *Timeline
	err := f.o.DB.Read(ctx, func(find func(data.RowQuery) (data.RowPage, error)) error {
		b := timelineBuilder{find: find, limit: f.o.MaxItems, seen: make(map[int64]bool)}
		var err error
		t, err = b.build(correlationID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

type timelineBuilder struct {
	find  finder
	limit int
	seen  map[int64]bool // rows that are in it
	rows  []timelineRow
	more  bool
}

// timelineRow is an entry with what it is ordered by.
type timelineRow struct {
	stamp string
	TimelineEntry
}

func (b *timelineBuilder) build(correlationID string) (*Timeline, error) {
	column := "correlation_id"
	if isNumber(correlationID) {
		column = "id"
	}
	page, err := b.find(data.RowQuery{Table: "escalation_request", Column: column, Values: []string{correlationID}, Limit: 1})
	if err != nil || len(page.Rows) == 0 {
		return nil, err
	}
	request := newRowItem(page.Rows[0])
	number := request.text("id")
	for _, taskType := range []string{escalationLifecycle, toolGapLifecycle} {
		if err := b.add(data.RowQuery{
			Table: invocationLog, Column: "escalation_request_id", Values: []string{number}, And: map[string]string{"task_type": taskType},
		}, false); err != nil {
			return nil, err
		}
	}
	tools, err := b.toolsOf(request)
	if err != nil {
		return nil, err
	}
	for _, tool := range tools {
		if err := b.add(data.RowQuery{
			Table: invocationLog, Column: "input_hash", Values: []string{toolHash + tool}, And: map[string]string{"task_type": toolGapLifecycle},
		}, true); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(b.rows, func(x, y timelineRow) int {
		return cmp.Or(strings.Compare(x.stamp, y.stamp), strings.Compare(x.ID, y.ID))
	})
	t := &Timeline{CorrelationID: request.text("correlation_id"), Entries: make([]TimelineEntry, 0, len(b.rows)), More: b.more}
	t.EscalationID, _ = strconv.ParseInt(number, 10, 64)
	for _, r := range b.rows {
		t.Entries = append(t.Entries, r.TimelineEntry)
	}
	return t, nil
}

// toolsOf are the numbers of the tool requests that an escalation belongs to.
func (b *timelineBuilder) toolsOf(request *rowItem) ([]string, error) {
	var tools []string
	if request.text("originating_entity_type") == toolRequestEntity {
		tools = append(tools, request.text("originating_entity_id"))
	}
	page, err := b.find(data.RowQuery{Table: "tool_request", Column: "escalation_request_id", Values: []string{request.text("id")}, Limit: b.limit})
	for _, row := range page.Rows {
		tools = append(tools, newRowItem(row).text("id"))
	}
	slices.Sort(tools)
	return slices.Compact(tools), err
}

func (b *timelineBuilder) add(q data.RowQuery, byTool bool) error {
	q.Limit = b.limit
	page, err := b.find(q)
	if err != nil {
		return err
	}
	b.more = b.more || page.More
	for _, row := range page.Rows {
		if b.seen[row.RowID] {
			continue
		}
		b.seen[row.RowID] = true
		r := newRowItem(row)
		e := TimelineEntry{ID: r.text("id"), Time: r.item.Time, TaskType: r.text("task_type"), Payload: row.Fields["output"], ByTool: byTool}
		var payload struct {
			Event string `json:"event"`
		}
		if len(e.Payload) == 0 || e.Payload[0] != '{' || json.Unmarshal(e.Payload, &payload) != nil {
			e.Payload = append(append([]byte(`{"raw":`), cmp.Or(string(e.Payload), "null")...), '}')
		}
		e.Event = payload.Event
		b.rows = append(b.rows, timelineRow{r.text("timestamp"), e})
	}
	return nil
}
