package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
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
	count := func(head string, w, drop int, some themes.Paint, of func(e *data.AgentEvents) *int64) windowColumn {
		return windowColumn{head: head, w: w, drop: drop, cell: func(window string, w int) cell {
			e := f.Events[window]
			if e == nil {
				return v.countCell(nil, w)
			}
			c := v.countCell(of(e), w)
			if *of(e) > 0 {
				c.paint = some
			}
			return c
		}}
	}
	columns := []windowColumn{
		count("dispatched", 10, 4, s.Text, func(e *data.AgentEvents) *int64 { return &e.Dispatched }),
		count("progress", 8, 3, s.Text, func(e *data.AgentEvents) *int64 { return &e.Progress }),
		count("completed", 9, 2, s.Text, func(e *data.AgentEvents) *int64 { return &e.Completed }),
		count("failed", 6, 0, s.Bad, func(e *data.AgentEvents) *int64 { return &e.Failed }),
		count("timeout", 7, 0, s.Warning, func(e *data.AgentEvents) *int64 { return &e.Timeout }),
	}
	v.parts(v.w, v.windowPart("", columns, v.logsGap(f.Events[v.in.Window] == nil)))
}
