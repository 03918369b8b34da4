package sqlite

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/timestamp"
)

// Invocations gives a page of invocation_log in the order asked for, of rows that
// are equal in it the newest and then the highest rowid first. Rows without a
// readable timestamp are in no page. For any order but that of time all rows of
// the range are looked at.
//
// It walks down the index on timestamp hour by hour. The forms without an offset
// or with UTC's are found by the hour they begin with; those with another one,
// which Donna doesn't write but which sort elsewhere than they belong, are looked
// for in the index alone, a day ahead of the walk. A file without the index is
// walked by rowid, and that is its order then. Where the query tells in which hours
// its rows can be, the walk goes to these alone, and to those of rows that are
// younger than what is known.
func (l *Lookup) Invocations(ctx context.Context, q data.InvocationQuery) (data.InvocationPage, error) {
	var page data.InvocationPage
	if q.Limit <= 0 {
		return page, errors.New("read invocations: no limit given")
	}
	s := &lookup{path: l.path}
	defer s.close()
	err := s.attempt(ctx, func(d *database) error {
		w := newPageWalk(ctx, d, q)
		var err error
		if d.table.index == "" {
			err = w.byRowID()
		} else {
			err = w.byTime()
		}
		if err == nil {
			err = w.end()
		}
		page = w.result()
		return err
	})
	return page, err
}

// pageWalk is the way to one page.
type pageWalk struct {
	ctx    context.Context
	d      *database
	q      data.InvocationQuery
	decode rowDecoder
	parse  timestamp.Parser[[]byte]
	page   data.InvocationPage

	types, models       map[string]bool // that are asked for; nil for all
	notTypes, notModels map[string]bool

	after *data.InvocationRow // of another order than that of time

	odd     []data.InvocationRow // with offsets, of the days seen so far
	oddFrom time.Time            // midnight of the earliest of these days

	known *data.InvocationHours
	late  []data.InvocationRow // younger than known, unless nothing is

	reading bool // in a transaction
	looked  int  // what it has cost so far, in rows
}

func newPageWalk(ctx context.Context, d *database, q data.InvocationQuery) *pageWalk {
	w := &pageWalk{
		ctx: ctx, d: d, q: q, types: setOf(q.TaskTypes), models: setOf(q.Models), notTypes: setOf(q.NotTaskTypes), notModels: setOf(q.NotModels),
	}
	w.q.Skip = max(q.Skip, 0)
	if q.After != nil {
		w.q.Skip = 0
	}
	w.q.Limit = min(q.Limit, math.MaxInt-w.q.Skip) + w.q.Skip // cut off in the end
	if q.Order != data.NewestFirst {
		w.after, w.q.After = q.After, nil // in time it says nothing
	}
	return w
}

// stepCost is what a statement costs beside its rows, in rows.
const stepCost = 50

// each is as [conn.each], but statements that find little share a transaction: its
// locks cost more than they do.
func (w *pageWalk) each(sql string, fn func(*stmt) bool, args ...any) error {
	if !w.reading {
		if err := w.d.conn.exec("BEGIN"); err != nil {
			return err
		}
		w.reading, w.looked = true, 0
	}
	w.looked += stepCost
	err := w.d.conn.each(sql, func(st *stmt) bool {
		w.looked++
		return fn(st)
	}, args...)
	if err == nil && w.looked >= scanChunk {
		err = w.end()
	}
	return err
}

// end ends the transaction, if there is one.
func (w *pageWalk) end() error {
	if !w.reading {
		return nil
	}
	w.reading = false
	return w.d.conn.exec("COMMIT")
}

// result is the page once all has been seen that may belong to it.
func (w *pageWalk) result() data.InvocationPage {
	if w.q.Order != data.NewestFirst {
		w.best()
	}
	w.page.Rows = w.page.Rows[min(w.q.Skip, len(w.page.Rows)):]
	return w.page
}

// best keeps those rows of the page that come first in its order.
func (w *pageWalk) best() {
	slices.SortFunc(w.page.Rows, func(a, b data.InvocationRow) int { return w.q.Order.Compare(&a, &b) })
	if over := len(w.page.Rows) - w.q.Limit; over > 0 {
		w.page.Rows, w.page.More = slices.Clone(w.page.Rows[:w.q.Limit]), true
	}
}

func setOf(names []string) map[string]bool {
	if len(names) == 0 {
		return nil
	}
	set := make(map[string]bool, len(names))
	for _, n := range names {
		set[n] = true
	}
	return set
}

// byTime fills the page by the index on timestamp.
func (w *pageWalk) byTime() error {
	if err := w.findLate(); err != nil {
		return err
	}
	hour, found, err := w.firstHour()
	for err == nil && found && !w.past(hour) {
		if err = w.readHour(hour); err != nil || w.full() {
			return err
		}
		hour, found, err = w.hourBefore(hour)
	}
	return err
}

// past tells whether all that lies in the hour and before it is too old.
func (w *pageWalk) past(hour time.Time) bool {
	return !w.q.From.IsZero() && hour.Add(time.Hour).Before(w.q.From)
}

// firstHour is the hour to begin with.
func (w *pageWalk) firstHour() (hour time.Time, found bool, err error) {
	top := w.q.To
	if a := w.q.After; a != nil && (top.IsZero() || a.Time.Before(top)) {
		top = a.Time
	}
	if w.known != nil && (top.IsZero() || !top.Before(w.known.From)) {
		if top.IsZero() {
			top = time.Unix(0, math.MaxInt64)
		}
		return w.hourBefore(top.UTC().Truncate(time.Hour).Add(time.Hour))
	}
	if !top.IsZero() {
		hour = top.UTC().Truncate(time.Hour)
		w.skipOdd(hour)
		return hour, true, w.findOdd(hour)
	}
	newest, err := w.hoursBelow(aboveDigits)
	if err != nil || len(newest) == 0 {
		return hour, false, err
	}
	hour = slices.MaxFunc(newest, time.Time.Compare)
	w.oddFrom = hour.Truncate(oneDay).Add(oneDay)
	if err := w.findOdd(hour); err != nil {
		return hour, false, err
	}
	for _, r := range w.odd { // a westerly offset makes a time later than it looks
		if h := r.Time.Truncate(time.Hour); h.After(hour) {
			hour = h
		}
	}
	return hour, true, nil
}

const oneDay = 24 * time.Hour

// hourBefore is the latest hour before another one in which there may be rows.
func (w *pageWalk) hourBefore(hour time.Time) (before time.Time, found bool, err error) {
	if w.known != nil {
		if before, found = w.knownBefore(hour); found {
			w.skipOdd(before)
			return before, true, w.findOdd(before)
		}
		if w.known.From.Before(hour) {
			hour = w.known.From
			w.skipOdd(hour)
		}
	}
	// a day's rows sort by form first: date alone, blank, T
	for _, border := range []string{hour.Format(hourLayout), hour.Format("2006-01-02 15"), hour.Format(time.DateOnly)} {
		hours, err := w.hoursBelow(border)
		if err != nil {
			return before, false, err
		}
		for _, h := range hours {
			if h.Before(hour) && (!found || h.After(before)) {
				before, found = h, true
			}
		}
	}
	if !found {
		// what is left can only be rows with offsets
		before = hour.Add(-oneDay)
	}
	if err := w.findOdd(before); err != nil {
		return before, false, err
	}
	for _, r := range w.odd {
		if h := r.Time.Truncate(time.Hour); h.Before(hour) && (!found || h.After(before)) {
			before, found = h, true
		}
	}
	return before, found, nil
}

// lateRows is how many rows may have come since the rollup was made, seconds ago as
// a rule; with more of them nothing counts as known.
const lateRows = scanChunk

// findLate takes up what is known, and finds the rows that are younger.
func (w *pageWalk) findLate() error {
	known := w.q.Known
	if known == nil {
		return nil
	}
	n := 0
	if known.LastRowID < maxRowID {
		sql := fmt.Sprintf(rowsDownSQL, w.d.table.selectList(recentColumns)) + fmt.Sprintf(" LIMIT %d", lateRows)
		if err := w.each(sql, func(st *stmt) bool {
			n++
			if w.wanted(st) {
				if r := w.decode.row(st); !r.Time.IsZero() {
					w.late = append(w.late, r)
				}
			}
			return true
		}, known.LastRowID+1, int64(maxRowID)); err != nil {
			return err
		}
	}
	if n < lateRows {
		w.known = known
	} else {
		w.late = nil
	}
	return nil
}

// knownBefore is the latest hour before another one that is known to hold rows.
func (w *pageWalk) knownBefore(hour time.Time) (before time.Time, found bool) {
	if i := slices.IndexFunc(w.known.Hours, hour.After); i >= 0 {
		before, found = w.known.Hours[i], true
	}
	for _, r := range w.late {
		if h := r.Time.Truncate(time.Hour); h.Before(hour) && !h.Before(w.known.From) && (!found || h.After(before)) {
			before, found = h, true
		}
	}
	return before, found
}

// skipOdd passes over the days whose rows with offsets can't belong to an hour or an
// earlier one.
func (w *pageWalk) skipOdd(hour time.Time) {
	if from := hour.Truncate(oneDay).Add(2 * oneDay); w.oddFrom.IsZero() || from.Before(w.oddFrom) {
		w.oddFrom = from
	}
}

// hoursBelow are the hours, at their face value, of the last timestamp below a
// text and of the last one without a T on the same day. None if there is none.
func (w *pageWalk) hoursBelow(border string) (hours []time.Time, err error) {
	last, found, err := w.hourBelow(border)
	if err != nil || !found {
		return nil, err
	}
	hours = append(hours, last)
	if noT := last.Format(time.DateOnly) + "T"; noT < border {
		last, found, err = w.hourBelow(noT)
		if err == nil && found {
			hours = append(hours, last)
		}
	}
	return hours, err
}

func (w *pageWalk) hourBelow(border string) (hour time.Time, found bool, err error) {
	sql := fmt.Sprintf("SELECT timestamp FROM invocation_log INDEXED BY %s WHERE timestamp < ?1 AND timestamp >= '%s' ORDER BY timestamp DESC LIMIT 1", w.d.table.index, belowDigits)
	for {
		var text string
		there := false
		err := w.each(sql, func(st *stmt) bool {
			text, there = string(st.column(0).text()), true
			return false
		}, border)
		if err != nil || !there {
			return hour, false, err
		}
		face := text[:min(len(text), len("2006-01-02T15:04:05"))]
		if ns, ok := timestamp.ParseDB(face); ok {
			return time.Unix(0, ns).UTC().Truncate(time.Hour), true, nil
		}
		if err := w.ctx.Err(); err != nil {
			return hour, false, err
		}
		border = text // no time at all
	}
}

// Rows of an hour, and those with an offset among a stretch of the index: they
// have another length than the usual forms, which is all that needs to be looked
// at of nearly every row.
const (
	hourSQL = "SELECT rowid, %s FROM invocation_log INDEXED BY %s WHERE timestamp >= ?1 AND timestamp < ?2"
	oddSQL  = "SELECT rowid FROM invocation_log INDEXED BY %s WHERE timestamp >= ?1 AND timestamp < ?2 AND length(timestamp) NOT IN (10, 19, 26) AND timestamp NOT LIKE '%%+00:00'"
	byIDSQL = "SELECT rowid, %s FROM invocation_log WHERE rowid = ?1"
)

func isOdd(text []byte) bool {
	switch len(text) {
	case 10, 19, 26: // a date, a time, and one with a fraction
		return false
	}
	return !bytes.HasSuffix(text, []byte("+00:00"))
}

// findOdd finds the rows with offsets as far down as they can belong to an hour
// or a later one.
func (w *pageWalk) findOdd(hour time.Time) error {
	w.odd = slices.DeleteFunc(w.odd, func(r data.InvocationRow) bool { return r.Time.After(hour.Add(2 * oneDay)) })
	oddSQL := fmt.Sprintf(oddSQL, w.d.table.index)
	byIDSQL := fmt.Sprintf(byIDSQL, w.d.table.selectList(recentColumns))
	for down := hour.Add(-oneDay); w.oddFrom.After(down); {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		day := w.oddFrom.Add(-oneDay)
		date := day.Format(time.DateOnly)
		// hours of the index are looked through at a time: a transaction each
		if err := w.end(); err != nil {
			return err
		}
		var ids []int64
		for low, high := range pairs(date, date+" 12", date+"T", date+"T06", date+"T12", date+"T18", w.oddFrom.Format(time.DateOnly)) {
			if err := w.d.conn.each(oddSQL, func(st *stmt) bool {
				rowid, _ := st.column(0).int()
				ids = append(ids, rowid)
				return true
			}, low, high); err != nil {
				return err
			}
		}
		for _, rowid := range ids {
			if _, err := w.d.conn.row(byIDSQL, func(st *stmt) {
				if w.wanted(st) {
					w.odd = append(w.odd, w.decode.row(st))
				}
			}, rowid); err != nil {
				return err
			}
		}
		w.oddFrom = day
	}
	return nil
}

// pairs are neighbouring borders: what is read in one transaction.
func pairs(borders ...string) iter.Seq2[string, string] {
	return func(yield func(low, high string) bool) {
		for i, low := range borders[:len(borders)-1] {
			if !yield(low, borders[i+1]) {
				return
			}
		}
	}
}

// pageStep is the part of an hour that is read in one transaction.
const pageStep = 10 * time.Minute

// readHour adds the rows of an hour to the page.
func (w *pageWalk) readHour(hour time.Time) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	var rows []data.InvocationRow
	for _, r := range slices.Concat(w.odd, w.late) {
		if r.Time.Truncate(time.Hour).Equal(hour) && w.within(r.Time, r.RowID) {
			rows = append(rows, r)
		}
	}
	sql := fmt.Sprintf(hourSQL, w.d.table.selectList(recentColumns), w.d.table.index)
	keep := func(st *stmt) bool {
		text := st.column(2).text()
		ns, ok := w.parse.Parse(text)
		rowid, _ := st.column(0).int()
		t := time.Unix(0, ns).UTC()
		// the ranges reach into other hours too
		if ok && !isOdd(text) && t.Truncate(time.Hour).Equal(hour) && w.within(t, rowid) && w.wanted(st) {
			rows = append(rows, w.decode.row(st))
		}
		return true
	}
	for from := hour; from.Before(hour.Add(time.Hour)); from = from.Add(pageStep) {
		for _, r := range textRanges(from, from.Add(pageStep)) {
			if err := w.each(sql, keep, r[0], r[1]); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(rows, func(a, b data.InvocationRow) int {
		return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.RowID, a.RowID))
	})
	w.add(slices.CompactFunc(rows, func(a, b data.InvocationRow) bool { return a.RowID == b.RowID }))
	return nil
}

// full tells whether no row that is still to come can belong to the page.
func (w *pageWalk) full() bool { return w.q.Order == data.NewestFirst && w.page.More }

// bestEvery spares sorting too often where the limit is small.
const bestEvery = 4096

func (w *pageWalk) add(rows []data.InvocationRow) {
	if w.q.Order != data.NewestFirst {
		for i := range rows {
			if w.after == nil || w.q.Order.Compare(w.after, &rows[i]) < 0 {
				w.page.Rows = append(w.page.Rows, rows[i])
			}
		}
		if len(w.page.Rows)-w.q.Limit > max(w.q.Limit, bestEvery) {
			w.best()
		}
		return
	}
	w.page.Rows = append(w.page.Rows, rows...)
	if len(w.page.Rows) > w.q.Limit {
		w.page.Rows, w.page.More = w.page.Rows[:w.q.Limit:w.q.Limit], true
	}
}

// within tells whether a row lies in the time asked for and after the page before.
func (w *pageWalk) within(t time.Time, rowid int64) bool {
	if !w.q.From.IsZero() && t.Before(w.q.From) || !w.q.To.IsZero() && t.After(w.q.To) {
		return false
	}
	a := w.q.After
	return a == nil || t.Before(a.Time) || t.Equal(a.Time) && rowid < a.RowID
}

// wanted tells whether a row is of the kinds asked for; it looks at the columns
// as they come, because most rows of a search for something rare aren't.
func (w *pageWalk) wanted(st *stmt) bool {
	if w.types != nil && !holdsKey(w.types, st.column(3)) || w.models != nil && !holdsKey(w.models, st.column(6)) {
		return false
	}
	if w.notTypes != nil && holdsKey(w.notTypes, st.column(3)) || w.notModels != nil && holdsKey(w.notModels, st.column(6)) {
		return false
	}
	if w.q.WithLatency {
		if _, ok := st.column(7).int(); !ok {
			return false
		}
	}
	if w.q.Interrupted && !st.column(12).bool() || w.q.Overflow && !st.column(13).bool() {
		return false
	}
	if len(w.q.Classes) == 0 {
		return true
	}
	taskType := data.None
	if text := st.column(3).text(); text != nil {
		taskType = string(text)
	}
	return slices.Contains(w.q.Classes, data.ClassOf(taskType, st.column(11).bool()))
}

// holdsKey looks a value up, NULL by its own name.
func holdsKey(set map[string]bool, v value) bool {
	text := v.text()
	if text == nil {
		return set[data.None]
	}
	return set[string(text)]
}

// byRowID fills the page from the highest rowid down.
func (w *pageWalk) byRowID() error {
	sql := strings.Replace(rowsDownSQL, "%s", w.d.table.selectList(recentColumns), 1) + fmt.Sprintf(" LIMIT %d", lookupChunk)
	high := int64(maxRowID)
	if a := w.q.After; a != nil {
		if a.RowID == minRowID {
			return nil
		}
		high = a.RowID - 1
	}
	for !w.full() {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		n, last := 0, high
		var rows []data.InvocationRow
		if err := w.d.conn.each(sql, func(st *stmt) bool {
			n++
			last, _ = st.column(0).int()
			if !w.wanted(st) {
				return true
			}
			r := w.decode.row(st)
			if !r.Time.IsZero() && (w.q.From.IsZero() || !r.Time.Before(w.q.From)) && (w.q.To.IsZero() || !r.Time.After(w.q.To)) {
				rows = append(rows, r)
			}
			return true
		}, int64(minRowID), high); err != nil {
			return err
		}
		w.add(rows)
		if n < lookupChunk || last == minRowID {
			return nil
		}
		high = last - 1
	}
	return nil
}
