package views

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

var behindNow = time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC)

// manyRows is an archive of n rows, one a second, that fails if err isn't nil.
type manyRows struct {
	n     int
	err   error
	asked []data.InvocationQuery
}

func (a *manyRows) row(i int) data.InvocationRow {
	latency, cost := int64(i%997), float64(i%31)/100
	return data.InvocationRow{
		RowID: int64(a.n - i), ID: fmt.Sprintf("inv-%06d", i), Time: behindNow.Add(-time.Duration(i) * time.Second),
		TaskType: []string{"parse_task", "chat_respond"}[i%2], LatencyMS: &latency, CostUSD: &cost,
	}
}

func (a *manyRows) Invocations(_ context.Context, q data.InvocationQuery) (page data.InvocationPage, err error) {
	a.asked = append(a.asked, q)
	if a.err != nil {
		return page, a.err
	}
	for i := range a.n {
		if r := a.row(i); q.Match(&r) && (q.After == nil || q.Order.Compare(q.After, &r) < 0) {
			page.Rows = append(page.Rows, r)
		}
	}
	slices.SortStableFunc(page.Rows, func(a, b data.InvocationRow) int { return q.Order.Compare(&a, &b) })
	page.Rows = page.Rows[min(q.Skip, len(page.Rows)):]
	if len(page.Rows) > q.Limit {
		page.Rows, page.More = page.Rows[:q.Limit], true
	}
	return page, nil
}

func (a *manyRows) Rows(_ context.Context, q data.RowQuery) (page data.RowPage, err error) {
	for _, id := range q.Values {
		page.Rows = append(page.Rows, data.Row{Fields: map[string]json.RawMessage{
			"id": data.TextJSON(id), "queue_wait_ms": data.TextJSON("q" + id), "output": data.TextJSON(strings.Repeat("x", 2048)), "caller": json.RawMessage("null"),
		}})
	}
	return page, a.err
}

func (a *manyRows) Lines(context.Context, data.LineQuery, func(float64)) (data.LinePage, error) {
	return data.LinePage{}, a.err
}

// behind opens the calls of the day before behindNow.
func behind(t *testing.T, a Archive, value any, b data.Behind) *Behind {
	t.Helper()
	c := quiet(t)
	c.Archive = a
	s := testData().Snapshot
	v := NewBehind(c, "Calls", &panels.Item{Row: "today", Column: "calls", Value: value, Text: fmt.Sprint(value), Behind: b}, s)
	v.Resize(120, 30)
	return v
}

func day() data.Window { return data.Window{From: behindNow.AddDate(0, 0, -1), To: behindNow} }

func screen(v View) string { return ansi.Strip(strings.Join(v.Lines(), "\n")) }

// filterBy types a filter and applies it.
func filterBy(v *Behind, text string) {
	pressed(v, "/")
	for _, r := range text {
		v.Update(tea.KeyPressMsg{Text: string(r), Code: r})
	}
	pressed(v, "enter")
}

func TestBehindSaysHowItIs(t *testing.T) {
	calls := data.BehindCalls(day(), data.InvocationKeys{})
	v := behind(t, &manyRows{n: 3}, int64(3), calls)
	read := v.SetData(nil)
	if s := screen(v); !strings.Contains(s, "reading rows") {
		t.Errorf("while it reads:\n%s", s)
	}
	run(v, read)
	if s := screen(v); !strings.Contains(s, "Calls: today calls  3") || !strings.Contains(s, "3 rows · newest first") {
		t.Errorf("all rows:\n%s", s)
	}
	for name, c := range map[string]struct {
		a     Archive
		value int64
		want  string
	}{
		"other than the figure": {&manyRows{n: 3}, 5, "3 rows, the figure says 5"},
		"none":                  {&manyRows{}, 0, "no rows stand behind this figure"},
		"failed":                {&manyRows{err: errors.New("the file is gone")}, 5, "the file is gone. Press r to try again"},
		"part":                  {&manyRows{n: 700}, 700, "500 of 700 rows"},
		"no archive":            {nil, 5, "give --db"},
	} {
		v := behind(t, c.a, c.value, calls)
		run(v, v.SetData(nil))
		if s := screen(v); !strings.Contains(s, c.want) {
			t.Errorf("%s: no %q in\n%s", name, c.want, s)
		}
	}
}

// What failed is read again on demand, and nothing twice without.
func TestBehindReadsAgain(t *testing.T) {
	a := &manyRows{n: 9, err: errors.New("locked")}
	v := behind(t, a, int64(9), data.BehindCalls(day(), data.InvocationKeys{}))
	run(v, v.SetData(nil))
	run(v, v.SetData(nil))
	if len(a.asked) != 1 {
		t.Errorf("asked %d times", len(a.asked))
	}
	a.err = nil
	_, cmd := v.Update(tea.KeyPressMsg{Text: "r", Code: 'r'})
	run(v, cmd)
	if s := screen(v); !strings.Contains(s, "9 rows") {
		t.Error(s)
	}
	v.Close() // all is there: there is nothing to end
	if run(v, v.SetData(nil)); len(a.asked) != 2 {
		t.Errorf("asked %d times", len(a.asked))
	}
}

// A view that is left while it reads begins anew when somebody comes back, and an
// answer to what was asked before is dropped.
func TestBehindIsLeftWhileItReads(t *testing.T) {
	a := &manyRows{n: 9}
	v := behind(t, a, int64(9), data.BehindCalls(day(), data.InvocationKeys{}))
	first := v.SetData(nil)
	v.Close()
	late := first()
	v.Update(late)
	if v.pile != nil && v.pile.len() > 0 {
		t.Error("a late answer was taken")
	}
	run(v, v.SetData(nil))
	if v.pile.len() != 9 {
		t.Errorf("%d rows", v.pile.len())
	}
}

// Pages come as the reader goes on, up to a bound, which is said.
func TestBehindPages(t *testing.T) {
	a := &manyRows{n: 1234}
	v := behind(t, a, int64(1234), data.BehindCalls(day(), data.InvocationKeys{}))
	run(v, v.SetData(nil))
	if v.pile.len() != behindPage {
		t.Fatalf("%d rows at first", v.pile.len())
	}
	for range 10 {
		_, cmd := v.Update(tea.KeyPressMsg{Text: "G", Code: 'G'})
		run(v, cmd)
	}
	if s := screen(v); v.pile.len() != 1234 || v.at.cursor != 1233 || !strings.Contains(s, "1,234 rows") {
		t.Errorf("%d rows, cursor on %d\n%s", v.pile.len(), v.at.cursor, s)
	}
	b := &manyRows{n: behindMost + 100}
	v = behind(t, b, int64(b.n), data.BehindCalls(data.Window{From: behindNow.AddDate(0, 0, -9), To: behindNow}, data.InvocationKeys{}))
	run(v, v.SetData(nil))
	v.next = nil
	run(v, v.readOn(invocationPlace{}, v.queries()))
	for v.next != nil {
		run(v, v.readOn(*v.next, v.queries()))
	}
	if !v.older || v.pile.len() < behindMost {
		t.Errorf("%d rows, more there are %v", v.pile.len(), v.older)
	}
}

// Of many rows only a page around the one that a quantile is the value of is
// read; the rows can be sorted otherwise, which reads anew.
func TestBehindAQuantile(t *testing.T) {
	a := &manyRows{n: 4000}
	v := behind(t, a, int64(0), data.BehindLatency(day(), data.InvocationKeys{}, 0.5, 4000))
	run(v, v.SetData(nil))
	if q := a.asked[0]; q.Skip != 2000-behindAbove || q.Order != data.SlowestFirst || !q.WithLatency {
		t.Errorf("asked %+v", q)
	}
	if v.selected() != behindAbove || !strings.Contains(screen(v), "● this row is the median") {
		t.Errorf("on row %d\n%s", v.selected(), screen(v))
	}
	_, cmd := v.Update(tea.KeyPressMsg{Text: "s", Code: 's'})
	run(v, cmd)
	if q := a.asked[len(a.asked)-1]; q.Order != data.NewestFirst || q.Skip != 0 {
		t.Errorf("asked %+v", q)
	}
	if s := screen(v); !strings.Contains(s, "newest first") || strings.Contains(s, "●") {
		t.Error(s)
	}
}

// The language of filters chooses rows of all kinds.
func TestBehindIsFiltered(t *testing.T) {
	v := behind(t, &manyRows{n: 60}, int64(60), data.BehindCalls(day(), data.InvocationKeys{}))
	run(v, v.SetData(nil))
	filterBy(v, "task_type:chat latency_ms<20")
	if s := screen(v); len(v.shown) != 10 || !strings.Contains(s, "10 rows with task_type:chat latency_ms<20 · 60 rows") {
		t.Errorf("%d shown\n%s", len(v.shown), s)
	}
	pressed(v, "/")
	if !v.Capturing() {
		t.Error("what is typed goes elsewhere")
	}
	checkLines(t, v, 120, 30)
	pressed(v, "esc")
	filterBy(v, "nowhere")
	if s := screen(v); !strings.Contains(s, "none of 60 rows passes the filter") {
		t.Error(s)
	}
	pressed(v, "esc")
	if len(v.shown) != 60 {
		t.Errorf("%d shown after the filter was cleared", len(v.shown))
	}
	set := data.BehindRecord("disk", "", "/srv", []string{"mount", "used_pct"}, "/srv", 81.5)
	records := &recordPile{set.Rows(testData().Snapshot)}
	if e := records.entry(0); e.Event != "" || !e.JSON || !strings.Contains(e.Raw, `"used_pct":81.5`) {
		t.Errorf("%+v", e)
	}
}

// Two rows are marked and compared: what differs, by how much, and what only the
// database knows, long values by their size.
func TestBehindDiffs(t *testing.T) {
	v := behind(t, &manyRows{n: 5}, int64(5), data.BehindCalls(day(), data.InvocationKeys{}))
	run(v, v.SetData(nil))
	if pressed(v, "D") != nil {
		t.Error("a diff of one row")
	}
	pressed(v, "down", "v", "down")
	open, ok := pressed(v, "D").(Open)
	if !ok {
		t.Fatal("no diff")
	}
	d := open.View
	d.Resize(130, 40)
	run(d, d.SetData(nil))
	s := screen(d)
	for _, want := range []string{"≠  latency", "1ms", "3ms", "+200%", "≠  queue wait", "qinv-000001", "output", "2.00 KiB", "caller", "inv-000001", "inv-000003"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in\n%s", want, s)
		}
	}
	for _, size := range [][2]int{{120, 40}, {40, 12}, {5, 3}, {1, 1}} {
		d.Resize(size[0], size[1])
		checkLines(t, d, size[0], size[1])
	}
}

// A single row is shown at once in full, and is what keys mean.
func TestBehindOne(t *testing.T) {
	v := behind(t, &manyRows{n: 1}, int64(1), data.BehindCalls(day(), data.InvocationKeys{}))
	run(v, v.SetData(nil))
	if s := screen(v); !strings.Contains(s, "Invocation inv-000000") || v.Subject().ID != "inv-000000" {
		t.Errorf("%+v\n%s", v.Subject(), s)
	}
}

// The rows fill every size, whatever the state.
func TestBehindEverySize(t *testing.T) {
	calls := data.BehindCalls(day(), data.InvocationKeys{})
	for _, a := range []*manyRows{{n: 40}, {}, {err: errors.New("gone")}} {
		for w := 1; w < 130; w += 1 + w/4 {
			for h := 1; h < 40; h += 1 + h/4 {
				v := behind(t, a, int64(40), calls)
				v.Resize(w, h)
				checkLines(t, v, w, h)
				run(v, v.SetData(nil))
				checkLines(t, v, w, h)
				pressed(v, "/")
				checkLines(t, v, w, h)
			}
		}
	}
}
