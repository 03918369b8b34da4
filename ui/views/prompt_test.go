package views

import (
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/ui/safe"
)

func TestPromptEdits(t *testing.T) {
	press := func(code rune, mod tea.KeyMod) tea.KeyPressMsg { return tea.KeyPressMsg{Code: code, Mod: mod} }
	letter := func(r rune) tea.KeyPressMsg { return tea.KeyPressMsg{Code: r, Text: string(r)} }
	for _, c := range []struct {
		name string
		msgs []tea.Msg
		want string
	}{
		{"types", []tea.Msg{letter('a'), press(tea.KeySpace, 0), letter('ü')}, "one twoa ü"},
		{"inserts", []tea.Msg{press(tea.KeyHome, 0), letter('x'), press(tea.KeyRight, 0), letter('y')}, "xoyne two"},
		{"deletes", []tea.Msg{press(tea.KeyBackspace, 0), press(tea.KeyLeft, 0), press(tea.KeyDelete, 0)}, "one t"},
		{"deletes a word", []tea.Msg{press('w', tea.ModCtrl)}, "one "},
		{"deletes to the beginning", []tea.Msg{press(tea.KeyLeft, 0), press('u', tea.ModCtrl)}, "o"},
		{"deletes to the end", []tea.Msg{press(tea.KeyHome, 0), press('k', tea.ModCtrl), letter('z')}, "z"},
		{"stops at the ends", []tea.Msg{press(tea.KeyEnd, 0), press(tea.KeyRight, 0), press(tea.KeyDelete, 0), press(tea.KeyHome, 0), press(tea.KeyLeft, 0), press(tea.KeyBackspace, 0)}, "one two"},
		{"pastes one line", []tea.Msg{tea.PasteMsg{Content: "\x1b[31mred\nnext\u202e"}}, "one two[31mrednext"},
		{"ignores other keys", []tea.Msg{press(tea.KeyF1, 0), tea.FocusMsg{}}, "one two"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPrompt("one two")
			for _, m := range c.msgs {
				p.update(m)
			}
			if p.value() != c.want {
				t.Errorf("got %q, want %q", p.value(), c.want)
			}
		})
	}
}

func TestPromptKeepsToItsCells(t *testing.T) {
	p := newPrompt("日本語 and a good deal of text 日本語")
	mark := func(s string) string { return "\x1b[7m" + s + "\x1b[m" }
	for at := range len(p.text) + 1 {
		p.at = at
		for w := range 40 {
			if got := ansi.StringWidth(p.line(w, safe.Unicode, mark)); got != w {
				t.Fatalf("cursor %d in %d cells: %d cells: %q", at, w, got, p.line(w, safe.Unicode, mark))
			}
		}
	}
}

func TestPromptIsBounded(t *testing.T) {
	p := newPrompt("")
	for range 3 {
		p.update(tea.PasteMsg{Content: string(make([]byte, 100)) + "xxxxxxxxxx" + longText(400)})
	}
	if n := len(p.text); n != maxPrompt {
		t.Errorf("%d runes, want %d", n, maxPrompt)
	}
}

func longText(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'y'
	}
	return string(b)
}
