package alert_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
)

// Every rule through its whole life, with a new process at each step on the way.
// Each step is at least once on either side of the border.

func TestServiceDown(t *testing.T) {
	const rule = alert.ServiceDown
	w := newWorld(t)
	w.wants(w.look(), "", rule, data.AlertOK)
	w.containers("donna-vault=exited")
	w.wants(w.after(time.Second), "", rule, data.AlertPending)
	w.restart()
	w.wants(w.after(5*time.Minute), "", rule, data.AlertPending)
	w.restart()
	w.wants(w.after(time.Second), "fired service_down donna-vault", rule, data.AlertFiring)
	if a := w.last[rule]; *a.Value != 301 || *a.Threshold != 300 || a.Detail != "donna-vault: DOWN (exited), for 5m" || !a.Since.Equal(w.clock.Now()) {
		t.Errorf("fires as %+v with %v of %v", a, *a.Value, *a.Threshold)
	}
	w.restart()
	w.wants(w.after(time.Second), "", rule, data.AlertFiring)

	w.containers("donna-vault=exited", "caddy=missing")
	w.wants(w.after(time.Minute), "", rule, data.AlertFiring)
	w.wants(w.after(5*time.Minute+time.Second), "fired service_down caddy", rule, data.AlertFiring)
	w.wants(w.after(4*time.Hour-6*time.Minute-2*time.Second), "reminded service_down donna-vault", rule, data.AlertFiring)
	w.restart()
	w.wants(w.after(time.Minute), "", rule, data.AlertFiring)

	w.containers("caddy=missing") // donna-vault is back
	w.wants(w.after(time.Minute), "", rule, data.AlertFiring)
	w.restart()
	w.wants(w.after(time.Second), "resolved service_down donna-vault", rule, data.AlertFiring)
	w.containers()
	w.wants(w.after(2*time.Minute), "resolved service_down caddy", rule, data.AlertResolved)
	w.restart()
	w.wants(w.after(time.Hour), "", rule, data.AlertResolved)
	w.wants(w.after(time.Second), "", rule, data.AlertOK)
	if a := w.last[rule]; *a.Value != 0 || a.Since != nil {
		t.Errorf("all is well, but it says %+v", a)
	}
}

func TestServiceDownStates(t *testing.T) {
	for _, c := range []struct {
		state     string
		unhealthy bool
		down      bool
	}{
		{"running", false, false}, {"running", true, false}, {"unhealthy", false, false}, {"unhealthy", true, true},
		{"exited", false, true}, {"paused", false, true}, {"restarting", false, true}, {"created", false, true}, {"dead", false, true}, {"missing", false, true},
	} {
		w := newWorld(t, func(o *alert.Options) {
			o.Rules = alert.Defaults()
			o.Rules[0].Unhealthy = c.unhealthy
		})
		w.containers("x=" + c.state)
		w.look()
		if got := w.last[alert.ServiceDown].State == data.AlertPending; got != c.down {
			t.Errorf("%s with unhealthy %v: down %v, want %v", c.state, c.unhealthy, got, c.down)
		}
	}
}

// TestCrashLoop: a container that comes up for a moment now and then is down all
// the time.
func TestCrashLoop(t *testing.T) {
	w := newWorld(t)
	for range 11 {
		w.containers("x=restarting")
		w.wants(w.after(20*time.Second), "", alert.ServiceDown, data.AlertPending)
		w.containers()
		w.wants(w.after(10*time.Second), "", alert.ServiceDown, data.AlertPending)
	}
	w.containers("x=restarting")
	w.wants(w.after(20*time.Second), "fired service_down x", alert.ServiceDown, data.AlertFiring)
}

func TestBreakerOpen(t *testing.T) {
	const rule = alert.BreakerOpen
	const fired, resolved = "fired breaker_open donna-orchestrator", "resolved breaker_open donna-orchestrator"
	w := newWorld(t)
	w.wants(w.look(), "", rule, data.AlertOK)
	w.line(`{"event": "circuit_breaker_opened", "failure_count": 5, "level": "critical"}`)
	w.wants(w.after(time.Second), fired, rule, data.AlertFiring)
	w.restart()
	w.wants(w.after(time.Second), "", rule, data.AlertFiring)
	w.event("circuit_breaker_half_open")
	w.wants(w.after(time.Second), "", rule, data.AlertFiring)
	w.event("circuit_breaker_opened")
	w.restart()
	w.wants(w.after(time.Second), "", rule, data.AlertFiring)
	w.event("circuit_breaker_closed")
	w.wants(w.after(time.Second), resolved, rule, data.AlertResolved)
	w.restart()
	w.wants(w.after(time.Second), "", rule, data.AlertResolved)

	w.event("circuit_breaker_opened") // again, and a restart of the container closes it
	w.wants(w.after(time.Second), fired, rule, data.AlertFiring)
	w.event("donna_starting")
	w.wants(w.after(time.Second), resolved, rule, data.AlertResolved)

	// Between two looks it opened and closed: it is told of all the same, once.
	w.clock.Advance(time.Minute)
	w.event("circuit_breaker_opened")
	w.clock.Advance(time.Minute)
	w.event("circuit_breaker_closed")
	w.restart()
	w.wants(w.after(time.Minute), fired, rule, data.AlertFiring)
	w.restart()
	w.wants(w.after(time.Minute), resolved, rule, data.AlertResolved)
	w.wants(w.after(time.Minute), "", rule, data.AlertResolved)
}

// TestBreakerOfLongAgo: the first look ever doesn't tell of what was over before.
func TestBreakerOfLongAgo(t *testing.T) {
	w := newWorld(t)
	w.event("circuit_breaker_opened")
	w.clock.Advance(time.Minute)
	w.event("circuit_breaker_closed")
	w.wants(w.after(time.Minute), "", alert.BreakerOpen, data.AlertOK)
}

func TestErrorBurst(t *testing.T) {
	const rule = alert.ErrorBurst
	w := newWorld(t)
	for range 9 {
		w.line(`{"event": "x", "level": "error"}`)
	}
	w.line(`{"event": "x", "level": "warning"}`)
	w.line(`{"event": "x", "level": "critical"}`)
	w.wants(w.look(), "", rule, data.AlertOK)
	if a := w.last[rule]; *a.Value != 10 || *a.Threshold != 10 || a.Detail != "10 errors in 5 minutes" {
		t.Errorf("ten are not more than ten: %+v", a)
	}
	w.clock.Advance(2 * time.Minute)
	w.line(`{"event": "x", "level": "error"}`)
	w.wants(w.after(0), "fired error_burst log", rule, data.AlertFiring)
	w.restart()
	w.wants(w.after(3*time.Minute), "", rule, data.AlertFiring) // the ten are just within five minutes
	w.wants(w.after(time.Second), "", rule, data.AlertFiring)   // over, but that may be for a moment
	w.wants(w.after(4*time.Minute+59*time.Second), "", rule, data.AlertFiring)
	w.restart()
	w.wants(w.after(time.Second), "resolved error_burst log", rule, data.AlertResolved)
	w.wants(w.after(time.Hour), "", rule, data.AlertResolved)
	w.wants(w.after(time.Second), "", rule, data.AlertOK)
}

func TestDiskUsage(t *testing.T) {
	const rule = alert.DiskUsage
	w := newWorld(t)
	w.disks("/=800", "/data=100")
	w.wants(w.look(), "", rule, data.AlertOK)
	if a := w.last[rule]; *a.Value != 80 || *a.Threshold != 80 || a.Detail != "/ 80.0 % full" {
		t.Errorf("%+v", a)
	}
	w.disks("/=801", "/data=990")
	w.wants(w.after(time.Second), "fired disk_usage / /data", rule, data.AlertFiring)
	if a := w.last[rule]; *a.Value != 99 || a.Detail != "/: 80.1 % full; /data: 99.0 % full" {
		t.Errorf("%v %s", *a.Value, a.Detail)
	}
	w.restart()
	w.disks("/=801", "/data=500")
	w.wants(w.after(5*time.Minute), "", rule, data.AlertFiring)
	w.wants(w.after(time.Second), "resolved disk_usage /data", rule, data.AlertFiring)
	w.restart()
	w.wants(w.after(4*time.Hour), "reminded disk_usage /", rule, data.AlertFiring)
	w.disks("/=1", "/data=500")
	w.wants(w.after(6*time.Minute), "resolved disk_usage /", rule, data.AlertResolved)
	w.wants(w.after(2*time.Hour), "", rule, data.AlertOK)
}

func TestSupabaseSync(t *testing.T) {
	const rule = alert.SupabaseSync
	failed := `{"event": "supabase_push_failed", "event_type": "sync.supabase.failed", "level": "error"}`
	w := newWorld(t)
	w.wants(w.look(), "", rule, data.AlertOK)
	w.event("supabase_push_ok")
	w.clock.Advance(time.Minute)
	w.line("%s", failed)
	w.wants(w.after(30*time.Minute), "", rule, data.AlertPending)
	w.restart()
	w.line("%s", failed)
	w.wants(w.after(30*time.Minute), "", rule, data.AlertPending)
	if a := w.last[rule]; *a.Value != 3600 || *a.Threshold != 3600 || a.Detail != "supabase: 2 failed pushes, for 1h" {
		t.Errorf("%v of %v: %s", *a.Value, *a.Threshold, a.Detail)
	}
	w.wants(w.after(time.Second), "fired supabase_sync supabase", rule, data.AlertFiring)
	w.restart()
	w.wants(w.after(4*time.Hour), "reminded supabase_sync supabase", rule, data.AlertFiring)
	w.event("supabase_push_ok")
	w.wants(w.after(time.Second), "resolved supabase_sync supabase", rule, data.AlertResolved)
	w.wants(w.after(2*time.Hour), "", rule, data.AlertOK)
}

func TestHeartbeat(t *testing.T) {
	const rule = alert.Heartbeat
	w := newWorld(t)
	silence := func(d time.Duration) []string {
		w.clock.Advance(d)
		return w.look()
	}
	w.wants(w.look(), "", rule, data.AlertOK)
	w.wants(silence(90*time.Second), "", rule, data.AlertOK)
	w.wants(silence(time.Second), "", rule, data.AlertPending)
	w.restart()
	w.wants(silence(8*time.Minute+29*time.Second), "", rule, data.AlertPending) // ten minutes
	w.wants(silence(time.Second), "fired heartbeat orchestrator", rule, data.AlertFiring)
	if a := w.last[rule]; *a.Value != 601 || *a.Threshold != 600 || len(a.Routes) != 0 {
		t.Errorf("%v of %v to %v", *a.Value, *a.Threshold, a.Routes)
	}
	w.restart()
	w.wants(silence(4*time.Hour), "reminded heartbeat orchestrator", rule, data.AlertFiring)
	w.wants(w.after(time.Second), "resolved heartbeat orchestrator", rule, data.AlertResolved)
	w.wants(w.after(2*time.Hour), "", rule, data.AlertOK)
	if n := w.engine.Waiting(); n != 0 {
		t.Errorf("%d messages, though nobody asked for any", n)
	}
}

func TestBudget(t *testing.T) {
	w := newWorld(t)
	w.hub.SetConfig(data.Config{DailyUSD: 20, MonthlyUSD: 100, MonthlyWarningPct: 90})
	w.spend(19.99)
	w.wants(w.look(), "", alert.BudgetDaily, data.AlertOK)
	w.spend(0.01)
	w.wants(w.after(time.Second), "fired budget_daily budget", alert.BudgetDaily, data.AlertFiring)
	if a := w.last[alert.BudgetDaily]; *a.Threshold != 100 || a.Detail != "budget: 100.0 % used today" {
		t.Errorf("%v %s", *a.Threshold, a.Detail)
	}
	w.restart()
	w.wants(w.after(4*time.Hour), "reminded budget_daily budget", alert.BudgetDaily, data.AlertFiring)
	w.wants(w.after(8*time.Hour), "resolved budget_daily budget", alert.BudgetDaily, data.AlertResolved) // the next day
	// 80 of 100 are left; at 20/7 a day that is four weeks.
	if a := w.last[alert.BudgetRunway]; a.State != data.AlertOK || *a.Value < 27 || *a.Value > 29 {
		t.Errorf("runway is %v: %s", *a.Value, a.Detail)
	}
	w.spend(69)
	w.wants(w.after(time.Second), "fired budget_daily budget, fired budget_runway budget", alert.BudgetMonthly, data.AlertOK)
	w.spend(1)
	w.wants(w.after(time.Second), "fired budget_monthly budget", alert.BudgetMonthly, data.AlertFiring)
	if a := w.last[alert.BudgetMonthly]; *a.Value != 90 || *a.Threshold != 90 {
		t.Errorf("%v of %v", *a.Value, *a.Threshold)
	}
	if a := w.last[alert.BudgetRunway]; !a.Below || *a.Value > 1 || !strings.Contains(a.Detail, "lasts 0.8 of the month's 16.0 days") {
		t.Errorf("%v: %s", *a.Value, a.Detail)
	}
}

// TestBudgetOfUnreadableConfiguration: while Donna's own caps can't be read, her
// defaults must not fire in their place.
func TestBudgetOfUnreadableConfiguration(t *testing.T) {
	w := newWorld(t)
	w.spend(21)
	w.gone(data.SourceConfig, data.StateFailed)
	w.wants(w.look(), "", alert.BudgetDaily, data.AlertUnknown)
	w.live(data.SourceConfig)
	w.hub.SetConfig(data.Config{DailyUSD: 50, MonthlyUSD: 1000, MonthlyWarningPct: 90})
	w.wants(w.after(time.Second), "", alert.BudgetDaily, data.AlertOK)
	w.gone(data.SourceConfig, data.StateAbsent)
	w.hub.SetConfig(data.DefaultConfig())
	w.wants(w.after(time.Second), "fired budget_daily budget", alert.BudgetDaily, data.AlertFiring)
}

// TestRunwayEndsWithTheMonth: on its last day a budget that lasts for two is enough.
func TestRunwayEndsWithTheMonth(t *testing.T) {
	w := newWorld(t)
	w.hub.SetConfig(data.Config{DailyUSD: 1000, MonthlyUSD: 130, MonthlyWarningPct: 100})
	w.clock.Advance(16 * 24 * time.Hour) // the 31st at noon
	w.spend(100)                         // 100/7 a day: 30 last for 2.1 days
	w.wants(w.after(0), "", alert.BudgetRunway, data.AlertOK)
	if a := w.last[alert.BudgetRunway]; *a.Value > 3 {
		t.Errorf("lasts for %v days: the test tests nothing", *a.Value)
	}
}

// TestRunway: three days are enough, and it is over when it has been for ten minutes.
func TestRunway(t *testing.T) {
	const rule = alert.BudgetRunway
	w := newWorld(t)
	caps := data.Config{DailyUSD: 1000, MonthlyUSD: 100, MonthlyWarningPct: 100}
	w.hub.SetConfig(caps)
	w.spend(70) // 10 a day: 30 last for three days
	w.wants(w.look(), "", rule, data.AlertOK)
	if a := w.last[rule]; *a.Value != 3 || *a.Threshold != 3 {
		t.Errorf("lasts for %v of %v days: the test tests nothing", *a.Value, *a.Threshold)
	}
	w.spend(0.01)
	w.wants(w.after(time.Second), "fired budget_runway budget", rule, data.AlertFiring)
	w.restart()
	w.wants(w.after(time.Second), "", rule, data.AlertFiring)
	caps.MonthlyUSD = 200
	w.hub.SetConfig(caps)
	w.wants(w.after(10*time.Minute), "", rule, data.AlertFiring)
	w.wants(w.after(time.Second), "resolved budget_runway budget", rule, data.AlertResolved)
}

// TestDefaultRoutes: who is told of what if nothing is configured. Critical is
// what may pass quiet hours.
func TestDefaultRoutes(t *testing.T) {
	open := func(w *world) { w.event("circuit_breaker_opened") }
	silent := func(w *world) { w.clock.Advance(11 * time.Minute) }
	spent := func(usd, daily, monthly float64) func(*world) {
		return func(w *world) {
			w.hub.SetConfig(data.Config{DailyUSD: daily, MonthlyUSD: monthly, MonthlyWarningPct: 90})
			w.spend(usd)
		}
	}
	toAll := []string{"discord", "sms"}
	for _, c := range []struct {
		rule     string
		wrong    func(w *world)
		severity alert.Severity
		routes   []string // what they are set to; nil leaves the default
		told     string
	}{
		{alert.ServiceDown, func(w *world) { w.containers("x=exited"); w.look(); w.after(6 * time.Minute) }, alert.Critical, nil, "discord sms"},
		{alert.BreakerOpen, open, alert.Critical, nil, "discord sms"},
		{alert.ErrorBurst, func(w *world) {
			for range 11 {
				w.line(`{"event": "x", "level": "error"}`)
			}
		}, alert.Warning, nil, "discord"},
		{alert.DiskUsage, func(w *world) { w.disks("/=900") }, alert.Warning, nil, "discord"},
		{alert.SupabaseSync, func(w *world) {
			w.line(`{"event": "supabase_push_failed", "event_type": "sync.supabase.failed"}`)
			w.clock.Advance(61 * time.Minute)
			w.beat()
		}, alert.Warning, nil, "discord"},
		{alert.Heartbeat, silent, alert.Warning, nil, ""}, // a watchdog outside tells of it
		{alert.Heartbeat, silent, alert.Warning, toAll, "discord sms"},
		{alert.BudgetDaily, spent(21, 20, 1000), alert.Warning, nil, "discord"},
		{alert.BudgetMonthly, spent(95, 1000, 100), alert.Warning, nil, "discord"},
		{alert.BudgetRunway, spent(85, 1000, 100), alert.Warning, nil, "discord"},
	} {
		discord, sms := &mailbox{}, &mailbox{}
		w := newWorld(t, func(o *alert.Options) {
			o.Routes = map[string]alert.Route{alert.RouteDiscord: {Notifier: discord}, alert.RouteSMS: {Notifier: sms}}
			o.Rules = slices.DeleteFunc(alert.Defaults(), func(r alert.Rule) bool { return r.ID != c.rule })
			if c.routes != nil {
				o.Rules[0].Routes = c.routes
			}
			if got := o.Rules[0].Severity; got != c.severity {
				t.Errorf("%s is %s, want %s", c.rule, got, c.severity)
			}
		})
		w.look()
		c.wrong(w)
		w.look()
		if a := w.last[c.rule]; a.State != data.AlertFiring {
			t.Errorf("%s is %s: %s", c.rule, a.State, a.Detail)
		}
		if _, err := w.deliver(); err != nil {
			t.Fatal(err)
		}
		var told []string
		for name, box := range map[string]*mailbox{"discord": discord, "sms": sms} {
			if box.heads() != "" {
				told = append(told, name)
			}
		}
		slices.Sort(told)
		if got := strings.Join(told, " "); got != c.told {
			t.Errorf("%s with routes %v tells %q, want %q", c.rule, c.routes, got, c.told)
		}
	}
}

// TestUnknown: a source that is absent, lost or still being read makes its rules
// unknown, which neither fires nor resolves.
func TestUnknown(t *testing.T) {
	for _, c := range []struct {
		source string
		rules  []string
		wrong  func(w *world)
		right  func(w *world)
	}{
		{data.SourceDocker, []string{alert.ServiceDown}, func(w *world) { w.containers("x=exited") }, func(w *world) { w.containers() }},
		{data.SourceHost, []string{alert.DiskUsage}, func(w *world) { w.disks("/=900") }, func(w *world) { w.disks("/=1") }},
		{data.SourceLoki, []string{alert.BreakerOpen}, func(w *world) { w.event("circuit_breaker_opened") }, func(w *world) { w.event("circuit_breaker_closed") }},
		{data.SourceDB, []string{alert.BudgetDaily}, func(w *world) { w.spend(21) }, func(w *world) { w.clock.Advance(24 * time.Hour); w.spend(0) }},
	} {
		for _, state := range []data.State{data.StateAbsent, data.StateConnecting, data.StateStale, data.StateFailed} {
			t.Run(c.source+" "+string(state), func(t *testing.T) {
				rule := c.rules[0]
				w := newWorld(t)
				w.look()
				w.gone(c.source, state)
				c.wrong(w)
				w.wants(w.after(time.Hour), "", rule, data.AlertUnknown)
				if a := w.last[rule]; a.Value != nil || a.Since != nil || a.Detail == "" {
					t.Errorf("unknown, but %+v", a)
				}
				w.live(c.source)
				w.look()
				w.after(6 * time.Minute)
				if got := w.last[rule].State; got != data.AlertFiring {
					t.Fatalf("%s is %s", rule, got)
				}
				w.gone(c.source, state)
				c.right(w)
				w.wants(w.after(time.Minute), "", rule, data.AlertUnknown)
				if a := w.last[rule]; !strings.Contains(a.Detail, "fired before") {
					t.Errorf("says %q", a.Detail)
				}
				w.restart()
				w.live(c.source)
				w.look()
				w.after(10 * time.Minute)
				if got := w.last[rule].State; got != data.AlertResolved {
					t.Errorf("%s is %s, want resolved", rule, got)
				}
			})
		}
	}
	// Whoever reads a log that is lost must not take it for a silent orchestrator.
	w := newWorld(t)
	w.look()
	w.gone(data.SourceLoki, data.StateStale)
	w.clock.Advance(time.Hour)
	w.look()
	for _, rule := range []string{alert.Heartbeat, alert.ErrorBurst, alert.SupabaseSync, alert.BreakerOpen} {
		if got := w.last[rule].State; got != data.AlertUnknown {
			t.Errorf("%s is %s, want unknown", rule, got)
		}
	}
}

// TestEveryRuleAlways: the list is the same whatever is configured.
func TestEveryRuleAlways(t *testing.T) {
	w := newWorld(t, func(o *alert.Options) { o.Rules = []alert.Rule{{ID: alert.DiskUsage, Off: true}} })
	w.disks("/=999")
	alerts, notices, err := w.engine.Evaluate(w.hub.Publish())
	if err != nil || len(notices) != 0 {
		t.Fatal(notices, err)
	}
	var names []string
	for _, a := range alerts {
		names = append(names, a.Rule)
		if a.State != data.AlertUnknown || a.Routes == nil || a.Detail == "" {
			t.Errorf("%+v, want unknown", a)
		}
	}
	if strings.Join(names, " ") != strings.Join(alert.RuleNames(), " ") {
		t.Errorf("rules %v", names)
	}
}

// TestForgottenPending: a condition seen long ago and seen again has not held all the time.
func TestForgottenPending(t *testing.T) {
	w := newWorld(t)
	w.containers("x=exited")
	w.wants(w.look(), "", alert.ServiceDown, data.AlertPending)
	w.restart()
	w.wants(w.after(61*time.Minute), "", alert.ServiceDown, data.AlertPending)
	w.wants(w.after(5*time.Minute+time.Second), "fired service_down x", alert.ServiceDown, data.AlertFiring)
}

// TestClockSetBack: an engine whose clock goes back doesn't fire or resolve by it.
func TestClockSetBack(t *testing.T) {
	w := newWorld(t)
	w.containers("x=exited")
	w.look()
	w.after(6 * time.Minute)
	if w.last[alert.ServiceDown].State != data.AlertFiring {
		t.Fatal("does not fire")
	}
	w.clock.Advance(-3 * time.Hour)
	w.wants(w.look(), "", alert.ServiceDown, data.AlertFiring)
}
