package trace

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/timestamp"
)

// rowKey names a row: no two of a file have the same.
type rowKey struct {
	table string
	rowid int64
}

// rowItem is a row of a trace.
type rowItem struct {
	data.Row
	table    *table
	item     Item // without what depends on the rest of the trace
	ids      []id // it holds and leads to
	values   []value
	dated    bool
	inferred bool
	hub      bool    // found only by an id from which nothing is followed
	twin     *rowKey // of a call
}

func (r *rowItem) key() rowKey { return rowKey{r.Row.Table, r.RowID} }

// newRowItem reads a row.
func newRowItem(row data.Row) *rowItem {
	t := tableByName[row.Table]
	r := &rowItem{Row: row, table: t}
	r.item = Item{Kind: t.kind, Source: data.SourceDB, Event: t.event, Table: t.name, Fields: row.Fields, IDs: make(map[string]string), Matched: []string{}}
	for _, c := range t.times {
		if at, ok := r.time(c); ok {
			r.item.Time, r.dated = at, true
			break
		}
	}
	for _, c := range t.columns {
		if v := r.text(c.name); v != "" && !c.given {
			r.refer(id{c.key, v}, c.name)
		}
	}
	switch t.name {
	case invocationLog:
		r.readInvocation()
	case "escalation_request":
		if r.text("originating_entity_type") == toolRequestEntity {
			r.refer(id{keyToolRequest, r.text("originating_entity_id")}, "originating_entity_id")
		}
	case "skill_run":
		r.item.CostUSD = r.number("total_cost_usd")
		r.item.DurationMS = cmp.Or(r.number("total_latency_ms"), r.length())
	case "automation_run":
		r.item.CostUSD, r.item.DurationMS = r.number("cost_usd"), r.length()
	case "skill_step_result":
		r.item.DurationMS = r.number("latency_ms")
	}
	if !r.dated {
		// most ids tell when they were made, and so about when the row was
		if at, ok := (id{value: r.text("id")}).made(); ok {
			r.item.Time, r.dated = at, true
		}
	}
	r.values = r.collect()
	return r
}

// refer notes an id that the row holds.
func (r *rowItem) refer(i id, column string) {
	if i.key.numbered() && !isNumber(i.value) || nobody[strings.ToLower(i.value)] {
		return
	}
	r.ids = append(r.ids, i)
	name := string(i.key)
	if _, taken := r.item.IDs[name]; taken {
		name = column // a second id of that key: a task's parent
	}
	r.item.IDs[name] = i.value
}

func (r *rowItem) readInvocation() {
	taskType := r.text("task_type")
	shadow := r.number("is_shadow")
	class := data.ClassOf(taskType, shadow != nil && *shadow != 0)
	r.item.Class = &class
	r.item.Event = taskType
	r.item.CostUSD = r.number("cost_usd")
	if class != data.ClassAudit {
		r.item.DurationMS = r.number("latency_ms")
		return
	}
	r.item.Kind = ItemEscalation
	if taskType == toolGapLifecycle {
		r.item.Kind = ItemToolGap
	}
	var payload struct {
		Event  string          `json:"event"`
		ToolID json.RawMessage `json:"tool_request_id"`
	}
	_ = json.Unmarshal(r.Fields["output"], &payload) // a payload that can't be read names nothing
	r.item.Event = cmp.Or(payload.Event, taskType)
	if tool := scalar(payload.ToolID); tool != "" {
		r.refer(id{keyToolRequest, tool}, "output")
	} else if number, ok := strings.CutPrefix(r.text("input_hash"), toolHash); ok {
		r.refer(id{keyToolRequest, number}, "input_hash")
	}
	// the row's own id stands nowhere else: no line names an audit row
	r.ids = slices.DeleteFunc(r.ids, func(i id) bool { return i.key == keyInvocation })
}

// text is a column's text or number; "" for NULL and for JSON.
func (r *rowItem) text(column string) string { return scalar(r.Fields[column]) }

func scalar(v json.RawMessage) string {
	if len(v) == 0 {
		return ""
	}
	switch v[0] {
	case '"':
		var s string
		if json.Unmarshal(v, &s) != nil {
			return ""
		}
		return s
	case '{', '[', 'n':
		return ""
	}
	return strings.TrimSuffix(string(v), ".0")
}

// number is a column that holds a number; nil if it doesn't.
func (r *rowItem) number(column string) *float64 {
	v := r.Fields[column]
	if len(v) == 0 || v[0] == '"' || v[0] == 'n' {
		return nil
	}
	var f float64
	if json.Unmarshal(v, &f) != nil {
		return nil
	}
	return &f
}

func (r *rowItem) time(column string) (time.Time, bool) {
	v := r.Fields[column]
	if len(v) == 0 || v[0] != '"' {
		return time.Time{}, false
	}
	ns, ok := timestamp.ParseDB(scalar(v))
	return time.Unix(0, ns).UTC(), ok
}

// length is how long a run took, in ms; nil while it runs.
func (r *rowItem) length() *float64 {
	from, ok := r.time("started_at")
	to, ended := r.time("finished_at")
	if !ok || !ended || to.Before(from) {
		return nil
	}
	ms := float64(to.Sub(from)) / float64(time.Millisecond)
	return &ms
}

// collect are the texts and numbers of the columns, and of what is in their JSON.
func (r *rowItem) collect() (out []value) {
	for name, v := range r.Fields {
		if len(v) > 0 && (v[0] == '{' || v[0] == '[') {
			e := logline.Entry{Raw: `{"` + name + `":` + string(v) + `}`, JSON: true}
			out = append(out, values(&e)...)
		} else if text := scalar(v); text != "" {
			out = append(out, value{name, text})
		}
	}
	return out
}

// matched names the columns where one of the ids stands.
func (r *rowItem) matched(ids *idSet) []string {
	names := []string{}
	keyOf := make(map[string]key, len(r.table.columns))
	for _, c := range r.table.columns {
		keyOf[c.name] = c.key
	}
	for _, v := range r.values {
		is := false
		switch k := keyOf[v.name]; {
		case k.numbered():
			is = ids.known[id{k, v.text}]
		case v.name == "input_hash" && r.item.Class != nil && *r.item.Class == data.ClassAudit:
			is = r.hashOf(ids, v.text)
		case v.name == "originating_entity_id" && r.text("originating_entity_type") == toolRequestEntity:
			is = ids.known[id{keyToolRequest, v.text}]
		default:
			is, _ = ids.holds(v)
		}
		if is && !slices.Contains(names, v.name) {
			names = append(names, v.name)
		}
	}
	slices.Sort(names)
	return names
}

// hashOf tells whether an audit row's input_hash stands for one of the ids: it is
// made of the tool request's number or the beginning of the correlation id.
func (r *rowItem) hashOf(ids *idSet, hash string) bool {
	if number, ok := strings.CutPrefix(hash, toolHash); ok {
		return ids.known[id{keyToolRequest, number}]
	}
	for _, i := range ids.order {
		if i.key == keyCorrelation && len(i.value) >= hashLength && i.value[:hashLength] == hash {
			return true
		}
	}
	return false
}
