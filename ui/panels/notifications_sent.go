package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
)

// notificationsSentPanel shows what was sent, where and of which type.
func notificationsSentPanel() Panel {
	return Panel{
		ID: "notifications_sent", Title: "Notifications sent", MinW: 22, MinH: 5,
		Status: logsWindowStatus,
		Draw: drawingOf(notificationsOf, func(v *view, f *data.Notifications) {
			v.sent("sent", f.Sent, logsLack(v.in), behindSent)
		}),
	}
}

// notificationsNudgesPanel shows the nudges given for tasks.
func notificationsNudgesPanel() Panel {
	return Panel{
		ID: "notifications_nudges", Title: "Nudges", MinW: 22, MinH: 5,
		Status: dbWindowStatus,
		Draw: drawingOf(notificationsOf, func(v *view, f *data.Notifications) {
			v.sent("nudges", f.Nudges, tableLack(v.in, tableNudges), data.BehindNudges)
		}),
	}
}

// behindSent is the log lines of messages sent, by channel and type.
func behindSent(w data.Window, channel, kind *string) data.Behind {
	return data.BehindSeries(w, data.SeriesKeys{Key: kind, Channel: channel}, events.NotificationSent)
}

func (v *view) sent(what string, counts map[string]*data.SentCounts, why lack, behind func(w data.Window, channel, kind *string) data.Behind) {
	c := counts[v.in.Window]
	if c == nil {
		v.say(why)
		return
	}
	v.windowCounts(what, func(w string) *int64 {
		if c := counts[w]; c != nil {
			return &c.Total
		}
		return nil
	}, func(w data.Window) data.Behind { return behind(w, nil, nil) })
	w := v.window(v.in.Window)
	none := lack{lackEmpty, "none in " + v.in.Window, ""}
	v.parts(leastPart,
		v.tally("type", c.ByType, v.Styles.Series[2], none, func(kind string) data.Behind { return behind(w, nil, &kind) }),
		v.tally("channel", c.ByChannel, v.Styles.Series[0], none, func(channel string) data.Behind { return behind(w, &channel, nil) }))
}

// notificationsFailedPanel shows what could not be sent, dropped messages included.
func notificationsFailedPanel() Panel {
	return typedPanel("notifications_failed", "Notifications failed", events.NotificationFailed, func(f *data.Notifications) map[string]*data.TypedCounts { return f.Failed })
}

// notificationsBlockedPanel shows what was held back or queued.
func notificationsBlockedPanel() Panel {
	return typedPanel("notifications_blocked", "Blocked & queued", events.NotificationBlocked, func(f *data.Notifications) map[string]*data.TypedCounts { return f.Blocked })
}

func typedPanel(id, title string, m events.Metric, of func(f *data.Notifications) map[string]*data.TypedCounts) Panel {
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
			v.windowCounts("messages", func(w string) *int64 {
				if c := counts[w]; c != nil {
					return &c.Total
				}
				return nil
			}, func(w data.Window) data.Behind { return data.BehindSeries(w, data.SeriesKeys{}, m) })
			v.parts(leastPart, v.tally("type", c.ByType, v.Styles.GaugeWarning, lack{lackEmpty, "none in " + v.in.Window, ""}, func(kind string) data.Behind {
				return data.BehindSeries(v.window(v.in.Window), data.SeriesKeys{Key: &kind}, m)
			}))
		}),
	}
}
