package panels_test

import (
	"time"

	"github.com/donna-project/donnatop/data"
)

func sampleTasks() *data.Tasks {
	f := &data.Tasks{
		Created: map[string]*data.TasksCreated{}, Completed: map[string]*int64{},
		States:  map[string]int64{"backlog": 41, "scheduled": 23, "needs_scheduling": 9, "in_progress": 4, "blocked": 3, "waiting_input": 2, "paused": 1, "done": 512, "cancelled": 37},
		Overdue: p(int64(6)), MeanHoursToComplete: p(31.25),
		TimeToSlot: map[string]*data.HoursStat{}, TimeToSchedule: map[string]*data.HoursStat{}, Dedup: map[string]*data.Dedup{},
		Reschedules: &data.Reschedules{
			Histogram: map[string]int64{"0": 58, "1": 14, "2": 5, "3": 3, "4": 1, "7": 1},
			ThreeOrMore: []data.RescheduledTask{
				{ID: "0198a3b0-7c1e-7000-8000-0000000000a1", Title: "Call the insurance about the claim from March", Count: 7},
				{ID: "0198a3b0-7c1e-7000-8000-0000000000a2", Title: "Book the dentist", Count: 4},
				{ID: "0198a3b0-7c1e-7000-8000-0000000000a3", Title: "予約の確認", Count: 3},
				{ID: "0198a3b0-7c1e-7000-8000-0000000000a4", Title: "Tidy the cellar", Count: 3},
				{ID: "0198a3b0-7c1e-7000-8000-0000000000a5", Title: "Renew the passport", Count: 3},
			},
		},
	}
	for i, w := range data.WindowNames {
		n := int64(3 + 7*i*i)
		f.Created[w] = &data.TasksCreated{
			Total:     n,
			ByChannel: map[string]int64{"discord": n - n/3 - n/7, "app": n / 3, "email": n / 7},
			ByDomain:  map[string]int64{"personal": n - n/2, "work": n / 2, "family": 0},
		}
		f.Completed[w] = p(n - 2)
		f.TimeToSlot[w] = &data.HoursStat{N: n - 1, MeanHours: p(26.5 + float64(i)), MedianHours: p(18.25)}
		f.TimeToSchedule[w] = &data.HoursStat{N: n - 2, MeanHours: p(0.42), MedianHours: p(0.0125 * float64(i+1))}
		f.Dedup[w] = &data.Dedup{Checks: 4 * n, Hits: n, Rate: p(0.25)}
	}
	f.TimeToSlot[data.Window1h] = &data.HoursStat{}
	f.TimeToSchedule[data.Window30d] = nil // the log doesn't reach back that far
	f.Dedup[data.Window1h] = &data.Dedup{}
	f.Dedup[data.Window30d] = nil
	for i := range 30 {
		d := data.TaskDay{Start: now.Truncate(24*time.Hour).AddDate(0, 0, i-29), Created: int64(i*5%11 + 2), Completed: int64(i * 7 % 9)}
		if i == 12 {
			d = data.TaskDay{Start: d.Start}
		}
		f.PerDay = append(f.PerDay, d)
	}
	return f
}

// noTasks is a pipeline without a single task, and a log without a line of it.
func noTasks() *data.Tasks {
	f := &data.Tasks{
		Created: perWindow(&data.TasksCreated{ByChannel: map[string]int64{}, ByDomain: map[string]int64{}}), Completed: perWindow(p(int64(0))),
		States: map[string]int64{}, Overdue: p(int64(0)), TimeToSlot: perWindow(&data.HoursStat{}), TimeToSchedule: perWindow(&data.HoursStat{}),
		Reschedules: &data.Reschedules{Histogram: map[string]int64{}, ThreeOrMore: []data.RescheduledTask{}}, Dedup: perWindow(&data.Dedup{}),
	}
	for i := range 30 {
		f.PerDay = append(f.PerDay, data.TaskDay{Start: now.Truncate(24*time.Hour).AddDate(0, 0, i-29)})
	}
	return f
}

func hostileTasks(h *hostility) *data.Tasks {
	f := &data.Tasks{
		Created:   perWindow(&data.TasksCreated{Total: h.whole(0), ByChannel: h.counts(), ByDomain: h.counts()}),
		Completed: perWindow(p(h.whole(1))), States: h.counts(), Overdue: p(h.whole(2)), MeanHoursToComplete: p(h.real(3)),
		TimeToSlot:     perWindow(&data.HoursStat{N: h.whole(4), MeanHours: p(h.real(0)), MedianHours: p(h.real(1))}),
		TimeToSchedule: perWindow(&data.HoursStat{N: h.whole(5), MeanHours: p(h.real(2)), MedianHours: p(h.real(5))}),
		Reschedules:    &data.Reschedules{Histogram: h.counts()},
		Dedup:          perWindow(&data.Dedup{Checks: h.whole(0), Hits: h.whole(1), Rate: p(h.real(1))}),
	}
	for i, n := range h.names {
		f.Reschedules.ThreeOrMore = append(f.Reschedules.ThreeOrMore, data.RescheduledTask{ID: n, Title: n, Count: h.whole(i)})
		f.PerDay = append(f.PerDay, data.TaskDay{Created: h.whole(i), Completed: h.whole(i + 1)})
	}
	return f
}
