package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// notificationsTimesPanel shows how long people take: to acknowledge an
// escalation, and to answer a nudge.
func notificationsTimesPanel() Panel {
	return Panel{
		ID: "notifications_times", Title: "Response times", MinW: 25, MinH: 4,
		Status: dbWindowStatus,
		Draw:   drawingOf(notificationsOf, drawNotificationsTimes),
	}
}

func drawNotificationsTimes(v *view, f *data.Notifications) {
	reply := v.replyPart(f)
	response := v.lackPart("to acknowledge", unfilled(v.in, data.KeyResponse, tableLack(v.in, tableTiers)))
	if f.ResponseS != nil {
		response = v.windowPart("to acknowledge", v.secondsColumns(f.ResponseS, data.BehindAcknowledged), nil)
	}
	v.parts(38, reply, response)
}

// replyPart needs the nudges of the database and the answers of the log.
func (v *view) replyPart(f *data.Notifications) part {
	const head = "to reply"
	switch {
	case f.ReplyS == nil && f.Nudges == nil:
		return v.lackPart(head, tableLack(v.in, tableNudges))
	case f.ReplyS == nil:
		return v.lackPart(head, logsLack(v.in))
	}
	return v.windowPart(head, v.secondsColumns(f.ReplyS, data.BehindReplies), v.logsGap(f.ReplyS[v.in.Window] == nil))
}

func (v *view) secondsColumns(stats map[string]*data.SecondsStat, behind func(w data.Window) data.Behind) []windowColumn {
	seconds := func(of func(s *data.SecondsStat) *float64) func(window string, w int) cell {
		return func(window string, w int) cell {
			if s := stats[window]; s != nil {
				return v.optCell(of(s), w, format.SecondsIn)
			}
			return v.optCell(nil, w, nil)
		}
	}
	of := func(window string) data.SecondsStat {
		if s := stats[window]; s != nil {
			return *s
		}
		return data.SecondsStat{}
	}
	return []windowColumn{
		{head: "n", w: 5, drop: 1, item: func(name string, w data.Window) Item {
			if stats[name] == nil {
				return Item{Column: "answers", Text: format.Missing}
			}
			return countItem("", "answers", of(name).N, behind(w))
		}, cell: func(window string, w int) cell {
			if s := stats[window]; s != nil {
				return v.countCell(&s.N, w)
			}
			return v.countCell(nil, w)
		}},
		{head: "p50", w: 6, item: func(name string, w data.Window) Item {
			return optItem("", "p50", of(name).P50, format.Seconds, behind(w).Ranked(0.5))
		}, cell: seconds(func(s *data.SecondsStat) *float64 { return s.P50 })},
		{head: "p95", w: 6, item: func(name string, w data.Window) Item {
			return optItem("", "p95", of(name).P95, format.Seconds, behind(w).Ranked(0.95))
		}, cell: seconds(func(s *data.SecondsStat) *float64 { return s.P95 })},
	}
}
