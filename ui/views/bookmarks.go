package views

import (
	"cmp"
	"slices"
)

// maxBookmarks is how many a session keeps; of more the oldest lines lose theirs.
const maxBookmarks = 200

// bookmarks are lines a reader wants to come back to, in order of time.
type bookmarks []anchor

func (a anchor) compare(b anchor) int {
	return cmp.Or(a.time.Compare(b.time), cmp.Compare(a.seq, b.seq))
}

func (b *bookmarks) toggle(a anchor) {
	i, ok := slices.BinarySearchFunc(*b, a, anchor.compare)
	if ok {
		*b = slices.Delete(*b, i, i+1)
		return
	}
	*b = slices.Insert(*b, i, a)
	*b = (*b)[max(len(*b)-maxBookmarks, 0):]
}

func (b bookmarks) has(a anchor) bool {
	_, ok := slices.BinarySearchFunc(b, a, anchor.compare)
	return ok
}

// next is the index of the first of the lines after line i that has a bookmark,
// or of the first of all; -1 if there is none but line i.
func (b bookmarks) next(lines lineSet, i int) int {
	first := -1
	for _, a := range b {
		at, ok := lines.Find(a.time, a.seq)
		switch {
		case !ok || at == i:
		case at > i:
			return at
		case first < 0:
			first = at
		}
	}
	return first
}
