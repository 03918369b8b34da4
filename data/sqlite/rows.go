package sqlite

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/timestamp"
)

// A chunk ends after so many rows or so long, whichever comes first: Donna's
// checkpoints can't pass a read transaction, and wait for it.
const (
	chunkRows  = 5000
	chunkTime  = 15 * time.Millisecond
	chunkCheck = 256 // rows between looks at the clock
	// walPause is how long the reader stays away between two chunks if the WAL
	// grew during the first, to let a checkpoint through.
	walPause = 5 * time.Millisecond
)

// foldedColumns are what a row is folded into the rollup from, after its rowid.
var foldedColumns = []string{
	"timestamp", "task_type", "model_actual", "latency_ms", "tokens_in", "tokens_out", "cost_usd",
	"is_shadow", "interrupted", "overflow_escalated",
}

// Queries over [foldedColumns]; %s is the list.
const (
	rowsDownSQL = "SELECT rowid, %s FROM invocation_log WHERE rowid BETWEEN ?1 AND ?2 ORDER BY rowid DESC"
	rowsUpSQL   = "SELECT rowid, %s FROM invocation_log WHERE rowid BETWEEN ?1 AND ?2 ORDER BY rowid"
)

// pauseFunc waits, and returns the context's error if that ends first.
type pauseFunc func(ctx context.Context, d time.Duration) error

// rowReader reads stretches of invocation_log chunk by chunk.
type rowReader struct {
	clock clockwork.Clock
	pause pauseFunc

	tasks, models symbols
	parse         timestamp.Parser[[]byte]
	rows          []data.Invocation
}

// chunk is what one read transaction gave. Its rows are overwritten by the next.
type chunk struct {
	rows    []data.Invocation
	undated int
	n       int   // rows, dated or not
	first   int64 // rowids of the first and the last one, in the order of reading
	last    int64
	done    bool // there are no more
}

// direction is the order in which rows are read.
type direction bool

const (
	ascending  direction = false
	descending direction = true
)

// each reads all rows with rowids in [low, high] and calls fn for every chunk.
// No transaction is open while fn runs.
func (r *rowReader) each(ctx context.Context, d *database, low, high int64, dir direction, fn func(chunk) error) error {
	sql := d.sql.rowsUp
	if dir == descending {
		sql = d.sql.rowsDown
	}
	st, err := d.conn.query(sql)
	if err != nil {
		return err
	}
	wal := walSize(d)
	for low <= high {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := r.chunk(st, low, high)
		if err != nil {
			return err
		}
		if err := d.unmoved(); err != nil {
			return err
		}
		if err := fn(c); err != nil {
			return err
		}
		switch {
		case c.done, c.last == low && dir == descending, c.last == high && dir == ascending:
			return nil
		case dir == descending:
			high = c.last - 1
		default:
			low = c.last + 1
		}
		size := walSize(d)
		if size > wal {
			if err := r.pause(ctx, walPause); err != nil {
				return err
			}
		}
		wal = size
	}
	return nil
}

// chunk reads one chunk in one transaction.
func (r *rowReader) chunk(st *stmt, low, high int64) (c chunk, err error) {
	defer st.reset()
	if err := st.bind(low, high); err != nil {
		return c, err
	}
	r.rows = r.rows[:0]
	start := r.clock.Now()
	for c.n < chunkRows {
		if c.n%chunkCheck == chunkCheck-1 && r.clock.Now().Sub(start) > chunkTime {
			break
		}
		more, err := st.step()
		if err != nil {
			return c, err
		}
		if !more {
			c.done = true
			break
		}
		c.last, _ = st.column(0).int()
		if c.n++; c.n == 1 {
			c.first = c.last
		}
		stamp := st.column(1)
		var at int64
		dated := stamp.isText()
		if dated {
			at, dated = r.parse.Parse(stamp.text())
		}
		if !dated {
			c.undated++
			continue
		}
		r.rows = append(r.rows, data.Invocation{RowID: c.last, Time: at})
		r.decode(st, &r.rows[len(r.rows)-1])
	}
	c.rows = r.rows
	return c, nil
}

// decode reads the columns after the timestamp. Values of unexpected types count
// as absent.
func (r *rowReader) decode(st *stmt, row *data.Invocation) {
	row.Task = r.tasks.symbol(st.column(2).text())
	row.Model = r.models.symbol(st.column(3).text())
	row.LatencyMS, row.HasLatency = st.column(4).int()
	row.TokensIn, _ = st.column(5).int()
	row.TokensOut, _ = st.column(6).int()
	row.CostUSD, _ = st.column(7).float()
	row.Shadow = st.column(8).bool()
	row.Interrupted = st.column(9).bool()
	row.Overflow = st.column(10).bool()
}

// symbols remembers a store's symbols, so that readers needn't ask it for each row.
type symbols struct {
	mu    *sync.Mutex // guards of
	of    func([]byte) data.Symbol
	known map[string]data.Symbol
}

// symbol is the symbol of a text, or of NULL if it is nil.
func (s *symbols) symbol(name []byte) data.Symbol {
	if name == nil {
		name = none
	}
	if symbol, ok := s.known[string(name)]; ok {
		return symbol
	}
	s.mu.Lock()
	symbol := s.of(name)
	s.mu.Unlock()
	if s.known == nil {
		s.known = make(map[string]data.Symbol)
	}
	s.known[string(name)] = symbol
	return symbol
}

// none is how a store names NULL.
var none = []byte(data.None)

func walSize(d *database) int64 {
	if d.how != locked {
		return 0
	}
	info, err := statIfExists(d.path + "-wal")
	if err != nil || info == nil {
		return 0
	}
	return info.Size()
}

// mark names a row by its place and its identity: rowids of deleted rows are
// used again, and a copied table may number its rows anew.
type mark struct {
	rowid int64
	id    string
	set   bool
}

const (
	newestSQL = "SELECT max(rowid) FROM invocation_log"
	oldestSQL = "SELECT min(rowid) FROM invocation_log"
	idAtSQL   = "SELECT %s FROM invocation_log WHERE rowid = ?1"
)

// markAt is the row with that rowid; not set if there is none.
func (d *database) markAt(rowid int64) (m mark, err error) {
	m.set, err = d.conn.row(d.sql.id, func(st *stmt) {
		m.rowid, m.id = rowid, string(st.column(0).text())
	}, rowid)
	return m, err
}

// holds says whether the marked row is still there. A mark that isn't set holds.
func (d *database) holds(m mark) (bool, error) {
	if !m.set {
		return true, nil
	}
	now, err := d.markAt(m.rowid)
	return now == m, err
}

// minRowID and maxRowID are the ends of what a rowid can be.
const (
	minRowID = math.MinInt64
	maxRowID = math.MaxInt64
)
