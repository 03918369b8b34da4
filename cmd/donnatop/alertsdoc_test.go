package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/docs"
)

// TestAlertsDocument: the example that is said to be the defaults is just that, it
// leaves nothing out, and all rules stand in the table.
func TestAlertsDocument(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	example := sectionExample("alerts")
	if err := os.WriteFile(path, []byte(example), 0o600); err != nil {
		t.Fatal(err)
	}
	o := &options{configFile: path, common: pflag.NewFlagSet("", pflag.ContinueOnError)}
	_, sections, err := o.readConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	o.sections = sections
	got, err := o.alerts()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got.routes {
		r.place = ""
	}
	if want := defaultAlerts(); !reflect.DeepEqual(sorted(got), sorted(want)) {
		t.Errorf("the example says\n%+v\nthe defaults are\n%+v", got, want)
	}
	for _, name := range alert.RuleNames() {
		if !strings.Contains(example, "\n    "+name+":") || !strings.Contains(docs.Alerts, "| `"+name+"` |") {
			t.Errorf("%s is not in the example or the table", name)
		}
	}
}

// sorted makes lists that are empty and lists that aren't there the same.
func sorted(s *alertSettings) *alertSettings {
	for i := range s.rules {
		if len(s.rules[i].Routes) == 0 {
			s.rules[i].Routes = nil
		}
	}
	slices.SortFunc(s.rules, func(a, b alert.Rule) int { return strings.Compare(a.ID, b.ID) })
	return s
}
