package views

import (
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

// Subject implements [Selecting].
func (v *Board) Subject() Subject {
	it := v.walk().item()
	if it == nil {
		return Subject{}
	}
	s := Subject{Text: readout(it)}
	switch {
	case it.Invocation != nil:
		s.ID = it.Invocation.ID
	case it.Behind.Kind == data.TableRows:
		if !isRow(it) {
			break // to gather the rows takes long, and this is asked at every key
		}
		in := v.input()
		if set := it.Behind.Rows(in.Snapshot); len(set.Rows) == 1 {
			s.ID = set.Rows[0].ID
		}
	default:
		s.ID = sampleID(it.Fields)
	}
	return s
}

// isRow tells whether an item can be a single row: one of a list, or a count of one.
func isRow(it *panels.Item) bool {
	return len(it.Fields) > 0 || it.Behind.Measure == data.CountsRows && it.Value == any(int64(1))
}

// sampleID is the id of the sample of an error group; "" if that has none.
func sampleID(fields []panels.Field) string {
	for _, f := range fields {
		if id, ok := f.Value.(string); ok && f.Name == "sample_id" && !strings.Contains(id, "#") {
			return id
		}
	}
	return ""
}

// A panel is exported as it is where there is room for all of it.
const exportW, exportH = 400, 200

// Export implements [Exporting]: the figures of the panel that has the focus.
func (v *Board) Export() (Table, bool) {
	p := &v.panels[v.focus]
	in := v.input()
	items := v.ask(p, &in, placed{id: p.ID, Rect: Rect{W: exportW, H: exportH}})
	if len(items.List) == 0 {
		return Table{}, false
	}
	t := Table{Name: string(v.spec.id) + "-" + p.ID}
	if len(items.List[0].Fields) > 0 {
		t.Columns, t.Rows = records(items.List)
		return t, true
	}
	t.Columns, t.Rows = pivot(items.List)
	return t, true
}

// records are the rows of a list, with the fields that any of them has.
func records(items []panels.Item) (columns []string, rows [][]any) {
	for i := range items {
		for _, f := range items[i].Fields {
			if !slices.Contains(columns, f.Name) {
				columns = append(columns, f.Name)
			}
		}
	}
	for i := range items {
		row := make([]any, len(columns))
		for _, f := range items[i].Fields {
			row[slices.Index(columns, f.Name)] = utc(f.Value)
		}
		rows = append(rows, row)
	}
	return columns, rows
}

// pivot puts figures into a table: one row for all that have the same name.
func pivot(items []panels.Item) (columns []string, rows [][]any) {
	columns = []string{"name"}
	dated := slices.ContainsFunc(items, func(it panels.Item) bool { return !it.At.IsZero() })
	if dated {
		columns = append(columns, "start")
	}
	first := len(columns)
	place := make(map[string]int)
	for i := range items {
		it := &items[i]
		name := it.Column
		if name == "" {
			name = "value"
		}
		c := slices.Index(columns[first:], name)
		if c < 0 {
			c = len(columns) - first
			columns = append(columns, name)
		}
		r, ok := place[it.Row]
		if !ok {
			r = len(rows)
			place[it.Row] = r
			row := []any{it.Row}
			if dated {
				row = append(row, startOf(it.At))
			}
			rows = append(rows, row)
		}
		for len(rows[r]) <= first+c {
			rows[r] = append(rows[r], nil)
		}
		rows[r][first+c] = utc(it.Value)
	}
	for r := range rows {
		for len(rows[r]) < len(columns) {
			rows[r] = append(rows[r], nil)
		}
	}
	return columns, rows
}

func startOf(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

// utc is a value as it is exported.
func utc(v any) any {
	if t, ok := v.(time.Time); ok {
		return startOf(t)
	}
	return v
}
