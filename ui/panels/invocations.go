package panels

import (
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// invocationsPanel lists the newest rows of invocation_log.
func invocationsPanel() Panel {
	return Panel{
		ID: "invocations", Title: "Invocations", MinW: 30, MinH: 3,
		Status: func(in *Input) string {
			n := 0
			if in.Figures != nil && in.Figures.LLM != nil {
				n = len(in.Figures.LLM.Recent)
			}
			if n == 0 {
				return dbStatus(in, "")
			}
			return dbStatus(in, join(ofRange(in, ""), format.Int(int64(n))+" newest"))
		},
		Draw: drawing(drawInvocations),
	}
}

func drawInvocations(v *view) {
	if v.llm.Recent == nil {
		why, ok := rangeLack(v.in, "rows")
		if !ok {
			why = dbLack(v.in)
		}
		v.say(why)
		return
	}
	t := v.invocationTable(v.llm.Recent, v.in.Snapshot.At)
	t.empty.head, t.list = "no rows", true
	v.out = v.table(t, v.w, v.h)
}

// invocationItem is a row of the list.
func invocationItem(r *data.InvocationRow) Item {
	return Item{
		Row: strconv.FormatInt(r.RowID, 10), Text: r.TaskType + "  " + r.ID, Invocation: r, Fields: InvocationFields(r),
	}
}

// invocationTable lists rows of invocation_log.
func (v *view) invocationTable(rows []data.InvocationRow, now time.Time) *table {
	t := &table{
		columns: []column{
			{head: "", w: 1, left: true},
			{head: "time", w: 11, most: 14, flex: true, drop: 3},
			{head: "task type", w: 14, most: 30, flex: true},
			{head: "model", w: 12, most: 28, flex: true, drop: 5},
			{head: "latency", w: 7, drop: 1},
			{head: "in", w: 7, drop: 6},
			{head: "out", w: 7, drop: 6},
			{head: "cost", w: 9, drop: 2},
			{head: "flags", w: 6, most: 40, flex: true, drop: 4},
		},
		rows: len(rows), item: func(row int) Item { return invocationItem(&rows[row]) },
		empty: lack{lackEmpty, "no row matches", ""},
	}
	t.cell = func(row, col, w int) cell {
		r := &rows[row]
		switch col {
		case 0:
			if row == t.cursor {
				return cell{text: "›"}
			}
			return cell{}
		case 1:
			return cell{text: format.StampIn(r.Time, now, v.location(), w), paint: v.Styles.Faint}
		case 2:
			return cell{text: r.TaskType, paint: v.classPaint(r.Class)}
		case 3:
			return cell{text: format.Opt(r.ModelActual, plain), paint: v.Styles.Faint}
		case 4:
			return cell{text: format.OptIn(r.LatencyMS, w, format.MillisIn), paint: v.Styles.Text}
		case 5:
			return cell{text: format.OptIn(r.TokensIn, w, format.CountIn), paint: v.countPaint(r.TokensIn)}
		case 6:
			return cell{text: format.OptIn(r.TokensOut, w, format.CountIn), paint: v.countPaint(r.TokensOut)}
		case 7:
			return cell{text: v.money(r.CostUSD, w), paint: v.moneyPaint(r.CostUSD)}
		}
		return v.flags(r, w)
	}
	return t
}

// InvocationFields are the columns of a row of invocation_log.
func InvocationFields(r *data.InvocationRow) []Field {
	return []Field{
		{"timestamp", r.Time}, {"task_type", r.TaskType}, {"class", r.Class.String()}, {"model_actual", raw(r.ModelActual)},
		{"model_alias", raw(r.ModelAlias)}, {"latency_ms", raw(r.LatencyMS)}, {"tokens_in", raw(r.TokensIn)}, {"tokens_out", raw(r.TokensOut)},
		{"cost_usd", raw(r.CostUSD)}, {"interrupted", r.Interrupted}, {"overflow_escalated", r.OverflowEscalated}, {"task_id", raw(r.TaskID)},
		{"escalation_request_id", raw(r.EscalationRequestID)}, {"user_id", raw(r.UserID)}, {"id", r.ID},
	}
}

func plain(s string) string { return s }

// classPaint sets rows that are no calls back.
func (v *view) classPaint(c data.Class) themes.Paint {
	if c == data.ClassLLM {
		return v.Styles.Text
	}
	return v.Styles.Faint
}

func shortClass(c data.Class) string {
	if c == data.ClassEmbedding {
		return "embed"
	}
	return c.String()
}

// flags says what is special about a row, in whole words if they fit.
func (v *view) flags(r *data.InvocationRow, w int) cell {
	var words, short []string
	if r.Interrupted {
		words, short = append(words, "interrupted"), append(short, "intr")
	}
	if r.OverflowEscalated {
		words, short = append(words, "overflow"), append(short, "ovfl")
	}
	if r.Class != data.ClassLLM {
		words, short = append(words, r.Class.String()), append(short, shortClass(r.Class))
	}
	if r.EscalationRequestID != nil {
		words, short = append(words, "escalated"), append(short, "esc")
	}
	c := cell{text: strings.Join(words, " "), paint: v.Styles.Faint}
	if len(c.text) > w {
		c.text = strings.Join(short, " ")
	}
	switch {
	case r.Interrupted:
		c.paint = v.Styles.Bad
	case r.OverflowEscalated:
		c.paint = v.Styles.Warning
	}
	return c
}
