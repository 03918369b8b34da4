package sqlite

import (
	"errors"
	"os"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/timestamp"
)

// Condition is how a database is found when somebody asks what is wrong.
type Condition struct {
	Path    string // of the file itself, links resolved
	Bytes   int64
	Journal string // journal mode, such as wal
	// Reading is the way in that was taken, in a few words.
	Reading string
	// WALBytes is the size of the -wal beside it; nil without one.
	WALBytes *int64
	// Notice is what people should know of it although it can be read, such as an
	// older schema or a mount that hides the -wal.
	Notice string
	// Missing are the tables and the columns (table.column) that figures want and
	// the file doesn't have, sorted.
	Missing []string
	// Newest is when the last row of invocation_log was written; zero without one
	// whose timestamp can be read.
	Newest time.Time
}

// readings say in which way a database is read.
var readings = map[access]string{
	locked:    "read with SQLite's locks",
	immutable: "read as it lies there: nobody has it open",
	unlocked:  "read with its -wal, which was left alone",
}

// Examine opens the database that a path means in the same way as a [Source],
// looks at it and closes it. Nothing is written, and no table is read but for
// its last row. The error is one line that says what to do after a colon.
func Examine(path string) (Condition, error) {
	given, real, err := locate(path)
	if err != nil {
		return Condition{}, explain(path, err)
	}
	var c Condition
	for range movedTries {
		if c, err = examine(given, real); !errors.Is(err, errMoved) {
			break
		}
	}
	if err != nil {
		return Condition{}, explain(real, err)
	}
	return c, nil
}

func examine(given, real string) (Condition, error) {
	d, err := openDatabase(given, real)
	if err != nil {
		return Condition{}, err
	}
	defer d.close()
	c := Condition{Path: real, Bytes: d.files.db.Size(), Reading: readings[d.how], Journal: "wal", Notice: noticeOf(d).text}
	if d.files.wal != nil {
		size := d.files.wal.Size()
		c.WALBytes = &size
	}
	if d.how == locked { // without locks it is only ever read in WAL mode, and doesn't say so
		if _, err = d.conn.row("PRAGMA journal_mode", func(st *stmt) { c.Journal = string(st.column(0).text()) }); err != nil {
			return c, err
		}
	}
	if c.Missing, err = d.missing(); err != nil {
		return c, err
	}
	_, err = d.conn.row("SELECT timestamp FROM invocation_log ORDER BY rowid DESC LIMIT 1", func(st *stmt) {
		if ns, ok := timestamp.ParseDB(st.column(0).text()); ok {
			c.Newest = time.Unix(0, ns).UTC()
		}
	})
	if err != nil {
		return c, err
	}
	if now, err := os.Stat(given); err != nil || !os.SameFile(now, d.files.db) {
		return c, errMoved
	}
	return c, d.unmoved()
}

// missing lists the tables and columns that the file doesn't have.
func (d *database) missing() ([]string, error) {
	var names agentNames
	wanted := append(names.readers(), tableReaders(&data.Tables{}, &names)...)
	wanted = append(wanted, tableReader{name: invocationLog, columns: recentColumns}, tableReader{name: extensionTable, columns: extensionColumns})
	var out []string
	for _, r := range wanted {
		shape, err := inspect(d.conn, r.name)
		if err != nil {
			return nil, err
		}
		if shape == nil {
			out = append(out, r.name)
			continue
		}
		for c := range shape.missing(r.columns) {
			out = append(out, r.name+"."+c)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
