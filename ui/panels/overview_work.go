package panels

import (
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/safe"
)

// overviewCallsPanel shows calls and errors as they are now.
func overviewCallsPanel() Panel {
	return Panel{
		ID: "overview_calls", Title: "Calls & errors", MinW: 22, MinH: 3,
		Status: func(in *Input) string { return dbStatus(in, ofRange(in, "last hour")) },
		Draw:   drawing(drawOverviewCalls),
	}
}

func drawOverviewCalls(v *view) {
	f, s, window := v.llm, v.Styles, v.in.lastHour()
	hour, all := v.window(window), data.InvocationKeys{}
	ps := []pair{v.countPair("calls", "", f.Calls[window], s.Strong, 0, func() data.Behind { return data.BehindCalls(hour, all) })}
	if l := f.LatencyAllMS[window]; l != nil {
		ps = append(ps, pair{
			label: "p95", value: format.OptIn(l.P95, 6, format.MillisIn), paint: v.countPaint(l.P95), rank: 3,
			item: func() Item { return optItem("p95", "", l.P95, format.Millis, data.BehindLatency(hour, all, 0.95, l.N)) },
		})
	}
	if fl := f.Failures[window]; fl != nil {
		ps = append(ps,
			v.countPair("interrupted", "intr.", fl.Interrupted, s.Bad, 2, func() data.Behind { return data.BehindFailed(hour, true) }),
			v.countPair("overflow", "ovfl.", fl.Overflow, s.Warning, 6, func() data.Behind { return data.BehindFailed(hour, false) }))
	}
	if e := f.Events[window]; e != nil {
		ps = append(ps,
			v.countPair("failed", "", &e.Failed, s.Bad, 1, v.behindMetric(v.in.lastHour(), events.LLMFailed)),
			v.countPair("retried", "", &e.Retried, s.Warning, 5, v.behindMetric(v.in.lastHour(), events.LLMRetried)))
	}
	ps = append(ps, v.errorPairs()...)
	v.pairs(ps, max(v.h-5, min(v.h, 3)))
	if v.left() < 4 {
		return
	}
	v.gap(6)
	v.out = append(v.out, v.within(v.w, v.left(), drawHours)...)
}

// lastHour is the window that says how things are: the last hour, or a range that is past.
func (in *Input) lastHour() string {
	if in.past() != nil {
		return in.Window
	}
	return data.Window1h
}

// errorPairs is what the log says of errors.
func (v *view) errorPairs() []pair {
	var ps []pair
	if h := v.in.Figures.Health; h != nil && h.ErrorRate5m != nil && v.in.past() == nil {
		rate := func(label, short string, perMinute float64, p themes.Paint, rank int, m events.Metric) pair {
			out := pair{label: label, short: short, value: format.DecimalIn(perMinute, 6), paint: v.Styles.Faint, rank: rank}
			if perMinute > 0 {
				out.paint = p
			}
			out.item = func() Item { return v.rateItem(label, perMinute, m) }
			return out
		}
		ps = append(ps,
			rate("errors a minute", "err/min", h.ErrorRate5m.Error, v.Styles.LevelError, 1, events.LevelError),
			rate("critical a minute", "crit/min", h.ErrorRate5m.Critical, v.Styles.LevelCritical, 4, events.LevelCritical))
	}
	if e := v.in.Figures.Errors; e != nil {
		if c := e.Counts[v.in.lastHour()]; c != nil {
			ps = append(ps,
				v.countPair("error lines", "errors", &c.Error, v.Styles.LevelError, 3, v.behindMetric(v.in.lastHour(), events.LevelError)),
				v.countPair("critical lines", "critical", &c.Critical, v.Styles.LevelCritical, 7, v.behindMetric(v.in.lastHour(), events.LevelCritical)),
				v.countPair("warning lines", "warnings", &c.Warning, v.Styles.LevelWarning, 8, v.behindMetric(v.in.lastHour(), events.LevelWarning)))
		}
	}
	if len(ps) == 0 {
		ps = append(ps, pair{label: logsLack(v.in).head, paint: v.Styles.Faint, rank: 9})
	}
	return ps
}

// rateItem is how many lines of a level there are a minute.
func (v *view) rateItem(label string, perMinute float64, m events.Metric) Item {
	return optItem(label, "", &perMinute, format.Decimal, data.BehindErrorRate(v.now(), m))
}

// openStatuses are those of a request that the specification calls open.
var openStatuses = []string{"open", "resolved", "submitted", "failed"}

// overviewEscalationsPanel shows how much waits for someone, and the newest open requests.
func overviewEscalationsPanel() Panel {
	return Panel{
		ID: "overview_escalations", Title: "Open escalations", MinW: 24, MinH: 2,
		Status: dbStatusOf("now"),
		Draw:   drawingOf(escalationsOf, drawOverviewEscalations),
	}
}

func drawOverviewEscalations(v *view, f *data.Escalations) {
	if f.Waiting == nil && f.Open == nil {
		v.say(tableLack(v.in, tableEscalations))
		return
	}
	s := v.Styles
	var ps []pair
	if f.Waiting != nil {
		ps = append(ps, v.countPair("waiting", "", &f.Waiting.Total, s.Warning, 0, func() data.Behind { return data.BehindWaiting(v.now(), nil) }))
	}
	if f.Open != nil {
		ps = append(ps, v.countPair("open", "", &f.Open.Total, s.Text, 1, func() data.Behind { return data.BehindOpen(v.now(), nil, nil) }))
	}
	if f.Waiting != nil {
		for i, m := range mostFirst(f.Waiting.ByMode) {
			if i == 3 {
				break
			}
			ps = append(ps, v.countPair(safe.Truncate(m.name, 14), "", &m.n, s.Text, 2+i, func() data.Behind { return data.BehindWaiting(v.now(), &m.name) }))
		}
	}
	v.pairs(ps, min(2, v.h))
	if v.left() < 2 || f.List == nil {
		return
	}
	v.gap(4)
	open := openEscalations(f.List)
	t := &table{
		columns: []column{
			{w: 1, left: true},
			{head: "age", w: 4},
			{head: "status", w: 9, left: true},
			{head: "task type", w: 10, most: 40, flex: true},
			{head: "mode", w: 11, left: true, drop: 1},
			{head: "estimate", w: 9, drop: 2},
		},
		rows: len(open), item: func(row int) Item { return v.escalationItem(open[row]) },
		empty: lack{lackEmpty, "none open", ""},
	}
	t.cell = func(row, col, w int) cell {
		r := open[row]
		glyph, paint := v.statusSign(r.Status)
		switch col {
		case 0:
			return cell{text: glyph, paint: paint}
		case 1:
			return v.ageIn(r.CreatedAt, w)
		case 2:
			return cell{text: r.Status, paint: paint}
		case 3:
			return cell{text: r.TaskType, paint: s.Text}
		case 4:
			return cell{text: format.Opt(r.Mode, plain), paint: s.Faint}
		}
		return cell{text: v.money(r.EstimateUSD, w), paint: v.moneyPaint(r.EstimateUSD)}
	}
	v.out = append(v.out, v.table(t, v.w, v.left())...)
}

// openEscalations are the open requests of a list, those that wait for someone
// first: a resolved one may be over and is open by its status alone.
func openEscalations(list []data.EscalationRow) []*data.EscalationRow {
	var waiting, over []*data.EscalationRow
	for i := range list {
		switch r := &list[i]; {
		case r.Waits():
			waiting = append(waiting, r)
		case slices.Contains(openStatuses, r.Status):
			over = append(over, r)
		}
	}
	return append(waiting, over...)
}

// overviewPipelinePanel shows what is to be done and who is at it.
func overviewPipelinePanel() Panel {
	return Panel{
		ID: "overview_pipeline", Title: "Pipeline & agents", MinW: 22, MinH: 3,
		Status: dbStatusOf("today"),
		Draw:   drawingOf(tasksOf, drawOverviewPipeline),
	}
}

func drawOverviewPipeline(v *view, f *data.Tasks) {
	if f.States == nil {
		v.say(tableLack(v.in, tableTasks))
		return
	}
	s := v.Styles
	var created *int64
	if c := f.Created[data.WindowToday]; c != nil {
		created = &c.Total
	}
	today := v.window(data.WindowToday)
	ps := []pair{
		v.countPair("created", "", created, s.Strong, 0, func() data.Behind { return data.BehindCreated(today, nil, nil) }),
		v.countPair("completed", "done", f.Completed[data.WindowToday], s.Strong, 1, func() data.Behind { return data.BehindCompleted(today) }),
		v.countPair("overdue", "", f.Overdue, s.Warning, 2, func() data.Behind { return data.BehindOverdue(v.now()) }),
	}
	if r := f.Reschedules; r != nil {
		n := int64(len(r.ThreeOrMore))
		ps = append(ps, v.countPair("rescheduled 3+", "3+ moved", &n, s.Warning, 5, func() data.Behind { return data.BehindOftenRescheduled(v.now()) }))
	}
	if a := v.in.Figures.Agents; a != nil {
		if a.Active != nil {
			n := int64(len(a.Active))
			ps = append(ps, v.countPair("agents active", "agents", &n, s.Accent, 3, func() data.Behind { return data.BehindActive(v.in.Snapshot) }))
		}
		if a.FailedToday != nil {
			n := int64(len(a.FailedToday))
			ps = append(ps, v.countPair("agents failed", "failed", &n, s.Bad, 4, func() data.Behind { return data.BehindFailedToday(v.now()) }))
		}
	}
	v.pairs(ps, max(v.h-4, 1))
	if v.left() < 2 {
		return
	}
	v.gap(6)
	v.out = append(v.out, v.within(v.w, v.left(), func(v *view) {
		v.divided("state", f.States, lack{lackEmpty, "no tasks", ""}, v.behindState)
	})...)
}
