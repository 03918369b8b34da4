package panels

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// skillRunsPanel shows how runs ended: those of the chosen window as one bar,
// and all windows side by side.
func skillRunsPanel() Panel {
	return Panel{
		ID: "skill_runs", Title: "Runs", MinW: 22, MinH: 3,
		Status: dbWindowStatus,
		Draw:   drawingOf(skillsOf, drawSkillRuns),
	}
}

// runStatuses are what becomes of a run.
var runStatuses = []string{"succeeded", "escalated", "running", "failed"}

func drawSkillRuns(v *view, f *data.Skills) {
	if f.Runs == nil {
		v.say(tableLack(v.in, "skill_run"))
		return
	}
	all := map[string]int64{} // statuses of any window
	for _, byStatus := range f.Runs {
		for status, n := range byStatus {
			all[status] += max(n, 0)
		}
	}
	if len(all) == 0 {
		v.say(lack{lackEmpty, "no runs in 30 days", ""})
		return
	}
	chosen := f.Runs[v.in.Window]
	if v.w < everyWindowW {
		v.divided("status", chosen, lack{lackEmpty, "no runs in " + v.in.Window, ""}, func(status string) data.Behind {
			return data.BehindRuns(v.window(v.in.Window), &status)
		})
		return
	}
	rows := inOrder(all, runStatuses)
	statuses := make([]string, len(rows))
	for i := range rows {
		statuses[i] = rows[i].name
	}
	inks := v.inks(statuses)
	t := &table{
		columns: []column{{head: "", w: 1, left: true}, {head: "status", w: 12, most: 24, flex: true}},
		rows:    len(rows),
	}
	names := v.in.windows()
	t.figure = func(row, col int) Item {
		window, status := names[col-2], rows[row].name
		it := Item{Row: status, Column: window, Text: format.Missing}
		if byStatus := f.Runs[window]; byStatus != nil {
			it = countItem(status, window, byStatus[status], data.BehindRuns(v.window(window), &status))
		}
		return it
	}
	for i, name := range names {
		t.figures = append(t.figures, i+2)
		head, drop := name, len(names)-i
		if name == v.in.Window {
			head, drop = "›"+name, 0
		}
		t.columns = append(t.columns, column{head: head, w: 7, drop: drop})
	}
	t.columns = append(t.columns, column{head: "", w: 8, most: 60, bar: true, drop: 9})
	most := 0.0
	for _, n := range chosen {
		most = max(most, float64(n))
	}
	t.cell = func(row, col, w int) cell {
		status, ink := rows[row].name, &inks[row]
		switch {
		case col == 0:
			return cell{text: ink.Swatch, paint: ink.Paint}
		case col == 1:
			return cell{text: status, paint: v.Styles.Text}
		case col-2 < len(names):
			byStatus := f.Runs[names[col-2]]
			if byStatus == nil {
				return v.countCell(nil, w)
			}
			n := byStatus[status]
			return v.countCell(&n, w)
		}
		return v.share(ink.Paint, float64(chosen[status]), most)
	}
	v.out = v.table(t, v.w, v.h)
}

// everyWindowW is the width from which on all windows have a column.
const everyWindowW = 68

// skillNightlyPanel lists what the nightly jobs said.
func skillNightlyPanel() Panel {
	return Panel{
		ID: "skill_nightly", Title: "Nightly jobs", MinW: 28, MinH: 3,
		Status: func(in *Input) string { return logsStatus(in, fixed(in, "newest first")) },
		Draw:   drawingOf(skillsOf, drawSkillNightly),
	}
}

func drawSkillNightly(v *view, f *data.Skills) {
	if f.Nightly == nil {
		v.say(logsLack(v.in))
		return
	}
	t := &table{
		columns: []column{
			{head: "", w: 1, left: true},
			{head: "time", w: 11, most: 14, flex: true, drop: 1},
			{head: "event", w: 18, most: 28, flex: true},
			{head: "fields", w: 16, most: 400, flex: true, drop: 2},
		},
		rows: len(f.Nightly), list: true, item: func(row int) Item { return nightlyItem(&f.Nightly[row]) },
		empty: lack{lackEmpty, "no nightly_* line in the log", ""},
	}
	t.cell = func(row, col, w int) cell {
		n := &f.Nightly[row]
		switch col {
		case 0:
			return v.mark(row == t.cursor, "", themes.Paint{})
		case 1:
			return cell{text: format.StampIn(n.At, v.in.Snapshot.At, v.location(), w), paint: v.Styles.Faint}
		case 2:
			return cell{text: n.Event, paint: v.Styles.Text}
		}
		return cell{text: v.fieldsText(n.Fields, w), paint: v.Styles.Faint}
	}
	v.out = v.table(t, v.w, v.h)
}

// plumbing are fields every line has, whatever it says.
func plumbing(key string) bool {
	switch key {
	case "user_id", "logger", "service", "component", "event_type":
		return true
	}
	return shownElsewhere(key)
}

// fieldsText is what a line has to say beside its event, as key=value in order
// of the keys, as far as w cells may show it.
func (v *view) fieldsText(fields map[string]any, w int) string {
	var b strings.Builder
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if plumbing(key) {
			continue
		}
		if b.Len() > 12*w { // an escaped character takes up to twelve bytes for a cell
			break
		}
		if b.Len() > 0 {
			b.WriteString("  ")
		}
		b.WriteString(key + "=" + v.fieldText(key, fields[key]))
	}
	return b.String()
}

func (v *view) fieldText(key string, value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case string:
		if v.hides(key) {
			return hidden
		}
		return value
	case json.RawMessage:
		if v.HideMoney { // amounts may be anywhere in it
			return "{…}"
		}
		return string(value)
	default:
		if v.hides(key) {
			return hidden
		}
		return fmt.Sprint(value)
	}
}

func nightlyItem(l *data.NightlyLine) Item {
	it := Item{Row: l.At.Format(time.RFC3339Nano) + " " + l.Event, Text: l.Event, Behind: data.BehindNightly(l), Fields: []Field{{"at", l.At}, {"event", l.Event}}}
	for _, key := range slices.Sorted(maps.Keys(l.Fields)) {
		it.Fields = append(it.Fields, Field{key, fmt.Sprint(l.Fields[key])})
	}
	return it
}
