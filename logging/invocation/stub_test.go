package invocation_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
)

// stub is a database that takes rows into memory and fails on demand.
type stub struct {
	mu      sync.Mutex
	commits []int                            // rows of each transaction
	rows    []string                         // ids
	open    []string                         // ids of the open transaction
	inTx    bool                             //
	fail    func(id string, inTx bool) error // of an insert; nil for none
	commit  func() error                     // of a commit; nil for none
	block   chan struct{}                    // inserts wait for it, or for their context
}

func (s *stub) db() *sql.DB {
	db := sql.OpenDB(s)
	db.SetMaxOpenConns(1)
	return db
}

func (s *stub) Connect(context.Context) (driver.Conn, error) { return &stubConn{s}, nil }

func (s *stub) Driver() driver.Driver { return nil }

func (s *stub) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.rows...)
}

type stubConn struct{ *stub }

func (c *stubConn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("unused") }

func (c *stubConn) Close() error { return nil }

func (c *stubConn) Begin() (driver.Tx, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inTx = true
	return c, nil
}

func (c *stubConn) ExecContext(ctx context.Context, _ string, args []driver.NamedValue) (driver.Result, error) {
	if c.block != nil {
		select {
		case <-c.block:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	id := args[0].Value.(string)
	if c.fail != nil {
		if err := c.fail(id, c.inTx); err != nil {
			return nil, err
		}
	}
	if c.inTx {
		c.open = append(c.open, id)
	} else {
		c.rows = append(c.rows, id)
	}
	return driver.RowsAffected(1), nil
}

func (c *stubConn) Commit() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inTx = false
	opened := c.open
	c.open = nil
	if c.commit != nil {
		if err := c.commit(); err != nil {
			return err
		}
	}
	c.rows = append(c.rows, opened...)
	c.commits = append(c.commits, len(opened))
	return nil
}

func (c *stubConn) Rollback() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inTx, c.open = false, nil
	return nil
}
