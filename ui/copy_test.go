package ui

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/views"
)

func pasted(text string) tea.Msg { return tea.PasteMsg{Content: text} }

func (d *driver) sized(w, h int) { d.send(tea.WindowSizeMsg{Width: w, Height: h}) }

func TestCopy(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("p")
		row := d.m.feed.figures.LLM.Recent[0]
		d.press("enter", "Y")
		if want := []string{row.ID}; !slices.Equal(d.clipboard, want) {
			t.Errorf("copied %q, want %q", d.clipboard, want)
		}
		d.must("✓ copied 17 characters")
		d.press("y")
		if got := d.clipboard[1]; !strings.Contains(got, row.ID) || !strings.Contains(got, row.TaskType) {
			t.Errorf("copied %q", got)
		}
		d.advance(sayFor)
		d.mustNot("copied")
		d.press("esc", "L", "enter", "y")
		if got := d.clipboard[2]; !strings.Contains(got, "plain text 299") {
			t.Errorf("copied %q", got)
		}
	})
}

// What is copied is text, whatever it was: pasting it neither obeys it nor runs it.
func TestCopyIsHarmless(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.open(&exportable{})
		d.press("y")
		if want := []string{"evil]52;c;eA==\nrow"}; !slices.Equal(d.clipboard, want) {
			t.Errorf("copied %q, want %q", d.clipboard, want)
		}
		d.run(d.m.copy(strings.Repeat("x", maxCopy+1)))
		d.settle()
		d.must("✗ 73.2 KiB are too much")
		d.run(d.m.copy("\x1b\n"))
		d.settle()
		d.must("✗ there is nothing to copy here")
		if len(d.clipboard) != 1 {
			t.Errorf("copied %d times", len(d.clipboard))
		}
	})
}

// Inside tmux the sequence goes both ways in which it may arrive.
func TestCopyInsideTmux(t *testing.T) {
	open := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.Tmux = true
		return o
	}
	drive(t, 120, 40, open, func(d *driver) {
		d.open(&exportable{})
		d.press("Y")
		d.must("copied 4 characters through tmux, if its set-clipboard is on")
		slices.Sort(d.clipboard)
		if want := []string{"\x1bPtmux;\x1b\x1b]52;c;aWQtMQ==\a\x1b\\", "id-1"}; !slices.Equal(d.clipboard, want) {
			t.Errorf("sent %q, want %q", d.clipboard, want)
		}
	})
}

// No line or row sets the clipboard by itself.
func TestNothingCopiesItself(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("L")
		for _, text := range hostile {
			d.arrive(2, text)
		}
		d.press("enter", "down", "pgdown", "esc", "up", "enter")
		if len(d.clipboard) > 0 {
			t.Errorf("sent %q", d.clipboard)
		}
	})
}

func TestExport(t *testing.T) {
	dir := t.TempDir()
	open := func(clock *clockwork.FakeClock) Options {
		o := sampleOptions(clock)
		o.ExportDir = dir
		return o
	}
	drive(t, 200, 40, open, func(d *driver) {
		d.open(&exportable{})
		d.press("e")
		d.must("Export calls, 2 rows", "❯ csv", "to a new file in "+dir)
		d.press("enter")
		path := filepath.Join(dir, "donnatop-calls-20260715-133742.csv")
		d.must("✓ written to " + path)
		if got, err := os.ReadFile(path); err != nil || string(got) != "id,cost_usd\n'=a,0.5\nb,\n" {
			t.Errorf("%q, %v", got, err)
		}
		d.press("e", "down", "enter")
		if got, err := os.ReadFile(strings.TrimSuffix(path, "csv") + "json"); err != nil || !strings.Contains(string(got), `{"id": "=a", "cost_usd": 0.5}`) {
			t.Errorf("%q, %v", got, err)
		}
		d.press("e", "y")
		if len(d.clipboard) != 1 || d.clipboard[0] != "id,cost_usd\n'=a,0.5\nb," {
			t.Errorf("copied %q", d.clipboard)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		d.press("e", "enter")
		d.must("✗ export: open " + dir)
		d.advance(sayFor)
		d.must("✗ export") // what went wrong stays longer
		d.advance(wrongFor)
		d.mustNot("✗ export")
	})
}

// Where files would be on another machine, exports can only be copied.
func TestExportWithoutFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.open(&exportable{})
		d.press("$", "e")
		d.must("copied to the clipboard", "amounts included")
		d.mustNot("copy instead")
		d.press("down", "enter")
		if len(d.clipboard) != 1 || !strings.HasPrefix(d.clipboard[0], "[\n") {
			t.Errorf("copied %q", d.clipboard)
		}
		d.must("copied 68 characters, amounts included")
		d.press("esc")
		d.open(&exportable{rows: -1})
		d.press("e")
		d.must("nothing to export here")
	})
	if files, _ := os.ReadDir("."); len(files) > 0 {
		t.Errorf("files were written: %v", files)
	}
}

// A message goes after its time, a newer one after its own.
func TestMessages(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		say := func(text string, wrong bool) {
			d.run(d.m.perform(views.Say{Text: text, Wrong: wrong}))
			d.settle()
		}
		say("first", false)
		d.must("✓ first")
		d.mustNot("? help")
		d.advance(3 * time.Second)
		say("second\x1b[2J", true)
		d.must("✗ second␛[2J")
		d.advance(2 * time.Second) // the first one's time is over
		d.must("✗ second")
		d.advance(wrongFor)
		d.mustNot("second")
		d.must("? help")
		d.publish(func(h *data.Hub) {})
	})
}
