package panels

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// DetailLines is the most lines a detail has. What lies beyond is not looked
// at, and the last line says how much that is.
const DetailLines = 2000

// detail writes labelled values below one another.
type detail struct {
	*flow
	s      *themes.Styles
	labelW int
}

func newDetail(env *Env, w int) *detail {
	d := &detail{flow: newFlow(env, w, DetailLines), s: env.Styles, labelW: 20}
	if w < 60 {
		d.labelW = max(w/3, 1)
	}
	return d
}

// item writes a label and its value, whose lines stay in their column.
func (d *detail) item(label string, p themes.Paint, value string) {
	if d.done {
		return
	}
	d.label(label)
	d.text(p, value, d.labelW)
	d.newline()
}

func (d *detail) label(label string) { d.b.Left(d.s.Faint, label, d.labelW-1).To(d.labelW) }

// section writes a caption with a blank line above it.
func (d *detail) section(caption string) {
	if d.done {
		return
	}
	if len(d.out) > 0 {
		d.newline()
	}
	d.b.Text(d.s.Title, caption)
	d.newline()
}

// end is the lines written.
func (d *detail) end() []string {
	if len(d.out) == 0 {
		return d.lines()
	}
	if d.done && len(d.out) < d.most {
		b := d.env.line(d.w)
		b.Text(d.s.Warning, "… too long to show in full: "+strconv.Itoa(d.most)+" lines are shown")
		d.out = append(d.out, b.String())
	}
	return d.out
}

// LogDetail draws all there is about one log line, in lines of exactly w cells,
// which the caller scrolls: its columns, stack traces, every field with the nested
// ones as a tree, the labels of its stream, and the line as it came.
func LogDetail(env *Env, l *data.LogLine, w int) []string {
	return LogDetailWith(env, l, LineStacks(l), StackMode{}, w)
}

// LogDetailWith is [LogDetail] with stack traces, read before, shown as mode says.
func LogDetailWith(env *Env, l *data.LogLine, stacks []LineStack, mode StackMode, w int) []string {
	if w <= 0 {
		return nil
	}
	d := newDetail(env, w)
	d.times(l)
	if l.Level != "" {
		glyph, _ := levelSign(l.Level)
		d.item("level", d.s.Level(l.Level), glyph+" "+l.Level)
	}
	if l.Service != "" {
		d.item("service", d.s.Text, l.Service)
	}
	if l.JSON {
		d.item("event", d.s.Strong, cmp.Or(l.Event, "–"))
		for i := range stacks {
			d.section(stacks[i].Key + statusSep + stacks[i].counted())
			d.stack(&stacks[i], mode, 0)
		}
		d.logFields(l.Raw, stacks)
	} else {
		d.section("text (not JSON)")
		d.text(d.s.Text, l.Raw, 0)
		d.newline()
	}
	if len(l.Labels) > 0 {
		d.section("labels")
		for _, k := range slices.Sorted(maps.Keys(l.Labels)) {
			d.item(k, d.s.Text, l.Labels[k])
		}
	}
	if l.JSON {
		d.section("raw")
		d.indent = 0
		if d.env.HideMoney && strings.Contains(l.Raw, "_usd") {
			d.write(d.s.Faint, "hidden together with the amounts in it")
		} else {
			d.write(d.s.Faint, l.Raw)
		}
		d.newline()
	}
	return d.end()
}

// times writes when the line was logged and when it was received.
func (d *detail) times(l *data.LogLine) {
	d.item("time", d.s.Text, d.stamp(l.Time))
	if !l.Transport.IsZero() && !l.Transport.Equal(l.Time) {
		note := ""
		if lag := l.Transport.Sub(l.Time); lag >= time.Millisecond {
			note = "  (" + format.Millis(lag.Milliseconds()) + " later)"
		}
		d.item("received", d.s.Faint, d.stamp(l.Transport)+note)
	}
	if l.Late {
		d.item("late", d.s.Warning, "it arrived after younger lines had been shown")
	}
}

func (d *detail) stamp(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.In(d.env.location()).Format("2006-01-02 15:04:05.000000 MST")
}

// logFields writes the fields of a JSON line but for the stack traces; texts of
// many lines come last, each below a caption of its own.
func (d *detail) logFields(raw string, stacks []LineStack) {
	d.indent = 0
	d.section("fields")
	type long struct{ key, text string }
	var texts []long
	for it := newFields(raw); !d.done; {
		key, value, ok := it.next()
		if !ok {
			break
		}
		if shownElsewhere(key) || isStack(stacks, key) {
			continue
		}
		switch {
		case d.env.hides(key):
			d.item(key, d.s.Faint, hidden)
		case strings.HasPrefix(value, "{") || strings.HasPrefix(value, "["):
			d.label(key)
			d.tree(value)
		case strings.HasPrefix(value, `"`):
			text := unquote(value)
			if strings.Contains(text, "\n") || key == "exception" || key == "stack" {
				texts = append(texts, long{key, text})
				continue
			}
			d.item(key, fieldPaint(d.s, key), text)
		default:
			d.item(key, d.s.Accent, value)
		}
	}
	for _, t := range texts {
		d.section(t.key)
		d.text(d.s.Text, t.text, 0)
		d.newline()
	}
}

// InvocationDetail draws all there is about one row of invocation_log, in lines
// of exactly w cells.
func InvocationDetail(env *Env, r *data.InvocationRow, w int) []string {
	if w <= 0 {
		return nil
	}
	d := newDetail(env, w)
	d.item("id", d.s.Strong, cmp.Or(r.ID, "–"))
	d.item("time", d.s.Text, d.stamp(r.Time))
	d.item("task type", d.s.Text, cmp.Or(r.TaskType, data.None))
	d.item("class", d.s.Text, r.Class.String())
	d.optional("task id", r.TaskID)
	d.optional("model", r.ModelActual)
	d.optional("model alias", r.ModelAlias)
	number := func(label string, n *int64, f func(int64) string) {
		p := d.s.Text
		if n == nil {
			p = d.s.Faint
		}
		d.item(label, p, format.Opt(n, f))
	}
	number("latency", r.LatencyMS, func(ms int64) string {
		if ms < 1000 {
			return format.Millis(ms)
		}
		return format.Millis(ms) + "  (" + format.Int(ms) + " ms)"
	})
	number("tokens in", r.TokensIn, format.Int)
	number("tokens out", r.TokensOut, format.Int)
	d.item("cost", env.moneyPaint(r.CostUSD), exactMoney(env, r.CostUSD))
	d.flag("interrupted", r.Interrupted, d.s.Bad)
	d.flag("overflow escalated", r.OverflowEscalated, d.s.Warning)
	d.optional("user id", r.UserID)
	number("escalation request", r.EscalationRequestID, format.Int)
	return d.end()
}

// exactMoney is an amount with all its digits.
func exactMoney(env *Env, usd *float64) string {
	if usd == nil || env.HideMoney {
		return env.money(usd, 40)
	}
	return format.Money(*usd) + "  (" + strconv.FormatFloat(*usd, 'f', -1, 64) + " USD)"
}

func (d *detail) optional(label string, s *string) {
	if s == nil {
		d.item(label, d.s.Faint, format.Missing)
		return
	}
	d.item(label, d.s.Text, cmp.Or(*s, `""`))
}

func (d *detail) flag(label string, on bool, p themes.Paint) {
	if on {
		d.item(label, p, "! yes")
		return
	}
	d.item(label, d.s.Faint, "no")
}
