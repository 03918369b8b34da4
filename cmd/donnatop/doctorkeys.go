package main

import (
	"fmt"
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
