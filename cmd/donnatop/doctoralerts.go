package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/doctor"
)

// checkAlerts looks at the alert rules and at who is told.
func (o *options) checkAlerts(e *env, report func(doctor.Finding)) {
	settings, err := o.alerts()
	if err != nil {
		report(doctor.Fail("alerts", err.Error(), "mend the section alerts: donnatop config explain alerts"))
		return
	}
	routes, missing, err := settings.notifiers(e, e.clock)
	if err != nil {
		what, fix := routeAdvice(err)
		report(doctor.Fail("alerts", what, fix))
		return
	}
	ready, without := slices.Sorted(maps.Keys(routes)), slices.Sorted(maps.Keys(missing))
	switch {
	case len(ready) == 0 && len(without) > 0:
		report(doctor.Warn("alerts", "nobody is told when something goes wrong: no route is configured", "set DONNATOP_DISCORD_WEBHOOK, or add a section alerts to the configuration file: donnatop config explain alerts"))
	case len(without) > 0:
		report(doctor.Warn("alerts", fmt.Sprintf("told: %s; not configured: %s", strings.Join(ready, ", "), strings.Join(without, ", ")), "configure the route or take it out of the rules: donnatop config explain alerts"))
	default:
		report(doctor.Good("alerts", fmt.Sprintf("%d rules; told: %s", len(settings.rules), strings.Join(ready, ", "))))
	}
}

// routeAdvice takes the command that mends a route's secret off its error.
func routeAdvice(err error) (what, fix string) {
	const chmod = "chmod 600 "
	if what, path, ok := strings.Cut(err.Error(), ": "+chmod); ok {
		return what, chmod + path
	}
	return err.Error(), "see docs/alerts.md, or leave the route out"
}

// sendTests sends a test message to everybody who is told of alerts, each by a
// check of its own. What is wrong with the settings is a finding of checkAlerts.
func (o *options) sendTests(e *env) []doctor.Check {
	settings, err := o.alerts()
	if err != nil {
		return nil
	}
	routes, _, err := settings.notifiers(e, e.clock)
	if err != nil {
		return nil
	}
	if len(routes) == 0 {
		return []doctor.Check{{Name: "send_test", Run: func(_ context.Context, report func(doctor.Finding)) {
			report(doctor.Fail("send_test", "there is nobody to send a test message to", "configure a route: donnatop config explain alerts"))
		}}}
	}
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	message := alert.TestMessage(e.clock.Now(), host, o.location)
	var checks []doctor.Check
	for _, route := range slices.Sorted(maps.Keys(routes)) {
		name := "send_" + route
		checks = append(checks, doctor.Check{Name: name, Run: func(ctx context.Context, report func(doctor.Finding)) {
			if _, err := routes[route].Notifier.Send(ctx, []*alert.Message{&message}); err != nil {
				report(doctor.Fail(name, err.Error(), "check what the route is given (donnatop config explain alerts) and the way there, and try again"))
				return
			}
			report(doctor.Good(name, "a test message was taken: see whether it arrives"))
		}})
	}
	return checks
}
