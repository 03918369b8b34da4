package panels

import "github.com/donna-project/donnatop/data"

// Notifications lists the panels of the Notifications view, the most important first.
func Notifications() []Panel {
	return []Panel{
		notificationsSentPanel(),
		notificationsFailedPanel(),
		notificationsBlockedPanel(),
		notificationsNudgesPanel(),
		notificationsTimesPanel(),
		notificationsTiersPanel(),
	}
}

func notificationsOf(f *data.Figures) *data.Notifications { return f.Notifications }

// Tables the figures of notifications come from; what was sent is in the log only.
const (
	tableNudges = "nudge_events"
	tableTiers  = "escalation_state"
)
