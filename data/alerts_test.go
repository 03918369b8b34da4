package data

import (
	"testing"

	"github.com/jonboulle/clockwork"
)

// TestSetAlerts: a rule that changes its state is news; that time goes on is none,
// or every look at the rules would draw every screen anew.
func TestSetAlerts(t *testing.T) {
	h := NewHub(HubOptions{Clock: clockwork.NewFakeClockAt(epoch)})
	set := func(news bool, change func(a *Alert)) {
		t.Helper()
		a := Alert{Rule: "heartbeat", State: AlertOK, Value: ptr(1.0)}
		change(&a)
		h.dirty = false
		h.SetAlerts([]Alert{a})
		if h.dirty != news {
			t.Errorf("news %v, want %v", h.dirty, news)
		}
		if got := h.Publish().Figures().Alerts[0]; got.State != a.State || *got.Value != *a.Value {
			t.Errorf("published %+v, want %+v", got, a)
		}
	}
	set(true, func(*Alert) {})
	set(false, func(a *Alert) { a.Value, a.Detail = ptr(31.0), "31s" })
	set(true, func(a *Alert) { a.State = AlertPending })
	set(true, func(a *Alert) { a.State, a.Since = AlertPending, ptr(epoch) })
	set(false, func(a *Alert) { a.State, a.Since = AlertPending, ptr(epoch.Local()) })
	set(true, func(a *Alert) { a.State, a.Since, a.Acknowledged = AlertPending, ptr(epoch), true })
	set(true, func(a *Alert) { a.Rule = "other" })
}
