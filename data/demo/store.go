package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// store writes donna_tasks.db. The history goes in as one transaction without journal, on a goroutine of its own, and is
// indexed afterwards; from then on the store behaves like Donna: WAL, foreign keys on, one short transaction per row.
// Nothing is ever synced to the disk: a demo's file has no value after a power cut, and readers see no difference.
type store struct {
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt

	batch   []write      // seeding: being filled
	batches chan []write // seeding: to the writer goroutine
	done    chan error   // seeding: its result
	failed  error        // live: the first error
}

type write struct {
	query string
	args  []any
}

const batchSize = 512

// openStore creates the file at path and begins the seeding.
func openStore(ctx context.Context, path string) (*store, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("create database %s: the file exists; name a new one", path)
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path}).String())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), db.Close())
	}
	s := &store{db: db, conn: conn, stmts: map[string]*sql.Stmt{}}
	if err := s.beginBulk(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	batches := make(chan []write, 16) // the writer's own, as endBulk clears the field
	s.batches, s.done = batches, make(chan error, 1)
	go func() { s.done <- s.drain(ctx, batches) }()
	return s, nil
}

func (s *store) beginBulk(ctx context.Context) error {
	if err := s.pragmas(ctx, "journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-131072", "foreign_keys=OFF"); err != nil {
		return err
	}
	if err := createTables(ctx, s.conn); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return fmt.Errorf("begin seeding: %w", err)
	}
	return nil
}

func (s *store) pragmas(ctx context.Context, settings ...string) error {
	for _, p := range settings {
		if _, err := s.conn.ExecContext(ctx, "PRAGMA "+p); err != nil {
			return fmt.Errorf("set pragma %s: %w", p, err)
		}
	}
	return nil
}

// drain is the seeding writer. After an error it keeps taking batches, so that the simulation never blocks.
func (s *store) drain(ctx context.Context, batches <-chan []write) error {
	var first error
	for batch := range batches {
		for _, w := range batch {
			if first != nil {
				break
			}
			first = s.write(ctx, w)
		}
	}
	return first
}

func (s *store) write(ctx context.Context, w write) error {
	stmt := s.stmts[w.query]
	if stmt == nil {
		var err error
		if stmt, err = s.conn.PrepareContext(ctx, w.query); err != nil {
			return fmt.Errorf("prepare %s: %w", w.query, err)
		}
		s.stmts[w.query] = stmt
	}
	if _, err := stmt.ExecContext(ctx, w.args...); err != nil {
		return fmt.Errorf("execute %s: %w", w.query, err)
	}
	return nil
}

// seeding reports whether the history is still being written.
func (s *store) seeding() bool { return s.batches != nil }

// exec runs one statement: at once when live, in order but later while seeding. Errors are kept for err.
func (s *store) exec(query string, args ...any) {
	if !s.seeding() {
		if s.failed == nil {
			s.failed = s.write(context.Background(), write{query, args})
		}
		return
	}
	s.batch = append(s.batch, write{query, args})
	if len(s.batch) == batchSize {
		s.batches <- s.batch
		s.batch = make([]write, 0, batchSize)
	}
}

// err returns the first error of a live write.
func (s *store) err() error { return s.failed }

// endBulk waits for the seeding to be written.
func (s *store) endBulk() error {
	s.batches <- s.batch
	close(s.batches)
	s.batches, s.batch = nil, nil
	return <-s.done
}

// goLive commits the history, builds the indexes and turns to Donna's way of writing.
func (s *store) goLive(ctx context.Context) error {
	if err := s.endBulk(); err != nil {
		return err
	}
	if _, err := s.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return fmt.Errorf("commit history: %w", err)
	}
	if err := createIndexes(ctx, s.conn); err != nil {
		return err
	}
	if err := addVectorTable(ctx, s.conn); err != nil {
		return err
	}
	// Exclusive locking ends with the next access, and must have ended before WAL for -shm to be used.
	if err := s.pragmas(ctx, "locking_mode=NORMAL"); err != nil {
		return err
	}
	if err := s.touch(ctx); err != nil {
		return err
	}
	if err := s.pragmas(ctx, "journal_mode=WAL", "cache_size=-8192", "foreign_keys=ON"); err != nil {
		return err
	}
	return s.touch(ctx) // opens -wal and -shm
}

// touch reads the database, which makes pending changes of its modes take effect.
func (s *store) touch(ctx context.Context) error {
	var n int
	if err := s.conn.QueryRowContext(ctx, "SELECT count(*) FROM alembic_version").Scan(&n); err != nil {
		return fmt.Errorf("read database: %w", err)
	}
	return nil
}

// close ends the writer; the last connection to go checkpoints and removes the -wal and -shm files.
func (s *store) close() error {
	var errs []error
	if s.seeding() {
		errs = append(errs, s.endBulk())
	}
	for _, stmt := range s.stmts {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, s.conn.Close(), s.db.Close())...)
}

// insertSQL is the statement for a whole row, its columns in the schema's order.
func insertSQL(table string, columns int) string {
	return "INSERT INTO " + table + " VALUES (" + strings.Repeat("?, ", columns-1) + "?)"
}
