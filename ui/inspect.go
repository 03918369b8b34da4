package ui

import (
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/inspect"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/views"
)

// idInspect names the text about a panel.
const idInspect views.ID = "inspect"

// InspectKeys are the keys of the text about a panel, beside those of all texts.
type InspectKeys struct{ Copy views.Binding }

// NewInspectKeys is the default key map.
func NewInspectKeys() InspectKeys {
	return InspectKeys{Copy: views.NewBinding("inspect.copy", views.GroupPanel, "y", "copy the command", "y")}
}

// All lists the bindings.
func (k *InspectKeys) All() []*views.Binding { return []*views.Binding{&k.Copy} }

// inspector is the text about a panel: what its figures mean, what they are made
// from, and a command that gives its headline number.
type inspector struct {
	*views.Detail
	keys    InspectKeys
	command func() string
}

// openInspector shows what there is to say about the panel that has the focus.
func (m *Model) openInspector() tea.Cmd {
	id, title := m.focusedPanel()
	about := m.router.top()
	report := func() inspect.Report { return m.report(about, id) }
	v := &inspector{keys: NewInspectKeys(), command: func() string { return report().Command }}
	m.ctx.Rebind(v.keys.All())
	v.Detail = views.NewText(m.ctx, idInspect, title, func(env *panels.Env, w int) []string {
		t := inspection{m: m, env: env, w: w}
		return t.draw(report())
	})
	return m.lay(overlay{View: v})
}

// report says what there is to say about a panel of a view as it is on the screen:
// of what passes the filter, if it has one.
func (m *Model) report(v views.View, id string) inspect.Report {
	narrowing, _ := v.(views.Narrowing)
	if _, ok := v.(*views.Logs); ok {
		chosen, _ := narrowing.Narrowed()
		return inspect.OfLines(chosen, m.inspectTarget())
	}
	s, f, window, target := m.feed.figured, m.feed.figures, m.span.shown.Key(), m.inspectTarget()
	if narrowing != nil {
		if chosen, ok := narrowing.Narrowed(); ok {
			r, _ := inspect.OfChosen(id, s, f, window, target, chosen)
			return r
		}
	}
	r, _ := inspect.Of(id, s, f, window, target)
	return r
}

// focusedPanel is the panel that has the focus; "" if there is none.
func (m *Model) focusedPanel() (id, title string) {
	if v, ok := m.router.top().(views.Inspecting); ok {
		return v.Focused()
	}
	return "", ""
}

// inspectTarget is what commands ask: the database that is shown.
func (m *Model) inspectTarget() inspect.Target {
	t := m.options.Target
	if s := m.feed.shown(); t.DB == "" && s.DB != nil {
		t.DB = s.DB.Path
	}
	return t
}

// Bindings implements [views.View].
func (v *inspector) Bindings() []views.Binding {
	v.keys.Copy.SetEnabled(v.command() != "")
	return append(views.Enabled(v.keys.All()), v.Detail.Bindings()...)
}

// Subject implements [views.Selecting].
func (v *inspector) Subject() views.Subject { return views.Subject{Text: v.command()} }

// Update implements [views.View].
func (v *inspector) Update(msg tea.Msg) (views.Intent, tea.Cmd) {
	if press, ok := msg.(tea.KeyPressMsg); ok && key.Matches(press, v.keys.Copy.Binding) {
		return do(func(m *Model) tea.Cmd { return m.copy(v.command()) }), nil
	}
	return v.Detail.Update(msg)
}

// inspection writes the text.
type inspection struct {
	m   *Model
	env *panels.Env
	w   int
	out []string
}

func (t *inspection) draw(r inspect.Report) []string {
	first := min(len(r.Definitions), 1)
	if t.define(r.Definitions[:first]); first > 0 {
		t.gap()
	}
	if r.Headline != "" {
		t.fact("headline", r.Headline+": "+t.value(r))
		if !r.Window.To.IsZero() {
			t.fact("of", t.stretch(r.Window))
		}
	}
	t.fact("unit", r.Unit)
	t.fact("made from", strings.Join(r.Sources, ", "))
	if r.Rows != nil {
		t.fact("rows behind it", format.Int(*r.Rows)+" "+r.RowsOf)
	}
	if f := t.m.feed.figures; f != nil {
		t.fact("as of", format.Stamp(f.At, t.m.options.Clock.Now(), t.m.options.Location)+" ("+format.Age(t.m.clockOfData().Sub(f.At))+")")
	}
	for _, o := range sources(t.m.feed.shown()) {
		t.fact(o.name, strings.TrimSpace(o.word()+o.age(t.m.clockOfData())))
	}
	t.gap()
	t.commandOf(r)
	if rest := r.Definitions[first:]; len(rest) > 0 {
		t.gap()
		t.say(t.env.Styles.Title, 1, "What else the panel shows")
		t.define(rest)
	}
	return t.out
}

// define writes what figures mean.
func (t *inspection) define(definitions []inspect.Definition) {
	s := t.env.Styles
	for _, d := range definitions {
		t.say(s.Strong, 1, strings.Join(d.Keys, ", "))
		t.say(s.Text, 3, d.Text)
	}
}

// commandOf shows the command and what to mind, or why there is none.
func (t *inspection) commandOf(r inspect.Report) {
	s := t.env.Styles
	if r.Command == "" {
		t.say(s.Faint, 1, "No single command gives this number: "+r.Why+".")
		return
	}
	t.say(s.Title, 1, "The same number without donnatop")
	t.say(s.Accent, 3, r.Command)
	t.gap()
	if strings.HasPrefix(r.Command, "sqlite3") {
		t.say(s.Faint, 1, "Run it as the user Donna runs as, while she runs: SQLite may leave files beside the database that another user's Donna can't write.")
	} else {
		t.say(s.Faint, 1, "Loki counts by when a line arrived, donnatop by the time in it; credentials are taken from LOKI_USERNAME and the like.")
	}
}

// value is the headline number, unless it is an amount nobody should see.
func (t *inspection) value(r inspect.Report) string {
	switch {
	case r.Value == nil:
		return "not known"
	case r.Unit == inspect.UnitUSD && t.env.HideMoney:
		return "hidden"
	case r.Unit == inspect.UnitUSD:
		return "$" + strconv.FormatFloat(*r.Value, 'f', 6, 64)
	}
	return format.Int(int64(*r.Value + 0.5))
}

func (t *inspection) stretch(w data.Window) string {
	now, loc := t.m.clockOfData(), t.m.options.Location
	if w.From.IsZero() {
		return "everything up to " + format.Stamp(w.To, now, loc)
	}
	return format.Stamp(w.From, now, loc) + " – " + format.Stamp(w.To, now, loc)
}

// factW is the width of the labels of facts.
const factW = 16

func (t *inspection) fact(label, text string) {
	s, set := t.env.Styles, safe.Charset(t.env.ASCII)
	for i, l := range views.Paragraph(text, t.w-factW-2, set) {
		b := line.New(t.w, set)
		if i > 0 {
			label = ""
		}
		b.Space(1).Left(s.Faint, label, factW).Text(s.Text, l)
		t.out = append(t.out, b.String())
	}
}

// say writes a paragraph.
func (t *inspection) say(p themes.Paint, indent int, text string) {
	set := safe.Charset(t.env.ASCII)
	for _, l := range views.Paragraph(text, t.w-indent-1, set) {
		b := line.New(t.w, set)
		t.out = append(t.out, b.Space(indent).Text(p, l).String())
	}
}

func (t *inspection) gap() { t.out = append(t.out, line.Blank(t.w)) }
