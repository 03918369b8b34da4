package views

import (
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/safe"
)

// maxPrompt bounds what can be typed or pasted into a prompt, in runes.
const maxPrompt = 500

// prompt is a line of text being typed. It has no blinking cursor: nothing on
// the screen changes without meaning.
type prompt struct {
	text []rune
	at   int // the cursor stands before this rune
}

func newPrompt(text string) prompt {
	r := []rune(text)
	return prompt{text: r, at: len(r)}
}

func (p *prompt) value() string { return string(p.text) }

// update edits the line and tells whether the message was for it.
func (p *prompt) update(msg tea.Msg) bool {
	switch msg := msg.(type) {
	case tea.PasteMsg:
		p.insert(msg.Content)
		return true
	case tea.KeyPressMsg:
		return p.key(msg)
	}
	return false
}

func (p *prompt) key(k tea.KeyPressMsg) bool {
	switch k.String() {
	case "left", "ctrl+b":
		p.at = max(p.at-1, 0)
	case "right", "ctrl+f":
		p.at = min(p.at+1, len(p.text))
	case "home", "ctrl+a":
		p.at = 0
	case "end", "ctrl+e":
		p.at = len(p.text)
	case "backspace", "ctrl+h":
		p.remove(max(p.at-1, 0), p.at)
	case "delete", "ctrl+d":
		p.remove(p.at, min(p.at+1, len(p.text)))
	case "ctrl+w", "alt+backspace":
		p.remove(p.wordStart(), p.at)
	case "ctrl+u":
		p.remove(0, p.at)
	case "ctrl+k":
		p.remove(p.at, len(p.text))
	case "space":
		p.insert(" ")
	default:
		if k.Text == "" {
			return false
		}
		p.insert(k.Text)
	}
	return true
}

func (p *prompt) insert(s string) {
	var typed []rune
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) || unicode.IsMark(r) {
			continue // line breaks and controls have no place in one line, marks no cell of their own
		}
		typed = append(typed, r)
	}
	typed = typed[:min(len(typed), max(maxPrompt-len(p.text), 0))]
	text := make([]rune, 0, len(p.text)+len(typed))
	text = append(append(append(text, p.text[:p.at]...), typed...), p.text[p.at:]...)
	p.text, p.at = text, p.at+len(typed)
}

func (p *prompt) remove(from, to int) {
	p.text = append(p.text[:from:from], p.text[to:]...)
	p.at = from
}

// wordStart is where the word before the cursor begins.
func (p *prompt) wordStart() int {
	i := p.at
	for i > 0 && unicode.IsSpace(p.text[i-1]) {
		i--
	}
	for i > 0 && !unicode.IsSpace(p.text[i-1]) {
		i--
	}
	return i
}

// line shows the text with its cursor in exactly w cells; the part around the
// cursor if all of it does not fit. mark draws the cell under the cursor.
func (p *prompt) line(w int, set safe.Charset, mark func(string) string) string {
	if w <= 0 {
		return ""
	}
	first := p.first(w)
	before, cells := safe.AppendTruncated(nil, string(p.text[first:p.at]), w-1, set)
	under, rest := " ", ""
	if p.at < len(p.text) {
		under, rest = string(p.text[p.at]), string(p.text[p.at+1:])
	}
	at, n, _ := safe.Append(nil, under, w-cells, set)
	return string(before) + mark(string(at)) + pad(rest, w-cells-n, set)
}

// first is the first rune that has room in w cells together with the cursor.
func (p *prompt) first(w int) int {
	// Two cells stay free, so that a wide character fits under the cursor. A rune
	// takes no more cells beside others than alone.
	first, cells := p.at, 0
	for first > 0 {
		cells += safe.Width(safe.Text(string(p.text[first-1])))
		if cells > w-2 {
			break
		}
		first--
	}
	return first
}

// column is the cell in a line of w cells at which rune i stands; -1 if it can't
// be seen.
func (p *prompt) column(i, w int) int {
	first := p.first(w)
	if i < first || i > len(p.text) {
		return -1
	}
	if at := safe.Width(safe.Text(string(p.text[first:i]))); at < w {
		return at
	}
	return -1
}
