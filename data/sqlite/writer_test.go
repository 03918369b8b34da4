package sqlite

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// writerEnv makes the test binary a writer: see writeMuch.
const writerEnv = "DONNATOP_TEST_WRITE"

const writerCommits = 400

// writeMuch is Donna on a busy day: small commits of rows whose costs are 1, 2, 3
// and so on, checkpoints, restarts, VACUUM, now and then a database restored from
// a copy in place of the old one. It says on standard output when it has written
// the first rows and when it is done, and how many rows there are then.
func writeMuch(path string) {
	rng := rand.New(rand.NewPCG(5, 6))
	var db *sql.DB
	check := func(err error) {
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
	}
	exec := func(query string, args ...any) {
		_, err := db.Exec(query, args...)
		if err != nil && strings.Contains(err.Error(), "locked") {
			return // a checkpoint or VACUUM that had to give way
		}
		check(err)
	}
	open := func() {
		var err error
		db, err = sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(5000)&_pragma=journal_mode(wal)&_pragma=synchronous(off)&_pragma=wal_autocheckpoint(50)")
		check(err)
		db.SetMaxOpenConns(1)
		check(db.Ping())
	}
	open()
	rows := 0
	for i := range writerCommits {
		tx, err := db.Begin()
		check(err)
		for range 1 + rng.IntN(40) {
			rows++
			_, err := tx.Exec(`INSERT INTO invocation_log (id, timestamp, task_type, model_alias, model_actual, input_hash, latency_ms, tokens_in,
				tokens_out, cost_usd, is_shadow, spot_check_queued, user_id) VALUES (?, ?, 'parse_task', 'parser', 'm', '', 100, 10, 5, ?, 0, 0, 'nick')`,
				fmt.Sprintf("id-%d", rows), testNow.Add(-time.Duration(rows)*time.Second).Format(naiveForm), float64(rows))
			check(err)
		}
		check(tx.Commit())
		if i == 0 {
			fmt.Println("started")
		}
		if i%8 != 7 {
			continue
		}
		switch rng.IntN(6) {
		case 0:
			exec("PRAGMA wal_checkpoint(PASSIVE)")
		case 1:
			exec("PRAGMA wal_checkpoint(TRUNCATE)")
		case 2:
			exec("VACUUM")
		case 3:
			check(db.Close())
			open()
		case 4: // restored from a copy made just now
			exec("VACUUM INTO ?", path+".copy")
			check(db.Close())
			os.Remove(path + "-wal")
			os.Remove(path + "-shm")
			check(os.Rename(path+".copy", path))
			open()
		case 5: // some rows regretted and written again under the same rowids
			exec("DELETE FROM invocation_log WHERE rowid > (SELECT max(rowid) - 5 FROM invocation_log)")
			for k := rows - 4; k <= rows; k++ {
				exec(`INSERT INTO invocation_log (id, timestamp, task_type, model_alias, model_actual, input_hash, latency_ms, tokens_in,
					tokens_out, cost_usd, is_shadow, spot_check_queued, user_id) VALUES (?, ?, 'parse_task', 'parser', 'm', '', 100, 10, 5, ?, 0, 0, 'nick')`,
					fmt.Sprintf("again-%d-%d", i, k), testNow.Add(-time.Duration(k)*time.Second).Format(naiveForm), float64(k))
			}
		}
	}
	check(db.Close())
	fmt.Println(rows)
}

// TestLiveWriter polls without a break beside a writer in another process.
func TestLiveWriter(t *testing.T) {
	path := t.TempDir() + "/" + FileName
	execFile(t, path, schemaSQL)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^$")
	cmd.Env = append(os.Environ(), writerEnv+"="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	lines := bufio.NewReader(out)
	if line, err := lines.ReadString('\n'); err != nil || line != "started\n" {
		t.Fatal(line, err)
	}
	done := make(chan string, 1)
	go func() {
		rest, _ := io.ReadAll(lines)
		done <- strings.TrimSpace(string(rest))
	}()

	sink := &spendSink{clock: clockwork.NewFakeClockAt(testNow)}
	s := NewSource(Options{Path: path, Clock: fixedClock{now: testNow}})
	s.begin(sink)
	defer s.disconnect()
	var rows int64
	polls := 0
	for result := ""; result == ""; {
		select {
		case result = <-done:
			if _, err := fmt.Sscan(result, &rows); err != nil {
				t.Fatalf("writer: %s", result)
			}
		default:
		}
		s.poll(context.Background())
		polls++
	}
	s.skip = 0
	s.poll(context.Background())
	if s.state.State != data.StateLive {
		t.Fatalf("in the end %s: %s", s.state.State, s.state.Detail)
	}
	view := sink.db.Invocations
	t.Logf("%d rows, %d polls, %d views", view.Rows, polls, sink.views)
	if view.Rows != rows {
		t.Errorf("%d rows, want %d", view.Rows, rows)
	}
	if got, want := sink.spend(), float64(rows*(rows+1)/2); got != want {
		t.Errorf("spent %v, want %v: rows lost and others doubled", got, want)
	}
	if sink.views < 3 {
		t.Errorf("only %d views beside %d commits", sink.views, writerCommits)
	}
}

// spendSink keeps the newest view.
type spendSink struct {
	data.Sink
	clock *clockwork.FakeClock
	db    *data.DB
	views int
}

func (s *spendSink) SetState(string, data.SourceState) {}

func (s *spendSink) SetDB(v *data.DB) {
	s.db = v
	s.views++
}

// spend is what all rows cost by the figures.
func (s *spendSink) spend() float64 {
	hub := data.NewHub(data.HubOptions{Clock: s.clock})
	hub.SetDB(s.db)
	hub.SetState(data.SourceDB, data.SourceState{State: data.StateLive, Loaded: true})
	spent := hub.Publish().Figures().LLM.SpendUSD[data.Window30d]
	if spent == nil {
		return -1
	}
	return *spent
}
