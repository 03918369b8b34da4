package main

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

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
	s, ok := o.sections["keys"]
	if !ok {
		report(doctor.Good("keys", fmt.Sprintf("the default keys of %d actions", len(actions))))
		return
	}
	var bound map[string]any
	if err := yaml.NodeToValue(s.node, &bound); err != nil {
		report(doctor.Fail("keys", fmt.Sprintf("%s: section keys: %v", s.file, err), "write lines of the form `action: key`; donnatop keys lists the actions"))
		return
	}
	var unknown []string
	for action := range bound {
		if !actions[action] {
			unknown = append(unknown, action)
		}
	}
	if len(unknown) > 0 {
		report(doctor.Fail("keys", fmt.Sprintf("%s: section keys: no action %s", s.file, strings.Join(unknown, ", ")), "see what there is: donnatop keys"))
		return
	}
	report(doctor.Good("keys", fmt.Sprintf("%d of %d actions have keys of your own", len(bound), len(actions))))
}

// checkAlerts looks at where alerts go.
func (o *options) checkAlerts(report func(doctor.Finding)) {
	if _, ok := o.sections["alerts"]; !ok {
		report(doctor.Warn("alerts", "not configured: nobody is told when something goes wrong", "add a section alerts to the configuration file: donnatop config explain alerts"))
		return
	}
	report(doctor.Good("alerts", "the configuration file has a section alerts"))
}
