package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// agentsEventsPanel shows what the log says of agents.
func agentsEventsPanel() Panel {
	return Panel{
		ID: "agents_events", Title: "Agent events", MinW: 28, MinH: 3,
		Status: logsWindowStatus,
		Draw:   drawingOf(agentsOf, drawAgentsEvents),
	}
}

func drawAgentsEvents(v *view, f *data.Agents) {
	if f.Events == nil {
		v.say(logsLack(v.in))
		return
	}
	s := v.Styles
	count := func(head string, w, drop int, some themes.Paint, m events.Metric, of func(e *data.AgentEvents) *int64) windowColumn {
		return windowColumn{head: head, w: w, drop: drop, item: func(name string, w data.Window) Item {
			e := f.Events[name]
			if e == nil || of(e) == nil {
				return Item{Column: head, Text: format.Missing}
			}
			return countItem("", head, *of(e), data.BehindSeries(w, data.SeriesKeys{}, m))
		}, cell: func(window string, w int) cell {
			e := f.Events[window]
			if e == nil {
				return v.countCell(nil, w)
			}
			c := v.countCell(of(e), w)
			if n := of(e); n != nil && *n > 0 {
				c.paint = some
			}
			return c
		}}
	}
	columns := []windowColumn{
		count("dispatched", 10, 4, s.Text, events.AgentDispatched, func(e *data.AgentEvents) *int64 { return e.Dispatched }),
		count("progress", 8, 3, s.Text, events.AgentProgress, func(e *data.AgentEvents) *int64 { return &e.Progress }),
		count("completed", 9, 2, s.Text, events.AgentCompleted, func(e *data.AgentEvents) *int64 { return e.Completed }),
		count("failed", 6, 0, s.Bad, events.AgentFailed, func(e *data.AgentEvents) *int64 { return &e.Failed }),
		count("timeout", 7, 0, s.Warning, events.AgentTimeout, func(e *data.AgentEvents) *int64 { return &e.Timeout }),
	}
	v.parts(v.w, v.windowPart("", columns, v.logsGap(f.Events[v.in.Window] == nil)))
}
