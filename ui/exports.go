package ui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/export"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/views"
)

// exportedMsg says how an export went.
type exportedMsg struct {
	path string // "" for one to be copied
	text string
	err  error
}

var formatsAbout = map[export.Format]string{
	export.CSV: "for spreadsheets", export.JSON: "for scripts: an array of objects", export.Text: "for people: columns",
}

// pickExport asks for the format in which the present panel or list is exported.
func (m *Model) pickExport() tea.Cmd {
	v, ok := m.router.top().(views.Exporting)
	if !ok {
		return nil
	}
	table, ok := v.Export()
	if !ok {
		return m.say(views.Say{Text: "there is nothing to export here", Wrong: true})
	}
	rows := fmt.Sprintf("%s rows", format.Int(int64(len(table.Rows))))
	p := picker{id: "export", title: "Export " + table.Name + ", " + rows}
	for _, f := range export.Formats {
		p.picks = append(p.picks, pick{name: string(f), about: formatsAbout[f]})
	}
	save := func(to string) func(m *Model, i int) tea.Cmd {
		return func(m *Model, i int) tea.Cmd { return m.export(table, export.Formats[i], to) }
	}
	p.chosen, p.note = save(""), "it is copied to the clipboard"
	if dir := m.options.ExportDir; dir != "" {
		p.chosen, p.copied, p.note = save(dir), save(""), "to a new file in "+dir
	}
	p.note += m.beyondScreen()
	picks := newPicker(m.ctx, p)
	return m.lay(overlay{View: picks, covers: within(pickerW, picks.wantH())})
}

// export writes a table to a file in dir, or to the clipboard if there is none.
func (m *Model) export(t views.Table, f export.Format, dir string) tea.Cmd {
	now := m.options.Clock.Now()
	return func() tea.Msg {
		content, err := export.Encode(export.Table{Columns: t.Columns, Rows: t.Rows}, f)
		if err != nil || dir == "" {
			return exportedMsg{text: string(content), err: err}
		}
		path, err := export.Save(dir, t.Name, f, content, now)
		return exportedMsg{path: path, err: err}
	}
}

func (m *Model) exported(msg exportedMsg) tea.Cmd {
	switch {
	case msg.err != nil:
		return m.say(views.Say{Text: msg.err.Error(), Wrong: true})
	case msg.path == "":
		return m.copy(msg.text)
	}
	return m.say(views.Say{Text: "written to " + msg.path})
}
