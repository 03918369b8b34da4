package panels_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
)

// sizes a panel must survive; the last three are those of real screens.
var sizes = [][2]int{{0, 0}, {1, 0}, {0, 3}, {1, 1}, {2, 1}, {3, 2}, {5, 3}, {9, 4}, {13, 7}, {20, 2}, {26, 5}, {31, 9}, {40, 10}, {55, 6}, {66, 12}, {80, 24}, {120, 9}, {200, 60}, {-3, -1}}

// checkFrame says what is wrong with lines that should be exactly h lines of w
// cells, hold no escape sequence but SGR and nothing else that is invisible.
func checkFrame(lines []string, w, h int, ascii bool) error {
	if len(lines) != max(h, 0) {
		return fmt.Errorf("%d lines, want %d", len(lines), h)
	}
	for i, l := range lines {
		if err := checkLine(l, max(w, 0), ascii); err != nil {
			return fmt.Errorf("line %d of %q: %w", i, l, err)
		}
	}
	return nil
}

func checkLine(l string, w int, ascii bool) error {
	if !utf8.ValidString(l) {
		return fmt.Errorf("not UTF-8")
	}
	text, painted := strings.Builder{}, false
	for rest := l; rest != ""; {
		if sgr, ok := takeSGR(rest); ok {
			painted = sgr != themes.Off
			rest = rest[len(sgr):]
			continue
		}
		r, n := utf8.DecodeRuneInString(rest)
		if r < ' ' || r >= 0x7f && r < 0xa0 || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || r == 0x2028 || r == 0x2029 {
			return fmt.Errorf("%U got through", r)
		}
		if ascii && r > '~' {
			return fmt.Errorf("%U is no ASCII", r)
		}
		text.WriteString(rest[:n])
		rest = rest[n:]
	}
	if painted {
		return fmt.Errorf("a paint does not end with its line")
	}
	if a, b := ansi.StringWidth(text.String()), ansi.StringWidthWc(text.String()); a != w || b != w {
		return fmt.Errorf("%d cells by grapheme, %d by code point, want %d", a, b, w)
	}
	return nil
}

// takeSGR is the SGR sequence s begins with: ESC [ digits and separators m.
func takeSGR(s string) (string, bool) {
	if !strings.HasPrefix(s, "\x1b[") {
		return "", false
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return s[:i+1], true
		case c != ';' && c != ':' && (c < '0' || c > '9'):
			return "", false
		}
	}
	return "", false
}

func TestCheckerCatches(t *testing.T) {
	for name, l := range map[string]string{
		"too short": "ab", "escape": "a\x1b[2Jb", "clipboard": "\x1b]52;c;x\a", "left on": "\x1b[31mabc", "control": "a\nb", "C1": "ab\u009b", "bidi": "ab\u202e", "wide": "日本",
	} {
		if checkLine(l, 3, false) == nil {
			t.Errorf("%s: %q passes", name, l)
		}
	}
	if err := checkLine("\x1b[1;38;2;1;2;3mab\x1b[mc", 3, true); err != nil {
		t.Error(err)
	}
}

// cases are the inputs every panel is drawn with.
func cases() map[string]*panels.Input {
	onePoint := empty()
	onePoint.PerHour = onePoint.PerHour[23:]
	onePoint.PerHour[0].Calls, onePoint.PerHour[0].ByTaskType = 1, map[string]int64{"one": 1}
	onePoint.PerDay = onePoint.PerDay[29:]
	onePoint.PerDay[0].Calls, onePoint.PerDay[0].CostUSD = 1, p(0.01)
	onePoint.Heat[3][7] = data.HeatCell{Calls: 1, CostUSD: p(0.01)}
	onePoint.CallsByTaskType, onePoint.Recent = perWindow(map[string]int64{"one": 1}), sample().Recent[:1]

	out := map[string]*panels.Input{
		"sample": input(sample()), "empty": input(empty()), "hostile": input(hostile(50)), "one point": input(onePoint),
		"nil figures": input(&data.LLM{}), "no figures yet": input(nil), "nothing": {},
	}
	out["no figures yet"].Figures = nil
	for name, st := range states() {
		in := input(&data.LLM{})
		in.Snapshot.Sources = map[string]data.SourceState{data.SourceDB: st, data.SourceLoki: st}
		out[name] = in
	}
	scrolled := input(sample())
	scrolled.Cursor, scrolled.Offset, scrolled.Split, scrolled.Measure, scrolled.Window = 5, 3, panels.ByModel, panels.Cost, data.WindowMonth
	out["scrolled"] = scrolled
	beyond := input(hostile(50))
	beyond.Cursor, beyond.Offset, beyond.Measure, beyond.Window = 1<<40, 1<<40, panels.Cost, "no window"
	out["beyond"] = beyond
	return out
}

func states() map[string]data.SourceState {
	return map[string]data.SourceState{
		"absent":     {State: data.StateAbsent, Detail: "no database: give --db FILE or set DONNA_DB_PATH"},
		"connecting": {State: data.StateConnecting},
		"loading":    {State: data.StateLive, Progress: 0.43, Detail: "reading the last 31 days"},
		"failed":     {State: data.StateFailed, Detail: "/data/donna_tasks.db is a directory:\x1b[31m name the file", NextTry: now.Add(8 * time.Second)},
		"stale":      {State: data.StateStale, Loaded: true, AsOf: now.Add(-2 * time.Minute), Detail: "database is locked"},
	}
}

func TestEveryPanelAtEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	inputs := cases()
	for _, theme := range themes.Names() {
		for _, ascii := range []bool{false, true} {
			e := env(t, theme, ascii)
			for name, in := range inputs {
				for _, panel := range panels.LLM() {
					for _, size := range sizes {
						if theme != themes.Default && (size[0] > 30 || strings.Contains(name, "hostile")) {
							continue // what a theme changes shows in small ones, too
						}
						w, h := size[0], size[1]
						if err := checkFrame(panel.Draw(e, in, w, h), w, h, ascii); err != nil {
							t.Fatalf("%s %dx%d, %s, theme %s, ascii %v: %v", panel.ID, w, h, name, theme, ascii, err)
						}
					}
					checkItems(t, e, &panel, in)
					status := panel.Status(in)
					for _, size := range sizes {
						w, h := size[0], size[1]
						lines := panels.Box(e, panel.Title, status, h%2 == 0, w, h, panel.Draw(e, in, w-2, h-2))
						if err := checkFrame(lines, w, h, ascii); err != nil {
							t.Fatalf("box of %s %dx%d, %s, ascii %v: %v", panel.ID, w, h, name, ascii, err)
						}
						if w > 60 {
							break
						}
					}
				}
			}
		}
	}
}

func TestTenThousandCategories(t *testing.T) {
	e, in := env(t, themes.Default, false), input(hostile(10_000))
	for _, panel := range panels.LLM() {
		for _, size := range [][2]int{{26, 5}, {200, 60}} {
			if err := checkFrame(panel.Draw(e, in, size[0], size[1]), size[0], size[1], false); err != nil {
				t.Errorf("%s: %v", panel.ID, err)
			}
		}
	}
}

// While amounts are hidden none is anywhere on the screen.
func TestHiddenMoney(t *testing.T) {
	e := env(t, themes.Default, false)
	e.HideMoney = true
	in := input(sample())
	in.Measure = panels.Cost
	amount := regexp.MustCompile(`\$[0-9.]|[0-9]\.[0-9]+ USD|0\.0031`)
	for _, panel := range panels.LLM() {
		for _, w := range []int{26, 60, 130, 200} {
			got := ansi.Strip(strings.Join(panel.Draw(e, in, w, 20), "\n"))
			if m := amount.FindString(got); m != "" {
				t.Errorf("%s, %d cells: %q shows", panel.ID, w, m)
			}
		}
	}
	nested := logLine(`{"event": "x", "cost_usd": 0.0031, "payload": {"cost_usd": 0.0031, "a": "b"}}`)
	for _, got := range [][]string{panels.LogDetail(e, nested, 80), panels.InvocationDetail(e, &in.Figures.LLM.Recent[1], 80)} {
		if m := amount.FindString(ansi.Strip(strings.Join(got, "\n"))); m != "" {
			t.Errorf("a detail shows %q", m)
		}
	}
}

// The row under the cursor is marked by a glyph as well as by its paint.
func TestCursorIsMarked(t *testing.T) {
	e, in := env(t, themes.Default, false), input(sample())
	in.Cursor, in.Offset = 4, 2
	list := panels.LLM()[slices.IndexFunc(panels.LLM(), func(p panels.Panel) bool { return p.ID == "invocations" })]
	lines := list.Draw(e, in, 100, 8)
	for i, l := range lines[1:] {
		marked := strings.HasPrefix(ansi.Strip(l), "›")
		if want := i == 2; marked != want || strings.Contains(l, e.Styles.Selected.On()) != want {
			t.Errorf("row %d: %q", i, l)
		}
	}
	if got := len(list.Items(e, in, 100, 8).List); got != 40 {
		t.Errorf("%d items", got)
	}
	in.Figures.LLM.Recent = []data.InvocationRow{}
	if got := len(list.Items(e, in, 100, 8).List); got != 0 {
		t.Errorf("%d items of none", got)
	}
	if got := ansi.Strip(list.Draw(e, in, 60, 3)[1]); !strings.Contains(got, "no rows") {
		t.Errorf("%q", got)
	}
}

// Tables are sorted by what is measured.
func TestOrder(t *testing.T) {
	for _, tc := range []struct {
		measure panels.Measure
		first   string
	}{{panels.Calls, "route_task"}, {panels.Cost, "summarize_thread"}} {
		in := input(sample())
		in.Measure = tc.measure
		for _, panel := range panels.LLM() {
			if panel.ID != "task_types" {
				continue
			}
			if got := ansi.Strip(panel.Draw(env(t, themes.Default, false), in, 80, 6)[1]); !strings.HasPrefix(got, tc.first) {
				t.Errorf("measure %d: first row %q, want %s", tc.measure, got, tc.first)
			}
		}
	}
}

func TestBox(t *testing.T) {
	e := env(t, themes.Default, false)
	for _, tc := range []struct {
		name, title, status string
		w                   int
		want                string
	}{
		{"room", "Calls", "24h", 20, "╭─ Calls ──── 24h ─╮"},
		{"parts of a status", "Calls", "stale 2m · 24h · by model", 34, "╭─ Calls ─────── stale 2m · 24h ─╮"},
		{"the first part", "Calls", "stale 2m · 24h", 24, "╭─ Calls ─── stale 2m ─╮"},
		{"no room for a status", "Calls per hour", "24h", 20, "╭─ Calls per hour ─╮"},
		{"a long title", "Calls per hour", "", 12, "╭─ Calls… ─╮"},
		{"no title", "", "", 6, "╭────╮"},
		{"hostile", "a\x1b[2J", "b\nc", 24, "╭─ a␛[2J ──────── b↵c ─╮"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			lines := panels.Box(e, tc.title, tc.status, false, tc.w, 3, nil)
			if got := ansi.Strip(lines[0]); got != tc.want {
				t.Errorf("\n%s, want\n%s", got, tc.want)
			}
			if err := checkFrame(lines, tc.w, 3, false); err != nil {
				t.Error(err)
			}
		})
	}
	plain, focused := panels.Box(e, "x", "", false, 9, 3, nil), panels.Box(e, "x", "", true, 9, 3, nil)
	if ansi.Strip(plain[0]) == ansi.Strip(focused[0]) {
		t.Error("focus shows by colour alone")
	}
}
