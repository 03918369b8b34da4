package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/ui/keyname"
)

func TestCheckKeys(t *testing.T) {
	for _, c := range []struct {
		name string
		keys map[string][]string
		want []string // one for each problem
	}{
		{"nothing", nil, nil},
		{"another key", map[string][]string{"app.quit": {"Q", "ctrl+q"}}, nil},
		{"unknown action", map[string][]string{"app.quite": {"Q"}}, []string{"did you mean app.quit?"}},
		{"its last word only", map[string][]string{"quit": {"Q"}}, []string{"did you mean app.quit?"}},
		{"in the wrong group", map[string][]string{"app.money": {"Q"}}, []string{"did you mean screen.money?"}},
		{"nothing like it", map[string][]string{"teleport": {"Q"}}, []string{"use one of alert.acknowledge, app.interrupt"}},
		{"unknown key", map[string][]string{"app.quit": {"Enter"}}, []string{"app.quit: unknown key"}},
		{"no key", map[string][]string{"app.quit": {}}, []string{"app.quit needs a key"}},
		{"two mistakes", map[string][]string{"app.quit": {"f99"}, "nope": {"x"}}, []string{"app.quit: unknown key", `unknown action "nope"`}},
		{"conflict", map[string][]string{"app.quit": {"?"}}, []string{"app.quit and screen.help would both be on key ? (Everywhere)"}},
		{"conflict of two choices", map[string][]string{"app.quit": {"ctrl+x"}, "screen.help": {"ctrl+x"}}, []string{"app.quit and screen.help would both be on key ctrl+x"}},
		{"of a view with the shell", map[string][]string{"panel.split": {"q"}}, []string{"app.quit and panel.split would both be on key q (Panels)"}},
		{"within a view", map[string][]string{"lines.wrap": {"v"}}, []string{"lines.level and lines.wrap would both be on key v (Logs)"}},
		{"never at the same time", map[string][]string{"screen.pause": {"p"}, "panel.previous": {"P"}}, nil},
		{"they may go on to share one", map[string][]string{"screen.pause": {"ctrl+p"}, "screen.resume": {"ctrl+p"}}, nil},
		{"keys changed about", map[string][]string{"app.quit": {"S"}, "screen.sources": {"q"}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			problems := CheckKeys(c.keys)
			if len(problems) != len(c.want) {
				t.Fatalf("problems %v, want %v", problems, c.want)
			}
			for i, p := range problems {
				if !strings.Contains(p.Text, c.want[i]) {
					t.Errorf("problem %q, want %q", p.Text, c.want[i])
				}
			}
			o := sampleOptions(clockwork.NewFakeClockAt(testNow))
			o.Keys = c.keys
			if _, err := New(o); (err != nil) != (len(c.want) > 0) {
				t.Errorf("a session says %v", err)
			}
		})
	}
}

// The keys there are by default have names that terminals report.
func TestDefaultKeysExist(t *testing.T) {
	for _, s := range Bindings() {
		for _, b := range s.Bindings {
			for _, k := range b.Keys() {
				if err := keyname.Check(k); err != nil {
					t.Errorf("%s: %v", b.Action, err)
				}
			}
		}
	}
}

// Every key map of every view takes the keys the user chose: nothing that is
// shown anywhere is on a key it had before.
func TestEveryKeyCanBeRebound(t *testing.T) {
	keys := make(map[string][]string)
	for i, action := range actionNames() {
		mods := []string{"ctrl+alt+", "ctrl+shift+", "alt+shift+", "ctrl+alt+shift+", "alt+"}[i/26]
		keys[action] = []string{fmt.Sprintf("%s%c", mods, 'a'+i%26)}
	}
	press := func(d *driver, actions ...string) {
		for _, a := range actions {
			d.send(pressOf(keys[a][0]))
		}
	}
	open := func(clock *clockwork.FakeClock) Options {
		o := simulated(t)(clock)
		o.Keys = keys
		return o
	}
	for _, way := range [][]string{
		{"view.overview"}, {"view.health"}, {"view.llm", "panel.full_screen"}, {"view.llm", "panel.previous", "row.open"},
		{"view.logs"}, {"view.logs", "lines.filter"}, {"view.logs", "lines.columns"}, {"view.logs", "lines.goto"}, {"view.logs", "row.open"},
		{"view.errors"}, {"view.errors", "lines.filter"}, {"view.errors", "row.open"}, {"view.errors", "row.open", "row.open"}, {"screen.help"}, {"screen.sources"}, {"screen.pause"},
		{"screen.theme"}, {"screen.palette"}, {"view.logs", "view.earlier"},
	} {
		drive(t, 120, 40, open, func(d *driver) {
			press(d, way...)
			for _, b := range d.shown() {
				if got := b.Keys(); len(got) != 1 || got[0] != keys[b.Action][0] || b.Help().Key != keyname.Label(got) {
					t.Errorf("after %v: %s is on %v, shown as %s; chosen was %v", way, b.Action, got, b.Help().Key, keys[b.Action])
				}
			}
		})
	}
	drive(t, 200, 60, open, func(d *driver) {
		d.must("[" + keyname.Label(keys["view.overview"]) + " Overview]")
		press(d, "screen.help")
		d.must(keyname.Label(keys["screen.money"]))
		press(d, "overlay.close", "app.quit")
		if !d.quit {
			t.Error("the key for quitting does not")
		}
	})
}
