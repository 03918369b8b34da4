package views

import "github.com/donna-project/donnatop/data"

// lookAt selects the last line of a range that has ended, once when it is chosen, or
// the oldest at hand if that is later. When the range is given up the stream is
// followed again.
func (v *Logs) lookAt(was, moment *data.Window) {
	lines := v.lines()
	switch {
	case moment == nil && was != nil:
		v.follow()
	case moment != nil && (was == nil || !was.To.Equal(moment.To)) && lines.Len() > 0:
		v.stopFollowing()
		after, _ := lines.Find(moment.To.Add(1), 0)
		v.cursor, v.row = anchorOf(lines.At(max(after-1, 0))), max(v.page()/2, 0)
	}
}
