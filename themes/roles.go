package themes

import (
	"fmt"
	"image/color"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Role is a part of the screen that a theme gives a look.
type Role struct {
	Name  string // the key in a theme file
	Paint Paint
}

// Roles lists every role of the theme in the order of [Styles], the colours of
// the ramps one by one.
func (s *Styles) Roles() []Role {
	var all []Role
	for _, r := range s.roles() {
		all = append(all, Role{r.name, *r.paint})
	}
	for i, p := range s.Series {
		all = append(all, Role{rampKey("series", i), p})
	}
	for i, p := range s.Heat {
		all = append(all, Role{rampKey("heat", i), p})
	}
	return all
}

// Describe is the paint in the words of a theme file, such as "#7cb7ff bold";
// "default" is the terminal's own look.
func (p Paint) Describe() string {
	if p.style == nil {
		return "default"
	}
	var words []string
	if c := colourName(p.style.GetForeground()); c != "" {
		words = append(words, c)
	}
	if c := colourName(p.style.GetBackground()); c != "" {
		words = append(words, "on "+c)
	}
	for _, f := range []struct {
		name string
		on   bool
	}{
		{"bold", p.style.GetBold()}, {"faint", p.style.GetFaint()}, {"italic", p.style.GetItalic()},
		{"underline", p.style.GetUnderline()}, {"reverse", p.style.GetReverse()},
	} {
		if f.on {
			words = append(words, f.name)
		}
	}
	if len(words) == 0 {
		return "default"
	}
	return strings.Join(words, " ")
}

// colourName is a colour as theme files write it; "" for the terminal's own.
func colourName(c color.Color) string {
	switch c := c.(type) {
	case ansi.BasicColor:
		return fmt.Sprint(uint8(c))
	case ansi.IndexedColor:
		return fmt.Sprint(uint8(c))
	case color.RGBA:
		return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	}
	return ""
}
