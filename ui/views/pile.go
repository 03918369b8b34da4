package views

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
)

// A pile is rows of one kind that have been read, in the order in which they came.
type pile interface {
	len() int
	// id is what traces a row, "" if nothing does; text is all that it says.
	id(i int) string
	text(env *panels.Env, i int) string
	open(c *Context, i int) View
	// orders are the ways to sort the rows; the first is that in which they came.
	orders() []string
	compare(order, a, b int) int
	// draw draws those of the rows that can be seen.
	draw(env *panels.Env, seen []int, l panels.List, w, h int) []string
	// fields are a row's columns.
	fields(i int) []panels.Field
	// entry is the row as a log line, so that one language chooses rows of all kinds.
	entry(i int) *logline.Entry
}

// lineOf is a line that says what the fields do.
func lineOf(fields []panels.Field) *logline.Entry {
	values := make(map[string]any, len(fields))
	for _, f := range fields {
		values[f.Name] = f.Value
	}
	raw, err := json.Marshal(values)
	if err != nil { // a number that JSON has no form for
		raw = []byte(fmt.Sprint(values))
	}
	e := &logline.Entry{}
	logline.Parse(e, string(raw), time.Time{}, time.Time{})
	return e
}

// texts joins the values of a row for who searches or copies it.
func texts(env *panels.Env, fields []panels.Field) string {
	var b strings.Builder
	for _, f := range fields {
		if f.Value == nil {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("  ")
		}
		b.WriteString(f.Name + "=" + panels.ValueText(env, f.Name, f.Value))
	}
	return b.String()
}

// pick are the values at places of a slice.
func pick[T any](all []T, places []int) []T {
	out := make([]T, len(places))
	for i, at := range places {
		out[i] = all[at]
	}
	return out
}

// invocationPile is rows of invocation_log.
type invocationPile struct{ rows []data.InvocationRow }

func (p *invocationPile) len() int        { return len(p.rows) }
func (p *invocationPile) id(i int) string { return p.rows[i].ID }

func (p *invocationPile) fields(i int) []panels.Field { return panels.InvocationFields(&p.rows[i]) }

func (p *invocationPile) text(env *panels.Env, i int) string { return texts(env, p.fields(i)) }

func (p *invocationPile) entry(i int) *logline.Entry { return lineOf(p.fields(i)) }

func (p *invocationPile) open(c *Context, i int) View {
	r := p.rows[i]
	return NewInvocation(c, &r)
}

// invocationOrders are those of the reader's sort key.
var invocationOrders = []struct {
	name  string
	order data.InvocationOrder
}{{"newest first", data.NewestFirst}, {"dearest first", data.DearestFirst}, {"slowest first", data.SlowestFirst}}

func (p *invocationPile) orders() []string {
	names := make([]string, len(invocationOrders))
	for i, o := range invocationOrders {
		names[i] = o.name
	}
	return names
}

func (p *invocationPile) compare(order, a, b int) int {
	return invocationOrders[order].order.Compare(&p.rows[a], &p.rows[b])
}

func (p *invocationPile) draw(env *panels.Env, seen []int, l panels.List, w, h int) []string {
	return panels.InvocationList(env, pick(p.rows, seen), l, w, h)
}

// linePile is log lines.
type linePile struct {
	lines  []*data.LogLine
	ranked bool // by what a figure ranks them by, the largest first
}

func (p *linePile) len() int { return len(p.lines) }

func (p *linePile) id(i int) string { return trace.IDOf(&p.lines[i].Entry) }

func (p *linePile) fields(i int) []panels.Field {
	l := p.lines[i]
	return []panels.Field{
		{Name: "time", Value: l.Time}, {Name: "level", Value: l.Level}, {Name: "service", Value: l.Service}, {Name: "event", Value: l.Event},
		{Name: "correlation_id", Value: l.CorrelationID}, {Name: "task_id", Value: l.TaskID}, {Name: "invocation_id", Value: l.InvocationID},
		{Name: "raw", Value: l.Raw},
	}
}

func (p *linePile) text(_ *panels.Env, i int) string { return p.lines[i].Raw }

func (p *linePile) entry(i int) *logline.Entry { return &p.lines[i].Entry }

func (p *linePile) open(c *Context, i int) View { return NewLine(c, p.lines[i]) }

func (p *linePile) orders() []string {
	if p.ranked {
		return []string{"largest first", "newest first"}
	}
	return []string{"newest first", "oldest first", "worst first"}
}

func (p *linePile) compare(order, a, b int) int {
	x, y := p.lines[a], p.lines[b]
	switch {
	case p.ranked && order == 0, !p.ranked && order == 0:
		return 0
	case p.ranked:
		return y.Time.Compare(x.Time)
	case order == 1:
		return x.Time.Compare(y.Time)
	}
	return cmp.Or(cmp.Compare(severity(y.Level), severity(x.Level)), y.Time.Compare(x.Time))
}

// severity ranks levels; those it doesn't know are the least.
func severity(level string) int {
	return slices.Index([]string{"debug", "info", "warning", "error", "critical"}, level)
}

func (p *linePile) draw(env *panels.Env, seen []int, l panels.List, w, h int) []string {
	return panels.LineList(env, pick(p.lines, seen), l, w, h)
}

// recordPile is records of what a snapshot holds.
type recordPile struct{ set data.RecordSet }

func (p *recordPile) len() int        { return len(p.set.Rows) }
func (p *recordPile) id(i int) string { return p.set.Rows[i].ID }

func (p *recordPile) fields(i int) []panels.Field {
	out := make([]panels.Field, len(p.set.Columns))
	for j, c := range p.set.Columns {
		out[j] = panels.Field{Name: c, Value: p.set.Rows[i].Values[j]}
	}
	return out
}

func (p *recordPile) text(env *panels.Env, i int) string { return texts(env, p.fields(i)) }

func (p *recordPile) entry(i int) *logline.Entry { return lineOf(p.fields(i)) }

func (p *recordPile) open(c *Context, i int) View { return newRecord(c, &p.set, i) }

func (p *recordPile) orders() []string { return []string{"as listed", "newest first", "oldest first"} }

func (p *recordPile) compare(order, a, b int) int {
	x, y := p.set.Rows[a].At, p.set.Rows[b].At
	switch order {
	case 1:
		return y.Compare(x)
	case 2:
		return x.Compare(y)
	}
	return 0
}

// sampled is by how many rows columns are made wide enough.
const sampled = 200

func (p *recordPile) draw(env *panels.Env, seen []int, l panels.List, w, h int) []string {
	return panels.RecordList(env, p.set.Columns, pick(p.set.Rows, seen), p.set.Rows[:min(len(p.set.Rows), sampled)], l, w, h)
}

// newRecord is the detail of a record: all its columns.
func newRecord(c *Context, set *data.RecordSet, i int) *Detail {
	r := set.Rows[i]
	fields := make([]field, 0, len(set.Columns))
	for j, name := range set.Columns {
		f := field{label: panels.Heading(name), money: strings.HasSuffix(name, "_usd")}
		switch value := r.Values[j].(type) {
		case nil:
		case time.Time:
			f = c.moment(f.label, &value, time.Time{})
		case float64:
			f.value = panels.ValueText(&panels.Env{Styles: c.Env.Styles, Location: c.Env.Location}, name, value)
			if f.money {
				f.value = format.Money(value)
			}
		default:
			f.value = panels.ValueText(&panels.Env{Styles: c.Env.Styles, Location: c.Env.Location}, name, value)
		}
		fields = append(fields, f)
	}
	d := NewRow(c, titled(upper(set.Kind), cmp.Or(r.Name, r.ID)), fields).about(r.ID)
	if asks, ok := c.Tracer.(Timeliner); ok && r.ID != "" && slices.Contains(set.Columns, "correlation_id") {
		d.leads("timeline", func() View { return NewTimeline(c, asks, r.ID) })
	}
	return d
}

// upper is a word with a capital.
func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
