package trace

import (
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
)

// placed is an item with its place among others of the same time and source.
type placed struct {
	item Item
	a, b int64
	row  *rowItem // nil for lines
}

// build makes a trace of what is known.
func (s *search) build(complete bool) *Trace {
	t := &Trace{
		Schema: data.Schema, ID: s.given, Kind: cmp.Or(s.kind, KindCorrelation), Now: s.now().UTC(),
		IDs: s.ids.byKey(), Items: []Item{}, Gaps: []Gap{}, Sources: s.reports(),
		Complete: complete, Progress: s.done,
	}
	t.Totals.Services = []string{}
	if complete {
		t.Progress = 1
	}
	lines := s.lines.merged()
	s.nameGiven(t.IDs, lines)
	all := s.arrange(lines)
	if over := len(all) - s.MaxItems; over > 0 {
		all = all[over:]
		t.Capped = &Capped{Limit: s.MaxItems, Of: "items", Dropped: over}
	}
	seq := make(map[rowKey]int)
	for i, p := range all {
		if p.row != nil {
			seq[p.row.key()] = i
		}
	}
	for i, p := range all {
		p.item.Seq = i
		if p.row != nil && p.row.twin != nil {
			if twin, ok := seq[*p.row.twin]; ok {
				p.item.Twin = &twin
			}
		}
		t.Items = append(t.Items, p.item)
	}
	if len(all) == 0 { // not even the one asked for belongs to anything
		t.IDs = newIDSet(0).byKey()
	}
	t.sum()
	t.Gaps = s.gapsOf(t)
	t.Capped = s.capsOf(t.Capped)
	return t
}

// now is the instant the trace is as of.
func (s *search) now() time.Time {
	if !s.Until.IsZero() {
		return s.Until
	}
	return s.Clock.Now()
}

// nameGiven puts an id that no key is known of under the names where it stands.
func (s *search) nameGiven(ids map[string][]string, lines []*lineItem) {
	delete(ids, "")
	i := id{"", s.given}
	if !s.ids.known[i] || s.givenAs() != i {
		return
	}
	for _, l := range lines {
		for _, v := range l.values {
			name := v.last()
			if v.text == s.given && !vocabulary[name] && !slices.Contains(ids[name], v.text) {
				ids[name] = append(ids[name], v.text)
			}
		}
	}
}

// arrange puts all items in order: by time, then source, then place in it. A row
// without a readable time stands where the trace begins.
func (s *search) arrange(lines []*lineItem) []placed {
	all := make([]placed, 0, len(lines)+len(s.order))
	for _, l := range lines {
		item := l.item
		item.Matched, _ = l.matched(s.ids)
		if len(item.Matched) == 0 {
			continue // can't be: an id once known stays known
		}
		if item.Fields == nil {
			l.item.Fields = l.fields()
			item.Fields = l.item.Fields
		}
		all = append(all, placed{item: item, a: l.Place})
	}
	order := make(map[string]int64, len(tables))
	for i, t := range tables {
		order[t.name] = int64(i)
	}
	for _, r := range s.order {
		item := r.item
		item.Inferred = r.inferred
		item.Matched = r.matched(s.ids)
		all = append(all, placed{item: item, a: order[r.Row.Table], b: r.RowID, row: r})
	}
	date(all, s.now())
	slices.SortStableFunc(all, func(x, y placed) int {
		return cmp.Or(x.item.Time.Compare(y.item.Time), strings.Compare(x.item.Source, y.item.Source), cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b))
	})
	return all
}

// date gives what has no time that of the earliest item that has one.
func date(all []placed, now time.Time) {
	var first time.Time
	undated := func(p *placed) bool { return p.row != nil && !p.row.dated || p.item.Time.IsZero() }
	for i := range all {
		if t := all[i].item.Time; !undated(&all[i]) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for i := range all {
		if undated(&all[i]) {
			all[i].item.Time = cmp.Or(first, now.UTC())
		}
	}
}

// sum fills in what is summed up over the items.
func (t *Trace) sum() {
	services := make(map[string]bool)
	tt := &t.Totals
	tt.Items = len(t.Items)
	for i := range t.Items {
		item := &t.Items[i]
		if item.Kind == ItemLog {
			tt.LogLines++
			if item.Service != "" {
				services[item.Service] = true
			}
			if item.Level == "error" || item.Level == "critical" {
				tt.Errors++
			}
			continue
		}
		if item.Class == nil {
			continue
		}
		if *item.Class == data.ClassLLM {
			tt.LLMCalls++
		}
		if item.CostUSD != nil {
			tt.CostUSD += *item.CostUSD
		}
		if *item.Class != data.ClassAudit {
			tt.TokensIn += item.integer("tokens_in")
			tt.TokensOut += item.integer("tokens_out")
		}
	}
	tt.Services = append(tt.Services, slices.Sorted(maps.Keys(services))...)
	if n := len(t.Items); n > 0 {
		start, end := t.Items[0].Time, t.Items[n-1].Time
		length := end.Sub(start).Seconds()
		from, to := t.Extent()
		took := to.Sub(from).Seconds()
		t.Start, t.End, t.Duration, t.Took = &start, &end, &length, &took
	}
}

// integer is a column of a row that holds a whole number, else 0.
func (i *Item) integer(column string) int64 {
	r := rowItem{Row: data.Row{Fields: i.Fields}}
	if v := r.number(column); v != nil {
		return int64(*v)
	}
	return 0
}

// gapsOf are the stretches around the trace in which lines are missing.
func (s *search) gapsOf(t *Trace) []Gap {
	gaps := slices.Clone(s.gaps)
	if s.Snapshot != nil {
		for name, source := range map[string]string{data.SourceLoki: lineSource(data.SourceLoki), data.SourceFiles: lineSource(data.SourceFiles)} {
			for _, g := range s.Snapshot().Sources[name].Gaps {
				gaps = append(gaps, Gap{Source: source, From: g.From, To: g.To, Reason: g.Reason})
			}
		}
	}
	from, to := s.span()
	if t.Start != nil {
		from, to = t.Start.Add(-lineMargin), t.End.Add(lineMargin)
	}
	gaps = slices.DeleteFunc(gaps, func(g Gap) bool { return g.To.Before(from) || g.From.After(to) })
	slices.SortStableFunc(gaps, func(a, b Gap) int {
		return cmp.Or(a.From.Compare(b.From), strings.Compare(a.Source, b.Source), a.To.Compare(b.To), strings.Compare(a.Reason, b.Reason))
	})
	gaps = slices.Compact(gaps)
	for i := range gaps {
		gaps[i].From, gaps[i].To = gaps[i].From.UTC(), gaps[i].To.UTC()
	}
	if gaps == nil {
		return []Gap{}
	}
	return gaps
}

// capsOf is the cap to tell of, of those that were reached.
func (s *search) capsOf(items *Capped) *Capped {
	if c := s.capped["items"]; c != nil {
		items = &Capped{Limit: c.Limit, Of: c.Of, Dropped: c.Dropped + cmp.Or(items, &Capped{}).Dropped}
	}
	if items != nil {
		return items
	}
	if n := len(s.ids.over); n > 0 {
		return &Capped{Limit: s.MaxIDs, Of: "ids", Dropped: n}
	}
	for _, of := range []string{"rounds", "bytes", "rows"} {
		if c := s.capped[of]; c != nil {
			copied := *c
			return &copied
		}
	}
	return nil
}

// WriteJSON prints the trace as `trace ID --json` does, indented by two spaces.
func (t *Trace) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(t)
}
