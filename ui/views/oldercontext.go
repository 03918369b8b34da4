package views

import "github.com/donna-project/donnatop/data"

// contextPage is how many lines are read at a time to show those around matches:
// all there are, because those around a match are whatever they are.
const contextPage = 5 * olderPage

// olderContext is what is kept to show the lines around older ones that pass.
type olderContext struct {
	// head are the first lines of all that were read, whether or not they are to be
	// seen: what passes further back may show them as well, and what passes among
	// them those further back.
	head someLines
	hits someLines // those of the older lines that pass
	// newest and border are the numbers of the newest line that was read and of the
	// one in memory before which it stands.
	newest, border uint64
}

// begin notes the lines in memory before which reading begins.
func (x *olderContext) begin(c *choice, all lineSet) {
	x.head = nil
	for i := range min(c.around, all.Len()) {
		x.head = append(x.head, all.At(i))
	}
	if len(x.head) > 0 {
		x.border = x.head[0].Seq
	}
}

// surround gives what is to be seen of the older lines now that a page was read:
// what passes, and lines around it, but for those that are shown in memory. lines
// are those seen so far.
func (x *olderContext) surround(c *choice, page, lines someLines, recent lineSet) someLines {
	if x.newest == 0 && len(page) > 0 {
		x.newest = page[len(page)-1].Seq
	}
	read := append(page[:len(page):len(page)], x.head...)
	seen := make([]bool, len(read))
	var hits someLines
	for i, l := range read {
		if !c.pass(l) {
			continue
		}
		if i < len(page) {
			hits = append(hits, l)
		}
		for j := max(i-c.around, 0); j <= min(i+c.around, len(read)-1); j++ {
			seen[j] = true
		}
	}
	var out someLines
	for i, l := range read {
		_, before := lines.Find(l.Time, l.Seq)
		_, shown := recent.Find(l.Time, l.Seq)
		if before || seen[i] && !shown {
			out = append(out, l)
		}
	}
	for len(lines) > 0 {
		if _, ok := x.head.Find(lines[0].Time, lines[0].Seq); !ok {
			break
		}
		lines = lines[1:]
	}
	x.hits = append(hits, x.hits...)
	x.head = x.headOf(c, read)
	return append(out, lines...)
}

// headOf are the first lines, and all of the first one's very moment, which the next
// page has too.
func (x *olderContext) headOf(c *choice, read someLines) someLines {
	n := min(c.around, len(read))
	for n < len(read) && read[n].Time.Equal(read[0].Time) {
		n++
	}
	return read[:n:n]
}

// adjacent tells that no line stands between a line that is not in memory and the
// one after it. Lines in memory are numbered as they come, those read on demand
// backwards.
func (x *olderContext) adjacent(a, b *data.LogLine) bool {
	switch {
	case b.Seq&archived != 0:
		return a.Seq == b.Seq+1
	case a.Seq&archived != 0:
		return a.Seq == x.newest && b.Seq == x.border
	}
	return a.Seq+1 == b.Seq
}

// yield leaves lines to memory that are shown there now.
func (o *older) yield(recent lineSet) {
	for n := len(o.lines); n > 0; n-- {
		l := o.lines[n-1]
		if _, ok := recent.Find(l.Time, l.Seq); !ok {
			break
		}
		o.lines = o.lines[: n-1 : n-1]
	}
}
