package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// record is an item that is one row of something at hand.
func record(kind, id, name, text string, fields ...Field) Item {
	columns, values := make([]string, len(fields)), make([]any, len(fields))
	for i, f := range fields {
		columns[i], values[i] = f.Name, f.Value
	}
	return Item{Row: name, Text: text, Behind: data.BehindRecord(kind, id, name, columns, values...), Fields: fields}
}

func containerItem(c *data.Container) Item {
	return record("container", "", c.Name, c.Verdict,
		Field{"container", c.Name}, Field{"service", raw(c.Service)}, Field{"verdict", c.Verdict}, Field{"state", raw(c.State)},
		Field{"health", raw(c.Health)}, Field{"started_at", raw(c.StartedAt)}, Field{"restarts", raw(c.Restarts)}, Field{"cpu_pct", raw(c.CPUPct)},
		Field{"mem_bytes", raw(c.MemBytes)}, Field{"mem_limit_bytes", raw(c.MemLimitBytes)})
}

func diskItem(d *data.Disk) Item {
	return record("disk", "", d.Mount, format.Opt(d.UsedPct, format.Percent)+" used",
		Field{"mount", d.Mount}, Field{"device", d.Device}, Field{"used_bytes", d.UsedBytes}, Field{"total_bytes", d.TotalBytes},
		Field{"used_pct", raw(d.UsedPct)})
}

func (v *view) dirItem(d *data.DataDir) Item {
	text := v.unmeasured(d.Path)
	if d.Bytes != nil {
		text = format.Bytes(*d.Bytes)
	}
	return record("directory", "", d.Path, text, Field{"directory", d.Path}, Field{"size_bytes", raw(d.Bytes)}, Field{"measured_at", raw(d.AsOf)})
}

// lastOKItem is the line that told of an operation's last success.
func lastOKItem(o *data.LastOK) Item {
	text := "never"
	if o.AgeS != nil {
		text = format.Seconds(max(*o.AgeS, 0)) + " ago"
	}
	return Item{Row: o.Operation, Text: text, Behind: data.BehindLastOK(o), Fields: []Field{
		{"operation", o.Operation}, {"at", raw(o.At)}, {"age_s", raw(o.AgeS)}, {"source", raw(o.Source)},
	}}
}

func (v *view) breakerItem(b *data.Breaker) Item {
	return Item{Row: "breaker " + b.Name, Text: b.State, Behind: data.BehindBreaker(v.now(), b), Fields: []Field{
		{"breaker", b.Name}, {"state", b.State}, {"since", raw(b.Since)}, {"failures", raw(b.Failures)},
	}}
}

// breakersItem is all circuit breakers, none of which is open.
func (v *view) breakersItem() Item {
	return Item{Row: "circuit breakers", Text: "none open", Behind: data.BehindBreakers(v.now())}
}

// heartbeatItem is the orchestrator's last sign of life.
func (v *view) heartbeatItem(h *data.Heartbeat, word string) Item {
	if h.Source != "logs" {
		return record("heartbeat", "", "heartbeat", word, Field{"source", h.Source}, Field{"at", raw(h.At)}, Field{"age_s", raw(h.AgeS)}, Field{"ok", h.OK})
	}
	return Item{Row: "heartbeat", Text: word, Behind: data.BehindHeartbeat(v.now())}
}

// checkItem is the newest health check, or what it says of one part.
func (v *view) checkItem(name, word string) Item {
	return Item{Row: name, Text: word, Behind: data.BehindChecks(v.in.Snapshot)}
}
