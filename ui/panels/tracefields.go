package panels

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// firstFields are those people look for first, in this order.
var firstFields = []string{"error", "exception", "reason", "message", "detail"}

// TraceFields draws what is known of the selected row in exactly h lines of
// exactly w cells, as far as there is room: what and when it was, then its fields.
func TraceFields(env *Env, r *TraceRows, row, w, h int) []string {
	w, h = max(w, 0), max(h, 0)
	if w < 4 || h == 0 {
		return line.Fit(nil, w, h)
	}
	i, g := r.Item(row), r.Gap(row)
	switch {
	case g != nil:
		s := env.Styles
		return line.Fit(env.statements([]statement{
			{"╌ lines missing in " + g.Source, s.Warning}, {env.period(g.From, g.To), s.Text},
			{format.Duration(g.To.Sub(g.From)), s.Faint}, {g.Reason, s.Text},
		}, w, h), w, h)
	case i == nil:
		return line.Fit(nil, w, h)
	}
	out := env.statements(env.itemHead(r, i), w, min(h, 2))
	if len(out) < h {
		f := newFlow(env, w, h-len(out))
		f.b.Space(1)
		f.indent = 1
		f.itemFields(i)
		out = append(out, f.lines()...)
	}
	return line.Fit(out, w, h)
}

// itemHead is what an item is and when it was.
func (e *Env) itemHead(r *TraceRows, i *trace.Item) []statement {
	s, call := e.Styles, i.Call()
	glyph, word, paint := e.itemSign(i, &call)
	out := []statement{{glyph + " " + word, paint}, {TraceName(i), s.Strong}}
	add := func(text string) { out = append(out, statement{text, s.Faint}) }
	add(i.Time.In(e.location()).Format("2006-01-02 15:04:05.000 MST"))
	add(offset(i.Time.Sub(r.axis.start)))
	if i.DurationMS != nil {
		from, to := i.Span()
		add("took " + format.Millis(to.Sub(from).Milliseconds()))
	}
	if wait := i.QueueWait(); wait > 0 {
		add("waited " + format.Millis(wait.Milliseconds()))
	}
	if i.CostUSD != nil {
		out = append(out, statement{e.money(i.CostUSD, 14), s.Money})
	}
	switch {
	case r.OnlyHere(i):
		out = append(out, statement{onlyHere, s.Warning})
	case i.Inferred:
		out = append(out, statement{inferred, s.Warning})
	case len(i.Matched) > 0:
		add("by " + strings.Join(i.Matched, ", "))
	}
	add("from " + i.Source)
	return out
}

// inferred says of an item that no id makes it part of the trace.
const inferred = "≈ inferred from time or task: no id says so"

// itemFields writes fields as key=value, those people look for first.
func (f *flow) itemFields(i *trace.Item) {
	if len(i.Fields) == 0 {
		if i.Raw != nil {
			f.write(f.env.Styles.Text, (*i.Raw)[:min(len(*i.Raw), f.budget())])
		}
		return
	}
	begun := false
	for _, key := range itemKeys(i) {
		if f.done {
			return
		}
		if string(i.Fields[key]) == "null" || shownElsewhere(key) {
			continue
		}
		value := f.short(key, i.Fields[key])
		name := cmp.Or(key, `""`) + "="
		if begun {
			name = "  " + name
		}
		begun = true
		f.write(f.env.Styles.Faint, name)
		if f.env.hides(key) || f.env.HideMoney && strings.Contains(value, "_usd") {
			value = hidden
		}
		f.write(fieldPaint(f.env.Styles, key), inline(value))
	}
}

// short is a value as far as there may be room for it; of a stack trace what it
// ends with, which says what went wrong.
func (f *flow) short(key string, value []byte) string {
	if key != "exception" {
		return string(value[:min(len(value), f.budget())])
	}
	tail := value[max(len(value)-f.budget(), 0):]
	lines := strings.Split(strings.TrimRight(unquote(string(tail)), "\r\n\" "), "\n")
	return lines[len(lines)-1]
}

// itemKeys are the names of an item's fields: those people look for first, and the
// ids, which are alike in most items, last.
func itemKeys(i *trace.Item) []string {
	keys := slices.Sorted(maps.Keys(i.Fields))
	slices.SortStableFunc(keys, func(a, b string) int { return rankOf(a) - rankOf(b) })
	return keys
}

func rankOf(key string) int {
	if i := slices.Index(firstFields, key); i >= 0 {
		return i
	}
	if key == "id" || strings.HasSuffix(key, "_id") {
		return len(firstFields) + 1
	}
	return len(firstFields)
}
