package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// failuresPanel shows what went wrong: by the database, and by the log.
func failuresPanel() Panel {
	return Panel{
		ID: "failures", Title: "Failures & events", MinW: 24, MinH: 4,
		Status: func(in *Input) string { return dbStatus(in, in.Window) },
		Draw:   drawing(drawFailures),
	}
}

func drawFailures(v *view) {
	v.rowFailures()
	if v.left() > 8 {
		v.gap(1)
	}
	e := v.llm.Events[v.in.Window]
	if e == nil {
		v.sayInLine(logsLack(v.in))
		return
	}
	if v.left() >= 4 {
		v.heading("in the log")
	}
	s := v.Styles
	count := func(label, short string, n int64, alarming themes.Paint, rank int, m events.Metric) pair {
		return v.countPair(label, short, &n, alarming, rank, v.behindMetric(v.in.Window, m))
	}
	v.pairs([]pair{
		count("started", "start", e.Started, s.Text, 4, events.LLMStarted),
		count("completed", "done", e.Completed, s.Text, 3, events.LLMCompleted),
		count("failed", "fail", e.Failed, s.Bad, 0, events.LLMFailed),
		count("retried", "retry", e.Retried, s.Warning, 2, events.LLMRetried),
		count("breaker opened", "opened", e.BreakerOpened, s.Bad, 1, events.LLMBreakerOpened),
		count("breaker closed", "closed", e.BreakerClosed, s.Text, 6, events.LLMBreakerClosed),
		count("fallback", "fallbk", e.Fallback, s.Warning, 5, events.LLMFallback),
	}, v.left())
}

// behindMetric is the log lines of a window that count as a metric.
func (v *view) behindMetric(window string, m events.Metric) func() data.Behind {
	return func() data.Behind { return data.BehindSeries(v.window(window), data.SeriesKeys{}, m) }
}

// countW is the room for a count among others.
func (v *view) countW() int {
	if v.tight() {
		return 5
	}
	return 9
}

// rowFailures is what the rows of invocation_log say.
func (v *view) rowFailures() {
	f := v.llm.Failures[v.in.Window]
	if f == nil {
		v.sayInLine(dbLack(v.in, "interrupted", "overflow_escalated"))
		return
	}
	if v.h >= 8 {
		v.heading("of " + format.Int(f.Calls) + " calls")
	}
	for _, r := range []struct {
		name        string
		n           *int64
		pct         *float64
		bad         themes.Paint
		interrupted bool
	}{
		{"interrupted", f.Interrupted, f.InterruptedPct, v.Styles.Bad, true},
		{"overflow", f.Overflow, f.OverflowPct, v.Styles.Warning, false},
	} {
		paint, sign := v.countPaint(r.n), " "
		if r.n != nil && *r.n > 0 {
			paint, sign = r.bad, "!"
		}
		b := v.row()
		picked := v.item(v.here(0, v.w), func() Item {
			it := optItem(r.name, "calls", r.n, format.Int, data.BehindFailed(v.window(v.in.Window), r.interrupted))
			if r.pct != nil {
				it.Text += " · " + format.Percent(*r.pct)
			}
			return it
		})
		b.Left(v.picked(picked, v.Styles.Faint), r.name, 11).Space(1).Glyphs(paint, sign)
		b.Right(paint, format.OptIn(r.n, 7, format.CountIn), 7).Space(2)
		if r.pct != nil || r.n == nil {
			b.Right(paint, format.OptIn(r.pct, 6, format.PercentIn), 6)
		}
		v.add(&b)
	}
}
