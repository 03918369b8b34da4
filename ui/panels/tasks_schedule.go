package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// tasksSchedulePanel shows how far ahead tasks are put (the slot they get,
// from the database) and how soon that happens (from the log).
func tasksSchedulePanel() Panel {
	return Panel{
		ID: "tasks_schedule", Title: "Time to slot & to schedule", MinW: 25, MinH: 4,
		Status: dbWindowStatus,
		Draw:   drawingOf(tasksOf, drawTasksSchedule),
	}
}

func drawTasksSchedule(v *view, f *data.Tasks) {
	slot := v.lackPart("to slot", tableLack(v.in, tableTasks))
	if f.TimeToSlot != nil {
		slot = v.windowPart("to slot", v.hoursColumns(f.TimeToSlot, data.BehindSlots), nil)
	}
	scheduled := v.lackPart("to schedule", logsLack(v.in))
	if f.TimeToSchedule != nil {
		scheduled = v.windowPart("to schedule", v.hoursColumns(f.TimeToSchedule, data.BehindScheduled), v.logsGap(f.TimeToSchedule[v.in.Window] == nil))
	}
	v.parts(36, slot, scheduled)
}

func (v *view) hoursColumns(stats map[string]*data.HoursStat, behind func(w data.Window) data.Behind) []windowColumn {
	hours := func(of func(s *data.HoursStat) *float64) func(window string, w int) cell {
		return func(window string, w int) cell {
			if s := stats[window]; s != nil {
				return v.optCell(of(s), w, format.HoursIn)
			}
			return v.optCell(nil, w, nil)
		}
	}
	of := func(window string) data.HoursStat {
		if s := stats[window]; s != nil {
			return *s
		}
		return data.HoursStat{}
	}
	return []windowColumn{
		{head: "n", w: 5, drop: 1, item: func(name string, w data.Window) Item {
			if stats[name] == nil {
				return Item{Column: "tasks", Text: format.Missing}
			}
			return countItem("", "tasks", of(name).N, behind(w))
		}, cell: func(window string, w int) cell {
			if s := stats[window]; s != nil {
				return v.countCell(&s.N, w)
			}
			return v.countCell(nil, w)
		}},
		{head: "mean", w: 6, item: func(name string, w data.Window) Item {
			return optItem("", "mean", of(name).MeanHours, format.Hours, behind(w).As(data.Derived))
		}, cell: hours(func(s *data.HoursStat) *float64 { return s.MeanHours })},
		{head: "median", w: 6, item: func(name string, w data.Window) Item {
			return optItem("", "median", of(name).MedianHours, format.Hours, behind(w).Ranked(0.5))
		}, cell: hours(func(s *data.HoursStat) *float64 { return s.MedianHours })},
	}
}
