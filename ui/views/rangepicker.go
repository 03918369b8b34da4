package views

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data/timerange"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// IDRange is the choice of a range of time.
const IDRange ID = "range"

// PickRange asks the shell to show a range of time.
type PickRange struct{ Range timerange.Range }

// Close asks the shell to take the overlay away in which it was pressed.
type Close struct{}

// offered are the ranges that can be chosen without typing.
var offered = []string{"1h", "3h", "6h", "12h", "24h", "2d", "7d", "14d", "30d", "today", "yesterday", "month"}

// RangePicker chooses a range of time: from those offered, from those chosen
// before, or by typing one. What is typed is read at every key.
type RangePicker struct {
	ctx     *Context
	keys    RangePickerKeys
	now     func() time.Time
	history []timerange.Range // the last one chosen first

	w, h   int
	prompt prompt
	typed  bool // the text is what Enter takes, not the list
	cursor int  // in the list
	top    int
}

// RangePickerKeys are the keys of the choice of a range.
type RangePickerKeys struct{ Choose, Up, Down, Edit, Cancel Binding }

// NewRangePickerKeys is the default key map.
func NewRangePickerKeys() RangePickerKeys {
	return RangePickerKeys{
		Choose: NewBinding("range.choose", GroupTime, "enter", "show it", "enter"),
		Up:     NewBinding("range.up", GroupTime, "↑", "the one above", "up", "ctrl+p"),
		Down:   NewBinding("range.down", GroupTime, "↓", "the one below", "down", "ctrl+n"),
		Edit:   NewBinding("range.edit", GroupTime, "tab", "edit it", "tab"),
		Cancel: NewBinding("range.cancel", GroupTime, "esc", "leave all as it is", "esc"),
	}
}

// All lists the bindings, the most useful first.
func (k *RangePickerKeys) All() []*Binding {
	return []*Binding{&k.Choose, &k.Edit, &k.Up, &k.Down, &k.Cancel}
}

// NewRangePicker opens on the range that is shown. now is the clock of the data,
// history what was chosen before, the last first.
func NewRangePicker(ctx *Context, shown timerange.Range, history []timerange.Range, now func() time.Time) *RangePicker {
	p := &RangePicker{ctx: ctx, keys: NewRangePickerKeys(), now: now, history: history}
	ctx.Rebind(p.keys.All())
	p.cursor = max(slices.Index(p.choices(), shown), 0)
	return p
}

// choices are what the list offers: ranges that were typed before, and the usual ones.
func (p *RangePicker) choices() []timerange.Range {
	var out []timerange.Range
	for _, text := range offered {
		if r, err := timerange.Parse(text, p.now(), p.ctx.location()); err == nil {
			out = append(out, r)
		}
	}
	for _, r := range p.history {
		if !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// name is what the list calls a range: as it was offered, or where it lies.
func (p *RangePicker) name(i int, r timerange.Range) string {
	if i < len(offered) {
		return offered[i]
	}
	return r.Label(p.now(), p.ctx.location())
}

// ID implements [View].
func (p *RangePicker) ID() ID { return IDRange }

// Title implements [View].
func (p *RangePicker) Title() string { return "Time range" }

// Uses implements [View].
func (p *RangePicker) Uses() Uses { return Uses{} }

// Capturing implements [View].
func (p *RangePicker) Capturing() bool { return true }

// SetData implements [View].
func (p *RangePicker) SetData(*Data) tea.Cmd { return nil }

// Resize implements [View].
func (p *RangePicker) Resize(w, h int) { p.w, p.h = w, h }

// Bindings implements [View].
func (p *RangePicker) Bindings() []Binding {
	n := len(p.choices())
	p.keys.Up.SetEnabled(p.typed || p.cursor > 0)
	p.keys.Down.SetEnabled(p.typed || p.cursor < n-1)
	p.keys.Edit.SetEnabled(!p.typed)
	return Enabled(p.keys.All())
}

// Update implements [View].
func (p *RangePicker) Update(msg tea.Msg) (Intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.pressed(msg), nil
	case tea.MouseClickMsg:
		return p.clicked(msg.Y), nil
	case tea.MouseWheelMsg:
		p.move(Wheel(msg), len(p.choices()))
	default:
		p.edit(msg)
	}
	return nil, nil
}

// clicked picks the range on a row of the picker. A range is no more than a key away
// from the one before, so one click is enough.
func (p *RangePicker) clicked(y int) Intent {
	choices, row := p.choices(), y-p.listTop()
	if i := p.top + row; row >= 0 && y < p.h-1 && i < len(choices) {
		return PickRange{choices[i]}
	}
	return nil
}

// listTop is the row on which the list begins: below the border, the prompt and what
// it means.
func (p *RangePicker) listTop() int { return 2 + readingLines }

func (p *RangePicker) pressed(press tea.KeyPressMsg) Intent {
	p.Bindings() // enables what can be done now
	choices := p.choices()
	p.cursor = min(p.cursor, len(choices)-1)
	switch k := &p.keys; {
	case key.Matches(press, k.Cancel.Binding):
		return Close{}
	case key.Matches(press, k.Choose.Binding):
		if !p.typed {
			return PickRange{choices[p.cursor]}
		}
		if r, err := p.read(); err == nil {
			return PickRange{r}
		}
	case key.Matches(press, k.Up.Binding):
		p.move(-1, len(choices))
	case key.Matches(press, k.Down.Binding):
		p.move(1, len(choices))
	case key.Matches(press, k.Edit.Binding):
		p.prompt, p.typed = newPrompt(p.editable(choices[p.cursor])), true
	default:
		p.edit(press)
	}
	return nil
}

// editable is a range as it can be typed in the zone of the session.
func (p *RangePicker) editable(r timerange.Range) string { return r.Text(p.ctx.location()) }

func (p *RangePicker) edit(msg tea.Msg) {
	if p.prompt.update(msg) {
		p.typed = len(p.prompt.text) > 0
	}
}

// move goes through the list; from the text it goes back to where it was.
func (p *RangePicker) move(by, n int) {
	if p.typed {
		p.typed = false
		return
	}
	p.cursor = min(max(p.cursor+by, 0), n-1)
}

func (p *RangePicker) read() (timerange.Range, error) {
	return timerange.Parse(p.prompt.value(), p.now(), p.ctx.location())
}

// Lines implements [View].
func (p *RangePicker) Lines() []string {
	env, w, h := &p.ctx.Env, max(p.w-2, 0), max(p.h-2, 0)
	lines := append([]string{p.drawPrompt(w)}, p.drawReading(w)...)
	lines = append(lines, p.drawList(w, h-len(lines))...)
	return panels.Box(env, p.Title(), "UTC days, "+p.ctx.location().String()+" clocks", true, p.w, p.h, line.Fit(lines, w, h))
}

func (p *RangePicker) drawPrompt(w int) string {
	styles, set := p.ctx.Env.Styles, charset(&p.ctx.Env)
	const label = " › "
	b := line.New(w, set)
	return b.Text(styles.Key, label).Painted(p.prompt.line(w-len([]rune(label)), set, styles.Selected.String), w-3).String()
}

// Size of a picker that shows all it has to say.
const (
	RangePickerW = 84
	RangePickerH = 20
)

// readingLines is the room for what the text means, or what is wrong with it.
const readingLines = 2

func (p *RangePicker) drawReading(w int) []string {
	styles, set := p.ctx.Env.Styles, charset(&p.ctx.Env)
	text, paint := "type a range: "+timerange.Forms, styles.Faint
	if p.typed {
		if r, err := p.read(); err != nil {
			text, paint = "✗ "+err.Error(), styles.Bad
		} else {
			text, paint = "✓ "+p.describe(r), styles.Good
		}
	}
	out := make([]string, readingLines)
	said := Paragraph(text, w-2, set)
	for i := range out {
		b := line.New(w, set)
		if i < len(said) {
			b.Space(1).Text(paint, said[i])
		}
		out[i] = b.String()
	}
	return out
}

// describe is a range in words: where it lies, how long it is, whether it moves on.
func (p *RangePicker) describe(r timerange.Range) string {
	now, loc := p.now(), p.ctx.location()
	w := r.Window(now)
	to := "now"
	if !r.Live() {
		to = format.Stamp(w.To, now, loc)
	}
	text := format.Stamp(w.From, now, loc) + " – " + to + " · " + r.Length(now)
	if r.Past(now) {
		return text + " · past"
	}
	return text + " · live"
}

func (p *RangePicker) drawList(w, h int) []string {
	styles, set, choices := p.ctx.Env.Styles, charset(&p.ctx.Env), p.choices()
	p.top = min(max(p.top, p.cursor-h+1), max(p.cursor, 0))
	lines := make([]string, 0, max(h, 0))
	for i := p.top; i < len(choices) && len(lines) < h; i++ {
		b := line.New(w, set)
		mark, paint := "  ", styles.Text
		if i == p.cursor && !p.typed {
			mark, paint = "› ", styles.Accent
		}
		b.Space(1).Text(paint, mark)
		b.Left(paint, p.name(i, choices[i]), 30).Space(1).Text(styles.Faint, p.describe(choices[i]))
		lines = append(lines, b.String())
	}
	return lines
}
