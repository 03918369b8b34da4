// Package keyname knows the names of keys as they stand in configuration and in
// the program's key maps: the names under which Bubble Tea reports them.
//
// A name is a character (a, A, /, é), a named key (enter, pgdown, f5), or one of
// them behind modifiers (ctrl+r, alt+left). A name that no terminal ever reports
// would be a key that does nothing, so such names are refused together with the
// one that was perhaps meant.
package keyname

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// modifiers in the order in which they are reported.
var modifiers = []string{"ctrl", "alt", "shift", "meta", "hyper", "super"}

// labels are the named keys, and how people read them where that is shorter.
var labels = map[string]string{
	"enter": "", "tab": "", "backspace": "", "esc": "", "space": "", "up": "↑", "down": "↓", "left": "←", "right": "→",
	"insert": "ins", "delete": "del", "pgup": "", "pgdown": "pgdn", "home": "", "end": "",
}

// aliases are other names people use.
var aliases = map[string]string{
	"return": "enter", "escape": "esc", "del": "delete", "ins": "insert", "pageup": "pgup", "pagedown": "pgdown", "pgdn": "pgdown",
	"page_up": "pgup", "page_down": "pgdown", "control": "ctrl", "option": "alt", "cmd": "super", "bs": "backspace",
}

const functionKeys = 20 // more than any keyboard has that terminals tell apart

// Check tells whether a terminal ever reports the name. The error says what is
// wrong and, where it can be guessed, the name to use.
func Check(name string) error {
	if name == "" {
		return fmt.Errorf("a key needs a name")
	}
	base, mods := split(name)
	if base == "" {
		return fmt.Errorf("key %q ends before the key: write %s+ if + is meant", name, name)
	}
	for i, m := range mods {
		if !slices.Contains(modifiers, m) {
			return unknown(name, m, "modifier")
		}
		if slices.Contains(mods[:i], m) {
			return fmt.Errorf("key %q has %s twice", name, m)
		}
	}
	if !slices.IsSortedFunc(mods, func(a, b string) int { return slices.Index(modifiers, a) - slices.Index(modifiers, b) }) {
		slices.SortFunc(mods, func(a, b string) int { return slices.Index(modifiers, a) - slices.Index(modifiers, b) })
		return fmt.Errorf("no terminal reports key %q: write %s", name, strings.Join(append(mods, base), "+"))
	}
	r, size := utf8.DecodeRuneInString(base)
	if size != len(base) {
		if _, ok := labels[base]; ok || isFunctionKey(base) {
			return nil
		}
		return unknown(name, base, "key")
	}
	switch {
	case r == ' ':
		return fmt.Errorf("no terminal reports key %q: write %s", name, strings.Join(append(mods, "space"), "+"))
	case r == utf8.RuneError || !unicode.IsPrint(r) || unicode.IsMark(r):
		return fmt.Errorf("key %q is no character that can be typed alone", name)
	case slices.Equal(mods, []string{"shift"}):
		return fmt.Errorf("no terminal reports key %q: write the character that it types, such as %c", name, unicode.ToUpper(r))
	case len(mods) > 0 && unicode.IsUpper(r):
		return fmt.Errorf("no terminal reports key %q: write %s", name, strings.Join(append(mods, string(unicode.ToLower(r))), "+"))
	}
	return nil
}

// split divides a name into the key and its modifiers; + is a key as well.
func split(name string) (base string, mods []string) {
	if rest, ok := strings.CutSuffix(name, "+"); ok {
		if rest == "" {
			return "+", nil
		}
		if mod, ok := strings.CutSuffix(rest, "+"); ok {
			return "+", strings.Split(mod, "+")
		}
	}
	parts := strings.Split(name, "+")
	return parts[len(parts)-1], parts[:len(parts)-1]
}

func isFunctionKey(name string) bool {
	digits, ok := strings.CutPrefix(name, "f")
	n, err := strconv.Atoi(digits)
	return ok && err == nil && n >= 1 && n <= functionKeys && strconv.Itoa(n) == digits
}

func unknown(name, part, what string) error {
	meant := strings.ToLower(part)
	if a, ok := aliases[meant]; ok {
		meant = a
	}
	if _, named := labels[meant]; meant != part && (named || slices.Contains(modifiers, meant) || isFunctionKey(meant)) {
		return fmt.Errorf("unknown %s in %q: write %s", what, name, strings.Replace(name, part, meant, 1))
	}
	return fmt.Errorf("unknown %s %q in %q: use a character, %s or f1 to f%d, with ctrl+, alt+ or shift+ in front of it",
		what, part, name, strings.Join(sortedNames(), ", "), functionKeys)
}

func sortedNames() []string {
	names := make([]string, 0, len(labels))
	for name := range labels {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Label is how people read keys that do the same; the first two, as more would
// leave no room for what they do.
func Label(keys []string) string {
	const most = 2
	var out []string
	for _, k := range keys[:min(len(keys), most)] {
		base, mods := split(k)
		if short := labels[base]; short != "" {
			base = short
		}
		out = append(out, strings.Join(append(mods, base), "+"))
	}
	return strings.Join(out, "/")
}
