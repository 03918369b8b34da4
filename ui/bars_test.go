package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/ui/safe"
)

// Whatever the width, the tab bar names every view by its key and the current
// one by its name, and nothing is cut.
func TestTabBarFits(t *testing.T) {
	m, err := New(sampleOptions(clockwork.NewFakeClockAt(testNow)))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	for _, c := range []struct {
		w    int
		want string // of a view that is not the current one
	}{
		{minWidth, " 3"}, {80, " 3"}, {100, " 3 Task"}, {120, " 3 Task"}, {160, " 3 Tasks "}, {200, " 3 Tasks "},
	} {
		for current := range tabs {
			t.Run(fmt.Sprintf("%d %s", c.w, tabs[current].id), func(t *testing.T) {
				texts := m.tabTexts(current, c.w-1)
				bar := strings.Join(texts, "")
				if n := safe.Width(bar); n > c.w-1 {
					t.Errorf("%d cells: %q", n, bar)
				}
				if want := "[" + tabs[current].key + " " + tabs[current].title + "]"; !strings.Contains(bar, want) {
					t.Errorf("no %q in %q", want, bar)
				}
				for i, text := range texts {
					if !strings.HasPrefix(strings.TrimLeft(text, " ["), tabs[i].key) {
						t.Errorf("tab %d is %q", i, text)
					}
				}
				if tabs[current].key != "3" && texts[2] != c.want {
					t.Errorf("another view is %q, want %q", texts[2], c.want)
				}
			})
		}
	}
}

// The bar as it is drawn holds all of it.
func TestTabBarIsDrawnWhole(t *testing.T) {
	for _, w := range []int{minWidth, 80, 120, 200} {
		drive(t, w, 24, sampleOptions, func(d *driver) {
			for i, tab := range tabs {
				d.press(tab.key)
				d.must("[" + tab.key + " " + tab.title + "]")
				bar := strings.Split(d.screen(), "\n")[1]
				if want := strings.Join(d.m.tabTexts(i, w-1), ""); !strings.HasPrefix(bar, " "+want) {
					t.Errorf("%d columns: %q is drawn as %q", w, want, bar)
				}
			}
		})
	}
}
