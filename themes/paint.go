package themes

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Off ends what any [Paint] began.
const Off = "\x1b[m"

// Paint is a style reduced to what has to be written before the text. The zero
// Paint leaves text as it is. Paints are compared and copied freely.
type Paint struct {
	on    string
	style *lipgloss.Style
}

func newPaint(style lipgloss.Style) Paint {
	const probe = "x"
	on, _, _ := strings.Cut(style.Render(probe), probe)
	return Paint{on: on, style: &style}
}

// String is s in this paint. s must not contain escape sequences.
func (p Paint) String(s string) string {
	if p.on == "" || s == "" {
		return s
	}
	return p.on + s + Off
}

// On is the escape sequence that switches the paint on, "" for the zero Paint.
// [Off] switches it off.
func (p Paint) On() string { return p.on }

// Style is the paint as a Lip Gloss style, for components that want one.
func (p Paint) Style() lipgloss.Style {
	if p.style == nil {
		return lipgloss.NewStyle()
	}
	return *p.style
}
