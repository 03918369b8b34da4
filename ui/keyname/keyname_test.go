package keyname_test

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/keyname"
)

// Names that are accepted are those that Bubble Tea gives to keys.
func TestCheckAcceptsWhatTerminalsReport(t *testing.T) {
	for _, k := range []tea.Key{
		{Code: 'a', Text: "a"}, {Code: 'a', Text: "A", Mod: tea.ModShift}, {Code: '+', Text: "+"}, {Code: '$', Text: "$"}, {Code: 'é', Text: "é"},
		{Code: tea.KeyEnter}, {Code: tea.KeyEscape}, {Code: tea.KeySpace, Text: " "}, {Code: tea.KeyPgDown}, {Code: tea.KeyF12},
		{Code: 'r', Mod: tea.ModCtrl}, {Code: '+', Mod: tea.ModCtrl}, {Code: tea.KeyLeft, Mod: tea.ModAlt}, {Code: tea.KeyTab, Mod: tea.ModShift},
		{Code: 'x', Mod: tea.ModCtrl | tea.ModAlt | tea.ModShift}, {Code: tea.KeyDelete}, {Code: tea.KeyBackspace, Mod: tea.ModAlt},
	} {
		if err := keyname.Check(k.String()); err != nil {
			t.Errorf("%q is refused: %v", k.String(), err)
		}
	}
}

func TestCheckRefusesWhatTheyNever(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"", "needs a name"},
		{"Enter", "write enter"},
		{"return", "write enter"},
		{"ctrl+pagedown", "write ctrl+pgdown"},
		{"Ctrl+r", "write ctrl+r"},
		{"alt+ctrl+r", "write ctrl+alt+r"},
		{"ctrl+R", "write ctrl+r"},
		{"shift+a", "such as A"},
		{"ctrl+ctrl+a", "ctrl twice"},
		{" ", "write space"},
		{"ctrl+ ", "write ctrl+space"},
		{"fn+a", `unknown modifier "fn"`},
		{"f0", `unknown key "f0"`},
		{"f21", `unknown key "f21"`},
		{"f01", `unknown key "f01"`},
		{"pagedn", `unknown key "pagedn"`},
		{"ab", "use a character, backspace"},
		{"\x1b", "no character"},
		{"\u0301", "no character"},
		{"\xff", "no character"},
		{"ctrl+", "write ctrl++ if"},
	} {
		err := keyname.Check(c.name)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Check(%q) = %v, want %q", c.name, err, c.want)
		}
	}
}

func TestLabel(t *testing.T) {
	for want, keys := range map[string][]string{
		"":            nil,
		"a":           {"a"},
		"↑/k":         {"up", "k"},
		"alt+←/pgdn":  {"alt+left", "pgdown", "backspace"},
		"ctrl++/+":    {"ctrl++", "+"},
		"ctrl+r/f5":   {"ctrl+r", "f5"},
		"space/enter": {"space", "enter"},
	} {
		if got := keyname.Label(keys); got != want {
			t.Errorf("Label(%v) = %q, want %q", keys, got, want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("ctrl+alt+left")
	f.Add("++")
	f.Fuzz(func(_ *testing.T, name string) {
		if keyname.Check(name) == nil {
			keyname.Label([]string{name})
		}
	})
}
