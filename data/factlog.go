package data

import (
	"cmp"
	"math"
	"slices"
)

// factLog keeps facts of one kind in order of arrival, which need not be that of
// time. Views share its items: it only ever appends beyond what they see, and
// moves to a new array to drop any. Its limit, at least 1, must be set before use.
type factLog[T interface{ when() int64 }] struct {
	items      []T
	limit      int
	oldest     int64 // no item is older
	dropped    int64 // items that had to make room
	lostBefore int64 // the newest of them; 0 if there is none
}

// factView is what a log held at one moment.
type factView[T any] struct {
	items      []T
	dropped    int64
	lostBefore int64
}

func (l *factLog[T]) add(v T) {
	if len(l.items) >= l.limit {
		l.makeRoom()
	}
	if len(l.items) == 0 || v.when() < l.oldest {
		l.oldest = v.when()
	}
	l.items = append(l.items, v)
}

// makeRoom drops the oldest quarter, so that the sort is paid for by many lines.
func (l *factLog[T]) makeRoom() {
	byAge := slices.Clone(l.items)
	slices.SortStableFunc(byAge, func(a, b T) int { return cmp.Compare(a.when(), b.when()) })
	n := (len(byAge) + 3) / 4
	l.dropped += int64(n)
	l.lostBefore = max(l.lostBefore, byAge[n-1].when())
	l.replace(append(make([]T, 0, l.limit), byAge[n:]...))
}

// trim drops what is older than before, once a day's worth of it has gathered.
func (l *factLog[T]) trim(before int64) {
	if l.lostBefore < before {
		l.dropped, l.lostBefore = 0, 0 // no window reaches back to them
	}
	const day = 24 * 60 * 60 * 1e9
	if len(l.items) == 0 || l.oldest >= before-day {
		return
	}
	var kept []T
	for _, v := range l.items {
		if v.when() >= before {
			kept = append(kept, v)
		}
	}
	l.replace(kept)
}

func (l *factLog[T]) replace(items []T) {
	l.items, l.oldest = items, math.MaxInt64
	for _, v := range items {
		l.oldest = min(l.oldest, v.when())
	}
}

func (l *factLog[T]) view() factView[T] {
	return factView[T]{items: l.items[:len(l.items):len(l.items)], dropped: l.dropped, lostBefore: l.lostBefore}
}
