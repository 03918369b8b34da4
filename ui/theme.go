package ui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/themes"
)

// themeWithoutColours tells things apart by brightness and glyphs alone.
const themeWithoutColours = "mono"

// restyle changes to the dark or light variant of the theme.
func (m *Model) restyle(dark bool) tea.Cmd {
	if m.ctx.Env.Styles.Dark == dark {
		return nil
	}
	styles, err := themes.New(m.theme, dark)
	if err != nil {
		m.options.Log.Error("the theme has no such variant", "theme", m.theme, "dark", dark, "error", err)
		return nil
	}
	m.ctx.Env.Styles = styles
	m.ctx.Version++
	m.touch(true)
	return nil
}
