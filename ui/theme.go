package ui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/views"
)

// themeWithoutColours tells things apart by brightness and glyphs alone.
const themeWithoutColours = "mono"

// restyle changes to the dark or light variant of the theme that is shown.
func (m *Model) restyle(dark bool) tea.Cmd {
	now := m.ctx.Env.Styles
	if now.Dark == dark {
		return nil
	}
	styles, err := m.options.Themes.New(now.Name, dark)
	if err != nil {
		m.options.Log.Error("the theme has no such variant", "theme", now.Name, "dark", dark, "error", err)
		return nil
	}
	m.wear(styles)
	return nil
}

// wear draws everything in other styles from now on.
func (m *Model) wear(styles *themes.Styles) {
	m.ctx.Env.Styles = styles
	m.ctx.Version++
	m.touch(true)
}

// preview shows a theme without keeping it.
func (m *Model) preview(name string) tea.Cmd {
	styles, err := m.options.Themes.New(name, m.ctx.Env.Styles.Dark)
	if err != nil {
		return m.say(views.Say{Text: err.Error(), Wrong: true})
	}
	m.wear(styles)
	return m.show()
}

// useTheme shows a theme from now on.
func (m *Model) useTheme(name string) tea.Cmd {
	cmd := m.preview(name)
	m.theme = m.ctx.Env.Styles.Name
	return cmd
}

// pickTheme lists the themes. The one under the cursor can be seen at once.
func (m *Model) pickTheme() tea.Cmd {
	infos := m.options.Themes.List()
	p := picker{
		id: "themes", title: "Theme",
		moved:  func(m *Model, i int) tea.Cmd { return m.preview(infos[i].Name) },
		chosen: func(m *Model, i int) tea.Cmd { return m.useTheme(infos[i].Name) },
		cursor: slices.IndexFunc(infos, func(i themes.Info) bool { return i.Name == m.theme }),
	}
	for _, info := range infos {
		o := pick{name: info.Name, about: info.About}
		if info.Err != nil {
			o.wrong = info.Err.Error()
		}
		p.picks = append(p.picks, o)
	}
	v := newPicker(m.ctx, p)
	return m.lay(overlay{View: v, covers: atRight(pickerW, v.wantH()), dropped: func() tea.Cmd { return m.preview(m.theme) }})
}
