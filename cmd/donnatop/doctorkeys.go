package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data/doctor"
	"github.com/donna-project/donnatop/ui"
)

// checkKeys looks at the key bindings of the configuration file.
func (o *options) checkKeys(report func(doctor.Finding)) {
	actions := make(map[string]bool)
	for _, scope := range ui.Bindings() {
		for _, k := range scope.Bindings {
			actions[k.Action] = true
		}
	}
	keys, err := o.keys()
	switch {
	case err != nil:
		for line := range strings.Lines(err.Error()) { // one for each mistake
			report(doctor.Fail("keys", strings.TrimSuffix(line, "\n"), "mend the section keys; donnatop keys lists the actions"))
		}
	case len(keys) == 0:
		report(doctor.Good("keys", fmt.Sprintf("the default keys of %d actions", len(actions))))
	default:
		report(doctor.Good("keys", fmt.Sprintf("%d of %d actions have keys of your own, without conflicts", len(keys), len(actions))))
	}
}

// checkFilters looks at the saved filters of the configuration file.
func (o *options) checkFilters(report func(doctor.Finding)) {
	saved, err := o.savedFilters()
	switch {
	case err != nil:
		report(doctor.Fail("filters", err.Error(), "see docs/filters.md, or try it: donnatop logs 'the filter'"))
	case len(saved) == 0:
		report(doctor.Good("filters", "no saved filters"))
	default:
		report(doctor.Good("filters", fmt.Sprintf("%d saved filters", len(saved))))
	}
}

// checkAlerts looks at the alert rules and at who is told.
func (o *options) checkAlerts(e *env, report func(doctor.Finding)) {
	settings, err := o.alerts()
	if err != nil {
		report(doctor.Fail("alerts", err.Error(), "mend the section alerts: donnatop config explain alerts"))
		return
	}
	routes, missing, err := settings.notifiers(e, e.clock)
	if err != nil {
		report(doctor.Fail("alerts", err.Error(), "see docs/alerts.md, or leave the route out"))
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
