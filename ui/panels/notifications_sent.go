package panels

import "github.com/donna-project/donnatop/data"

// notificationsSentPanel shows what was sent, where and of which type.
func notificationsSentPanel() Panel {
	return Panel{
		ID: "notifications_sent", Title: "Notifications sent", MinW: 22, MinH: 5,
		Status: logsWindowStatus,
		Draw: drawingOf(notificationsOf, func(v *view, f *data.Notifications) {
			v.sent(f.Sent, logsLack(v.in))
		}),
	}
}

// notificationsNudgesPanel shows the nudges given for tasks.
func notificationsNudgesPanel() Panel {
	return Panel{
		ID: "notifications_nudges", Title: "Nudges", MinW: 22, MinH: 5,
		Status: dbWindowStatus,
		Draw: drawingOf(notificationsOf, func(v *view, f *data.Notifications) {
			v.sent(f.Nudges, tableLack(v.in, tableNudges))
		}),
	}
}

func (v *view) sent(counts map[string]*data.SentCounts, why lack) {
	c := counts[v.in.Window]
	if c == nil {
		v.say(why)
		return
	}
	v.windowCounts(func(w string) *int64 {
		if c := counts[w]; c != nil {
			return &c.Total
		}
		return nil
	})
	none := lack{lackEmpty, "none in " + v.in.Window, ""}
	v.parts(leastPart,
		v.tally("type", c.ByType, v.Styles.Series[2], none),
		v.tally("channel", c.ByChannel, v.Styles.Series[0], none))
}

// notificationsFailedPanel shows what could not be sent, dropped messages included.
func notificationsFailedPanel() Panel {
	return typedPanel("notifications_failed", "Notifications failed", func(f *data.Notifications) map[string]*data.TypedCounts { return f.Failed })
}

// notificationsBlockedPanel shows what was held back or queued.
func notificationsBlockedPanel() Panel {
	return typedPanel("notifications_blocked", "Blocked & queued", func(f *data.Notifications) map[string]*data.TypedCounts { return f.Blocked })
}

func typedPanel(id, title string, of func(f *data.Notifications) map[string]*data.TypedCounts) Panel {
	return Panel{
		ID: id, Title: title, MinW: 22, MinH: 4,
		Status: logsWindowStatus,
		Draw: drawingOf(notificationsOf, func(v *view, f *data.Notifications) {
			counts := of(f)
			c := counts[v.in.Window]
			if c == nil {
				v.say(logsLack(v.in))
				return
			}
			v.windowCounts(func(w string) *int64 {
				if c := counts[w]; c != nil {
					return &c.Total
				}
				return nil
			})
			v.parts(leastPart, v.tally("type", c.ByType, v.Styles.GaugeWarning, lack{lackEmpty, "none in " + v.in.Window, ""}))
		}),
	}
}
