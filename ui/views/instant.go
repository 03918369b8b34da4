package views

import (
	"time"
)

// Timed is a view whose cursor can stand on a moment.
type Timed interface {
	// Instant is the moment the reader has put the cursor on; false where it stands by
	// itself, or on something that is of no moment.
	Instant() (time.Time, bool)
}

// Instant implements [Timed]: the midst of the bar under the cursor.
func (v *Board) Instant() (time.Time, bool) {
	w := v.walk()
	it := w.item()
	if it == nil || v.selected[v.panels[v.focus].ID] == "" {
		return time.Time{}, false
	}
	if it.At.IsZero() {
		return it.Near, !it.Near.IsZero()
	}
	// The bars of a panel are equally long but for daylight saving, so that the
	// nearest one tells how long this is.
	var length time.Duration
	for i := range w.list {
		if far := w.list[i].At.Sub(it.At).Abs(); !w.list[i].At.IsZero() && far > 0 && (length == 0 || far < length) {
			length = far
		}
	}
	return it.At.Add(length / 2), true
}

// Instant implements [Timed]: the selected line's time.
func (v *Logs) Instant() (time.Time, bool) {
	if v.following || v.cursor == v.newest && v.data.Moment != nil {
		return time.Time{}, false
	}
	i := v.selected()
	if i < 0 {
		return time.Time{}, false
	}
	return v.lines().At(i).Time, true
}
