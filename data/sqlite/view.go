package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// view is all that was read of one database so far.
type view struct {
	store  *data.InvocationStore
	mu     sync.Mutex // guards store while several readers fill it
	reader rowReader
	full   rowDecoder

	schema        int64 // PRAGMA schema_version it was read under
	oldest        mark  // the row with the lowest rowid that was read
	newest        mark  // the watermark: all rows up to this one have been read
	hour          time.Time
	edgesComplete bool // the single rows of all hours that need them are there

	recent     []data.InvocationRow
	extensions []data.Extension
	missing    map[string]bool

	tables   *data.Tables
	tablesAt time.Time // when they were read
	written  bool      // something was committed since
	audit    []data.AuditEvent
	audited  int64 // the highest rowid among the audit rows read

	news bool // there is something in the view that no snapshot has
}

// errForeign says that the table is not the one the view was read from.
var errForeign = errors.New("table is not the one that was read before")

func newView(d *database, clock clockwork.Clock, pause pauseFunc) *view {
	now := clock.Now()
	v := &view{
		store:         data.NewInvocationStore(now),
		schema:        d.schema,
		hour:          now.Truncate(time.Hour),
		edgesComplete: true,
		missing:       d.table.missing(recentColumns),
	}
	v.reader = v.newReader(clock, pause)
	return v
}

// newReader is a reader whose rows are for this view.
func (v *view) newReader(clock clockwork.Clock, pause pauseFunc) rowReader {
	return rowReader{
		clock: clock, pause: pause,
		tasks:  symbols{mu: &v.mu, of: v.store.Task},
		models: symbols{mu: &v.mu, of: v.store.Model},
	}
}

// snapshot is what others may see of the view.
func (v *view) snapshot(path string, coveredFrom time.Time) *data.DB {
	v.news = false
	return &data.DB{
		Path: path, Invocations: v.store.View(), Recent: v.recent, Extensions: v.extensions,
		Missing: v.missing, CoveredFrom: coveredFrom, Tables: v.tables,
	}
}

// current says whether nothing is to be read only because time went on.
func (v *view) current(now time.Time) bool {
	return v.edgesComplete && now.Truncate(time.Hour).Equal(v.hour) && !(v.written && v.tablesDue(now))
}

// tablesDue says whether the smaller tables may be read again.
func (v *view) tablesDue(now time.Time) bool {
	return v.tables == nil || now.Sub(v.tablesAt) >= tablesEvery || now.Before(v.tablesAt)
}

// same tells, by errForeign, if the rows at both ends are not those that were
// read: the file was restored from a copy, rows were pruned or deleted, or the
// table was copied by a migration.
func (v *view) same(d *database) error {
	if migrated, err := d.migrated(); err != nil {
		return err
	} else if migrated || v.schema != d.schema {
		return fmt.Errorf("%w: schema changed", errForeign)
	}
	for _, m := range []mark{v.newest, v.oldest} {
		if holds, err := d.holds(m); err != nil {
			return err
		} else if !holds {
			return fmt.Errorf("%w: row %d is gone", errForeign, m.rowid)
		}
	}
	return nil
}

// update reads what is new. Whatever error ends it, what was folded in by then is
// whole, unless it is errForeign.
func (v *view) update(ctx context.Context, d *database, now time.Time) error {
	if err := v.same(d); err != nil {
		return err
	}
	if hour := now.Truncate(time.Hour); !hour.Equal(v.hour) {
		if hour.Before(v.hour) {
			// the store has dropped hours that count again
			return fmt.Errorf("%w: the clock was set back", errForeign)
		}
		v.store.SetNow(now)
		v.hour, v.edgesComplete, v.news = hour, false, true
	}
	if !v.edgesComplete {
		if err := v.fillEdges(ctx, d); err != nil {
			return err
		}
		v.edgesComplete = true
	}
	first := int64(minRowID)
	if v.newest.set {
		if v.newest.rowid == maxRowID {
			return nil
		}
		first = v.newest.rowid + 1
	}
	err := v.reader.each(ctx, d, first, maxRowID, ascending, func(c chunk) error {
		if c.n == 0 {
			return nil
		}
		newest, err := d.markAt(c.last)
		if err == nil && !v.oldest.set {
			v.oldest, err = d.markAt(c.first)
		}
		if err != nil {
			return err
		}
		v.fold(c)
		v.newest, v.news = newest, true
		return nil
	})
	if err != nil {
		return err
	}
	return v.readSmall(d, now)
}

func (v *view) fold(c chunk) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for i := range c.rows {
		v.store.Add(&c.rows[i])
	}
	for range c.undated {
		v.store.AddUndated()
	}
}

// fillEdges reads the rows of the hours again in which a window begins by now.
func (v *view) fillEdges(ctx context.Context, d *database) error {
	for _, r := range v.store.MissingRows() {
		var rows []data.Invocation
		begin := r.Hour * int64(time.Hour)
		err := v.reader.each(ctx, d, r.First, r.Last, ascending, func(c chunk) error {
			for i := range c.rows {
				if t := c.rows[i].Time; begin <= t && t < begin+int64(time.Hour) {
					rows = append(rows, c.rows[i])
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if !v.store.FillRows(r, rows) {
			return fmt.Errorf("%w: rows of %s differ", errForeign, time.Unix(0, begin).UTC().Format(time.RFC3339))
		}
	}
	return nil
}

// readSmall reads what is shown row by row: the newest invocations and the budget
// extensions, and now and then the smaller tables.
func (v *view) readSmall(d *database, now time.Time) (err error) {
	recent := v.recent
	more := v.newest.set && (len(recent) == 0 || recent[0].RowID < v.newest.rowid)
	if more {
		if recent, err = d.recent(&v.full, recent, v.newest.rowid, now); err != nil {
			return err
		}
	}
	extensions, err := d.extensions(now.Add(-data.Horizon))
	if err != nil {
		return err
	}
	if err := d.unmoved(); err != nil {
		return err
	}
	if more || !slices.Equal(extensions, v.extensions) || (extensions == nil) != (v.extensions == nil) {
		v.recent, v.extensions, v.news = recent, extensions, true
	}
	v.written = true // the data version said so, or this is the first look
	if !v.tablesDue(now) {
		return nil
	}
	return v.readTables(d, now)
}

// readTables reads the smaller tables, and what is new among the audit rows.
func (v *view) readTables(d *database, now time.Time) error {
	events, last, err := d.readAudit(v.audited)
	if err != nil {
		return err
	}
	tables, err := d.readTables(now)
	if err != nil {
		return err
	}
	switch {
	case v.audit == nil:
		v.audit = events // empty without audit rows, nil without their column
	case len(events) > 0:
		v.audit = append(slices.Clip(v.audit), events...)
	}
	if len(events) > 0 {
		slices.SortStableFunc(v.audit, func(a, b data.AuditEvent) int { return a.At.Compare(b.At) })
	}
	v.audited = last
	tables.Audit = v.audit
	v.tables, v.tablesAt, v.written, v.news = tables, now, false, true
	return nil
}
