package panels_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
)

// checkItems says what is wrong with the items of a panel at some sizes: they lie
// in it, each can be under the cursor without the panel losing its shape, and no
// two are taken for each other.
func checkItems(t *testing.T, e *panels.Env, panel *panels.Panel, in *panels.Input) {
	t.Helper()
	for _, size := range [][2]int{{0, 0}, {9, 3}, {70, 12}} {
		w, h := size[0], size[1]
		items := panel.Items(e, in, w, h)
		if n := len(items.List); n > 0 && (items.Start < 0 || items.Start >= n) {
			t.Fatalf("%s %dx%d: starts at %d of %d", panel.ID, w, h, items.Start, n)
		}
		for i := range items.List {
			it := &items.List[i]
			if it.H > 0 && (it.X < 0 || it.Y < 0 || it.X >= max(w, 1) || it.Y+it.H > h) {
				t.Fatalf("%s %dx%d: %q lies at %+v", panel.ID, w, h, it.Label(), it.Place)
			}
			if i%(1+len(items.List)/3) != 0 {
				continue // a few of many will do
			}
			selected := *in
			selected.Cursor = i
			if err := checkFrame(panel.Draw(e, &selected, w, h), w, h, e.ASCII); err != nil {
				t.Fatalf("%s %dx%d, cursor on %q: %v", panel.ID, w, h, it.Label(), err)
			}
		}
	}
}

// The item under the cursor can be seen with colours and without, in Unicode and
// in ASCII: the frame differs from that without a cursor, also as bare text
// except where reverse video marks it.
func TestEveryItemIsMarked(t *testing.T) {
	inputs := map[string]*panels.Input{"llm": input(sample()), "branches": figuresInput(sampleBranches()), "watch": sampleWatch()}
	lists := map[string][]panels.Panel{"llm": panels.LLM(), "branches": branchPanels(), "watch": watchPanels()}
	for _, theme := range []string{themes.Default, "mono"} {
		for _, ascii := range []bool{false, true} {
			e := env(t, theme, ascii)
			for name, in := range inputs {
				for _, panel := range lists[name] {
					items := panel.Items(e, in, 110, 16)
					if len(items.List) == 0 {
						t.Errorf("%s has no items", panel.ID)
					}
					plain := strings.Join(panel.Draw(e, in, 110, 16), "\n")
					for i := range items.List {
						if ascii != (theme == "mono") && i > 20 {
							continue // two of the four will do
						}
						selected := *in
						selected.Cursor = i
						drawn := strings.Join(panel.Draw(e, &selected, 110, 16), "\n")
						if drawn == plain || !strings.Contains(drawn, e.Styles.Selected.On()) && ansi.Strip(drawn) == ansi.Strip(plain) {
							t.Fatalf("%s, %s, ascii %v: %q is not marked", panel.ID, theme, ascii, items.List[i].Label())
						}
					}
				}
			}
		}
	}
}

// No two items of a panel are the same to the cursor.
func TestItemsAreTold(t *testing.T) {
	e := env(t, themes.Default, false)
	for name, in := range map[string]*panels.Input{"llm": input(sample()), "branches": figuresInput(sampleBranches()), "watch": sampleWatch()} {
		for _, panel := range map[string][]panels.Panel{"llm": panels.LLM(), "branches": branchPanels(), "watch": watchPanels()}[name] {
			seen := map[string]bool{}
			items := panel.Items(e, in, 200, 60)
			for i := range items.List {
				it := &items.List[i]
				if it.Label() == "" || seen[it.Key()] {
					t.Errorf("%s: item %d is %q again", panel.ID, i, it.Label())
				}
				seen[it.Key()] = true
			}
		}
	}
}

// A list scrolls just as far as is needed to see the cursor.
func TestListScrolls(t *testing.T) {
	e, in := env(t, themes.Default, false), input(sample())
	list := panels.LLM()[slices.IndexFunc(panels.LLM(), func(p panels.Panel) bool { return p.ID == "invocations" })]
	for _, tc := range []struct{ cursor, offset, want int }{{0, 0, 0}, {6, 0, 0}, {7, 0, 1}, {3, 5, 3}, {39, 0, 33}, {39, 99, 33}, {5, 2, 2}} {
		shown := -1
		in.Cursor, in.Offset, in.Scrolled = tc.cursor, tc.offset, &shown
		list.Draw(e, in, 100, 8)
		if shown != tc.want {
			t.Errorf("row %d from %d: begins at %d, want %d", tc.cursor, tc.offset, shown, tc.want)
		}
	}
}

// What cells stand for is what they show: the calls of a task type in the window.
func TestCellsHaveTheirRows(t *testing.T) {
	e, in := env(t, themes.Default, false), input(sample())
	for _, panel := range panels.LLM() {
		if panel.ID != "task_types" {
			continue
		}
		it := panel.Items(e, in, 120, 10).List[0]
		want := data.BehindCalls(data.Window{Name: "24h", From: in.Figures.At.AddDate(0, 0, -1), To: in.Figures.At}, data.InvocationKeys{TaskType: new(it.Row)})
		if got := fmt.Sprintf("%+v", it.Behind.Invocations); got != fmt.Sprintf("%+v", want.Invocations) {
			t.Errorf("%s: %s", it.Label(), got)
		}
	}
}
