package panels

import (
	"cmp"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// traceTable draws the rows of a trace that can be seen.
type traceTable struct {
	*Env
	rows   *TraceRows
	widths []int
	scale  traceScale
	cursor int
}

// The columns of a trace.
const (
	traceMark = iota
	traceTime
	traceOffset
	traceSign
	traceWord
	traceService
	traceWhat
	traceBar
	traceTook
	traceCost
)

// Widths from which times have more to them.
const (
	traceWide    = 110 // a day
	traceMillisW = 140 // milliseconds
)

func (r *TraceRows) columns(w int) []column {
	t := column{head: "time", w: 8, left: true}
	what := column{head: "what", w: 17, most: 48, flex: true, left: true}
	if w >= traceWide {
		what.w = 24
	}
	switch {
	case r.days && w >= traceWide:
		t.w = 14
	case r.days:
		t.w, what.w = 11, 14
	case w >= traceMillisW:
		t.w = 12
	}
	cost := column{head: "cost", w: 7, drop: 3}
	if !r.calls {
		cost = column{drop: 99}
	}
	service := column{head: "service", w: 8, most: 13, flex: true, left: true}
	if !r.named {
		service = column{drop: 99}
	}
	return []column{
		{w: 1, left: true}, t, {head: "after", w: 8, drop: 7}, {w: 1, left: true}, {head: "kind", w: 5, left: true, drop: 5},
		service, what,
		{w: max(16, min(w*3/10, w-90)), most: 400, bar: true, drop: 1},
		{head: "took", w: 6, drop: 2}, cost,
	}
}

// TraceTable draws a trace as a waterfall, in exactly h lines of exactly w cells:
// a line of headings with the axis, then its rows from offset on. cursor is the
// selected row.
func TraceTable(env *Env, r *TraceRows, z TraceZoom, cursor, offset, w, h int) []string {
	w, h = max(w, 0), max(h, 0)
	if w == 0 || h == 0 || r.Len() == 0 {
		return line.Fit(nil, w, h)
	}
	columns := r.columns(w)
	t := &traceTable{Env: env, rows: r, widths: (&table{columns: columns}).widths(w), cursor: cursor}
	t.scale = newTraceScale(&r.axis, z, t.widths[traceBar])
	out := make([]string, 0, h)
	if h > 1 {
		out = append(out, t.headings(columns, w))
	}
	offset = min(max(offset, 0), r.Len())
	for i := offset; i < r.Len() && len(out) < h; i++ {
		out = append(out, t.row(i, i == offset, w))
	}
	return line.Fit(out, w, h)
}

// columnsOf calls draw for every column that is shown, with b at its beginning.
func (t *traceTable) columnsOf(b *line.Builder, draw func(column, w int)) {
	first := true
	for i, w := range t.widths {
		if w == 0 {
			continue
		}
		if !first {
			b.Space(columnGap)
		}
		first = false
		end := b.Used() + min(w, b.Room())
		draw(i, end-b.Used())
		b.To(end)
	}
}

func (t *traceTable) headings(columns []column, w int) string {
	b := t.line(w)
	t.columnsOf(&b, func(i, w int) {
		switch p := t.Styles.Column; {
		case i == traceBar:
			t.axis(&b)
		case columns[i].left:
			b.Left(p, columns[i].head, w)
		default:
			b.Right(p, columns[i].head, w)
		}
	})
	return b.String()
}

// axis writes the times above the bars.
func (t *traceTable) axis(b *line.Builder) {
	begin := b.Used()
	for _, k := range t.scale.ticks() {
		paint := t.Styles.Column
		if k.fold {
			paint = t.Styles.Faint
		}
		b.To(begin+k.x).Text(paint, k.text)
	}
}

// row draws one row. The service of a group stands at its first row, and at the
// first one that can be seen.
func (t *traceTable) row(i int, top bool, w int) string {
	row := t.rows.rows[i]
	selected := i == t.cursor
	d := rowDrawing{traceTable: t, row: row, plain: selected, b: t.line(w)}
	if row.item >= 0 {
		d.item = &t.rows.Trace.Items[row.item]
		d.call = d.item.Call()
	}
	d.sameService = !top && d.item != nil && t.rows.Order == TraceByService && t.rows.serviceOf(i-1) == d.item.Service
	t.columnsOf(&d.b, func(column, w int) { d.column(column, w, selected) })
	if !selected {
		return d.b.String()
	}
	b := t.line(w)
	return b.Text(t.Styles.Selected, d.b.String()).String()
}

func (r *TraceRows) serviceOf(row int) string {
	if i := r.Item(row); i != nil {
		return i.Service
	}
	return ""
}

// rowDrawing draws the columns of one row.
type rowDrawing struct {
	*traceTable
	row         traceRow
	item        *trace.Item // nil for a gap
	call        trace.Call
	sameService bool // as the row above, in a group of one service
	plain       bool // without paints: the row gets one of its own
	b           line.Builder
}

func (d *rowDrawing) paint(p themes.Paint) themes.Paint {
	if d.plain {
		return themes.Paint{}
	}
	return p
}

func (d *rowDrawing) column(column, w int, selected bool) {
	faint := d.paint(d.Styles.Faint)
	switch column {
	case traceMark:
		if selected {
			d.b.Glyphs(themes.Paint{}, "›")
		}
	case traceTime:
		d.b.Left(faint, d.time(w), w)
	case traceOffset:
		d.b.Right(faint, offset(d.moment().Sub(d.rows.axis.start)), w)
	case traceSign:
		glyph, _, paint := d.sign()
		d.b.Glyphs(d.paint(paint), glyph)
	case traceWord:
		_, word, paint := d.sign()
		d.b.Left(d.paint(paint), word, w)
	case traceService:
		switch {
		case d.item == nil:
			d.b.Left(faint, d.gap().Source, w)
		case !d.sameService:
			d.b.Left(d.paint(d.Styles.Accent), d.item.Service, w)
		}
	case traceWhat:
		d.what(w)
	case traceBar:
		d.bar(w, selected)
	case traceTook:
		d.b.Right(faint, d.took(w), w)
	case traceCost:
		if d.item != nil && d.item.CostUSD != nil && d.item.Kind != trace.ItemEscalation && d.item.Kind != trace.ItemToolGap {
			d.b.Right(d.paint(d.Styles.Money), d.money(d.item.CostUSD, w), w)
		}
	}
}

func (d *rowDrawing) gap() *trace.Gap { return &d.rows.Trace.Gaps[d.row.gap] }

// moment is when a row is said to have happened: the time it has in the trace.
func (d *rowDrawing) moment() time.Time {
	if d.item == nil {
		return d.row.from
	}
	return d.item.Time
}

func (d *rowDrawing) time(w int) string {
	at := d.moment().In(d.location())
	switch {
	case d.rows.days && w >= 14:
		return at.Format("01-02 15:04:05")
	case d.rows.days:
		return at.Format("01-02 15:04")
	case w >= len(format.LayoutMillis):
		return at.Format(format.LayoutMillis)
	}
	return at.Format(format.LayoutClock)
}

func (d *rowDrawing) took(w int) string {
	switch {
	case d.item == nil:
		return format.DurationIn(d.row.to.Sub(d.row.from), w)
	case d.item.DurationMS == nil:
		return ""
	}
	from, to := d.item.Span()
	return format.MillisIn(to.Sub(from).Milliseconds(), w)
}

// sign is what kind of row it is: a glyph, and a word of at most five letters.
func (d *rowDrawing) sign() (glyph, word string, paint themes.Paint) {
	if d.item == nil {
		return "╌", "gap", d.Styles.Warning
	}
	return d.Env.itemSign(d.item, &d.call)
}

func (e *Env) itemSign(i *trace.Item, c *trace.Call) (glyph, word string, paint themes.Paint) {
	s := e.Styles
	switch i.Kind {
	case trace.ItemLLM:
		switch {
		case c.Interrupted:
			return "●", "llm", s.Bad
		case c.Class == data.ClassShadow:
			return "▒", "twin", s.Faint
		case c.Class != data.ClassLLM:
			return "●", shortClass(c.Class), s.Faint
		}
		return "●", "llm", s.Series[0]
	case trace.ItemRun:
		return "━", "run", s.Series[1]
	case trace.ItemTask:
		return "»", "task", s.Strong
	case trace.ItemEscalation:
		return "◆", "escal", s.Warning
	case trace.ItemToolGap:
		return "×", "tool", s.Warning
	case trace.ItemNudge:
		return "↳", "nudge", s.Strong
	}
	glyph, word = levelSign(i.Level)
	return glyph, word, s.Level(i.Level)
}

// what says what happened: of a call its task type, then its model and tokens.
func (d *rowDrawing) what(w int) {
	b := d.line(w)
	name, rest, paint := d.said()
	b.Text(d.paint(paint), name)
	if rest != "" {
		b.Space(2).Text(d.paint(d.Styles.Faint), rest)
	}
	d.b.Painted(b.String(), w)
}

func (d *rowDrawing) said() (name, rest string, paint themes.Paint) {
	if d.item == nil {
		return "lines missing", d.gap().Reason, d.Styles.Warning
	}
	name, paint = TraceName(d.item), d.Styles.Text
	switch {
	case d.item.Wrong():
		paint = d.Styles.Level(d.item.Level)
	case d.call.Interrupted:
		paint = d.Styles.Bad
	case d.call.Class != data.ClassLLM:
		paint = d.Styles.Faint
	}
	switch {
	case d.item.Inferred:
		name = "≈ " + name
	case d.rows.OnlyHere(d.item):
		name = "+ " + name
	}
	if d.item.Kind == trace.ItemLLM {
		rest = callNotes(&d.call)
	} else {
		rest = itemNotes(d.item)
	}
	return name, rest, paint
}

// TraceName is what an item is called: its event, else the task type of its call,
// else the text of its line.
func TraceName(i *trace.Item) string {
	c := i.Call()
	switch {
	case c.Class == data.ClassShadow:
		return "shadow of " + cmp.Or(data.BaseTaskType(c.TaskType), data.None)
	case c.TaskType != "":
		return c.TaskType
	case i.Event == "" && i.Raw != nil:
		return (*i.Raw)[:min(len(*i.Raw), 400)]
	}
	return cmp.Or(i.Event, string(i.Kind))
}

// tellingFields are those that say the most about what is no call, in this order.
var tellingFields = []string{
	"status", "from_state", "to_state", "capability_name", "step_name", "tool_name", "mode", "severity", "nudge_type", "title", "error", "reason", "message_text", "message",
}

// itemNotes are the first few of the fields that say what an item is about.
func itemNotes(i *trace.Item) string {
	const most = 3
	var parts []string
	payload := i.Payload()
	for _, key := range tellingFields {
		raw := i.Fields[key]
		if payload != nil {
			raw = payload[key]
		}
		if len(parts) == most {
			break
		}
		if text, ok := trace.Text(raw); ok && text != "" && len(raw) <= maxNote {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// maxNote is the length from which a value is no note.
const maxNote = 300

// callNotes is the model and tokens of a call.
func callNotes(c *trace.Call) string {
	var parts []string
	if c.Interrupted {
		parts = append(parts, "interrupted")
	}
	if c.TokensIn != nil || c.TokensOut != nil {
		parts = append(parts, format.OptIn(c.TokensIn, 5, format.CountIn)+"→"+format.OptIn(c.TokensOut, 5, format.CountIn))
	}
	if c.Model != "" {
		_, short, ok := strings.Cut(c.Model, "/")
		if !ok {
			short = c.Model
		}
		parts = append(parts, short)
	}
	return strings.Join(parts, " ")
}
