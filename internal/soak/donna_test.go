package soak

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/demo"
)

const (
	rowsPerSecond = 200
	commitEvery   = 100 * time.Millisecond
	rowsPerCommit = int(rowsPerSecond * commitEvery / time.Second)
	pooledRows    = 2000
	// regretted is how many of the newest rows a restored copy lacks.
	regretted = 300
)

// donna writes the database, in a process of its own as Donna does: the simulator's
// household of two days, and from then on its calls again and again, as of now.
type donna struct {
	path  string
	db    *sql.DB
	rng   *rand.Rand
	calls []string // ids of the rows that are written again
	query string
	n     int
}

// runDonna is the main function of that process. It says "ready", and then answers
// the commands restore and stop, the latter with how many rows there are.
func runDonna() error {
	seed, err := strconv.ParseUint(os.Getenv(envSeed), 10, 64)
	if err != nil {
		return err
	}
	ctx := context.Background()
	sim, err := demo.New(ctx, demo.Options{Dir: os.Getenv(envDir), Seed: seed, History: 48 * time.Hour})
	if err != nil {
		return err
	}
	if err := sim.Close(); err != nil {
		return err
	}
	d := &donna{path: sim.DBPath(), rng: rand.New(rand.NewPCG(seed, 3))}
	if err := d.open(); err != nil {
		return err
	}
	if err := d.prepare(); err != nil {
		return err
	}
	fmt.Println("ready")
	commands := make(chan string)
	go func() {
		defer close(commands)
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			commands <- in.Text()
		}
	}()
	tick := time.NewTicker(commitEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := d.write(ctx); err != nil {
				return fmt.Errorf("write rows: %w", err)
			}
		case command, more := <-commands:
			switch {
			case command == "restore":
				if err := d.restore(); err != nil {
					return fmt.Errorf("restore: %w", err)
				}
				fmt.Println("restored")
			case command == "stop" || !more:
				var rows int64
				err := d.db.QueryRow("SELECT count(*) FROM invocation_log").Scan(&rows)
				fmt.Println(rows)
				return errors.Join(err, d.db.Close())
			}
		}
	}
}

func (d *donna) open() (err error) {
	d.db, err = sql.Open("sqlite", "file:"+d.path+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)")
	if err != nil {
		return err
	}
	d.db.SetMaxOpenConns(1)
	return d.db.Ping()
}

// prepare learns which rows there are to be written again.
func (d *donna) prepare() error {
	rows, err := d.db.Query("SELECT id FROM invocation_log ORDER BY timestamp DESC LIMIT ?", pooledRows)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		d.calls = append(d.calls, id)
	}
	columns, err := d.db.Query("SELECT name FROM pragma_table_info('invocation_log') WHERE name NOT IN ('id', 'timestamp')")
	if err != nil {
		return errors.Join(err, rows.Err())
	}
	defer columns.Close()
	var names []string
	for columns.Next() {
		var name string
		if err := columns.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
	}
	others := strings.Join(names, ", ")
	d.query = "INSERT INTO invocation_log (id, timestamp, " + others + ") SELECT ?, ?, " + others + " FROM invocation_log WHERE id = ?"
	return errors.Join(rows.Err(), columns.Err())
}

// write is one commit of Donna's.
func (d *donna) write(ctx context.Context) error {
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	for range rowsPerCommit {
		d.n++
		at := time.Now().UTC().Format("2006-01-02T15:04:05.000000")
		if _, err := tx.Exec(d.query, fmt.Sprintf("soak-%d", d.n), at, d.calls[d.rng.IntN(len(d.calls))]); err != nil {
			return err
		}
	}
	if d.n%rowsPerSecond == 0 { // now and then a task is done
		_, err := tx.Exec("UPDATE tasks SET status = 'done', completed_at = ? WHERE id = (SELECT id FROM tasks WHERE status <> 'done' LIMIT 1)",
			time.Now().UTC().Format("2006-01-02T15:04:05"))
		if err != nil {
			return err
		}
	}
	return tx.Commit()
}

// restore puts a copy without the newest rows in the place of the database.
func (d *donna) restore() error {
	backup := filepath.Join(filepath.Dir(d.path), "backups", "soak.backup")
	if _, err := d.db.Exec("VACUUM INTO ?", backup); err != nil {
		return err
	}
	older, err := sql.Open("sqlite", backup)
	if err != nil {
		return err
	}
	_, err = older.Exec("DELETE FROM invocation_log WHERE id LIKE 'soak-%' AND rowid > (SELECT max(rowid) FROM invocation_log) - ?", regretted)
	if err := errors.Join(err, older.Close(), d.db.Close()); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(d.path + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(backup, d.path); err != nil {
		return err
	}
	return d.open()
}
