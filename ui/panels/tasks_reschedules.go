package panels

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// often is from how many reschedules on a task stands out.
const often = 3

// tasksReschedulesPanel is a histogram of how often open tasks were put off.
func tasksReschedulesPanel() Panel {
	return Panel{
		ID: "tasks_reschedules", Title: "Reschedules", MinW: 20, MinH: 4,
		Status: dbStatusOf("open tasks"),
		Draw:   drawingOf(tasksOf, drawTasksReschedules),
	}
}

func drawTasksReschedules(v *view, f *data.Tasks) {
	if f.Reschedules == nil {
		v.say(tableLack(v.in, tableTasks))
		return
	}
	if len(f.Reschedules.Histogram) == 0 {
		v.say(lack{lackEmpty, "no open tasks", ""})
		return
	}
	d := &breakdown{
		head: "times", signs: true,
		behind: func(times string) data.Behind { return data.BehindReschedules(v.now(), times) },
	}
	for _, name := range timesInOrder(f.Reschedules.Histogram) {
		r := tallied{name: name, n: f.Reschedules.Histogram[name], paint: v.Styles.Series[0]}
		if times, err := strconv.ParseInt(name, 10, 64); err == nil && times >= often && r.n > 0 {
			r.sign, r.paint = "!", v.Styles.Warning
		}
		d.rows = append(d.rows, r)
	}
	v.out = v.breakdown(d, v.w, v.h)
}

// timesInOrder are the bars of a histogram over numbers, those nobody counted
// between included, as far as the axis is a short one.
func timesInOrder(histogram map[string]int64) []string {
	const longest = 12
	number := func(s string) int64 {
		n, _ := strconv.ParseInt(s, 10, 64) // what is no number comes first, and is shown
		return n
	}
	names := slices.SortedFunc(maps.Keys(histogram), func(a, b string) int {
		return cmp.Or(cmp.Compare(number(a), number(b)), cmp.Compare(a, b))
	})
	if most := number(names[len(names)-1]); most < longest {
		for n := range max(most, often) {
			if name := strconv.FormatInt(n, 10); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(number(a), number(b)), cmp.Compare(a, b)) })
	}
	return names
}

// tasksRescheduledPanel lists the open tasks that were put off again and again.
func tasksRescheduledPanel() Panel {
	return Panel{
		ID: "tasks_rescheduled", Title: "Put off 3 times or more", MinW: 24, MinH: 3,
		Status: func(in *Input) string {
			if in.Figures == nil || in.Figures.Tasks == nil || in.Figures.Tasks.Reschedules == nil {
				return dbStatus(in, "")
			}
			return dbStatus(in, fixed(in, format.Int(int64(len(in.Figures.Tasks.Reschedules.ThreeOrMore)))))
		},
		Draw: drawingOf(tasksOf, drawTasksRescheduled),
	}
}

func drawTasksRescheduled(v *view, f *data.Tasks) {
	if f.Reschedules == nil {
		v.say(tableLack(v.in, tableTasks))
		return
	}
	rows := f.Reschedules.ThreeOrMore
	t := &table{
		columns: []column{
			{w: 1, left: true},
			{head: "times", w: 5},
			{head: "title", w: 14, most: 56, flex: true},
			{head: "task", w: 8, most: 36, flex: true, drop: 1},
		},
		rows: len(rows), list: true, item: func(row int) Item { return rescheduledItem(&rows[row]) },
		empty: lack{lackEmpty, "no open task", ""},
	}
	t.cell = func(row, col, w int) cell {
		r := &rows[row]
		switch col {
		case 0:
			return v.mark(row == t.cursor, "!", v.Styles.Warning)
		case 1:
			return cell{text: format.CountIn(r.Count, w), paint: v.Styles.Warning}
		case 2:
			return cell{text: r.Title, paint: v.Styles.Text}
		}
		return cell{text: r.ID, paint: v.Styles.Faint}
	}
	v.out = v.table(t, v.w, v.h)
}

func rescheduledItem(t *data.RescheduledTask) Item {
	return Item{
		Row: t.ID, Value: t.Count, Text: t.Title, Behind: data.BehindTask(t.ID),
		Fields: []Field{{"task_id", t.ID}, {"title", t.Title}, {"reschedule_count", t.Count}},
	}
}
