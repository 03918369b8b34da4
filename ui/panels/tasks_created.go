package panels

import "github.com/donna-project/donnatop/data"

// tasksCreatedPanel shows how many tasks were created, how they came in and
// what they are about.
func tasksCreatedPanel() Panel {
	return Panel{
		ID: "tasks_created", Title: "Tasks created", MinW: 22, MinH: 5,
		Status: dbWindowStatus,
		Draw:   drawingOf(tasksOf, drawTasksCreated),
	}
}

// leastPart is the width from which a breakdown stands beside another one.
const leastPart = 26

func drawTasksCreated(v *view, f *data.Tasks) {
	c := f.Created[v.in.Window]
	if c == nil {
		v.say(tableLack(v.in, tableTasks))
		return
	}
	v.windowCounts("created", func(w string) *int64 {
		if c := f.Created[w]; c != nil {
			return &c.Total
		}
		return nil
	}, func(w data.Window) data.Behind { return data.BehindCreated(w, nil, nil) })
	none := lack{lackEmpty, "none in " + v.in.Window, ""}
	by := func(head string, counts map[string]int64, series int, behind func(key string) data.Behind) part {
		if counts == nil {
			return v.lackPart(head, tableLack(v.in, tableTasks))
		}
		return v.tally(head, counts, v.Styles.Series[series], none, behind)
	}
	w := v.window(v.in.Window)
	v.parts(leastPart,
		by("channel", c.ByChannel, 0, func(channel string) data.Behind { return data.BehindCreated(w, &channel, nil) }),
		by("domain", c.ByDomain, 2, func(domain string) data.Behind { return data.BehindCreated(w, nil, &domain) }))
}

// windowCounts are the counts of all windows above what else a panel shows, as
// far as that leaves enough room below.
func (v *view) windowCounts(what string, count func(window string) *int64, behind func(w data.Window) data.Behind) {
	v.pairs(v.windowPairs(what, count, behind), max(min(v.h/3, 3), 1))
	v.gap(5)
}
