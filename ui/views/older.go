package views

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

const (
	// olderPage is how many lines are read at a time, olderMost how many are kept:
	// beyond that a filter helps more than scrolling.
	olderPage = 1000
	olderMost = 20_000
	// archived is set in the numbers of lines that were read on demand.
	archived = 1 << 63
)

// older is the lines before those in memory, read when a reader scrolls up to
// them. While there are any, lines that make room in memory are kept here, so
// that nothing is missing in between.
type older struct {
	lines  someLines
	before time.Time // all lines from here on have been read; zero at first
	reach  time.Time // how far back was asked
	more   bool      // the archive has more
	err    error
	missed int        // lines that could not be kept
	gaps   []data.Gap // that lines were read around, in order of time

	loading    bool
	stopped    bool // by the reader: no reading begins by itself
	progress   float64
	generation int
	cancel     context.CancelFunc
	seq        uint64

	olderContext // used while lines around matches are shown

	found    someLines // those of lines that have what the reader looks for
	finding  bool
	searched searched // what found is the answer to
}

// searched is a question and what it was asked of.
type searched struct {
	choice *choice
	n      int
	first  *data.LogLine
}

// olderMsg brings lines.
type olderMsg struct {
	Answer
	to         *Logs
	generation int
	before     time.Time // up to here the archive was asked
	page       data.LinePage
	err        error
}

// olderProgressMsg says how much of a read is done.
type olderProgressMsg struct {
	Answer
	to         *Logs
	generation int
	done       float64
	next       tea.Cmd // waits for the next one
}

// olderFoundMsg brings those of the older lines that have what the reader looks for.
type olderFoundMsg struct {
	Answer
	to       *Logs
	searched searched
	found    someLines
}

// stop ends a read.
func (o *older) stop() {
	if o.cancel != nil {
		o.cancel()
	}
	o.loading, o.cancel = false, nil
	o.generation++
}

// reset forgets the older lines: they belong to another filter, or nobody looks
// at them any more.
func (o *older) reset() {
	o.stop()
	*o = older{generation: o.generation, seq: o.seq}
}

// resetOlder forgets the older lines and what they lack.
func (v *Logs) resetOlder() {
	v.older.reset()
	if v.data.Snapshot != nil {
		v.gaps = v.knownGaps()
	}
}

// forget drops the lines before an instant.
func (o *older) forget(t time.Time) {
	o.gaps = slices.DeleteFunc(o.gaps, func(g data.Gap) bool { return g.To.Before(t) })
	for _, lines := range []*someLines{&o.lines, &o.hits, &o.head} {
		i, _ := lines.Find(t, 0)
		*lines = (*lines)[i:]
	}
}

// adopt keeps the lines that were there before and have made room since.
func (o *older) adopt(c *choice, before, now lineSet) {
	if len(o.lines) == 0 && !o.loading {
		return
	}
	var gone someLines
	for i := range before.Len() {
		l := before.At(i)
		if _, ok := now.Find(l.Time, l.Seq); ok {
			break
		}
		gone = append(gone, l)
	}
	if len(gone) == 0 {
		return
	}
	if o.missed > 0 || len(o.lines)+len(gone) > olderMost {
		o.missed += len(gone)
		return
	}
	o.lines = append(slices.Clip(o.lines), gone...)
	if c.around == 0 {
		return
	}
	for _, l := range gone {
		if c.pass(l) {
			o.hits = append(slices.Clip(o.hits), l)
		}
	}
}

// skipped notes lines that came and made room between two views, so that nobody saw them.
func (o *older) skipped(before, now *data.Snapshot) {
	if len(o.lines) == 0 || before == nil {
		return
	}
	gone := sort.Search(before.Logs.Len(), func(i int) bool {
		l := before.Logs.At(i)
		_, ok := now.Logs.Find(l.Time, l.Seq)
		return ok
	})
	o.missed += max(int(now.Logs.Evicted-before.Logs.Evicted)-gone, 0)
}

// canLoad tells that older lines can be asked for.
func (v *Logs) canLoad() bool {
	o, s := &v.older, v.data.Snapshot
	if v.ctx.Archive == nil || s == nil || o.loading || len(o.lines) >= olderMost {
		return false
	}
	if o.before.IsZero() {
		return s.Logs.Len() == 0 || s.Logs.At(0).Time.After(v.reach())
	}
	return o.more || o.err != nil
}

// loadOlder asks for the lines before all that are there.
func (v *Logs) loadOlder() tea.Cmd {
	o, s := &v.older, v.data.Snapshot
	to, limit := o.before, olderPage
	switch {
	case !to.IsZero():
	case len(o.lines) > 0:
		to = o.lines[0].Time
	case s.Logs.Len() > 0:
		to = s.Logs.At(0).Time
	default:
		to = s.At
	}
	if w := v.data.Moment; w != nil {
		if to.After(w.To) {
			to = w.To
		}
		if !o.before.IsZero() {
			limit = olderMost - len(o.lines)
		}
	}
	c := v.choice()
	if o.before.IsZero() {
		o.begin(c, v.all())
	}
	wanted := c.filter
	if c.around > 0 {
		wanted, limit = nil, min(contextPage, olderMost-len(o.lines))
	}
	ctx, cancel := context.WithCancel(v.ctx.done())
	o.stop()
	o.loading, o.stopped, o.progress, o.err, o.cancel, o.reach = true, false, 0, nil, cancel, v.reach()
	archive, generation := v.ctx.Archive, o.generation
	q := data.LineQuery{From: o.reach, To: to, Filter: wanted, Limit: limit}
	progress := make(chan float64, 1)
	read := func() tea.Msg {
		defer cancel() // ends the wait for progress too
		page, err := archive.Lines(ctx, q, func(done float64) {
			select {
			case progress <- done:
			default: // the one before has not been seen yet: the next will do
			}
		})
		return olderMsg{to: v, generation: generation, before: to, page: page, err: err}
	}
	var wait tea.Cmd
	wait = func() tea.Msg {
		select {
		case <-ctx.Done():
			return nil
		case done := <-progress:
			return olderProgressMsg{to: v, generation: generation, done: done, next: wait}
		}
	}
	return tea.Batch(read, wait)
}

// done is the context that ends with the session.
func (c *Context) done() context.Context {
	if c.Done == nil {
		return context.Background()
	}
	return c.Done
}

// gotOlder takes the answers about older lines.
func (v *Logs) gotOlder(msg tea.Msg) tea.Cmd {
	o := &v.older
	switch msg := msg.(type) {
	case olderProgressMsg:
		if msg.to == v && msg.generation == o.generation && o.loading {
			o.progress = v.share(msg.done)
			return msg.next
		}
	case olderMsg:
		if msg.to == v && msg.generation == o.generation && o.loading {
			n := len(o.lines)
			v.took(msg)
			if found := len(o.lines) > n; !found && v.around > 0 && o.more && o.err == nil {
				return v.loadOlder() // until there is something to be seen
			}
			return tea.Batch(v.findOlder(), v.fill())
		}
	case olderFoundMsg:
		if msg.to == v {
			o.finding = false
			if v.isSearched(msg.searched) {
				o.found = msg.found
				return nil
			}
			return v.findOlder()
		}
	}
	return nil
}

// took puts the lines of an answer before the others; the reader stays where he is.
func (v *Logs) took(msg olderMsg) {
	o := &v.older
	o.loading, o.cancel, o.err = false, nil, msg.err
	if msg.err != nil {
		return
	}
	// Those of the very moment at which the others begin are there already.
	known := make(map[string]int)
	logs := v.data.Snapshot.Logs
	for _, l := range logs.From(logs.Search(msg.before)) {
		if l.Time.After(msg.before) {
			break
		}
		known[l.Raw]++
	}
	c := v.choice()
	there := o.lines
	if c.around > 0 {
		there = o.head
	}
	for _, l := range there {
		if l.Time.After(msg.before) {
			break
		}
		known[l.Raw]++
	}
	lines := make(someLines, 0, len(msg.page.Lines)+len(o.lines))
	for i := range msg.page.Lines {
		e := &msg.page.Lines[i]
		if e.Time.Equal(msg.before) && known[e.Raw] > 0 {
			known[e.Raw]--
			continue
		}
		lines = append(lines, &data.LogLine{Entry: *e})
	}
	o.number(lines)
	o.more, o.before = msg.page.More, msg.before.Add(-1)
	if len(lines) > 0 {
		o.before = lines[0].Time
	}
	o.lacks(msg.page.Gaps, msg.before)
	v.gaps = v.knownGaps()
	if c.around > 0 {
		o.lines = o.surround(c, lines, o.lines, v.recent())
		return
	}
	o.lines = append(lines, o.lines...)
}

// lacks notes the gaps of a page that goes up to an instant, as far back as that was
// read: what is older is asked for again. What one page lacks at its beginning and
// the next at its end is one gap.
func (o *older) lacks(gaps []data.Gap, to time.Time) {
	for _, g := range gaps {
		if o.more && g.From.Before(o.before) {
			g.From = o.before
		}
		if g.To.After(to) {
			g.To = to
		}
		if g.To.Before(g.From) {
			continue
		}
		next := func(k data.Gap) bool {
			return k.Reason == g.Reason && !k.From.After(g.To.Add(1)) && !k.To.Before(g.From)
		}
		if i := slices.IndexFunc(o.gaps, next); i >= 0 {
			o.gaps[i].From = earliest(o.gaps[i].From, g.From)
		} else {
			o.gaps = append(o.gaps, g)
		}
	}
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// number gives lines that were read on demand their numbers: backwards, as they are
// read, so that those of neighbours follow each other from page to page.
func (o *older) number(lines someLines) {
	for _, l := range slices.Backward(lines) {
		o.seq++
		l.Seq = archived | o.seq
	}
}

// findOlder looks among the older lines for what the reader wants to find.
func (v *Logs) findOlder() tea.Cmd {
	o := &v.older
	s := v.search()
	if o.finding || s == o.searched {
		return nil
	}
	o.searched = s
	if s.choice == nil || s.n == 0 {
		o.found = nil
		return nil
	}
	o.finding = true
	lines := o.lines
	return func() tea.Msg {
		var found someLines
		for _, l := range lines {
			if s.choice.pass(l) {
				found = append(found, l)
			}
		}
		return olderFoundMsg{to: v, searched: s, found: found}
	}
}

// search is what is to be found among the older lines now.
func (v *Logs) search() searched {
	o := &v.older
	if v.found.choice == nil || v.found.choice.all() || len(o.lines) == 0 {
		return searched{}
	}
	return searched{choice: v.found.choice, n: len(o.lines), first: o.lines[0]}
}

func (v *Logs) isSearched(s searched) bool { return s == v.search() }

// olderAccount says what there is before the first line; "" if nothing is known of it.
func (v *Logs) olderAccount() string {
	o, up := &v.older, v.keys.Up.Help().Key
	evicted := int64(0)
	if v.data.Snapshot != nil {
		evicted = v.data.Snapshot.Logs.Evicted
	}
	switch {
	case o.loading:
		return "older lines: loading" + v.readingBar() + ", " + v.keys.Stop.Help().Key + " stops"
	case o.err != nil:
		return "older lines can't be read: " + o.err.Error()
	case len(o.lines) >= olderMost:
		return fmt.Sprintf("%s older lines are loaded, which is the most: a filter leads further", format.Int(int64(len(o.lines))))
	case v.canLoad() && !o.before.IsZero():
		return plural(len(o.lines), "older line") + " loaded; " + up + " loads more"
	case v.canLoad():
		return up + " loads older lines"
	case !o.before.IsZero():
		return v.noOlder()
	case evicted > 0 && v.chosen.idle():
		return plural(int(evicted), "older line") + " made room"
	}
	return ""
}

// noOlder says that all has been read, and how far back that is.
func (v *Logs) noOlder() string {
	if v.limit().From.IsZero() {
		return fmt.Sprintf("no older lines in the last %d days", int(data.Horizon.Hours()/24))
	}
	return "no older lines in the range"
}

// readingBar shows how much has been read, with a blank before it.
func (v *Logs) readingBar() string {
	if v.older.progress <= 0 {
		return ""
	}
	return " " + ProgressBar(v.older.progress) + percent(v.older.progress)
}

// ProgressBar draws how much is done, 0 to 1.
func ProgressBar(share float64) string {
	const cells = 8
	done := int(min(max(share, 0), 1) * cells)
	return strings.Repeat("█", done) + strings.Repeat("░", cells-done)
}

// percent is how much is done, with a blank before it; "" while that isn't known.
func percent(done float64) string {
	if done <= 0 {
		return ""
	}
	return " " + format.PercentIn(min(done, 1)*100, 4)
}

// joined is two sets of lines, none of the second before one of the first.
type joined struct {
	first  someLines
	second lineSet
}

func (j joined) Len() int { return len(j.first) + j.second.Len() }

func (j joined) At(i int) *data.LogLine {
	if i < len(j.first) {
		return j.first[i]
	}
	return j.second.At(i - len(j.first))
}

func (j joined) Find(t time.Time, seq uint64) (int, bool) {
	i, ok := j.first.Find(t, seq)
	if ok {
		return i, true
	}
	k, ok := j.second.Find(t, seq)
	if ok || i == len(j.first) {
		return len(j.first) + k, ok
	}
	return i, false
}
