package views

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

func quiet(t *testing.T) *Context { return testContext(t, slog.New(slog.DiscardHandler)) }

// dataWith is a snapshot's data with other figures.
func dataWith(fill func(f *data.Figures)) *Data {
	d := testData()
	f := *d.Figures
	fill(&f)
	d.Figures = &f
	return d
}

func pressed(b interface {
	Update(msg tea.Msg) (Intent, tea.Cmd)
}, names ...string,
) (last Intent) {
	keys := map[string]tea.KeyPressMsg{
		"left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight}, "up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown},
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "pgdown": {Code: tea.KeyPgDown}, "pgup": {Code: tea.KeyPgUp},
	}
	for _, name := range names {
		k, ok := keys[name]
		if !ok {
			k = tea.KeyPressMsg{Text: name, Code: []rune(name)[0]}
		}
		last, _ = b.Update(k)
	}
	return last
}

func escalations(ids ...int64) *Data {
	return dataWith(func(f *data.Figures) {
		f.Escalations = &data.Escalations{List: []data.EscalationRow{}}
		for _, id := range ids {
			f.Escalations.List = append(f.Escalations.List, data.EscalationRow{ID: id})
		}
	})
}

// The cursor stays on its row when others come in above or the order changes; on
// top it stays with whatever comes first.
func TestCursorFollowsItsRow(t *testing.T) {
	for _, c := range []struct {
		name   string
		before []int64
		cursor int
		after  []int64
		want   int
	}{
		{"two come in above", []int64{3, 2, 1}, 1, []int64{5, 4, 3, 2, 1}, 3},
		{"on top", []int64{3, 2, 1}, 0, []int64{5, 4, 3, 2, 1}, 0},
		{"another order", []int64{3, 2, 1}, 2, []int64{1, 2, 3}, 0},
		{"its row is gone", []int64{3, 2, 1}, 2, []int64{5, 4}, 1},
		{"all are gone", []int64{3, 2, 1}, 2, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := NewEscalations(quiet(t))
			v.Resize(120, 40)
			v.SetData(escalations(c.before...))
			at := v.panelOf("escalations")
			v.goTo(v.at(at))
			v.selectRow(c.cursor)
			v.SetData(escalations(c.after...))
			if got := v.lists[at].cursor; got != c.want {
				t.Errorf("the cursor is on row %d, want %d", got, c.want)
			}
		})
	}
}

// callsData is four hours of calls of two task types.
func callsData() *Data {
	return dataWith(func(f *data.Figures) {
		start := f.At.Truncate(time.Hour).Add(-3 * time.Hour)
		llm := *f.LLM
		llm.PerHour = nil
		for i := range 4 {
			usd := 0.25
			llm.PerHour = append(llm.PerHour, data.HourBucket{
				Start: start.Add(time.Duration(i) * time.Hour), Calls: int64(5 * i), CostUSD: &usd, ByTaskType: map[string]int64{"a": int64(3 * i), "b": int64(2 * i)},
			})
		}
		llm.CallsByTaskType = map[string]map[string]int64{data.Window24h: {"a": 3, "b": 2, "c": 1}}
		llm.SpendByTaskType = map[string]map[string]float64{data.Window24h: {"a": 1, "b": 9, "c": 2}}
		f.LLM = &llm
	})
}

func label(v *Board) string {
	if it := v.walk().item(); it != nil {
		return it.Label()
	}
	return ""
}

// Left and right go from bar to bar, up and down through the parts of a bar, and
// beyond its ends the cursor leaves for the next panel.
func TestCursorWalksAChart(t *testing.T) {
	v := NewLLM(quiet(t))
	v.Resize(200, 60)
	v.SetData(callsData())
	v.goTo(v.at(v.panelOf("hours")))
	at := v.data.Figures.LLM.PerHour[3].Start.Format("15:04")
	if got := label(v); got != at+" calls" {
		t.Fatalf("begins on %q, not on now", got)
	}
	var walked []string
	for _, key := range []string{"left", "down", "down", "left", "up", "down", "down", "down"} {
		pressed(v, key)
		walked = append(walked, strings.TrimPrefix(strings.TrimPrefix(label(v), "30 Jun "), "00:00"))
	}
	want := []string{"23:00 calls", "23:00 b", "23:00 a", "22:00 a", "22:00 b", "22:00 a", "22:00 cost"}
	if !slices.Equal(walked[:7], want) {
		t.Errorf("walked %q, want %q", walked, want)
	}
	if v.panels[v.focus].ID == "hours" {
		t.Errorf("still in the chart on %q", label(v))
	}
	v.goTo(v.at(v.panelOf("hours")))
	if got := label(v); !strings.HasSuffix(got, "22:00 cost") {
		t.Errorf("coming back the cursor is on %q", got)
	}
	pressed(v, "g")
	if got := label(v); !strings.HasSuffix(got, "21:00 cost") {
		t.Errorf("g leads to %q", got)
	}
}

// The cell under the cursor stays the same when the order of rows changes.
func TestCursorFollowsTheOrder(t *testing.T) {
	v := NewLLM(quiet(t))
	v.Resize(170, 60)
	v.SetData(callsData())
	v.goTo(v.at(v.panelOf("task_types")))
	pressed(v, "down", "down", "right")
	before := label(v)
	row := v.walk().item().Lane
	pressed(v, "s")
	if got := label(v); got != before || v.walk().item().Lane == row {
		t.Errorf("on %q in lane %d, was on %q in lane %d", got, v.walk().item().Lane, before, row)
	}
}

// What the cursor is on can be read in the border, copied and exported.
func TestReadoutSubjectAndExport(t *testing.T) {
	v := NewLLM(quiet(t))
	v.Resize(200, 60)
	v.SetData(callsData())
	v.goTo(v.at(v.panelOf("hours")))
	at := v.data.Figures.LLM.PerHour[3].Start.Format("15:04")
	if text := ansi.Strip(strings.Join(v.Lines(), "\n")); !strings.Contains(text, "━ "+at+" calls: 15 · $0.25 ━") {
		t.Errorf("no readout in\n%s", text)
	}
	if got := v.Subject(); got.Text != at+" calls: 15 · $0.25" || got.ID != "" {
		t.Errorf("%+v", got)
	}
	table, ok := v.Export()
	if !ok || table.Name != "llm-hours" || strings.Join(table.Columns, " ") != "name start calls cost b a" && strings.Join(table.Columns, " ") != "name start calls cost a b" {
		t.Fatalf("%+v", table)
	}
	if row := table.Rows[3]; len(table.Rows) != 4 || row[2] != int64(15) || row[3] != 0.25 {
		t.Errorf("%v", table.Rows)
	}
	v.goTo(v.at(v.panelOf("task_types")))
	table, _ = v.Export()
	if strings.Join(table.Columns, " ") != "name calls tokens in tokens out cost" && strings.Join(table.Columns, " ") != "name calls cost" && len(table.Rows) != 3 {
		t.Errorf("%+v", table)
	}
}

// A click selects what it is on, a second one opens it.
func TestClicks(t *testing.T) {
	v := NewLLM(quiet(t))
	v.Resize(200, 60)
	v.SetData(callsData())
	at := v.layout[v.placeOf(v.panelOf("task_types"))]
	click := tea.MouseClickMsg{X: at.X + 3, Y: at.Y + 2 + 1, Button: tea.MouseLeft} // border, headings, second row
	for _, x := range []int{0, 24} {
		click.X = at.X + 1 + x
		if intent, _ := v.Update(click); intent != nil {
			t.Fatalf("the first click has opened %v", intent)
		}
	}
	if got := label(v); !strings.HasPrefix(got, "b ") {
		t.Fatalf("selected %q", got)
	}
	it := v.walk().item()
	click.X = at.X + 1 + it.X
	intent, _ := v.Update(click)
	if open, ok := intent.(Open); !ok || open.View.ID() != IDBehind {
		t.Errorf("the second click gives %v", intent)
	}
	for _, outside := range []tea.MouseClickMsg{{X: -1, Y: -1, Button: tea.MouseLeft}, {X: 999, Y: 9, Button: tea.MouseLeft}, {X: 3, Y: 3, Button: tea.MouseRight}} {
		if intent, _ := v.Update(outside); intent != nil {
			t.Errorf("%v gives %v", outside, intent)
		}
	}
}

// Every item of every board says something at any size, and Enter on it opens a
// view or says why not; hostile names stay in their place.
func TestEveryItemOpens(t *testing.T) {
	hostileName := "\x1b[2J\x1b]0;title\a a\rb\nc\td \u202eright\u2066 \xff\xfe 漢👨‍👩‍👧" + strings.Repeat("漢字", 300)
	d := dataWith(func(f *data.Figures) {
		llm := *f.LLM
		llm.CallsByTaskType = map[string]map[string]int64{data.Window24h: {hostileName: 3}}
		llm.LatencyMS = map[string]map[string]data.Latency{data.Window24h: {hostileName: {N: 3, P50: new(int64(20))}}}
		llm.LatencyAllMS = map[string]*data.Latency{data.Window24h: {N: 3, P50: new(int64(20))}}
		llm.Recent = []data.InvocationRow{{RowID: 1, ID: hostileName, Time: f.At, TaskType: hostileName}}
		f.LLM = &llm
		f.Escalations = &data.Escalations{List: []data.EscalationRow{{ID: 1, CorrelationID: hostileName, TaskType: hostileName}}}
		f.Health = &data.Health{Containers: []data.Container{{Name: hostileName, Verdict: hostileName}}, Disks: []data.Disk{{Mount: hostileName}}}
		f.Memory = &data.Memory{Ingest: map[string]map[string]int64{data.Window24h: {hostileName: 2}}}
	})
	eachBoard(t, func(t *testing.T, b *Board) {
		b.Resize(160, 50)
		b.SetData(d)
		for i := range b.panels {
			b.goTo(b.at(i))
			for j := range b.items(b.focus).List {
				b.selectRow(j)
				checkLines(t, b, 160, 50)
				intent := b.open()
				switch intent := intent.(type) {
				case Open:
					intent.View.SetData(d)
					for _, size := range [][2]int{{120, 40}, {40, 12}, {5, 3}, {1, 1}} {
						intent.View.Resize(size[0], size[1])
						checkLines(t, intent.View, size[0], size[1])
					}
				case Say:
					if intent.Text == "" {
						t.Errorf("%s: %q says nothing", b.panels[b.focus].ID, label(b))
					}
				default:
					t.Errorf("%s: %q gives %v", b.panels[b.focus].ID, label(b), intent)
				}
			}
		}
	})
}

// checkLines says if a view does not fill its place, or lets something through
// that moves the terminal's cursor.
func checkLines(t *testing.T, v View, w, h int) {
	t.Helper()
	lines := v.Lines()
	if len(lines) != h {
		t.Fatalf("%q: %d lines in %dx%d", v.Title(), len(lines), w, h)
	}
	for _, l := range lines {
		if n := ansi.StringWidth(l); n != w || strings.ContainsAny(ansi.Strip(l), "\x1b\a\r\n\t\u202e") {
			t.Fatalf("%q: line of %d cells in %dx%d: %q", v.Title(), n, w, h, l)
		}
	}
}

// The walk over items that stand anywhere.
func TestItemWalk(t *testing.T) {
	// two side by side, a wide one below, and a column of three to its right
	at := func(x, w, lane int) panels.Item {
		return panels.Item{Place: panels.Place{X: x, W: w, Lane: lane, H: 1}}
	}
	list := []panels.Item{at(0, 5, 0), at(10, 5, 0), at(0, 8, 1), at(10, 5, 1), at(10, 5, 2), at(10, 5, 3)}
	for _, c := range []struct {
		from int
		d    direction
		want int
	}{
		{0, right, 1}, {0, left, -1}, {0, down, 2}, {0, up, -1}, {1, left, 0}, {1, down, 3}, {3, left, 2}, {2, right, 3}, {5, up, 4}, {5, down, -1}, {2, down, 4},
	} {
		if got := (itemWalk{list, c.from}).next(c.d); got != c.want {
			t.Errorf("from %d to the %v: %d, want %d", c.from, c.d, got, c.want)
		}
	}
	if w := (itemWalk{list, 3}); w.first() != 1 || w.last() != 5 || w.page(1) != 5 || w.page(-9) != 1 {
		t.Errorf("%d %d %d %d", w.first(), w.last(), w.page(1), w.page(-9))
	}
	if w := (itemWalk{nil, 0}); w.item() != nil || w.next(down) != -1 || w.first() != 0 || w.page(1) != 0 {
		t.Error("a walk over nothing")
	}
}

// What is selected is asked for at every key: the rows behind a figure are not
// gathered for it, but those of a count of one are.
func TestSubjectOfAFigureIsCheap(t *testing.T) {
	const rows = 10_000
	now := testData().Figures.At
	tables := &data.Tables{}
	for i := range rows {
		tables.Tasks = append(tables.Tasks, data.Task{
			ID: fmt.Sprint("task-", i), Status: "backlog", Domain: "work", CreatedVia: "discord",
			CreatedAt: now.Add(-time.Duration(i) * time.Second), ScheduledStart: now.Add(time.Hour),
		})
	}
	tables.Tasks[0].Domain = "family"
	hub := data.NewHub(data.HubOptions{Clock: clockwork.NewFakeClockAt(now)})
	hub.SetDB(&data.DB{Tables: tables})
	s := hub.Publish()
	v := NewTasks(quiet(t))
	v.Resize(200, 60)
	v.SetData(&Data{Snapshot: s, Figured: s, Figures: s.Figures(), Window: data.Window24h})
	many, one := 0, 0
	for panel := range v.panels {
		v.goTo(v.at(panel))
		for i, it := range v.items(v.focus).List {
			if it.Behind.Kind != data.TableRows || len(it.Fields) > 0 {
				continue
			}
			v.selectRow(i)
			n := len(it.Behind.Rows(s).Rows)
			switch {
			case n > rows/2:
				many++
				if allocs := testing.AllocsPerRun(1, func() { v.Subject() }); allocs > 100 {
					t.Errorf("%s: %.0f allocations", it.Label(), allocs)
				}
			case n == 1 && it.Behind.Measure == data.CountsRows:
				one++
				if id := v.Subject().ID; id != "task-0" {
					t.Errorf("%s: id %q", it.Label(), id)
				}
			}
		}
	}
	if many < 5 || one < 1 {
		t.Errorf("%d figures of many rows, %d of one", many, one)
	}
}

// The cursor of a panel is back on its row when the focus comes back, after rows
// came in above while it was elsewhere.
func TestCursorFollowsItsRowWithoutFocus(t *testing.T) {
	v := NewEscalations(quiet(t))
	v.Resize(120, 40)
	v.SetData(escalations(3, 2, 1))
	list := v.panelOf("escalations")
	v.goTo(v.at(list))
	v.selectRow(1)
	v.goTo(v.step(1))
	if v.focus == list {
		t.Fatal("the focus has not moved")
	}
	v.SetData(escalations(5, 4, 3, 2, 1))
	v.goTo(v.at(list))
	if got := v.lists[list].cursor; got != 3 {
		t.Errorf("the cursor is on row %d, want 3", got)
	}
}
