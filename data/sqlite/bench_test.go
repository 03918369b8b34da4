package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
)

// The benchmarks run on 1 M rows over 30 days, or as many as
// DONNATOP_BENCH_ROWS says (10 M take 15 GB of disk and minutes to make).
// Compare the ratios of one run: times differ from machine to machine.
var benchRows = rowsFromEnv(1_000_000)

const benchDays = 30

func rowsFromEnv(otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv("DONNATOP_BENCH_ROWS")); err == nil && n >= 10_000 {
		return n
	}
	return otherwise
}

// benchSizes are the sizes of database that loads and the whole program are measured on.
func benchSizes() []int { return slices.Compact([]int{10_000, 100_000, benchRows}) }

type nullSink struct{ data.Sink }

func (nullSink) SetState(string, data.SourceState) {}
func (nullSink) SetDB(*data.DB)                    {}

func newBenchSource(path string) *Source {
	s := NewSource(Options{Path: path, Clock: fixedClock{now: testNow}})
	s.begin(nullSink{})
	return s
}

// groupBySQL is what a user would ask the sqlite3 command for one panel: hours by
// task and model. The others are the rest of the four panels of the targets.
const groupBySQL = `SELECT substr(timestamp, 1, 13), task_type, model_actual, count(*), sum(latency_ms), sum(tokens_in), sum(tokens_out), sum(cost_usd)
	FROM invocation_log NOT INDEXED WHERE timestamp >= '2026-05-15' GROUP BY 1, 2, 3`

var panelsSQL = []string{
	groupBySQL,
	`SELECT sum(cost_usd) FILTER (WHERE timestamp >= '2026-06-15'), sum(cost_usd) FILTER (WHERE timestamp >= '2026-06-08T12:34:56'), sum(cost_usd)
		FROM invocation_log NOT INDEXED WHERE timestamp >= '2026-06-01'`,
	`SELECT +task_type, count(*), sum(interrupted), sum(overflow_escalated) FROM invocation_log NOT INDEXED WHERE timestamp >= '2026-05-15' GROUP BY 1`,
	`SELECT task_type, max(latency_ms) FILTER (WHERE k <= 0.5), max(latency_ms) FILTER (WHERE k <= 0.95), max(latency_ms) FILTER (WHERE k <= 0.99) FROM
		(SELECT task_type, latency_ms, percent_rank() OVER (PARTITION BY task_type ORDER BY latency_ms) k FROM invocation_log NOT INDEXED
		WHERE timestamp >= '2026-05-15') GROUP BY 1`,
}

func BenchmarkColdLoad(b *testing.B) {
	for _, rows := range benchSizes() {
		b.Run(fmt.Sprintf("rows=%d", rows), func(b *testing.B) { benchmarkColdLoad(b, rows) })
	}
}

func benchmarkColdLoad(b *testing.B, rows int) {
	path := bulk(b, rows, benchDays)
	b.Run("donnatop", func(b *testing.B) {
		for b.Loop() {
			s := newBenchSource(path)
			s.poll(context.Background())
			if s.view == nil || s.view.store.View().Rows != int64(rows) {
				b.Fatal(s.state)
			}
			s.disconnect()
		}
	})
	b.Run("baseline/group-by", func(b *testing.B) { baseline(b, path, groupBySQL) })
	b.Run("baseline/four-panels", func(b *testing.B) { baseline(b, path, panelsSQL...) })
}

// baseline runs queries in the sqlite3 command, or by database/sql without it.
func baseline(b *testing.B, path string, queries ...string) {
	uri := immutableURI(path)
	cli, err := exec.LookPath("sqlite3")
	if err == nil {
		for b.Loop() {
			cmd := exec.Command(cli, uri, strings.Join(queries, ";\n"))
			cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
	db, err := sql.Open("sqlite", uri)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	for b.Loop() {
		for _, q := range queries {
			rows, err := db.Query(q)
			if err != nil {
				b.Fatal(err)
			}
			for rows.Next() {
			}
			rows.Close()
		}
	}
}

// firstViewSink remembers when the first view came, and stops the load there.
type firstViewSink struct {
	nullSink
	stop func()
}

func (s firstViewSink) SetDB(*data.DB) { s.stop() }

// BenchmarkFirstView is the time until the figures of 1 h and 24 h are there.
func BenchmarkFirstView(b *testing.B) {
	for _, perDay := range []int{benchRows / benchDays, 100_000} {
		b.Run(fmt.Sprintf("rows-per-day=%d", perDay), func(b *testing.B) {
			path := bulk(b, benchRows, benchRows/perDay)
			for b.Loop() {
				ctx, cancel := context.WithCancel(context.Background())
				s := NewSource(Options{Path: path, Clock: fixedClock{now: testNow}})
				s.begin(firstViewSink{stop: cancel})
				s.poll(ctx)
				cancel()
				s.disconnect()
			}
		})
	}
}

// BenchmarkPoll reports the median time of one poll after so many new rows,
// beside a writer that has the database open.
func BenchmarkPoll(b *testing.B) {
	dir := b.TempDir()
	path := filepath.Join(dir, FileName)
	copyLarge(b, bulk(b, benchRows, benchDays), path)
	d := &donna{t: b, path: path}
	d.open()
	defer d.close()
	d.exec("CREATE TABLE touch (x)")
	s := newBenchSource(path)
	s.opts.IdleClose = 1 << 62
	s.poll(context.Background())
	defer s.disconnect()
	if s.state.State != data.StateLive || s.db == nil {
		b.Fatal(s.state)
	}
	rng := rand.New(rand.NewPCG(7, 8))
	filler := strings.Repeat("lorem ipsum dolor ", 120)
	insert := func(n int) {
		d.batch(func() {
			for range n {
				row := bulkRow(rng, benchRows+d.n, testNow, filler)
				d.n++
				d.exec(bulkInsert, row...)
			}
		})
	}
	b.Run("baseline/os.Stat", func(b *testing.B) {
		for b.Loop() {
			if _, err := os.Stat(path); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("new-rows=0", func(b *testing.B) {
		for b.Loop() {
			s.poll(context.Background())
		}
	})
	for _, n := range []int{1, 100, 1000, 10_000} {
		b.Run(fmt.Sprintf("new-rows=%d", n), func(b *testing.B) {
			var times []time.Duration
			for b.Loop() {
				b.StopTimer()
				insert(n)
				before := s.view.newest.rowid
				b.StartTimer()
				start := b.Elapsed()
				s.poll(context.Background())
				times = append(times, b.Elapsed()-start)
				if s.view.newest.rowid != before+int64(n) {
					b.Fatal(s.state)
				}
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Nanoseconds()), "p50-ns")
		})
	}
}

func copyLarge(b *testing.B, from, to string) {
	b.Helper()
	in, err := os.Open(from)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		b.Fatal(err)
	}
	_, err = io.Copy(out, in)
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLookup asks for single rows among 1 M, and for pages of them: the rows
// behind a figure, from any place in the month.
func BenchmarkLookup(b *testing.B) {
	path := bulk(b, benchRows, benchDays)
	l := NewLookup(path)
	rows := func(q data.RowQuery) func(b *testing.B) {
		q.Table, q.Limit = invocationLog, 1000
		return func(b *testing.B) {
			for b.Loop() {
				if page := ask(b, l, q); len(page.Rows) == 0 {
					b.Fatal("no rows")
				}
			}
		}
	}
	b.Run("id", rows(data.RowQuery{Column: "task_id", Values: []string{"019000028b0a-0000-7000-8000-000000000000", "01900002710a-0000-7000-8000-000000000000", fmt.Sprintf("0190%08x-0000-7000-8000-000000000000", 100), fmt.Sprintf("0190%08x-0000-7000-8000-000000000000", 101), fmt.Sprintf("0190%08x-0000-7000-8000-000000000000", 102)}}))
	middle := testNow.Add(-15 * 24 * time.Hour)
	b.Run("time", rows(data.RowQuery{Column: "input_hash", Values: []string{"0123456789abcdef"}, Time: "timestamp", From: middle, To: middle.Add(10 * time.Minute)}))
	for name, q := range map[string]data.InvocationQuery{
		"newest page": {}, "page of the past": {From: middle, To: middle.Add(time.Hour)},
		"rare rows": {TaskTypes: []string{"task_type_03"}, Interrupted: true, Overflow: true},
	} {
		q.Limit = 100
		if name == "rare rows" {
			b.Run("rare rows without the rollup", func(b *testing.B) {
				for b.Loop() {
					if page, err := l.Invocations(b.Context(), q); err != nil || len(page.Rows) == 0 {
						b.Fatal(len(page.Rows), err)
					}
				}
			})
			q.Known = readDB(b, path).Holding(&q)
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if page, err := l.Invocations(b.Context(), q); err != nil || len(page.Rows) == 0 {
					b.Fatal(len(page.Rows), err)
				}
			}
		})
	}
}
