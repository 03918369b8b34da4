package ui

import (
	"fmt"
	"testing"

	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/ui/views"
)

// In a trace / shows the items that pass a filter, rows and lines alike, and f goes
// from match to match.
func TestTraceFilterAndFind(t *testing.T) {
	drive(t, 140, 40, traced(sampleTracer()), func(d *driver) {
		d.showTrace(sampleTaskID)
		items := sampleTrace().Items
		count := func(text string) (n int) {
			f, err := filter.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			for i := range items {
				if e := items[i].Entry(); f.Match(&e) {
					n++
				}
			}
			return n
		}
		typed := func(key, text string) {
			d.press(key)
			d.typeText(text)
			d.press("enter")
		}
		for _, text := range []string{"table:nudge_events", "kind=llm", "level>=error", "service:orchestrator", "dentist", "!dentist"} {
			want := count(text)
			if want == 0 || want == len(items) {
				t.Fatalf("%q chooses %d of %d", text, want, len(items))
			}
			typed("/", text)
			d.must(fmt.Sprintf("/%s: %d of %d items", text, want, len(items)))
			rows := d.top().(views.Exporting)
			if table, _ := rows.Export(); len(table.Rows) != want {
				t.Errorf("%q: %d rows, want %d", text, len(table.Rows), want)
			}
			d.press("esc")
			d.mustNot("/" + text)
		}
		typed("/", "nothing-of-that-name")
		d.must("None of", "esc clears it")
		d.press("esc")
		d.must("of 20 rows")
		n := count("dentist")
		typed("f", "dentist")
		d.must(fmt.Sprintf("dentist: match 1 of %d", n))
		before := d.screen()
		d.press("n")
		d.must(fmt.Sprintf("dentist: match 2 of %d", n))
		d.press("N")
		if d.screen() != before {
			t.Error("n and N don't lead back")
		}
		for range n + 1 {
			d.press("n")
		}
		d.must(fmt.Sprintf("dentist: match %d of %d", n, n), "20 rows") // nothing is hidden
		d.press("esc")
		d.mustNot("dentist: match")
		d.press("/", "esc")
		d.must("Trace ", "20 rows")
	})
}
