package trace

import (
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
)

// beforeTask are the calls that Donna makes before the task is there that they
// are about. They carry no id at all: only the time joins them (donna-data.md §7).
var beforeTask = []string{"parse_task", "parse_task_cloud", "challenge_task", "claude_novelty"}

const (
	// maxInferred bounds the tasks and calls of a trace for which rows are inferred.
	maxInferred = 200
	// twinWithin is how far apart a call and its shadow are looked for: the shadow
	// begins when the call has ended, and a local model may take minutes.
	twinWithin = 5 * time.Minute
)

// infer adds the rows that no id joins.
func (s *search) infer() {
	if s.full {
		return
	}
	s.read(func(find finder) error {
		if err := s.inferCalls(find); err != nil {
			return err
		}
		return s.inferTwins(find)
	})
}

// inferCalls adds the calls that made the tasks of the trace: those that ended
// within seconds before the task was created, unless another task was created in
// between, which then is theirs.
func (s *search) inferCalls(find finder) error {
	tasks := 0
	for _, t := range slices.Clone(s.order) {
		if t.Row.Table != "tasks" || !t.dated || t.hub || t.text("parent_task") != "" {
			continue // subtasks come of a task, not of a message
		}
		if tasks++; tasks > maxInferred {
			return nil
		}
		made := t.item.Time
		page, err := find(data.RowQuery{
			Table: invocationLog, Column: "task_type", Values: beforeTask,
			Time: "timestamp", From: made.Add(-s.InferWithin), To: made, Limit: maxInferred,
		})
		if err != nil {
			return err
		}
		if len(page.Rows) == 0 {
			continue
		}
		others, err := find(data.RowQuery{Table: "tasks", Time: "created_at", From: made.Add(-s.InferWithin), To: made, Limit: maxInferred})
		if err != nil {
			return err
		}
		for _, row := range page.Rows {
			r := newRowItem(row)
			if r.text("task_id") != "" || takenBefore(r.item.Time, made, others.Rows) {
				continue
			}
			s.addInferred(r)
		}
	}
	return nil
}

// takenBefore tells whether one of the tasks was created after the call and
// before the instant given.
func takenBefore(call, made time.Time, tasks []data.Row) bool {
	return slices.ContainsFunc(tasks, func(row data.Row) bool {
		t := newRowItem(row)
		return t.text("parent_task") == "" && t.dated && !t.item.Time.Before(call) && t.item.Time.Before(made)
	})
}

// addInferred takes a row in that is joined by time, and gives the one that is in
// the trace then.
func (s *search) addInferred(r *rowItem) *rowItem {
	if known, ok := s.rows[r.key()]; ok {
		return known
	}
	r.inferred = true
	s.rows[r.key()] = r
	s.order = append(s.order, r)
	return r
}

// inferTwins pairs calls with their shadows: the one of the same prompt that is
// nearest in time.
func (s *search) inferTwins(find finder) error {
	calls := 0
	for _, r := range slices.Clone(s.order) {
		if !r.hasTwin() {
			continue
		}
		if calls++; calls > maxInferred {
			return nil
		}
		at := r.item.Time
		page, err := find(data.RowQuery{
			Table: invocationLog, Column: "input_hash", Values: []string{r.text("input_hash")},
			Time: "timestamp", From: at.Add(-twinWithin), To: at.Add(twinWithin), Limit: maxInferred,
		})
		if err != nil {
			return err
		}
		var nearest *rowItem
		for _, row := range page.Rows {
			o := newRowItem(row)
			if !o.hasTwin() || s.later(o.item.Time) || *o.item.Class == *r.item.Class || data.BaseTaskType(o.item.Event) != data.BaseTaskType(r.item.Event) {
				continue
			}
			if nearest == nil || o.item.Time.Sub(at).Abs() < nearest.item.Time.Sub(at).Abs() {
				nearest = o
			}
		}
		if nearest != nil {
			nearest = s.addInferred(nearest)
			mine, theirs := r.key(), nearest.key()
			r.twin, nearest.twin = &theirs, &mine
		}
	}
	return nil
}

// hasTwin tells whether a row is a call that may have been made twice.
func (r *rowItem) hasTwin() bool {
	c := r.item.Class
	return c != nil && (*c == data.ClassLLM || *c == data.ClassShadow) && r.dated && r.text("input_hash") != ""
}
