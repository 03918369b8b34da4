package ui

import (
	"fmt"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/views"
)

// PaletteKeys are the keys of the command palette; all others are typed.
type PaletteKeys struct{ Up, Down, Complete, Run, Cancel views.Binding }

// NewPaletteKeys is the default key map of the palette.
func NewPaletteKeys() PaletteKeys {
	return PaletteKeys{
		Up:       views.NewBinding("palette.up", views.GroupMove, "↑", "up", "up", "ctrl+p"),
		Down:     views.NewBinding("palette.down", views.GroupMove, "↓", "down", "down", "ctrl+n"),
		Complete: views.NewBinding("palette.complete", views.GroupScreen, "tab", "complete", "tab"),
		Run:      views.NewBinding("palette.run", views.GroupScreen, "enter", "do it", "enter"),
		Cancel:   views.NewBinding("palette.cancel", views.GroupScreen, "esc", "close", "esc"),
	}
}

// All lists the bindings, the most useful first.
func (k *PaletteKeys) All() []*views.Binding {
	return []*views.Binding{&k.Run, &k.Cancel, &k.Complete, &k.Down, &k.Up}
}

// Size of the palette where there is room.
const (
	paletteW     = 80
	paletteH     = 16
	paletteTextW = 30
)

// commandPalette is the line in which commands are typed, and what they may mean.
type commandPalette struct {
	ctx      *views.Context
	keys     PaletteKeys
	prompt   views.Prompt
	commands []command
	typed    func(verb, arg string) (command, bool)
	problem  string // what is wrong with what was typed

	found          []found
	cursor, offset int
	w, h           int
}

// openPalette lists what can be done in the view that can be seen.
func (m *Model) openPalette() tea.Cmd {
	p := &commandPalette{
		ctx: m.ctx, keys: NewPaletteKeys(), prompt: views.NewPrompt(""),
		commands: recentFirst(m.recent, m.commands(), m.typed), typed: m.typed,
	}
	m.ctx.Rebind(p.keys.All())
	p.search()
	return m.lay(overlay{View: p, covers: within(paletteW, paletteH)})
}

// ID implements [views.View].
func (p *commandPalette) ID() views.ID { return "palette" }

// Title implements [views.View].
func (p *commandPalette) Title() string { return "Command" }

// Uses implements [views.View].
func (p *commandPalette) Uses() views.Uses { return views.Uses{} }

// Capturing implements [views.View].
func (p *commandPalette) Capturing() bool { return true }

// SetData implements [views.View].
func (p *commandPalette) SetData(*views.Data) tea.Cmd { return nil }

// Resize implements [views.View].
func (p *commandPalette) Resize(w, h int) { p.w, p.h = w, h }

// page is how many commands can be seen.
func (p *commandPalette) page() int { return max(p.h-3, 0) }

// search looks for what was typed.
func (p *commandPalette) search() {
	p.found = search(p.prompt.Value(), p.commands, p.typed)
	p.cursor, p.problem = 0, ""
}

// Bindings implements [views.View].
func (p *commandPalette) Bindings() []views.Binding {
	k, n := &p.keys, len(p.found)
	k.Up.SetEnabled(p.cursor > 0)
	k.Down.SetEnabled(p.cursor < n-1)
	k.Complete.SetEnabled(n > 0 && p.found[p.cursor].Text != p.prompt.Value())
	return views.Enabled(k.All())
}

// Update implements [views.View].
func (p *commandPalette) Update(msg tea.Msg) (views.Intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return p.pressed(msg), nil
	case tea.MouseWheelMsg:
		p.moveTo(p.cursor + views.Wheel(msg))
	case tea.MouseClickMsg:
		return p.clicked(p.offset + msg.Y - 2), nil
	case tea.PasteMsg:
		p.edit(msg)
	}
	return nil, nil
}

func (p *commandPalette) pressed(press tea.KeyPressMsg) views.Intent {
	p.Bindings() // enables what can be done now
	switch k := &p.keys; {
	case key.Matches(press, k.Cancel.Binding):
		return do((*Model).drop)
	case key.Matches(press, k.Run.Binding):
		return p.run()
	case key.Matches(press, k.Up.Binding):
		p.moveTo(p.cursor - 1)
	case key.Matches(press, k.Down.Binding):
		p.moveTo(p.cursor + 1)
	case key.Matches(press, k.Complete.Binding):
		p.prompt = views.NewPrompt(p.found[p.cursor].Text)
		p.search()
	default:
		p.edit(press)
	}
	return nil
}

// edit changes what is typed.
func (p *commandPalette) edit(msg tea.Msg) {
	if p.prompt.Update(msg) {
		p.search()
	}
}

func (p *commandPalette) moveTo(i int) { p.cursor = max(min(i, len(p.found)-1), 0) }

// clicked selects a command; the one that is selected it does.
func (p *commandPalette) clicked(i int) views.Intent {
	switch {
	case i < p.offset || i >= min(p.offset+p.page(), len(p.found)):
		return nil
	case i == p.cursor:
		return p.run()
	}
	p.moveTo(i)
	return nil
}

// run does what is selected.
func (p *commandPalette) run() views.Intent {
	if len(p.found) == 0 {
		p.problem = unknownCommand(p.prompt.Value())
		return nil
	}
	c := p.found[p.cursor]
	return do(func(m *Model) tea.Cmd {
		m.lift()
		m.recent = remember(m.recent, c.Text)
		return tea.Batch(c.run(m), m.show())
	})
}

// Lines implements [views.View].
func (p *commandPalette) Lines() []string {
	styles, w, set := p.ctx.Env.Styles, max(p.w-2, 0), safe.Charset(p.ctx.Env.ASCII)
	page := p.page()
	p.offset = min(max(p.offset, p.cursor-page+1), p.cursor)
	p.offset = max(min(p.offset, len(p.found)-page), 0)
	b := line.New(w, set)
	b.Text(styles.Accent, ":")
	inner := []string{b.Painted(p.prompt.Line(b.Room(), set, styles.Selected.String), b.Room()).String()}
	for i := p.offset; i < min(p.offset+page, len(p.found)); i++ {
		inner = append(inner, p.line(i, w, set))
	}
	status := fmt.Sprintf("%d of %d", min(p.cursor+1, len(p.found)), len(p.found))
	switch {
	case p.problem != "":
		for _, l := range views.Paragraph(p.problem, w-2, set) {
			inner = append(inner, styles.Bad.String(" "+l+" "))
		}
	case len(p.found) == 0:
		none := line.New(w, set)
		inner = append(inner, none.Space(2).Text(styles.Faint, "nothing like it").String())
	}
	return panels.Box(&p.ctx.Env, p.Title(), status, true, p.w, p.h, inner)
}

// line draws a command with the letters that were typed.
func (p *commandPalette) line(i, w int, set safe.Charset) string {
	styles, f := p.ctx.Env.Styles, p.found[i]
	b := line.New(w, set)
	note := w - min(max(w/2, paletteTextW), w)
	if i == p.cursor {
		text := "❯ " + f.Text
		return b.Text(styles.Selected, safe.Pad(safe.Pad(text, w-note)+f.note, w)).String()
	}
	b.Space(2)
	textW := w - note - 3
	if safe.Width(safe.Truncate(f.Text, textW+1)) > textW {
		b.Left(styles.Text, f.Text, textW) // what is cut has no letters to mark
	} else {
		p.mark(&b, f)
	}
	b.To(w-note).Text(styles.Faint, f.note)
	return b.String()
}

// mark writes a text with its matching letters.
func (p *commandPalette) mark(b *line.Builder, f found) {
	styles, from := p.ctx.Env.Styles, 0
	for _, at := range f.at {
		if at < from || at >= len(f.Text) {
			continue
		}
		_, size := utf8.DecodeRuneInString(f.Text[at:])
		end := at + size
		b.Text(styles.Text, f.Text[from:at]).Text(styles.Match, f.Text[at:end])
		from = end
	}
	b.Text(styles.Text, f.Text[from:])
}
