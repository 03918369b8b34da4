package views

import (
	"fmt"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/format"
)

// passing says which items of a trace pass a filter. It is found in a command: rows
// have to be written as text for it.
type passing struct {
	of     *trace.Trace
	filter *filter.Filter
	items  []bool
	n      int // of them
}

// passingMsg brings the items that pass.
type passingMsg struct {
	Answer
	to *passing // in the view that asked
	passing
}

// empty tells that nothing is asked for.
func (p *passing) empty() bool { return p.filter.Empty() }

// has tells whether an item passes; all do until it is known which.
func (p *passing) has(item int) bool { return p.empty() || item >= len(p.items) || p.items[item] }

// ask begins to find the items of a trace that pass; what was known of the same
// trace stays until then.
func (p *passing) ask(t *trace.Trace, f *filter.Filter) tea.Cmd {
	if p.of != t || f.Empty() {
		p.items, p.n = nil, 0
	}
	p.of, p.filter = t, f
	if t == nil || f.Empty() {
		return nil
	}
	return func() tea.Msg {
		found := passing{of: t, filter: f, items: make([]bool, len(t.Items))}
		for i := range t.Items {
			e := t.Items[i].Entry()
			if found.items[i] = f.Match(&e); found.items[i] {
				found.n++
			}
		}
		return passingMsg{to: p, passing: found}
	}
}

// got takes the answer to the last question.
func (p *passing) got(msg passingMsg) bool {
	if msg.to != p || msg.of != p.of || msg.filter != p.filter {
		return false
	}
	*p = msg.passing
	return true
}

// known tells that the answer has come.
func (p *passing) known() bool { return p.items != nil }

// matchTrace finds anew what passes the filters.
func (v *Trace) matchTrace() tea.Cmd {
	return tea.Batch(v.chosen.ask(v.trace, v.bar.filter), v.found.ask(v.trace, v.finder.filter))
}

// matched takes what passes one of the filters. What is looked for is gone to once.
func (v *Trace) matched(msg passingMsg) {
	if v.chosen.got(msg) {
		v.layOut()
	}
	if v.found.got(msg) && v.seek {
		v.seek = false
		if !v.isMatch(v.list.cursor) {
			v.goToMatch(1)
		}
	}
}

// isMatch tells whether a row is what the reader looks for.
func (v *Trace) isMatch(row int) bool {
	i := v.rows.Item(row)
	return i != nil && v.found.known() && i.Seq < len(v.found.items) && v.found.items[i.Seq]
}

// match is the row of the next match by 1, or of the one before by -1; -1 if there
// is none.
func (v *Trace) match(by int) int {
	for row := v.list.cursor + by; row >= 0 && row < v.rows.Len(); row += by {
		if v.isMatch(row) {
			return row
		}
	}
	return -1
}

// goToMatch goes to the next match that way, or else to the nearest the other way.
func (v *Trace) goToMatch(by int) {
	for _, by := range []int{by, -by} {
		if row := v.match(by); row >= 0 {
			v.selectRow(row)
			return
		}
	}
}

// typing is the bar that has the keys; nil if none has.
func (v *Trace) typing() *FilterBar {
	switch {
	case v.bar.Active():
		return &v.bar
	case v.finder.Active():
		return &v.finder
	}
	return nil
}

// typed hands a message to the bar that has the keys.
func (v *Trace) typed(bar *FilterBar, msg tea.Msg) tea.Cmd {
	applied := bar.Update(msg)
	v.selectRow(v.list.cursor) // the bar may have made room
	if !applied {
		return nil
	}
	v.seek = bar == &v.finder
	return v.refilter()
}

// refilter shows what passes the filters now.
func (v *Trace) refilter() tea.Cmd {
	cmd := v.matchTrace()
	if v.chosen.empty() {
		v.layOut()
	}
	return cmd
}

// narrowed handles a key that changes which items are shown or looked for.
func (v *Trace) narrowed(press tea.KeyPressMsg) (cmd tea.Cmd, ok bool) {
	switch k := &v.keys; {
	case key.Matches(press, k.Filter.Binding):
		return v.bar.Type(nil), true
	case key.Matches(press, k.Find.Binding):
		return v.finder.Type(nil), true
	case key.Matches(press, k.Saved.Binding):
		v.bar.Pick()
		return nil, true
	case key.Matches(press, k.Next.Binding):
		v.selectRow(v.match(1))
		return nil, true
	case key.Matches(press, k.Previous.Binding):
		v.selectRow(v.match(-1))
		return nil, true
	case key.Matches(press, k.Unfind.Binding):
		v.finder.Set(nil)
	case key.Matches(press, k.Clear.Binding):
		v.bar.Set(nil)
	default:
		return nil, false
	}
	return v.refilter(), true
}

// barHeight is how many lines below the trace what is being typed takes.
func (v *Trace) barHeight() int {
	if bar := v.typing(); bar != nil {
		return bar.Height(v.h - 4)
	}
	return 0
}

// filterStatus says what is filtered by and looked for, and how much of the trace
// that is.
func (v *Trace) filterStatus() (parts []string) {
	if !v.chosen.empty() {
		said := "/" + v.bar.text + ": filtering"
		if v.chosen.known() {
			said = fmt.Sprintf("/%s: %s of %s", v.bar.text, format.Int(int64(v.chosen.n)), plural(len(v.trace.Items), "item"))
		}
		parts = append(parts, said)
	}
	if !v.found.empty() {
		parts = append(parts, v.findStatus())
	}
	return parts
}

// findStatus says what is looked for and which of the matches the reader is on.
func (v *Trace) findStatus() string {
	if !v.found.known() {
		return "finding " + v.finder.text
	}
	n, at := 0, 0
	for row := range v.rows.Len() {
		if v.isMatch(row) {
			if n++; row == v.list.cursor {
				at = n
			}
		}
	}
	if at > 0 {
		return fmt.Sprintf("%s: match %s of %s", v.finder.text, format.Int(int64(at)), format.Int(int64(n)))
	}
	return v.finder.text + ": " + matchesOf(n)
}
