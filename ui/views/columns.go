package views

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// columnNames are the columns of a log line that can be chosen, in their order.
var columnNames = []struct {
	name   string
	column panels.LineColumns
}{
	{"time", panels.ColumnTime}, {"level", panels.ColumnLevel}, {"service", panels.ColumnService}, {"component", panels.ColumnComponent},
	{"event", panels.ColumnEvent}, {"ids", panels.ColumnIDs}, {"fields", panels.ColumnFields},
}

// columnChooser is the choice of what is shown of a log line.
type columnChooser struct {
	ctx    *Context
	chosen panels.LineColumns
	cursor int
}

func newColumnChooser(ctx *Context) columnChooser {
	return columnChooser{ctx: ctx, chosen: panels.DefaultColumns}
}

// choose handles a key while columns are being chosen.
func (v *Logs) choose(press tea.KeyPressMsg) {
	c, k := &v.columns, &v.keys
	switch {
	case key.Matches(press, k.Left.Binding):
		c.cursor--
	case key.Matches(press, k.Right.Binding):
		c.cursor++
	case key.Matches(press, k.Toggle.Binding):
		c.chosen ^= columnNames[c.cursor].column
	case key.Matches(press, k.Done.Binding):
		v.mode = logsReading
	}
}

// lines draws the choice, in as many lines of w cells as it takes.
func (c *columnChooser) lines(w int) []string {
	env := &c.ctx.Env
	b := line.New(w, charset(env))
	b.Text(env.Styles.Key, "columns:")
	var out []string
	for i, n := range columnNames {
		box, paint := "[ ] ", env.Styles.Faint
		if c.chosen&n.column != 0 {
			box, paint = "[x] ", env.Styles.Text
		}
		text := box + n.name
		if b.Room() < len(text)+2 && b.Used() > 2 {
			out = append(out, b.String())
			b = line.New(w, charset(env))
		}
		b.Space(1)
		if i == c.cursor {
			b.Glyphs(env.Styles.Selected, "›").Text(env.Styles.Selected, text)
			continue
		}
		b.Space(1).Text(paint, text)
	}
	return append(out, b.String())
}
