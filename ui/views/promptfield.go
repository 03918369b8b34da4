package views

import (
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/safe"
)

// Prompt is a line of text being typed, for what the shell lays over views.
type Prompt struct{ line prompt }

// NewPrompt is a prompt with the cursor behind its text.
func NewPrompt(text string) Prompt { return Prompt{newPrompt(text)} }

// Value is what was typed.
func (p *Prompt) Value() string { return p.line.value() }

// Update edits the line and tells whether the message was for it.
func (p *Prompt) Update(msg tea.Msg) bool { return p.line.update(msg) }

// Line shows the text with its cursor, which mark draws, in exactly w cells.
func (p *Prompt) Line(w int, set safe.Charset, mark func(string) string) string {
	return p.line.line(w, set, mark)
}
