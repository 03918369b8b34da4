package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// vitalsPanel shows whether Donna is alive and what her own checks say.
func vitalsPanel() Panel {
	return Panel{
		ID: "vitals", Title: "Heartbeat & checks", MinW: 20, MinH: 3,
		Status: func(in *Input) string { return logsStatus(in, "") },
		Draw:   drawingOf(health, drawVitals),
	}
}

func drawVitals(v *view, f *data.Health) {
	if f.Heartbeat == nil && f.Checks == nil {
		v.say(logsLack(v.in))
		return
	}
	v.heartbeat(f.Heartbeat)
	v.gap(5)
	if f.Checks == nil {
		l := logsLack(v.in)
		if l.kind == lackNone { // the log is there
			l = lack{lackNone, "no health check", "the log has no health_check line; the orchestrator writes one every 30 s"}
		}
		v.sayInLine(l)
		return
	}
	for _, c := range []struct {
		name string
		ok   *bool
	}{
		{"sqlite", f.Checks.SQLite}, {"discord", f.Checks.Discord}, {"scheduler", f.Checks.Scheduler}, {"api freshness", f.Checks.APIFreshness},
	} {
		m := v.checkSign(c.ok)
		v.signLine(m, c.name, func() Item { return v.checkItem(c.name, m.word) })
	}
}

// heartbeat says how old the last sign of life is and whether that is too old.
func (v *view) heartbeat(h *data.Heartbeat) {
	if h == nil {
		v.sayHead("heartbeat", logsLack(v.in))
		return
	}
	m := sign{"✓", "alive", v.Styles.Good}
	switch {
	case h.At == nil:
		m = sign{"–", "never", v.Styles.Faint}
	case !h.OK:
		m = sign{"✗", "silent", v.Styles.Bad}
	}
	b := v.row()
	name := v.picked(v.item(v.here(0, v.w), func() Item { return v.heartbeatItem(h, m.word) }), v.Styles.Text)
	b.Glyphs(m.paint, m.glyph).Space(1).Left(m.paint, m.word, signW).Space(1).Text(name, "heartbeat")
	if h.AgeS != nil {
		b.Space(1).Text(v.Styles.Strong, format.SecondsIn(*h.AgeS, 7)).Text(v.Styles.Faint, " ago")
	}
	if b.Room() >= 8 {
		b.Text(v.Styles.Faint, " by "+h.Source)
	}
	v.add(&b)
}

const signW = 7 // of the longest word a line begins with

func (v *view) checkSign(ok *bool) sign {
	switch {
	case ok == nil:
		return sign{"–", "unknown", v.Styles.Faint}
	case *ok:
		return sign{"✓", "ok", v.Styles.Good}
	}
	return sign{"✗", "failed", v.Styles.Bad}
}

// signLine says how something is; item is what it is told from, nil if that is nothing.
func (v *view) signLine(m sign, name string, item func() Item) {
	b := v.row()
	paint := v.Styles.Text
	if item != nil {
		paint = v.picked(v.item(v.here(0, v.w), item), paint)
	}
	b.Glyphs(m.paint, m.glyph).Space(1).Left(m.paint, m.word, signW).Space(1).Text(paint, name)
	v.add(&b)
}

// lastOKPanel lists when each operation last succeeded.
func lastOKPanel() Panel {
	return Panel{
		ID: "last_ok", Title: "Last successful operations", MinW: 24, MinH: 3,
		Status: func(in *Input) string { return logsStatus(in, "") },
		Draw:   drawingOf(health, drawLastOK),
	}
}

func drawLastOK(v *view, f *data.Health) {
	if f.LastOK == nil {
		v.say(logsLack(v.in))
		return
	}
	t := &table{
		columns: []column{
			{head: "", w: 1, left: true},
			{head: "operation", w: 12, most: 24, flex: true},
			{head: "age", w: 7},
			{head: "at", w: 14, drop: 1},
			{head: "told by", w: 8, most: 20, flex: true, drop: 2},
		},
		rows: len(f.LastOK), list: true, item: func(row int) Item { return lastOKItem(&f.LastOK[row]) },
		empty: lack{lackEmpty, "no operations", ""},
	}
	t.cell = func(row, col, w int) cell {
		o := &f.LastOK[row]
		never := o.At == nil
		paint := v.Styles.Text
		if never {
			paint = v.Styles.Faint
		}
		switch {
		case col == 0 && never:
			return v.mark(row == t.cursor, "–", paint)
		case col == 0:
			return v.mark(row == t.cursor, "✓", v.Styles.Good)
		case col == 1:
			return cell{text: o.Operation, paint: paint}
		case col == 2 && never:
			return cell{text: "never", paint: paint}
		case col == 2 && o.AgeS != nil:
			return cell{text: format.SecondsIn(max(*o.AgeS, 0), w), paint: v.Styles.Strong}
		case col == 3 && !never:
			return cell{text: format.StampIn(*o.At, v.in.Snapshot.At, v.location(), w), paint: v.Styles.Faint}
		case col == 4 && o.Source != nil:
			return cell{text: *o.Source, paint: v.Styles.Faint}
		}
		return cell{text: format.Missing, paint: v.Styles.Faint}
	}
	v.out = v.table(t, v.w, v.h)
}
