package sqlite

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// History is the priced rows of invocation_log since some instant, for whoever
// goes through the past once more.
type History struct {
	// Rows are in order of time. Those that cost nothing are left out: no budget
	// asks for them, and they are the most.
	Rows []data.Invocation
	// TaskTypes names the symbols of Rows.
	TaskTypes  map[data.Symbol]string
	Extensions []data.Extension
	Missing    map[string]bool // columns that figures want and the file doesn't have
}

// ReadHistory reads a history whose symbols are those of the store. Errors say
// what is wrong with the file and what to do.
func ReadHistory(ctx context.Context, path string, since time.Time, store *data.InvocationStore, clock clockwork.Clock) (*History, error) {
	pause := func(ctx context.Context, d time.Duration) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-clock.After(d):
			return nil
		}
	}
	given, path, err := locate(path)
	if err != nil {
		return nil, err
	}
	d, err := openDatabase(given, path)
	if err != nil {
		return nil, err
	}
	defer d.close()
	h := &History{TaskTypes: make(map[data.Symbol]string), Missing: d.table.missing(recentColumns)}
	var mu sync.Mutex
	r := rowReader{
		clock: clock, pause: pause,
		tasks: symbols{mu: &mu, of: func(name []byte) data.Symbol {
			s := store.Task(name)
			h.TaskTypes[s] = string(name)
			return s
		}},
		models: symbols{mu: &mu, of: store.Model},
	}
	low, high := int64(minRowID), int64(maxRowID)
	if d.table.index != "" {
		if low, err = d.lowestSince(ctx, since.Add(-zoneSlack), clock.Now()); err != nil {
			return nil, fmt.Errorf("find the rows since %s: %w", since.Format(time.RFC3339), err)
		}
	}
	err = r.each(ctx, d, low, high, ascending, func(c chunk) error {
		for i := range c.rows {
			if c.rows[i].CostUSD != 0 && c.rows[i].Time >= since.UnixNano() {
				h.Rows = append(h.Rows, c.rows[i])
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read rows since %s: %w", since.Format(time.RFC3339), err)
	}
	slices.SortStableFunc(h.Rows, func(a, b data.Invocation) int { return cmp.Compare(a.Time, b.Time) })
	if h.Extensions, err = d.extensions(since); err != nil {
		return nil, fmt.Errorf("read budget extensions: %w", err)
	}
	return h, nil
}
