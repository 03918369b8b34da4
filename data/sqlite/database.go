package sqlite

import (
	"errors"
	"fmt"

	sqlite3 "modernc.org/sqlite/lib"
)

// database is Donna's database, opened in one of the three ways.
type database struct {
	given string // the path as the user means it, perhaps a symbolic link
	path  string // the real one, beside which the companions lie
	how   access
	files files // before the first read
	table *table
	sql   statements

	conn    *conn
	version int64 // PRAGMA data_version as last seen
	schema  int64 // PRAGMA schema_version at opening
}

// statements are the queries that depend on the columns the file has.
type statements struct{ rowsDown, rowsUp, id, recent, extensions string }

const (
	dataVersionSQL   = "PRAGMA data_version"
	schemaVersionSQL = "PRAGMA schema_version"
)

// openDatabase opens a file in the way that fits what lies beside it, and looks
// at its schema. The caller closes it.
func openDatabase(given, path string) (*database, error) {
	d := &database{given: given, path: path}
	var err error
	if d.files, err = statFiles(given, path); err != nil {
		return nil, missing(given, err)
	}
	err = d.open(locked)
	if e, ok := errors.AsType[*sqliteError](err); ok && e.primary() == sqlite3.SQLITE_CANTOPEN {
		// It is in WAL mode, and there may be no pair of -wal and -shm to go with it.
		switch {
		case !d.files.hasWAL():
			err = d.open(immutable)
		case d.files.shm == nil:
			err = d.open(unlocked)
		}
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// open connects and reads the schema.
func (d *database) open(how access) (err error) {
	d.close()
	d.how = how
	if d.conn, err = openConn(d.path, how); err != nil {
		return err
	}
	if d.schema, err = d.number(schemaVersionSQL); err != nil {
		return err
	}
	if d.version, err = d.number(dataVersionSQL); err != nil {
		return err
	}
	if err := d.inspect(); err != nil {
		return err
	}
	if err := d.unmoved(); err != nil {
		return err
	}
	if d.table == nil {
		return &problem{detail: fmt.Sprintf("%s is a database without the table %s, so not Donna's or not migrated yet: give her %s with --db, or start Donna", d.path, invocationLog, FileName)}
	}
	return nil
}

// inspect looks at the tables and writes the queries that fit them.
func (d *database) inspect() (err error) {
	if d.table, err = inspect(d.conn, invocationLog); err != nil || d.table == nil {
		return err
	}
	if err := d.table.findIndex(d.conn); err != nil {
		return err
	}
	folded := d.table.selectList(foldedColumns)
	d.sql = statements{
		rowsDown: fmt.Sprintf(rowsDownSQL, folded),
		rowsUp:   fmt.Sprintf(rowsUpSQL, folded),
		id:       fmt.Sprintf(idAtSQL, d.table.selectList([]string{"id"})),
		recent:   fmt.Sprintf(recentSQL, d.table.selectList(recentColumns)),
	}
	extensions, err := inspect(d.conn, extensionTable)
	if err == nil && extensions != nil && extensions.columns["date"] {
		d.sql.extensions = fmt.Sprintf(extensionsSQL, extensions.selectList(extensionColumns))
	}
	return err
}

func (d *database) close() {
	if d.conn != nil {
		d.conn.close()
		d.conn = nil
	}
}

// number reads the one number that a query gives; not ok stands for NULL.
func (d *database) number(sql string, args ...any) (v int64, err error) {
	_, err = d.conn.row(sql, func(st *stmt) { v, _ = st.column(0).int() }, args...)
	return v, err
}

// changed says whether anybody committed since the last call.
func (d *database) changed() (bool, error) {
	v, err := d.number(dataVersionSQL)
	if err != nil || v == d.version {
		return false, err
	}
	d.version = v
	return true, nil
}

// migrated says whether the schema is another than at opening. A migration may
// have copied the table, which numbers its rows anew.
func (d *database) migrated() (bool, error) {
	v, err := d.number(schemaVersionSQL)
	return v != d.schema, err
}

// unmoved tells whether what was read so far counts: reads without locks only do
// if the files are still those of before.
func (d *database) unmoved() error {
	if d.how == locked {
		return nil
	}
	now, err := statFiles(d.given, d.path)
	if err != nil || !now.same(d.files) || now.shm != nil && d.files.shm == nil {
		return errMoved
	}
	return nil
}
