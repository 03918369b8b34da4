package views

import (
	"errors"
	"strings"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// BarKeys are the keys of a filter bar.
type BarKeys struct {
	Apply, Cancel, Complete, Older, Newer Binding // while a filter is being typed
	Choose, Close, Up, Down               Binding // while a saved one is being chosen
}

// NewBarKeys is the default key map of filter bars.
func NewBarKeys() BarKeys {
	return BarKeys{
		Apply:    NewBinding("filter.apply", GroupLines, "enter", "apply", "enter"),
		Cancel:   NewBinding("filter.cancel", GroupLines, "esc", "cancel", "esc"),
		Complete: NewBinding("filter.complete", GroupLines, "tab", "complete", "tab"),
		Older:    NewBinding("filter.older", GroupLines, "↑", "the one before", "up"),
		Newer:    NewBinding("filter.newer", GroupLines, "↓", "the one after", "down"),
		Choose:   NewBinding("saved.apply", GroupLines, "enter", "apply", "enter"),
		Close:    NewBinding("saved.close", GroupLines, "esc", "close", "esc"),
		Up:       NewBinding("move.up", GroupMove, "↑/k", "one up", "up", "k"),
		Down:     NewBinding("move.down", GroupMove, "↓/j", "one down", "down", "j"),
	}
}

// All lists the bindings, the most useful first.
func (k *BarKeys) All() []*Binding {
	return []*Binding{&k.Apply, &k.Cancel, &k.Complete, &k.Older, &k.Newer, &k.Choose, &k.Close, &k.Up, &k.Down}
}

// barMode says what a filter bar is doing.
type barMode int

const (
	barClosed barMode = iota
	barTyping
	barPicking // one of the saved filters
)

// barHint is what to say to somebody who has typed nothing that is wrong.
const barHint = `service:api level>=error -event:health_check /regex/ "text" ~fuzzy`

// FilterBar is where a filter is typed, in the language of package filter: the
// text with a cursor, below it what is wrong with it and where, or what it can
// be completed to. The bar holds the filter that was applied last.
type FilterBar struct {
	ctx   *Context
	keys  BarKeys
	label string
	mode  barMode

	filter *filter.Filter // applied
	text   string         // as it was typed

	prompt    prompt
	problem   *filter.Error
	insisted  bool // Enter was pressed all the same
	completed completion
	form      int // of completed: the one that Tab gives next
	known     known
	at        int    // in the history; its length is what is being typed
	draft     string // that

	pick list
}

// NewFilterBar is a bar without a filter; label stands before what is typed.
func NewFilterBar(ctx *Context, label string) FilterBar {
	b := FilterBar{ctx: ctx, keys: NewBarKeys(), label: label}
	ctx.Rebind(b.keys.All())
	return b
}

// Active tells that all keys are for the bar: something is being typed or chosen.
func (b *FilterBar) Active() bool { return b.mode != barClosed }

// Set applies a filter that was not typed.
func (b *FilterBar) Set(f *filter.Filter) { b.filter, b.text = f, f.String() }

// SetText applies a filter that was typed elsewhere. An error leaves what was there before.
func (b *FilterBar) SetText(text string) error {
	f, err := b.ctx.filters().parse(text)
	if err == nil {
		b.filter, b.text, b.mode = f, text, barClosed
	}
	return err
}

// Type lets the reader change the filter. What can be completed comes from the
// lines of a snapshot, which may be nil.
func (b *FilterBar) Type(s *data.Snapshot) tea.Cmd {
	text := b.text
	if text != "" {
		text += " " // what is typed now is one more term
	}
	b.mode, b.prompt = barTyping, newPrompt(text)
	b.at, b.draft, b.insisted = len(b.ctx.filters().history), text, false
	b.edited()
	if s == nil {
		return nil
	}
	return func() tea.Msg { return knownMsg{to: b, known: knownOf(s)} }
}

// Pick lets the reader choose one of the saved filters.
func (b *FilterBar) Pick() { b.mode, b.pick = barPicking, list{} }

// CanPick tells whether there are any.
func (b *FilterBar) CanPick() bool { return len(b.ctx.filters().names) > 0 }

// knownMsg brings what can be completed.
type knownMsg struct {
	Answer
	to    *FilterBar
	known known
}

// Bindings lists the keys that do something now.
func (b *FilterBar) Bindings() []Binding {
	k, typing, picking := &b.keys, b.mode == barTyping, b.mode == barPicking
	n := len(b.ctx.filters().names)
	setEnabled(typing, &k.Apply, &k.Cancel)
	k.Complete.SetEnabled(typing && len(b.completed.forms) > 0)
	k.Older.SetEnabled(typing && b.at > 0)
	k.Newer.SetEnabled(typing && b.at < len(b.ctx.filters().history))
	setEnabled(picking, &k.Choose, &k.Close)
	k.Up.SetEnabled(picking && b.pick.cursor > 0)
	k.Down.SetEnabled(picking && b.pick.cursor < n-1)
	return Enabled(k.All())
}

// Update handles a message while the bar is active, and the answer to its own
// command; applied tells that there is a new filter.
func (b *FilterBar) Update(msg tea.Msg) (applied bool) {
	switch msg := msg.(type) {
	case knownMsg:
		if msg.to == b {
			b.known = msg.known
			b.completed = b.known.complete(b.prompt.text, b.prompt.at, b.ctx.filters().names)
		}
	case tea.PasteMsg:
		if b.mode == barTyping && b.prompt.update(msg) {
			b.edited()
		}
	case tea.KeyPressMsg:
		b.Bindings() // enables what can be done now
		switch b.mode {
		case barTyping:
			return b.typed(msg)
		case barPicking:
			return b.picked(msg)
		}
	}
	return false
}

func (b *FilterBar) typed(press tea.KeyPressMsg) (applied bool) {
	switch k := &b.keys; {
	case key.Matches(press, k.Cancel.Binding):
		b.mode = barClosed
	case key.Matches(press, k.Apply.Binding):
		return b.apply(strings.TrimSpace(b.prompt.value()))
	case key.Matches(press, k.Complete.Binding):
		b.complete()
	case key.Matches(press, k.Older.Binding):
		b.recall(b.at - 1)
	case key.Matches(press, k.Newer.Binding):
		b.recall(b.at + 1)
	default:
		if b.prompt.update(press) {
			b.edited()
		}
	}
	return false
}

// edited looks at what stands in the prompt now.
func (b *FilterBar) edited() {
	b.insisted, b.problem = false, nil
	if _, err := b.ctx.filters().parse(b.prompt.value()); err != nil {
		errors.As(err, &b.problem)
	}
	b.completed, b.form = b.known.complete(b.prompt.text, b.prompt.at, b.ctx.filters().names), 0
}

func (b *FilterBar) apply(text string) bool {
	f, err := b.ctx.filters().parse(text)
	if err != nil {
		b.insisted = true
		return false
	}
	b.ctx.filters().remember(text)
	b.filter, b.text, b.mode = f, text, barClosed
	return true
}

// complete puts the next form in place of the word before the cursor.
func (b *FilterBar) complete() {
	c, form := b.completed, b.form
	b.prompt.remove(c.from, b.prompt.at)
	b.prompt.insert(c.forms[form])
	b.edited()
	if len(c.forms) > 1 { // pressing Tab again goes on to the next one
		b.completed, b.form = c, (form+1)%len(c.forms)
	}
}

// recall shows what was typed before.
func (b *FilterBar) recall(at int) {
	history := b.ctx.filters().history
	if b.at == len(history) {
		b.draft = b.prompt.value()
	}
	b.at = at
	text := b.draft
	if at < len(history) {
		text = history[at]
	}
	b.prompt = newPrompt(text)
	b.edited()
}

func (b *FilterBar) picked(press tea.KeyPressMsg) (applied bool) {
	names := b.ctx.filters().names
	switch k := &b.keys; {
	case key.Matches(press, k.Close.Binding):
		b.mode = barClosed
	case key.Matches(press, k.Up.Binding):
		b.pick.cursor--
	case key.Matches(press, k.Down.Binding):
		b.pick.cursor++
	case key.Matches(press, k.Choose.Binding):
		return b.apply("@" + filter.Quote(names[b.pick.cursor]))
	}
	return false
}

// Height is how many of at most room lines the bar takes.
func (b *FilterBar) Height(room int) int {
	const typing, most = 2, 9
	switch b.mode {
	case barTyping:
		return max(min(typing, room), 0)
	case barPicking:
		return max(min(len(b.ctx.filters().names)+1, most, room), 0)
	}
	return 0
}

// Lines draws the bar in exactly Height(room) lines of exactly w cells.
func (b *FilterBar) Lines(w, room int) []string {
	h := b.Height(room)
	var lines []string
	switch b.mode {
	case barTyping:
		lines = []string{b.promptLine(w), b.hintLine(w)}
	case barPicking:
		lines = b.pickLines(w, h)
	}
	return line.Fit(lines, w, h)
}

func (b *FilterBar) promptLine(w int) string {
	env := &b.ctx.Env
	room := w - len(b.label)
	if room <= 0 {
		return blanks(w)
	}
	return env.Styles.Key.String(b.label) + b.prompt.line(room, charset(env), env.Styles.Selected.String)
}

// hintLine says what is wrong, with a mark below the place, or else what the
// word can be completed to.
func (b *FilterBar) hintLine(w int) string {
	env := &b.ctx.Env
	l := line.New(w, charset(env))
	if forms := b.completed.forms; len(forms) > 0 && !b.insisted {
		l.To(len(b.label))
		for i := range forms {
			paint := env.Styles.Faint
			if i == 0 {
				paint = env.Styles.Accent
			}
			l.Text(paint, forms[(b.form+i)%len(forms)]).Space(2)
		}
		return l.String()
	}
	if b.problem == nil {
		l.To(len(b.label)).Text(env.Styles.Faint, barHint)
		return l.String()
	}
	paint, said := env.Styles.Warning, b.problem.Problem
	if b.insisted {
		paint = env.Styles.Bad
	}
	if b.problem.Hint != "" {
		said += ": " + b.problem.Hint
	}
	at := b.prompt.column(b.problem.Column-1, w-len(b.label))
	if at < 0 {
		l.Text(paint, b.problem.Error())
		return l.String()
	}
	at += len(b.label)
	switch n := utf8.RuneCountInString(said); {
	case at+2+n > w && at > n:
		l.To(at-n-1).Text(paint, said).Space(1).Glyphs(paint, "^")
	case at+2+n > w && at > w/2: // no room on either side: the longer one is as good as a line of its own
		l.Text(paint, b.problem.Error())
	default:
		l.To(at).Glyphs(paint, "^").Space(1).Text(paint, said)
	}
	return l.String()
}

func (b *FilterBar) pickLines(w, h int) []string {
	env, f := &b.ctx.Env, b.ctx.filters()
	head := line.New(w, charset(env))
	head.Text(env.Styles.Key, "saved filters")
	out := []string{head.String()}
	b.pick.moveTo(b.pick.cursor, len(f.names), h-1)
	for i := b.pick.offset; i < len(f.names) && len(out) < h; i++ {
		l := line.New(w, charset(env))
		l.Space(1).Left(env.Styles.Strong, f.names[i], min(20, w/3)).Space(1).Text(env.Styles.Text, f.texts[f.names[i]])
		row := l.String()
		if i == b.pick.cursor {
			row = highlight(env.Styles.Selected, row)
		}
		out = append(out, row)
	}
	return out
}
