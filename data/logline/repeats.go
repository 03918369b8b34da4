package logline

import (
	"hash/maphash"
	"slices"
)

// Repeats tells the lines of one of two inputs that the other has given already:
// those of the same time, to the nanosecond, and the same text. A line that one input
// has twice is two lines: of equal ones as many count as the input has that has more
// of them. It belongs to one goroutine.
type Repeats struct {
	seed       maphash.Seed
	young, old map[lineKey]times // each up to kept; old is forgotten as a whole
	kept       int
}

type lineKey struct {
	time int64
	text uint64 // hash
}

// times is how often each input had a line.
type times [2]uint32

// NewRepeats remembers every line for at least as many others as kept says, and twice
// as many lines at most, in some 50 bytes each.
func NewRepeats(kept int) *Repeats {
	return &Repeats{seed: maphash.MakeSeed(), young: make(map[lineKey]times), kept: kept}
}

// Seen takes a line of an input, 0 or 1, and tells whether the other one has given it.
func (r *Repeats) Seen(input int, e *Entry) bool {
	key := lineKey{e.Time.UnixNano(), maphash.String(r.seed, e.Raw)}
	had, young := r.young[key]
	if !young {
		had = r.old[key]
		if len(r.young) >= r.kept {
			r.young, r.old = make(map[lineKey]times, r.kept), r.young
		}
	}
	had[input]++
	r.young[key] = had
	return had[input] <= had[1-input]
}

// Drop removes the lines of an input that the other one has given.
func (r *Repeats) Drop(input int, lines []Entry) []Entry {
	return slices.DeleteFunc(lines, func(e Entry) bool { return r.Seen(input, &e) })
}
