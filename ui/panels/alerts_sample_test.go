package panels_test

import (
	"fmt"
	"math"
	"time"

	"github.com/donna-project/donnatop/data"
)

// sampleAlerts has a rule in each state, and one that was acknowledged.
func sampleAlerts() []data.Alert {
	ago := func(d time.Duration) *time.Time { return p(now.Add(-d)) }
	return []data.Alert{
		{Rule: "service_down", Title: "Service down", State: data.AlertFiring, Since: ago(7 * time.Minute), Value: p(722.0), Threshold: p(300.0), Unit: data.AlertSeconds, Detail: "donna-vault: DOWN (exited), for 12m", Routes: []string{"discord", "sms"}},
		{Rule: "breaker_open", Title: "Breaker opened", State: data.AlertFiring, Since: ago(7 * time.Minute), Value: p(2.0), Threshold: p(0.0), Detail: "anthropic: open, 5 failures, for 7m, acknowledged 14:20 UTC; ollama: open, testing, for 1m, acknowledged 14:20 UTC", Routes: []string{"discord", "sms"}, Acknowledged: true},
		{Rule: "error_burst", Title: "Errors in 5 min", State: data.AlertOK, Value: p(7.0), Threshold: p(10.0), Detail: "7 errors in 5 minutes", Routes: []string{"discord"}},
		{Rule: "disk_usage", Title: "Disk usage", State: data.AlertResolved, Since: ago(40 * time.Minute), Value: p(79.4), Threshold: p(80.0), Unit: data.AlertPercent, Detail: "/srv/donna: over after 3h 12m", Routes: []string{"discord"}},
		{Rule: "supabase_sync", Title: "Supabase failing", State: data.AlertPending, Since: ago(25 * time.Minute), Value: p(1500.0), Threshold: p(3600.0), Unit: data.AlertSeconds, Detail: "supabase: 4 failed pushes, for 25m", Routes: []string{"discord"}},
		{Rule: "heartbeat", Title: "Heartbeat lost", State: data.AlertUnknown, Threshold: p(600.0), Unit: data.AlertSeconds, Detail: "log stale: connection refused", Routes: []string{}},
		{Rule: "budget_daily", Title: "Daily budget", State: data.AlertOK, Value: p(41.2), Threshold: p(100.0), Unit: data.AlertPercent, Detail: "41.2 % used today", Routes: []string{"discord"}},
		{Rule: "budget_runway", Title: "Budget runway", State: data.AlertFiring, Since: ago(2 * time.Hour), Value: p(1.8), Threshold: p(3.0), Unit: data.AlertDays, Below: true, Detail: "budget: lasts 1.8 of the month's 16.4 days, for 2h", Routes: []string{"discord"}},
	}
}

// noAlerts is a Donna with whom all is well.
func noAlerts() []data.Alert {
	alerts := sampleAlerts()
	for i := range alerts {
		a := &alerts[i]
		a.State, a.Since, a.Value, a.Detail, a.Acknowledged = data.AlertOK, nil, p(0.0), "nothing", false
	}
	return alerts
}

func hostileAlerts(h *hostility) []data.Alert {
	states := []data.AlertState{data.AlertFiring, data.AlertPending, data.AlertResolved, data.AlertUnknown, data.AlertOK, "\x1b[31m", ""}
	odd := []float64{math.NaN(), math.Inf(1), math.Inf(-1), -5, 0, 1e300, math.MaxInt64}
	var out []data.Alert
	for i, n := range h.names {
		out = append(out, data.Alert{
			Rule: fmt.Sprint("rule ", i, n), Title: n, State: states[i%len(states)], Since: p(time.Time{}), Value: p(odd[i%len(odd)]), Threshold: p(odd[(i+3)%len(odd)]),
			Unit: data.AlertUnit(i % 5), Detail: n + n, Routes: []string{n}, Acknowledged: i%2 == 0,
		})
	}
	return out
}
