package themes

import (
	"embed"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

//go:embed files/*.yaml
var files embed.FS

// Default is the theme used when nobody asks for another.
const Default = "donna"

// Names lists the embedded themes, the default one first.
func Names() []string {
	entries, err := files.ReadDir("files")
	if err != nil {
		panic(err) // it is part of the program
	}
	names := []string{Default}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".yaml"); name != Default {
			names = append(names, name)
		}
	}
	return names
}

// New is an embedded theme in its dark or light variant. The error lists the names.
func New(name string, dark bool) (*Styles, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("unknown theme %q: use one of %s", name, strings.Join(Names(), ", "))
	}
	src, err := embedded(name)
	if err != nil {
		return nil, err
	}
	return load(name+".yaml", src, dark, name == Default)
}

// Load is the theme of a file: the roles it names, over those of its base (the
// key `base`, an embedded theme; the default one if the key is missing). Errors
// carry file and line. The theme's name is the file's without its extension.
//
// The top-level keys are `about` (one sentence), `base`, `patterns`, and the
// sections `all`, `dark` and `light`, where `all` holds for both variants. A
// section maps roles to a colour (#rrggbb, an ANSI number from 0 to 255, or
// default) or to a mapping of fg, bg, bold, faint, italic, underline, reverse.
// `series` lists eight of them and `heat` four.
func Load(file string, src []byte, dark bool) (*Styles, error) {
	return load(file, src, dark, false)
}

func load(file string, src []byte, dark, root bool) (*Styles, error) {
	l := loader{file: file, dark: dark, root: root, looks: map[string]look{}}
	if err := l.load(src); err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	return l.styles(name), nil
}

func embedded(name string) ([]byte, error) {
	src, err := files.ReadFile("files/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("read theme %s: %w", name, err)
	}
	return src, nil
}

type loader struct {
	file     string
	dark     bool
	root     bool            // it stands on no other theme
	looks    map[string]look // by role; series and heat as series.0, heat.0, …
	about    string
	patterns bool
}

func (l *loader) load(src []byte) error {
	doc, err := parser.ParseBytes(src, 0)
	if err != nil {
		return fmt.Errorf("parse theme %s: %w", l.file, err)
	}
	var root ast.Node
	for _, d := range doc.Docs {
		if d.Body == nil {
			continue
		}
		if root != nil {
			return l.errorAt(d.Body, "a theme is one document")
		}
		root = d.Body
	}
	if root == nil {
		return fmt.Errorf("parse theme %s: it is empty", l.file)
	}
	top, err := l.mapping(root, "a theme")
	if err != nil {
		return err
	}
	if err := l.loadBase(top); err != nil {
		return err
	}
	for _, section := range []string{"all", variant(l.dark), variant(!l.dark)} {
		for _, e := range top {
			if e.key != section {
				continue
			}
			// The other variant is read too: a mistake in it should not wait for another terminal.
			into := l.looks
			if section == variant(!l.dark) {
				into = map[string]look{}
			}
			if err := l.section(e.value, into); err != nil {
				return err
			}
		}
	}
	return nil
}

func variant(dark bool) string {
	if dark {
		return "dark"
	}
	return "light"
}

// loadBase checks the top-level keys and reads the theme below this one.
func (l *loader) loadBase(top []entry) error {
	base := Default
	for _, e := range top {
		switch e.key {
		case "all", "dark", "light":
		case "about":
			l.about = text(e.value)
		case "patterns":
			b, ok := e.value.(*ast.BoolNode)
			if !ok {
				return l.errorAt(e.value, "patterns is true or false")
			}
			l.patterns = b.Value
		case "base":
			base = text(e.value)
			if !slices.Contains(Names(), base) {
				return l.errorAt(e.value, "unknown base %q: use one of %s", base, strings.Join(Names(), ", "))
			}
		default:
			return l.errorAt(e.node, "unknown key %q: use one of about, base, patterns, all, dark, light", e.key)
		}
	}
	if l.root {
		return nil
	}
	src, err := embedded(base)
	if err != nil {
		return err
	}
	below := loader{file: base + ".yaml", dark: l.dark, root: base == Default, looks: l.looks}
	if err := below.load(src); err != nil {
		return err
	}
	l.patterns = l.patterns || below.patterns
	return nil
}

func (l *loader) section(n ast.Node, into map[string]look) error {
	if _, ok := n.(*ast.NullNode); ok {
		return nil
	}
	entries, err := l.mapping(n, "a section")
	if err != nil {
		return err
	}
	known := (&Styles{}).roles()
	for _, e := range entries {
		switch e.key {
		case "series":
			err = l.ramp(e, SeriesLen, into)
		case "heat":
			err = l.ramp(e, HeatLen, into)
		default:
			i := slices.IndexFunc(known, func(r role) bool { return r.name == e.key })
			if i < 0 {
				return l.errorAt(e.node, "unknown role %q: use one of %s, series, heat", e.key, roleNames(known))
			}
			into[e.key], err = l.look(e.value, known[i].background)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func roleNames(rs []role) string {
	names := make([]string, len(rs))
	for i, r := range rs {
		names[i] = r.name
	}
	return strings.Join(names, ", ")
}

func (l *loader) ramp(e entry, n int, into map[string]look) error {
	seq, ok := e.value.(*ast.SequenceNode)
	if !ok || len(seq.Values) != n {
		return l.errorAt(e.node, "%s is a list of %d colours", e.key, n)
	}
	for i, v := range seq.Values {
		k, err := l.look(v, false)
		if err != nil {
			return err
		}
		into[rampKey(e.key, i)] = k
	}
	return nil
}

func rampKey(name string, i int) string { return fmt.Sprintf("%s.%d", name, i) }

// styles makes the paints out of the looks gathered.
func (l *loader) styles(name string) *Styles {
	s := &Styles{Name: name, About: l.about, Dark: l.dark, Patterns: l.patterns}
	for _, r := range s.roles() {
		*r.paint = newPaint(l.looks[r.name].style())
	}
	for i := range s.Series {
		s.Series[i] = newPaint(l.looks[rampKey("series", i)].style())
	}
	for i := range s.Heat {
		s.Heat[i] = newPaint(l.looks[rampKey("heat", i)].style())
	}
	for i := range s.Stack {
		for j := range s.Stack[i] {
			lower, upper := l.looks[rampKey("series", i)], l.looks[rampKey("series", j)]
			style := lower.style()
			if upper.fg != "" {
				style = style.Background(lipgloss.Color(upper.fg))
			}
			s.Stack[i][j] = newPaint(style)
		}
	}
	return s
}
