package ui

import (
	"fmt"
	"strings"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/views"
)

// maxCopy is the most bytes that are copied: base64 makes the 100,000 of them to
// which terminals such as hterm and xterm limit a sequence.
const maxCopy = 74_994

// subject is what is selected in the view that can be seen.
func (m *Model) subject() views.Subject {
	if v, ok := m.router.top().(views.Selecting); ok {
		return v.Subject()
	}
	return views.Subject{}
}

// copy hands text to the terminal for its clipboard (OSC 52), which works over
// SSH as well. It is stripped of what could do more than be text when it is
// pasted, and of the line break that would run it in a shell.
func (m *Model) copy(text string) tea.Cmd {
	text = strings.TrimRight(safe.Plain(text), "\n")
	switch {
	case text == "":
		return m.say(views.Say{Text: "there is nothing to copy here", Wrong: true})
	case len(text) > maxCopy:
		return m.say(views.Say{Text: fmt.Sprintf("%s are too much for a terminal's clipboard: export to a file instead", format.Bytes(int64(len(text)))), Wrong: true})
	}
	done := fmt.Sprintf("copied %s characters", format.Int(int64(utf8.RuneCountInString(text))))
	if m.options.Tmux { // as it comes, tmux drops what programs copy, and nobody is told
		done += " through tmux, if its set-clipboard is on"
	}
	return tea.Batch(clipboard(text, m.options.Tmux), m.say(views.Say{Text: done + m.beyondScreen()}))
}

// clipboard sets the terminal's clipboard. tmux takes the sequence itself if
// set-clipboard is on, and passes it on to the terminal around it if
// allow-passthrough is; whichever is, one of the two arrives.
func clipboard(text string, tmux bool) tea.Cmd {
	set := tea.SetClipboard(text)
	if !tmux {
		return set
	}
	return tea.Batch(set, tea.Raw(ansi.TmuxPassthrough(ansi.SetSystemClipboard(text))))
}

// beyondScreen says that amounts which the screen hides are in what leaves it.
func (m *Model) beyondScreen() string {
	if m.ctx.Env.HideMoney && m.router.top().Uses().Money {
		return ", amounts included: they are hidden on the screen only"
	}
	return ""
}
