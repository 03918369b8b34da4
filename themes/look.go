package themes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/goccy/go-yaml/ast"
)

// look is what a theme file says of one role. An empty colour is the terminal's own.
type look struct {
	fg, bg                                  string
	bold, faint, italic, underline, reverse bool
}

func (k look) style() lipgloss.Style {
	s := lipgloss.NewStyle()
	if k.fg != "" {
		s = s.Foreground(lipgloss.Color(k.fg))
	}
	if k.bg != "" {
		s = s.Background(lipgloss.Color(k.bg))
	}
	// Only what is on is set: a style that switches something off still counts as one.
	if k.bold {
		s = s.Bold(true)
	}
	if k.faint {
		s = s.Faint(true)
	}
	if k.italic {
		s = s.Italic(true)
	}
	if k.underline {
		s = s.Underline(true)
	}
	if k.reverse {
		s = s.Reverse(true)
	}
	return s
}

// look reads a role's value: a colour, or a mapping.
func (l *loader) look(n ast.Node, background bool) (look, error) {
	if _, ok := n.(ast.MapNode); !ok {
		fg, err := l.colour(n)
		return look{fg: fg}, err
	}
	entries, err := l.mapping(n, "a role")
	if err != nil {
		return look{}, err
	}
	var k look
	flags := map[string]*bool{"bold": &k.bold, "faint": &k.faint, "italic": &k.italic, "underline": &k.underline, "reverse": &k.reverse}
	for _, e := range entries {
		flag, isFlag := flags[e.key]
		switch {
		case e.key == "fg":
			k.fg, err = l.colour(e.value)
		case e.key == "bg" && !background:
			err = l.errorAt(e.node, "bg is for selected, tab_active and match only: the background stays the terminal's own")
		case e.key == "bg":
			k.bg, err = l.colour(e.value)
		case isFlag:
			b, ok := e.value.(*ast.BoolNode)
			if !ok {
				return look{}, l.errorAt(e.value, "%s is true or false", e.key)
			}
			*flag = b.Value
		default:
			err = l.errorAt(e.node, "unknown key %q: use one of fg, bg, bold, faint, italic, underline, reverse", e.key)
		}
		if err != nil {
			return look{}, err
		}
	}
	return k, nil
}

// colour reads #rrggbb, an ANSI number, or default, which is "".
func (l *loader) colour(n ast.Node) (string, error) {
	s := text(n)
	if s == "default" {
		return "", nil
	}
	if hex, ok := strings.CutPrefix(s, "#"); ok {
		if _, err := strconv.ParseUint(hex, 16, 32); err == nil && len(hex) == 6 {
			return s, nil
		}
	} else if i, err := strconv.Atoi(s); err == nil && i >= 0 && i <= 255 {
		return s, nil
	}
	return "", l.errorAt(n, "%q is no colour: use \"#rrggbb\" (in quotes), an ANSI number from 0 to 255, or default", s)
}

// entry is one key of a mapping.
type entry struct {
	key   string
	node  ast.Node // of the key
	value ast.Node
}

// mapping lists the keys of a mapping in the order of the file.
func (l *loader) mapping(n ast.Node, what string) ([]entry, error) {
	m, ok := n.(ast.MapNode)
	if !ok {
		return nil, l.errorAt(n, "%s is a mapping", what)
	}
	var out []entry
	for it := m.MapRange(); it.Next(); {
		e := entry{key: text(it.Key()), node: it.Key(), value: it.Value()}
		if slices.ContainsFunc(out, func(o entry) bool { return o.key == e.key }) {
			return nil, l.errorAt(e.node, "%q is there twice", e.key)
		}
		out = append(out, e)
	}
	return out, nil
}

// text is a scalar as it was meant; "" for what is none.
func text(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case ast.ScalarNode:
		if t := n.GetToken(); t != nil {
			return t.Value
		}
	}
	return ""
}

func (l *loader) errorAt(n ast.Node, format string, args ...any) error {
	line := 1
	if t := n.GetToken(); t != nil && t.Position != nil {
		line = t.Position.Line
	}
	return fmt.Errorf("theme %s:%d: %w", l.file, line, fmt.Errorf(format, args...))
}
