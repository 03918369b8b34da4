package sqlite

import (
	"context"
	"os"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"github.com/donna-project/donnatop/data"
)

// The load reads these stretches of time one after the other and publishes each.
// The first holds the windows of 1 h, 24 h and today, the second that of 7 days;
// windows of a later now lie within them as well.
const (
	firstStretch  = 24 * time.Hour
	secondStretch = 7 * 24 * time.Hour
)

// zoneSlack is how far the date a timestamp begins with may lie before the date
// in UTC: an offset of a day, and the rest of the store's first hour.
const zoneSlack = 25 * time.Hour

// indexStep is the stretch of the timestamp index that is read in one
// transaction: a few milliseconds at 10 M rows a month.
const indexStep = 6 * time.Hour

// hourLayout is how a timestamp begins that has a T. One with a blank sorts
// before all of the same day that have a T.
const hourLayout = "2006-01-02T15"

// loadConns is the number of connections that read side by side. They share the
// work of SQLite's virtual machine and of the system calls for pages.
const loadConns = 2

// A stretch is cut into so many pieces, of no fewer rowids than two chunks have,
// that the connections take in turn.
const loadPieces = 16

// progress is told how far a load has come. The view is not to be kept.
type progress struct {
	// covered is called when all rows from an instant on are there.
	covered func(v *view, from time.Time, share float64)
	// step is called after each chunk with the share of rows that have been read.
	step func(share float64)
}

// loader is a load under way.
type loader struct {
	view    *view
	dbs     []*database // the first isn't the loader's own
	readers []rowReader
	told    progress

	mu           sync.Mutex // guards what follows and calls of told
	next         int64      // the highest rowid not read yet
	exhausted    bool       // there can be none
	lowest       mark       // of the rows read; without its id
	spanned, all float64    // rowids passed, and to pass
}

// load reads all rows of the horizon, newest first. With an error the view is of no use.
func load(ctx context.Context, d *database, clock clockwork.Clock, pause pauseFunc, told progress) (*view, error) {
	now := clock.Now()
	v := newView(d, clock, pause)
	high, found, err := d.newestRow()
	if err != nil {
		return nil, err
	}
	if !found {
		return v, v.update(ctx, d, now)
	}
	if v.newest, err = d.markAt(high); err != nil {
		return nil, err
	}
	if err := v.readSmall(d, now); err != nil {
		return nil, err
	}
	l := &loader{view: v, told: told, next: high}
	defer l.close()
	if err := l.connect(d, clock, pause); err != nil {
		return nil, err
	}
	if d.table.index == "" {
		// nothing tells where the horizon begins
		err = l.readTable(ctx, d)
	} else {
		err = l.readHorizon(ctx, d, now)
	}
	if err != nil {
		return nil, err
	}
	if v.oldest, err = d.markAt(l.lowest.rowid); err != nil {
		return nil, err
	}
	return v, v.update(ctx, d, now) // what was written meanwhile
}

// connect opens what connections there are to be besides the first.
func (l *loader) connect(d *database, clock clockwork.Clock, pause pauseFunc) error {
	l.dbs = append(l.dbs, d)
	for len(l.dbs) < loadConns {
		other, err := openDatabase(d.given, d.path)
		if err != nil {
			return err
		}
		l.dbs = append(l.dbs, other)
		if other.how != d.how || !os.SameFile(other.files.db, d.files.db) {
			return errMoved
		}
	}
	for range l.dbs {
		l.readers = append(l.readers, l.view.newReader(clock, pause))
	}
	return nil
}

func (l *loader) close() {
	for _, d := range l.dbs[min(1, len(l.dbs)):] {
		d.close()
	}
}

// readTable reads all rows.
func (l *loader) readTable(ctx context.Context, d *database) error {
	low, err := d.number(oldestSQL)
	if err != nil {
		return err
	}
	l.setBottom(low)
	return l.readTo(ctx, low)
}

// readHorizon reads the stretches one after the other.
func (l *loader) readHorizon(ctx context.Context, d *database, now time.Time) error {
	first, err := d.lowestSince(ctx, now.Add(-firstStretch), now)
	if err != nil {
		return err
	}
	first = min(first, l.next)
	if err := l.readTo(ctx, first); err != nil {
		return err
	}
	l.told.covered(l.view, now.Add(-firstStretch), 0)

	second, err := d.lowestBetween(ctx, now.Add(-secondStretch-zoneSlack), now.Add(-firstStretch))
	if err != nil {
		return err
	}
	second = min(second, first)
	third, err := d.lowestBetween(ctx, now.Add(-data.Horizon-zoneSlack), now.Add(-secondStretch-zoneSlack))
	if err != nil {
		return err
	}
	third = min(third, second)
	l.setBottom(third)
	if err := l.readTo(ctx, second); err != nil {
		return err
	}
	l.told.covered(l.view, now.Add(-secondStretch), l.share())
	if err := l.readTo(ctx, third); err != nil {
		return err
	}
	undated, err := d.number(undatedBelowSQL(d.table.index), third)
	if err != nil {
		return err
	}
	for range undated {
		l.view.store.AddUndated()
	}
	return d.unmoved()
}

// setBottom tells where the load will end. Without it there is no share.
func (l *loader) setBottom(low int64) {
	l.all = l.spanned + max(float64(l.next)-float64(low), 0) + 1
}

func (l *loader) share() float64 {
	if l.all == 0 {
		return 0
	}
	return min(l.spanned/l.all, 1)
}

// readTo reads all rows down to a rowid that have not been read yet.
func (l *loader) readTo(ctx context.Context, low int64) error {
	if low > l.next || l.exhausted {
		return nil
	}
	pieces := cut(low, l.next)
	l.exhausted = low == minRowID
	l.next = low - 1
	if len(pieces) == 1 {
		return l.read(ctx, 0, pieces[0])
	}
	work := make(chan span, len(pieces))
	for _, p := range pieces {
		work <- p
	}
	close(work)
	group, ctx := errgroup.WithContext(ctx)
	for i := range l.dbs {
		group.Go(func() error {
			for p := range work {
				if err := l.read(ctx, i, p); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// read reads one piece with one of the connections.
func (l *loader) read(ctx context.Context, conn int, p span) error {
	return l.readers[conn].each(ctx, l.dbs[conn], p.low, p.high, descending, func(c chunk) error {
		l.view.fold(c)
		l.mu.Lock()
		defer l.mu.Unlock()
		if c.n > 0 && (!l.lowest.set || c.last < l.lowest.rowid) {
			l.lowest = mark{rowid: c.last, set: true}
		}
		if c.done {
			c.last = p.low
		}
		if c.n > 0 || c.done {
			l.spanned += float64(p.high) - float64(c.last) + 1
			p.high = c.last - 1
		}
		l.told.step(l.share())
		return nil
	})
}

// span is a stretch of rowids, both ends included.
type span struct{ low, high int64 }

// cut divides a stretch of rowids into pieces, highest first.
func cut(low, high int64) []span {
	width := uint64(high-low)/loadPieces + 1 // right even where the difference overflows
	width = max(width, 2*chunkRows)
	var pieces []span
	for uint64(high-low) >= width {
		pieces = append(pieces, span{low: high - int64(width) + 1, high: high})
		high -= int64(width)
	}
	return append(pieces, span{low: low, high: high})
}

// newestRow is the highest rowid; not found if the table is empty.
func (d *database) newestRow() (rowid int64, found bool, err error) {
	_, err = d.conn.row(newestSQL, func(st *stmt) { rowid, found = st.column(0).int() })
	return rowid, found, err
}

// lowestSince is the lowest rowid among rows from an instant in UTC on, and
// maxRowID if there are none. Timestamps with another offset are taken at their
// face value, for the sake of speed; [database.lowestBetween] isn't fooled.
func (d *database) lowestSince(ctx context.Context, from, now time.Time) (int64, error) {
	from = from.UTC()
	day := from.Format(time.DateOnly)
	blank, err := d.lowest(ctx, from.Format(time.DateTime), day+"T", from, from)
	if err != nil {
		return 0, err
	}
	rest, err := d.lowest(ctx, from.Format("2006-01-02T15:04:05"), aboveDigits, from, now)
	return min(blank, rest), err
}

// lowestBetween is the lowest rowid among rows from the day of one instant to the
// end of the hour of another, by the face value of their timestamps.
func (d *database) lowestBetween(ctx context.Context, from, to time.Time) (int64, error) {
	from, to = from.UTC().Truncate(24*time.Hour), to.UTC().Add(time.Hour).Truncate(time.Hour)
	return d.lowest(ctx, from.Format(time.DateOnly), to.Format(hourLayout), from, to)
}

// lowest is the lowest rowid among rows with low ≤ timestamp < high as text, in
// steps whose borders are at times between from and to.
func (d *database) lowest(ctx context.Context, low, high string, from, to time.Time) (int64, error) {
	sql := lowestRowSQL(d.table.index)
	lowest := int64(maxRowID)
	for low < high {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		border := high
		if from = from.Add(indexStep); from.Before(to) {
			border = from.UTC().Format(hourLayout)
		}
		_, err := d.conn.row(sql, func(st *stmt) {
			if rowid, ok := st.column(0).int(); ok {
				lowest = min(lowest, rowid)
			}
		}, low, border)
		if err != nil {
			return 0, err
		}
		low = border
	}
	return lowest, d.unmoved()
}
