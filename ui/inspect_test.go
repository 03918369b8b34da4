package ui

import (
	"slices"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/inspect"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/views"
)

// Every panel of every view has something to say about itself, and nothing is said
// of panels that aren't there.
func TestEveryPanelCanBeInspected(t *testing.T) {
	var ids []string
	for _, list := range [][]panels.Panel{
		panels.Overview(), panels.Health(), panels.Tasks(), panels.LLM(), panels.Agents(), panels.Notifications(),
		panels.Escalations(), panels.Errors(), panels.Preferences(), panels.Skills(), panels.Memory(),
	} {
		for _, p := range list {
			ids = append(ids, p.ID)
		}
	}
	slices.Sort(ids)
	if known := inspect.Panels(); !slices.Equal(slices.Compact(ids), known) {
		t.Errorf("panels %v\nreports on %v", ids, known)
	}
}

func TestInspect(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("i")
		d.must("Spend & budget", "llm.spend_usd.W", "cost of all rows, USD", "headline", "spend of all rows: $", "rows behind it", "invocation_log")
		d.must("sqlite3 -readonly /data/donna_tasks.db", "as the user Donna runs as")
		d.press("y")
		d.must("copied")
		d.press("esc", "$", "i")
		d.must("spend of all rows: hidden")
		d.press("q")
		d.must("money hidden")

		d.press("8", "i")
		d.must("Error groups", "by fingerprint")
		d.press("G")
		d.must("logcli asks Loki")
		d.press("esc")
	})
}

// In Errors and Logs the command counts what passes the filter that is on the
// screen, or there is none.
func TestInspectWhatIsFiltered(t *testing.T) {
	options := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.Target = inspect.Target{Loki: "http://loki:3100", Selector: `{job="donna"}`}
		return o
	}
	drive(t, 200, 50, options, func(d *driver) {
		unfiltered := func() string {
			d.press("i")
			defer d.press("esc")
			return d.m.front().(*inspector).command()
		}
		d.press("L")
		all := unfiltered()
		if !strings.Contains(all, `count_over_time({job="donna"} [`) {
			t.Errorf("all lines are counted by %s", all)
		}
		d.press("/")
		d.typeText("level:error -health")
		d.press("enter")
		chosen, _ := d.top().(views.Narrowing).Narrowed()
		lines := 0
		for i := range d.m.feed.shown().Logs.Len() {
			if chosen.Filter.Match(&d.m.feed.shown().Logs.At(i).Entry) {
				lines++
			}
		}
		d.press("i")
		if top := d.lines()[d.m.layout().body.Y+1]; !strings.Contains(top, "headline") {
			t.Errorf("above what is said of the lines stands %q", stripped(top))
		}
		d.must("lines in memory that pass level:error -health: "+format.Int(int64(lines)), "!~ `[hH][eE][aA][lL][tT][hH]` | json f_level=", "logcli instant-query")
		d.press("esc", "/")
		d.typeText(" ~tskfld")
		d.press("enter", "i")
		d.must("No single command gives this number: LogQL can't say ~tskfld as donnatop")
		d.press("esc", "8", "/")
		d.typeText("event=task_failed")
		d.press("enter", "i")
		d.must("lines of level warning and above that pass event=task_failed", "f_event=~`task_failed` | json level=")
		d.press("esc", "/")
		d.typeText(" n>3")
		d.press("enter", "i")
		d.must("LogQL can't say n>3")
	})
}

// The command is that of the range shown.
func TestInspectARange(t *testing.T) {
	drive(t, 120, 60, sampleOptions, func(d *driver) {
		d.pick("2026-07-14 10:00..12:30")
		d.press("i")
		d.must("07-14 10:00:00 – 07-14 12:30:00", "BETWEEN")
	})
}

// All panels can be inspected at every size, whatever text the definitions hold.
func TestInspectAtAllSizes(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {20, 5}, {40, 12}, {80, 24}} {
		drive(t, size[0], size[1], sampleOptions, func(d *driver) {
			for range 3 {
				d.press("i", "down", "G", "g")
				checkFrame(t, d.lines(), size[0], size[1])
				d.press("esc", "right")
			}
		})
	}
}
