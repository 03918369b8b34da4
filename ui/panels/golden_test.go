package panels_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
)

// Golden frames are without colours: they are for people to read. That paints
// begin, end and differ is tested elsewhere.
func frame(e *panels.Env, panel *panels.Panel, in *panels.Input, w, h int) string {
	lines := panels.Box(e, panel.Title, panel.Status(in), false, w, h, panel.Draw(e, in, w-2, h-2))
	return ansi.Strip(strings.Join(lines, "\n")) + "\n"
}

func TestGolden(t *testing.T) {
	in := input(sample())
	for _, panel := range panels.LLM() {
		for _, size := range [][2]int{{28, 9}, {64, 14}, {130, 16}} {
			t.Run(fmt.Sprintf("%s-%dx%d", panel.ID, size[0], size[1]), func(t *testing.T) {
				golden.RequireEqual(t, frame(env(t, themes.Default, false), &panel, in, size[0], size[1]))
			})
		}
		t.Run(panel.ID+"-ascii", func(t *testing.T) {
			golden.RequireEqual(t, frame(env(t, "mono", true), &panel, in, 64, 14))
		})
	}
}

// What isn't there, what is nothing and what went wrong look different.
func TestGoldenStates(t *testing.T) {
	all := map[string]*panels.Input{"zero": input(empty()), "starting": {}}
	for name, st := range states() {
		in := input(&data.LLM{})
		in.Snapshot.Sources = map[string]data.SourceState{data.SourceDB: st, data.SourceLoki: st}
		all[name] = in
	}
	column := input(&data.LLM{})
	column.Snapshot.DB.Missing = map[string]bool{"cost_usd": true}
	all["no-column"] = column
	e := env(t, themes.Default, false)
	for _, panel := range panels.LLM() {
		var b strings.Builder
		seen := map[string]string{}
		for _, name := range slices.Sorted(maps.Keys(all)) {
			f := frame(e, &panel, all[name], 48, 8)
			fmt.Fprintf(&b, "%s\n%s", name, f)
			if other, ok := seen[f]; ok {
				t.Errorf("%s: %s looks like %s", panel.ID, name, other)
			}
			seen[f] = name
		}
		t.Run(panel.ID, func(t *testing.T) { golden.RequireEqual(t, b.String()) })
	}
}
