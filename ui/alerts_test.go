package ui

import (
	"errors"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// acks takes acknowledgements, or fails.
type acks struct {
	rules []string
	fail  error
}

func (a *acks) Acknowledge(rule string) error {
	a.rules = append(a.rules, rule)
	return a.fail
}

// rule is a rule in a state.
func rule(name string, state data.AlertState) data.Alert {
	return data.Alert{Rule: name, Title: "Rule " + name, State: state, Detail: "what of " + name, Routes: []string{"discord"}}
}

func TestAcknowledge(t *testing.T) {
	to := &acks{}
	drive(t, 120, 40, func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.View, o.Alerts = "overview", to
		return o
	}, func(d *driver) {
		d.publish(func(h *data.Hub) {
			h.SetAlerts([]data.Alert{rule("one", data.AlertOK), rule("two", data.AlertFiring), rule("three", data.AlertPending)})
		})
		d.must("Alerts", "1 firing · 1 pending", "✗  Rule two")
		d.mustNot("acknowledge")
		d.press("a") // the focus is elsewhere
		for range 10 {
			if d.m.router.top().Bindings()[0].Action == "alert.acknowledge" {
				break
			}
			d.press("n")
		}
		d.must("a acknowledge")
		d.press("a")
		if len(to.rules) != 1 || to.rules[0] != "two" {
			t.Fatalf("acknowledged %q", to.rules)
		}
		d.must("Rule two: acknowledged")
		seen := rule("two", data.AlertFiring)
		seen.Acknowledged = true
		d.publish(func(h *data.Hub) { h.SetAlerts([]data.Alert{seen, rule("three", data.AlertPending)}) })
		d.must("seen")
		d.press("a", "down", "a") // neither what was seen nor what is pending
		if len(to.rules) != 1 {
			t.Errorf("acknowledged %q", to.rules)
		}
		d.press("enter")
		d.must("Alert Rule three", "what of three", "pending")
		d.press("esc", "up")

		to.fail = errors.New("disk full")
		d.publish(func(h *data.Hub) { h.SetAlerts([]data.Alert{rule("two", data.AlertFiring)}) })
		d.press("a")
		d.must("Rule two could not be acknowledged: disk full")
	})
}

func TestBellAndTitle(t *testing.T) {
	for _, bell := range []bool{true, false} {
		clock := clockwork.NewFakeClockAt(testNow)
		o := sampleOptions(clock)
		o.Bell = bell
		m, err := New(o)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		hub := o.Hub.(*data.Hub)
		for i, c := range []struct {
			alerts []data.Alert
			rings  bool
			title  string
		}{
			{nil, false, "donnatop"},
			{[]data.Alert{rule("a", data.AlertFiring), rule("b", data.AlertOK)}, false, "donnatop: 1 alert"}, // it fired before anybody looked
			{[]data.Alert{rule("a", data.AlertFiring), rule("b", data.AlertPending)}, false, "donnatop: 1 alert"},
			{[]data.Alert{rule("a", data.AlertFiring), rule("b", data.AlertFiring)}, true, "donnatop: 2 alerts"},
			{[]data.Alert{rule("a", data.AlertUnknown), rule("b", data.AlertFiring)}, false, "donnatop: 1 alert"},
			{[]data.Alert{rule("a", data.AlertFiring), rule("b", data.AlertFiring)}, false, "donnatop: 2 alerts"}, // it never stopped
			{[]data.Alert{rule("a", data.AlertResolved), rule("b", data.AlertOK)}, false, "donnatop"},
			{[]data.Alert{rule("a", data.AlertFiring), rule("b", data.AlertOK)}, true, "donnatop: 1 alert"},
		} {
			hub.SetAlerts(c.alerts)
			s := hub.Publish()
			cmd := m.heed(s)
			if rings := cmd != nil; rings != (c.rings && bell) {
				t.Errorf("%d: rings %v", i, rings)
			} else if rings && cmd() != (tea.RawMsg{Msg: "\a"}) {
				t.Errorf("%d: sends %v", i, cmd())
			}
			m.feed.latest = s
			if got := m.View().WindowTitle; got != c.title {
				t.Errorf("%d: title %q, want %q", i, got, c.title)
			}
		}
	}
}
