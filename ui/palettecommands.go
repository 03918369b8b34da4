package ui

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/timerange"
	"github.com/donna-project/donnatop/ui/palette"
	"github.com/donna-project/donnatop/ui/views"
)

// The verbs of the palette.
const (
	verbView   = "view"
	verbTheme  = "theme"
	verbWindow = "window"
	verbFilter = "filter"
	verbTrace  = "trace"
)

var verbs = []string{verbView, verbTheme, verbWindow, verbFilter, verbTrace}

// command is a line of the palette and what it does.
type command struct {
	palette.Item
	note string // beside it: its key, or what it is
	run  func(m *Model) tea.Cmd
}

// commandOf is a command of a verb.
func commandOf(verb, arg, note string, run func(m *Model) tea.Cmd) command {
	return command{Item: palette.Item{Text: verb + " " + arg, Name: arg}, note: note, run: run}
}

// commands lists what can be done now: actions by their keys, views, windows,
// themes and saved filters.
func (m *Model) commands() []command {
	return slices.Concat(m.viewCommands(), m.actionCommands(), m.windowCommands(), m.filterCommands(), m.themeCommands())
}

// actionCommands are the actions of the keys that do something now; the views'
// own are among viewCommands. A command presses the key.
func (m *Model) actionCommands() []command {
	own, shell := m.bindings()
	var out []command
	for _, b := range slices.Concat(own, shell) {
		if b.Action == m.keys.Palette.Action || isViewKey(&m.keys, b.Action) {
			continue
		}
		press := pressOf(b.Keys()[0])
		out = append(out, command{
			Item: palette.Item{Text: b.Help().Desc, Name: b.Action}, note: b.Help().Key,
			run: func(m *Model) tea.Cmd { return m.pressed(press) },
		})
	}
	return out
}

func isViewKey(k *Keys, action string) bool {
	return slices.ContainsFunc(k.Views, func(b views.Binding) bool { return b.Action == action })
}

func (m *Model) viewCommands() []command {
	var out []command
	for i, t := range tabs {
		if i != m.router.current || len(m.router.trail()) > 1 {
			out = append(out, commandOf(verbView, string(t.id), m.tabKey(i)+"  "+t.title, func(m *Model) tea.Cmd { return m.switchTo(i) }))
		}
	}
	return out
}

// windowCommands are the windows and the ranges chosen before; none where they
// change nothing.
func (m *Model) windowCommands() []command {
	if !m.router.top().Uses().Window {
		return nil
	}
	var out []command
	for _, w := range data.WindowNames {
		out = append(out, commandOf(verbWindow, w, "", func(m *Model) tea.Cmd { return m.setWindow(w) }))
	}
	for _, r := range m.span.history {
		out = append(out, commandOf(verbWindow, r.Text(m.options.Location), "", func(m *Model) tea.Cmd { return m.setRange(r) }))
	}
	return out
}

// themeCommands are none where there are no colours.
func (m *Model) themeCommands() []command {
	if m.options.NoColor {
		return nil
	}
	var out []command
	for _, t := range m.options.Themes.List() {
		if t.Err == nil {
			out = append(out, commandOf(verbTheme, t.Name, t.About, func(m *Model) tea.Cmd { return m.useTheme(t.Name) }))
		}
	}
	return out
}

func (m *Model) filterCommands() []command {
	var out []command
	for _, name := range slices.Sorted(maps.Keys(m.options.Filters)) {
		text := m.options.Filters[name]
		out = append(out, commandOf(verbFilter, name, text, func(m *Model) tea.Cmd { return m.filterBy(text) }))
	}
	return out
}

// typed is the command of an argument that can't be listed beforehand: a filter, a
// range of time, or an id to trace; false if the line is no such thing.
func (m *Model) typed(verb, arg string) (command, bool) {
	switch {
	case verb == verbFilter:
		return commandOf(verb, arg, "choose lines", func(m *Model) tea.Cmd { return m.filterBy(arg) }), true
	case verb == verbWindow:
		r, err := timerange.Parse(arg, m.clockOfData(), m.options.Location)
		if err != nil || !m.router.top().Uses().Window {
			return command{}, false
		}
		label := r.Label(m.clockOfData(), m.options.Location)
		return commandOf(verb, arg, label, func(m *Model) tea.Cmd { return m.setRange(r) }), true
	case m.ctx.Tracer == nil || strings.Contains(arg, " "):
		return command{}, false
	case verb == verbTrace, verb == "" && palette.LooksLikeID(arg):
		return commandOf(verbTrace, arg, "the life of a request", func(m *Model) tea.Cmd { return m.perform(views.OpenTrace{ID: arg}) }), true
	}
	return command{}, false
}

// filterBy applies a filter to the view, or to the logs if it has none.
func (m *Model) filterBy(text string) tea.Cmd {
	var switched tea.Cmd
	if _, ok := m.router.top().(views.Filtering); !ok {
		switched = m.switchTo(slices.Index(ViewNames(), string(views.IDLogs)))
	}
	v, ok := m.router.top().(views.Filtering)
	if !ok {
		return switched
	}
	cmd, err := v.SetFilter(text)
	if err != nil {
		return tea.Batch(switched, m.say(views.Say{Text: "filter: " + err.Error(), Wrong: true}))
	}
	return tea.Batch(switched, cmd, m.show())
}

// found is a command that the palette shows.
type found struct {
	command
	at []int // bytes of its text that match
}

// search lists what a line may mean, the likeliest first.
func search(line string, commands []command, typed func(verb, arg string) (command, bool)) []found {
	verb, arg := palette.Parse(line, verbs)
	prefix := ""
	if verb != "" {
		prefix = verb + " "
	}
	var items []palette.Item
	var of []command
	for _, c := range commands {
		if text, ok := strings.CutPrefix(c.Text, prefix); ok {
			items, of = append(items, palette.Item{Text: text, Name: c.Name}), append(of, c)
		}
	}
	var out []found
	for _, m := range palette.Find(items, arg) {
		at := make([]int, len(m.At))
		for i := range at {
			at[i] = m.At[i] + len(prefix)
		}
		out = append(out, found{of[m.Item], at})
	}
	own, ok := typed(verb, arg)
	if !ok || arg == "" || slices.ContainsFunc(out, func(f found) bool { return f.Text == own.Text }) {
		return out
	}
	if verb == "" || verb == verbTrace {
		return append([]found{{command: own}}, out...) // nothing else has a name like an id
	}
	return append(out, found{command: own})
}

// maxRecent is how many commands are remembered.
const maxRecent = 10

// remember puts a command first among those used before.
func remember(recent []string, text string) []string {
	recent = slices.DeleteFunc(slices.Clone(recent), func(r string) bool { return r == text })
	recent = append([]string{text}, recent...)
	return recent[:min(len(recent), maxRecent)]
}

// recentFirst puts the commands used before in front of the others, as far as
// they can be done now.
func recentFirst(recent []string, commands []command, typed func(verb, arg string) (command, bool)) []command {
	rank := make(map[string]int, len(recent))
	for i, text := range recent {
		rank[text] = i - len(recent)
		known := slices.ContainsFunc(commands, func(c command) bool { return c.Text == text })
		if verb, arg := palette.Parse(text, verbs); !known && verb != "" {
			if c, ok := typed(verb, arg); ok {
				commands = append(commands, c)
			}
		}
	}
	slices.SortStableFunc(commands, func(a, b command) int { return cmp.Compare(rank[a.Text], rank[b.Text]) })
	return commands
}

// unknownCommand says what the palette understands.
func unknownCommand(line string) string {
	return fmt.Sprintf("nothing here is called %q: type letters of an action, or %s and a name", line, strings.Join(verbs, ", "))
}
