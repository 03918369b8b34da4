package panels

import "github.com/donna-project/donnatop/data"

// notificationsTiersPanel shows how far Donna went to be heard.
func notificationsTiersPanel() Panel {
	return Panel{
		ID: "notifications_tiers", Title: "Escalation tiers", MinW: 22, MinH: 5,
		Status: dbStatusOf("all"),
		Draw:   drawingOf(notificationsOf, drawNotificationsTiers),
	}
}

// tiers are the tiers of an escalation by the channel each one takes.
var tiers = []struct{ key, name string }{{"1", "1 Discord"}, {"2", "2 SMS"}, {"3", "3 email"}, {"4", "4 phone"}}

func drawNotificationsTiers(v *view, f *data.Notifications) {
	e := f.Escalation
	if e == nil {
		v.say(unfilled(v.in, data.KeyTiers, tableLack(v.in, tableTiers)))
		return
	}
	if len(e.ByStatus) == 0 && len(e.ByTier) == 0 {
		v.say(lack{lackEmpty, "no rows", ""})
		return
	}
	named := make(map[string]int64, len(e.ByTier))
	for tier, n := range e.ByTier {
		named[tier] = n
	}
	var names []string
	for _, t := range tiers {
		names = append(names, t.name)
		named[t.name] = named[t.key]
		delete(named, t.key)
	}
	byTier := &breakdown{head: "tier", rows: inOrder(named, names), paint: v.Styles.Series[3], behind: func(tier string) data.Behind {
		return data.BehindTiers(v.now(), nil, &tier)
	}}
	for i := range byTier.rows {
		if i < len(tiers) {
			byTier.rows[i].key = tiers[i].key
		}
	}
	v.parts(leastPart,
		v.tally("status", e.ByStatus, v.Styles.Series[0], lack{lackEmpty, "no rows", ""}, func(status string) data.Behind {
			return data.BehindTiers(v.now(), &status, nil)
		}),
		part{rows: len(byTier.rows) + 1, draw: func(w, h int) []string { return v.breakdown(byTier, w, h) }})
}
