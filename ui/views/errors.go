package views

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// ErrorsKeys are the keys the Errors view has beside those of a board.
type ErrorsKeys struct {
	Filter, Saved, Level, Clear, Add, Order Binding
}

// NewErrorsKeys is the default key map of the Errors view.
func NewErrorsKeys() ErrorsKeys {
	return ErrorsKeys{
		Filter: NewBinding("lines.filter", GroupLines, "/", "filter", "/"),
		Saved:  NewBinding("lines.saved", GroupLines, "F", "saved filters", "F"),
		Level:  NewBinding("lines.level", GroupLines, "v", "level", "v"),
		Clear:  NewBinding("lines.clear", GroupLines, "esc", "clear filter", "esc"),
		Add:    NewBinding("filter.add", GroupLines, "enter", "add to filter", "enter"),
		Order:  NewBinding("lines.order", GroupLines, "s", "sort lines", "s"),
	}
}

// All lists the bindings, the most useful first.
func (k *ErrorsKeys) All() []*Binding {
	return []*Binding{&k.Add, &k.Clear, &k.Filter, &k.Level, &k.Order, &k.Saved}
}

// lineOrder is what the table of lines is sorted by; within it the newest come first.
type lineOrder int

const (
	newestLines lineOrder = iota
	worstLines
	linesByService
	linesByEvent
	lineOrders
)

func (o lineOrder) String() string {
	return [...]string{"newest first", "worst first", "by service", "by event"}[o]
}

// maxErrorLines is how many lines the table has at most: a filter leads to the rest.
const maxErrorLines = 1000

// Errors is the Errors view: a board whose panels show, once there is a filter,
// what passes it. All lines of the last day are counted as they come; of a filter
// only those in memory can be, and the panels say so.
type Errors struct {
	*Board
	keys ErrorsKeys
	bar  FilterBar
	w, h int

	order  lineOrder
	given  *Data // what the view was given
	chosen matcher
	past   *data.Window  // the range shown, if it has ended
	merged *data.Figures // of given, with the figures of the lines that pass
	of     [2]any        // what merged was made of
}

// errorsFound is what is made of the lines that pass.
type errorsFound struct {
	rows   *panels.LineRows
	errors *data.Errors // nil without a filter
	from   time.Time    // of the oldest line in memory
	since  string
	window data.Window // of what errors are counted in
	whole  bool        // all that is shown of is in memory
	gone   bool        // nothing of it is
}

// NewErrors is the Errors view.
func NewErrors(ctx *Context) *Errors {
	v := &Errors{keys: NewErrorsKeys(), bar: NewFilterBar(ctx, "filter: "), given: &Data{}}
	v.Board = newBoard(ctx, boardSpec{
		id: IDErrors, title: "Errors", uses: Uses{Window: true},
		panels: panels.Errors(), layouts: &errorsLayouts, opens: v.opens(),
	})
	ctx.Rebind(v.keys.All())
	v.extend = v.extendInput
	faults, location := &data.Faults{}, ctx.location()
	v.chosen.derive = func(s *data.Snapshot, m *matches) any { return findErrors(s, m, faults, location) }
	v.chosen.choice = v.choice()
	return v
}

func (v *Errors) choice() *choice {
	c := &choice{filter: v.bar.filter, only: data.IsTrouble, order: v.order, past: v.past}
	if past := v.past; past != nil {
		c.only = func(e *logline.Entry) bool {
			return data.IsTrouble(e) && !e.Time.Before(past.From) && !e.Time.After(past.To)
		}
	}
	return c
}

// findErrors makes rows and figures of the lines found. It is called by one
// command at a time.
func findErrors(s *data.Snapshot, m *matches, faults *data.Faults, loc *time.Location) any {
	from := s.At
	if s.Logs.Len() > 0 {
		from = s.Logs.At(0).Time
	}
	const day = 24 * time.Hour // that figures of errors are of
	w := data.Window{From: s.At.Add(-day), To: s.At}
	if m.choice.past != nil {
		w = *m.choice.past
	}
	out := errorsFound{from: from, since: "since " + strings.TrimSuffix(format.Stamp(from.Truncate(time.Minute), s.At, loc), ":00")}
	out.window = data.Window{From: w.From, To: w.To}
	if from.After(w.From) {
		out.window.From = from
	}
	out.whole, out.gone = !from.After(w.From), from.After(w.To)
	out.rows = &panels.LineRows{
		Lines: m.choice.order.first(m.someLines, maxErrorLines), Of: m.Len(), Order: m.choice.order.String(), Since: out.since, Gone: out.gone,
	}
	switch {
	case m.choice.filter.Empty():
	case out.gone:
		out.errors = &data.Errors{}
	default:
		out.errors = faults.Errors(m.someLines, w, from)
	}
	return out
}

// first are the first n lines in the order.
func (o lineOrder) first(lines someLines, n int) []*data.LogLine {
	if o == newestLines {
		return newestFirst(lines, n)
	}
	out := newestFirst(lines, len(lines))
	slices.SortStableFunc(out, func(a, b *data.LogLine) int {
		switch o {
		case worstLines:
			return slices.Index(levelNames, b.Level) - slices.Index(levelNames, a.Level)
		case linesByService:
			return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.Component, b.Component))
		}
		return cmp.Compare(a.Event, b.Event)
	})
	return out[:min(len(out), n)]
}

// opens shows what is behind the rows of the view's lists.
func (v *Errors) opens() map[string]func(*Context, *panels.Input, int) View {
	return map[string]func(*Context, *panels.Input, int) View{
		"error_groups": func(c *Context, in *panels.Input, i int) View {
			if in.Figures == nil || in.Figures.Errors == nil || i >= len(in.Figures.Errors.Groups) {
				return nil
			}
			return openGroup(c, in.Figures.At, &in.Figures.Errors.Groups[i], v.bar.filter)
		},
		"error_lines": func(c *Context, in *panels.Input, i int) View {
			if in.Lines == nil || i >= len(in.Lines.Lines) {
				return nil
			}
			return NewLine(c, in.Lines.Lines[i])
		},
	}
}

// openGroup shows those lines of a group that pass a filter, as they come; nil if
// they can't be told from others.
func openGroup(c *Context, now time.Time, g *data.ErrorGroup, f *filter.Filter) View {
	if g.Fingerprint == data.Other {
		return nil
	}
	var about []string
	for _, s := range []*string{g.ExceptionType, g.Frame} {
		if s != nil {
			about = append(about, *s)
		}
	}
	about = append(about, fmt.Sprintf("%s, the first %s ago, the last %s ago", plural(int(g.Count), "line"), format.Age(now.Sub(g.First)), format.Age(now.Sub(g.Last))))
	base := mustParse("fingerprint=" + filter.Quote(g.Fingerprint))
	return NewLines(c, titled("Error group", g.Event), strings.Join(about, " · "), filter.And(base, f))
}

// extendInput gives panels the lines that pass, and says what figures are of.
func (v *Errors) extendInput(in *panels.Input) {
	found, _ := v.chosen.derived.(errorsFound)
	in.Lines = found.rows
	if v.bar.filter.Empty() {
		return
	}
	in.Chosen = panels.Chosen{Note: "looking", Filter: v.bar.filter, From: found.from}
	switch {
	case !v.chosen.current():
	case found.gone:
		in.Chosen.Note = "filtered, not in memory"
	case found.whole && v.past != nil:
		in.Chosen.Note = "range, filtered"
	case found.whole:
		in.Chosen.Note = "24h, filtered"
	default:
		in.Chosen.Note = "filtered, " + found.since
	}
}

// SetData implements [View].
func (v *Errors) SetData(d *Data) tea.Cmd {
	v.given = d
	cmd := v.lookAt(d.Moment)
	return tea.Batch(cmd, v.merge(), v.chosen.setSnapshot(d.Snapshot))
}

// lookAt shows a range that has ended, or what is now.
func (v *Errors) lookAt(past *data.Window) tea.Cmd {
	if (past == nil) == (v.past == nil) && (past == nil || past.From.Equal(v.past.From) && past.To.Equal(v.past.To)) {
		return nil
	}
	v.past = past
	return v.chosen.choose(*v.choice())
}

// merge shows the figures of the lines that pass in place of those of all. Those
// that were there before stay until the lines have been found.
func (v *Errors) merge() tea.Cmd {
	d := *v.given
	found, _ := v.chosen.derived.(errorsFound)
	switch of := [2]any{d.Figures, found.errors}; {
	case v.bar.filter.Empty():
		v.merged = nil
	case v.chosen.current() && found.errors != nil && d.Figures != nil && (v.merged == nil || v.of != of):
		v.merged, v.of = withErrors(d.Figures, found.errors), of
	}
	if v.merged != nil {
		d.Figures = v.merged
	}
	return v.Board.SetData(&d)
}

// withErrors are the figures with those of other lines, which have no counts by
// window.
func withErrors(f *data.Figures, errors *data.Errors) *data.Figures {
	out := *f
	chosen := *errors
	out.Errors = &chosen
	if f.Errors != nil {
		out.Errors.Counts = f.Errors.Counts
	}
	return &out
}

// refilter shows what the reader wants to see now.
func (v *Errors) refilter() tea.Cmd {
	cmd := v.chosen.choose(*v.choice())
	v.place()
	return tea.Batch(cmd, v.merge())
}

// SetFilter implements [Filtering].
func (v *Errors) SetFilter(text string) (tea.Cmd, error) {
	if err := v.bar.SetText(text); err != nil {
		return nil, err
	}
	return v.refilter(), nil
}

// State implements [Stateful].
func (v *Errors) State() map[string]string {
	s := v.Board.State()
	v.bar.keep(s)
	return s
}

// Restore implements [Stateful].
func (v *Errors) Restore(s map[string]string) tea.Cmd {
	v.bar.restore(s)
	return tea.Batch(v.Board.Restore(s), v.refilter())
}

// Capturing implements [View].
func (v *Errors) Capturing() bool { return v.bar.mode == barTyping }

// Resize implements [View].
func (v *Errors) Resize(w, h int) {
	v.w, v.h = w, h
	v.place()
}

// place gives the board what the bar leaves.
func (v *Errors) place() { v.Board.Resize(v.w, max(v.h-v.barHeight(), 0)) }

func (v *Errors) barHeight() int {
	if v.bar.Active() {
		return v.bar.Height(v.h - 4)
	}
	if v.bar.filter.Empty() || v.h < 6 {
		return 0
	}
	return 1
}

// Bindings implements [View].
func (v *Errors) Bindings() []Binding {
	if v.bar.Active() {
		return v.bar.Bindings()
	}
	k := &v.keys
	filtered := !v.bar.filter.Empty()
	k.Saved.SetEnabled(v.bar.CanPick())
	k.Clear.SetEnabled(filtered && v.mode == gridMode)
	k.Add.SetEnabled(v.facet() != nil)
	k.Order.SetEnabled(v.shows([]string{"error_lines"}))
	own := Enabled(k.All())
	for _, b := range v.Board.Bindings() {
		if !k.Add.Enabled() || b.Action != v.Board.keys.Open.Action { // Enter adds the facet
			own = append(own, b)
		}
	}
	return own
}

// facet is the filter for the selected facet; nil if there is none.
func (v *Errors) facet() *filter.Filter {
	in := v.input()
	if v.panels[v.focus].ID != "error_facets" || in.Figures == nil {
		return nil
	}
	facets := panels.ErrorFacets(in.Figures)
	i := v.lists[v.focus].cursor
	if i >= len(facets) || facets[i].Value == data.Other {
		return nil
	}
	value := filter.Quote(facets[i].Value)
	if facets[i].Value == data.None {
		value = `""`
	}
	f, err := filter.Parse(facets[i].Field + "=" + value)
	if err != nil {
		return nil
	}
	return f
}

// Update implements [View].
func (v *Errors) Update(msg tea.Msg) (Intent, tea.Cmd) {
	switch msg := msg.(type) {
	case matchedMsg:
		ok, next := v.chosen.got(msg)
		if ok {
			next = tea.Batch(next, v.merge())
			v.followRows()
		}
		return nil, next
	case tea.KeyPressMsg:
		if v.bar.Active() {
			return nil, v.typed(msg)
		}
		v.Bindings() // enables what can be done now
		if cmd, ok := v.narrowed(msg); ok {
			return nil, cmd
		}
		return v.Board.Update(msg)
	case tea.MouseClickMsg:
		msg.Y -= v.barHeight()
		return v.Board.Update(msg)
	case tea.MouseWheelMsg:
		msg.Y -= v.barHeight()
		return v.Board.Update(msg)
	}
	v.bar.Update(msg)
	return nil, nil
}

func (v *Errors) typed(press tea.KeyPressMsg) tea.Cmd {
	applied := v.bar.Update(press)
	v.place()
	if applied {
		return v.refilter()
	}
	return nil
}

// narrowed handles a key that changes which lines are to be seen.
func (v *Errors) narrowed(press tea.KeyPressMsg) (cmd tea.Cmd, ok bool) {
	switch k := &v.keys; {
	case key.Matches(press, k.Filter.Binding):
		cmd = v.bar.Type(v.given.Snapshot)
		v.place()
		return cmd, true
	case key.Matches(press, k.Saved.Binding):
		v.bar.Pick()
		v.place()
		return nil, true
	case key.Matches(press, k.Level.Binding):
		v.bar.Set(nextFloor(v.bar.filter))
	case key.Matches(press, k.Clear.Binding):
		v.bar.Set(nil)
	case key.Matches(press, k.Add.Binding):
		v.bar.Set(filter.And(v.bar.filter, v.facet()))
	case key.Matches(press, k.Order.Binding):
		v.order = (v.order + 1) % lineOrders
	default:
		return nil, false
	}
	return v.refilter(), true
}

// Lines implements [View].
func (v *Errors) Lines() []string {
	var bar []string
	switch h := v.barHeight(); {
	case v.bar.Active():
		bar = v.bar.Lines(v.w, v.h-4)
	case h > 0:
		bar = []string{v.filterLine()}
	}
	return append(bar, v.Board.Lines()...)
}

// filterLine says what is filtered by and how much passes.
func (v *Errors) filterLine() string {
	env := &v.ctx.Env
	b := line.New(v.w, charset(env))
	b.Text(env.Styles.Key, v.bar.label).Text(env.Styles.Text, v.bar.text).Space(2)
	said := "looking"
	if v.chosen.current() {
		found, _ := v.chosen.derived.(errorsFound)
		said = fmt.Sprintf("%s in memory, %s", plural(v.chosen.found.Len(), "line"), found.since)
	}
	b.Text(env.Styles.Faint, said)
	return b.String()
}
