package views

// list is where a reader stands in a list of rows: the selected one and the
// first visible one.
type list struct{ cursor, offset int }

// moveTo selects row i of n, as far as there are that many, and scrolls just as
// much as is needed to see it among page rows.
func (l *list) moveTo(i, n, page int) {
	l.cursor = max(min(i, n-1), 0)
	page = max(page, 1)
	l.offset = min(max(l.offset, l.cursor-page+1), l.cursor)
	l.offset = max(min(l.offset, n-page), 0)
}
