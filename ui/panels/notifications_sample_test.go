package panels_test

import "github.com/donna-project/donnatop/data"

func sampleNotifications() *data.Notifications {
	f := &data.Notifications{
		Sent: map[string]*data.SentCounts{}, Failed: map[string]*data.TypedCounts{}, Blocked: map[string]*data.TypedCounts{}, Nudges: map[string]*data.SentCounts{},
		Escalation: &data.EscalationTiers{ByStatus: map[string]int64{"acknowledged": 31, "pending": 4, "backed_off": 2, "completed": 1}, ByTier: map[string]int64{"1": 29, "2": 7, "4": 2}},
		ResponseS:  map[string]*data.SecondsStat{}, ReplyS: map[string]*data.SecondsStat{},
	}
	for i, w := range data.WindowNames {
		n := int64(5 + 13*i*i)
		f.Sent[w] = &data.SentCounts{
			Total: n, ByChannel: map[string]int64{"discord": n - n/4, "email": n / 6, "(none)": n/4 - n/6},
			ByType: map[string]int64{"reminder": n - n/2 - n/5, "overdue": n / 2, "digest": n / 5},
		}
		f.Failed[w] = &data.TypedCounts{Total: int64(i), ByType: map[string]int64{"reminder": int64(i) - int64(i)/2, "digest": int64(i) / 2}}
		f.Blocked[w] = &data.TypedCounts{Total: int64(3 * i), ByType: map[string]int64{"evening_checkin": int64(3 * i)}}
		f.Nudges[w] = &data.SentCounts{Total: n / 2, ByChannel: map[string]int64{"discord": n / 2}, ByType: map[string]int64{"overdue": n / 2}}
		f.ResponseS[w] = &data.SecondsStat{N: n / 3, P50: p(64.5), P95: p(1860.0)}
		f.ReplyS[w] = &data.SecondsStat{N: n / 4, P50: p(312.0), P95: p(14_400.0)}
	}
	f.ResponseS[data.Window1h] = &data.SecondsStat{}
	f.Sent[data.Window30d], f.ReplyS[data.Window30d] = nil, nil
	return f
}

// noNotifications is a stock Donna who has sent nothing.
func noNotifications() *data.Notifications {
	none := &data.SentCounts{ByChannel: map[string]int64{}, ByType: map[string]int64{}}
	typed := &data.TypedCounts{ByType: map[string]int64{}}
	return &data.Notifications{
		Sent: perWindow(none), Failed: perWindow(typed), Blocked: perWindow(typed), Nudges: perWindow(none),
		Escalation: &data.EscalationTiers{ByStatus: map[string]int64{}, ByTier: map[string]int64{}},
		ResponseS:  perWindow(&data.SecondsStat{}), ReplyS: perWindow(&data.SecondsStat{}),
	}
}

func hostileNotifications(h *hostility) *data.Notifications {
	sent := &data.SentCounts{Total: h.whole(0), ByChannel: h.counts(), ByType: h.counts()}
	typed := &data.TypedCounts{Total: h.whole(1), ByType: h.counts()}
	return &data.Notifications{
		Sent: perWindow(sent), Failed: perWindow(typed), Blocked: perWindow(typed), Nudges: perWindow(sent),
		Escalation: &data.EscalationTiers{ByStatus: h.counts(), ByTier: h.counts()},
		ResponseS:  perWindow(&data.SecondsStat{N: h.whole(2), P50: p(h.real(0)), P95: p(h.real(1))}),
		ReplyS:     perWindow(&data.SecondsStat{N: h.whole(2), P50: p(h.real(2)), P95: p(h.real(5))}),
	}
}
