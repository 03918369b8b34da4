package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// recorder is a sink that remembers.
type recorder struct {
	data.Sink
	states []data.SourceState
	dbs    []*data.DB
	onDB   func() // called with every view, if set
}

func (r *recorder) SetState(source string, s data.SourceState) {
	if source != data.SourceDB {
		panic(source)
	}
	r.states = append(r.states, s)
}
func (r *recorder) SetDB(v *data.DB) {
	r.dbs = append(r.dbs, v)
	if r.onDB != nil {
		r.onDB()
	}
}

func (r *recorder) last() data.SourceState { return r.states[len(r.states)-1] }

// watcher is a source whose polls a test makes itself.
type watcher struct {
	*Source
	*recorder
	t     testing.TB
	clock *clockwork.FakeClock
}

func watch(t testing.TB, path string) *watcher {
	clock := clockwork.NewFakeClockAt(testNow)
	w := &watcher{Source: NewSource(Options{Path: path, Clock: clock}), recorder: new(recorder), t: t, clock: clock}
	w.begin(w.recorder)
	t.Cleanup(w.disconnect)
	return w
}

// next is one poll, a second after the last.
func (w *watcher) next() data.SourceState {
	w.t.Helper()
	w.clock.Advance(DefaultPoll)
	w.poll(context.Background())
	return w.last()
}

// live polls once and fails the test unless all is well with that many rows.
func (w *watcher) live(rows int64) *data.DB {
	w.t.Helper()
	st := w.next()
	if st.State != data.StateLive || !st.Loaded {
		w.t.Fatalf("state %s, loaded %v: %s", st.State, st.Loaded, st.Detail)
	}
	db := w.dbs[len(w.dbs)-1]
	if db.Invocations.Rows != rows {
		w.t.Fatalf("%d rows, want %d", db.Invocations.Rows, rows)
	}
	return db
}

// troubled polls once and fails the test unless the source is in that state and says so.
func (w *watcher) troubled(state data.State, transient bool, words ...string) {
	w.t.Helper()
	st := w.next()
	if st.State != state || st.Transient != transient {
		w.t.Fatalf("state %s (transient %v), want %s (%v): %s", st.State, st.Transient, state, transient, st.Detail)
	}
	for _, word := range words {
		if !strings.Contains(st.Detail, word) {
			w.t.Errorf("detail %q lacks %q", st.Detail, word)
		}
	}
	if strings.Contains(st.Detail, "\n") {
		w.t.Errorf("detail %q has more than one line", st.Detail)
	}
	if !st.NextTry.After(w.clock.Now()) {
		w.t.Errorf("next try %v is not ahead", st.NextTry)
	}
}

func TestBadInput(t *testing.T) {
	write := func(name, text string) func(*testing.T, string) string {
		return func(t *testing.T, dir string) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			return path
		}
	}
	tests := []struct {
		name  string
		make  func(t *testing.T, dir string) string
		words []string
	}{
		{"missing file", func(t *testing.T, dir string) string { return filepath.Join(dir, "x.db") }, []string{"x.db does not exist", "DONNA_DB_PATH"}},
		{"missing directory", func(t *testing.T, dir string) string { return filepath.Join(dir, "no", "x.db") }, []string{"nor its directory", "--db"}},
		{"directory without it", func(t *testing.T, dir string) string { return dir }, []string{"no donna_tasks.db in", "start Donna"}},
		{"directory in its place", func(t *testing.T, dir string) string {
			if err := os.Mkdir(filepath.Join(dir, FileName), 0o755); err != nil {
				t.Fatal(err)
			}
			return dir
		}, []string{"is a directory", "donna_tasks.db"}},
		{"text file", write("notes.txt", strings.Repeat("this is no database\n", 100)), []string{"not an SQLite database", "--db"}},
		{"short text file", write("notes.txt", "x"), []string{"not an SQLite database", "--db"}},
		{"zero bytes", write(FileName, ""), []string{"empty (0 bytes)", "start Donna"}},
		{"named pipe", func(t *testing.T, dir string) string {
			path := filepath.Join(dir, "pipe")
			if err := syscall.Mkfifo(path, 0o644); err != nil {
				t.Fatal(err)
			}
			return path
		}, []string{"no regular file"}},
		{"other database", func(t *testing.T, dir string) string {
			path := filepath.Join(dir, "other.db")
			execFile(t, path, "CREATE TABLE t (x)")
			return path
		}, []string{"without the table invocation_log", "--db"}},
		{"a view by its name", func(t *testing.T, dir string) string {
			path := filepath.Join(dir, "other.db")
			execFile(t, path, "CREATE VIEW invocation_log AS SELECT 1 AS id")
			return path
		}, []string{"without the table invocation_log"}},
		{"table without rowid", func(t *testing.T, dir string) string {
			path := filepath.Join(dir, "other.db")
			execFile(t, path, "CREATE TABLE invocation_log (id TEXT PRIMARY KEY) WITHOUT ROWID")
			return path
		}, []string{"can't be read", "rowid"}},
		{"cut short", func(t *testing.T, dir string) string {
			d := newDonna(t, dir)
			for i := range 500 {
				d.call(testNow.Add(-time.Duration(i) * time.Minute))
			}
			d.close()
			if err := os.Truncate(d.path, 16<<10); err != nil {
				t.Fatal(err)
			}
			return d.path
		}, []string{"damaged or was cut short", "integrity_check"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			w := watch(t, tt.make(t, dir))
			w.troubled(data.StateFailed, false, tt.words...)
			if len(w.dbs) != 0 {
				t.Errorf("%d views published", len(w.dbs))
			}
		})
	}
}

func execFile(t testing.TB, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func TestNotConfigured(t *testing.T) {
	r := new(recorder)
	s := NewSource(Options{})
	if err := s.Run(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	if st := r.last(); st.State != data.StateAbsent || !strings.Contains(st.Detail, "DONNA_DB_PATH") {
		t.Errorf("state %+v", st)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.call(testNow)
	clock := clockwork.NewFakeClockAt(testNow)
	loaded := make(chan struct{}, 10)
	sink := &signalSink{loaded: loaded}
	s := NewSource(Options{Path: d.path, Clock: clock})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Run(ctx, sink) }()
	<-loaded
	if err := clock.BlockUntilContext(ctx, 1); err != nil {
		t.Fatal(err)
	}
	d.call(testNow)
	clock.Advance(DefaultPoll)
	<-loaded
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if s.db != nil {
		t.Error("connection left open")
	}
}

// signalSink tells of each published view.
type signalSink struct {
	data.Sink
	loaded chan struct{}
}

func (s *signalSink) SetState(string, data.SourceState) {}
func (s *signalSink) SetDB(v *data.DB) {
	if v.CoveredFrom.IsZero() {
		s.loaded <- struct{}{}
	}
}

func TestAppearsLater(t *testing.T) {
	dir := t.TempDir()
	w := watch(t, dir)
	w.troubled(data.StateFailed, false, "start Donna")
	since := w.state.Since
	w.troubled(data.StateFailed, false, "start Donna")
	if !w.state.Since.Equal(since) {
		t.Errorf("failed since %v, then since %v", since, w.state.Since)
	}
	d := newDonna(t, dir)
	w.live(0)
	d.call(testNow)
	w.live(1)
	if !w.state.Since.After(since) {
		t.Error("live since before it failed")
	}
}

func TestFollowsALiveWriter(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.call(testNow.Add(-time.Hour))
	w := watch(t, d.path)
	w.live(1)
	if w.db == nil || w.db.how != locked {
		t.Fatal("not connected beside a live writer")
	}
	published := len(w.dbs)
	w.live(1)
	if len(w.dbs) != published {
		t.Error("published again without news")
	}
	for i := range 10 {
		d.call(testNow)
		d.call(testNow)
		w.live(int64(3 + 2*i))
	}
	for _, mode := range []string{"PASSIVE", "FULL", "RESTART", "TRUNCATE"} {
		d.exec("PRAGMA wal_checkpoint(" + mode + ")")
		w.live(21)
	}
	d.exec("VACUUM")
	w.live(21)
	d.call(testNow)
	w.live(22)
	d.exec("UPDATE invocation_log SET payload_path = 'x'")
	w.live(22)
}

// Donna stops, stays away, comes back and goes on: the reader never has a stale
// view, and its connection is never what keeps her files around.
func TestDonnaComesAndGoes(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.call(testNow)
	w := watch(t, d.path)
	w.live(1)
	for range int(DefaultIdleClose / DefaultPoll) {
		w.live(1)
	}
	if w.db != nil {
		t.Fatal("still connected after idling")
	}
	d.close()
	if _, err := os.Stat(d.path + "-wal"); err == nil {
		t.Fatal("her WAL outlived her")
	}
	w.live(1)
	if w.db != nil {
		t.Error("connection kept without a WAL")
	}
	d.open()
	d.call(testNow)
	w.live(2)
	d.call(testNow)
	w.live(3)
	d.close() // while connected
	w.live(3)
	d.open()
	d.call(testNow)
	w.live(4)
}

// A commit between the last look and the idle close must not be lost.
func TestCommitAtIdleClose(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.call(testNow)
	w := watch(t, d.path)
	w.live(1)
	for i := int64(2); i < 5; i++ {
		for range int(DefaultIdleClose/DefaultPoll) - 1 {
			w.live(i - 1)
		}
		d.call(testNow)
		w.live(i)
		for range int(DefaultIdleClose / DefaultPoll) {
			w.live(i)
		}
		if w.db != nil {
			t.Fatal("still connected")
		}
		d.call(testNow) // now only the files' stat can tell
		i++
		w.live(i)
	}
}

func TestDirectoryAndSymlink(t *testing.T) {
	dir := t.TempDir()
	d := newDonna(t, dir)
	d.call(testNow)
	watch(t, dir).live(1)

	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(d.path, link); err != nil {
		t.Fatal(err)
	}
	w := watch(t, link)
	if db := w.live(1); filepath.Base(db.Path) != FileName {
		t.Errorf("path %s", db.Path)
	}
	if w.db.how != locked {
		t.Error("companions of the real file were not found")
	}
	other := newDonna(t, t.TempDir())
	other.call(testNow)
	other.call(testNow)
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other.path, link); err != nil {
		t.Fatal(err)
	}
	w.live(2)
}

func TestOddPath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), `a b?c#d%20e&f=g'"`)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plain.db")
	execFile(t, path, schemaSQL)
	if err := os.Rename(path, filepath.Join(dir, FileName)); err != nil {
		t.Fatal(err)
	}
	watch(t, dir).live(0)
}

func TestLocked(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.call(testNow)
	d.exec("PRAGMA locking_mode = exclusive")
	d.call(testNow)
	w := watch(t, d.path)
	w.troubled(data.StateFailed, true, "locked by another program")
	d.exec("PRAGMA locking_mode = normal")
	d.call(testNow)
	w.live(3)
	for w.db != nil { // while we are connected nobody gets an exclusive lock
		w.live(3)
	}
	d.exec("PRAGMA locking_mode = exclusive")
	d.call(testNow)
	w.troubled(data.StateStale, true, "locked")
	if !w.state.Loaded || w.state.AsOf.IsZero() {
		t.Errorf("stale state %+v forgets what it has", w.state)
	}
	d.exec("PRAGMA locking_mode = normal")
	d.call(testNow)
	w.live(5)
}

// Donna's tests and copies made with VACUUM INTO have no WAL.
func TestRollbackJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	execFile(t, path, schemaSQL)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	d := &donna{t: t, path: path, db: db}
	w := watch(t, path)
	w.live(0)
	for i := range int64(5) {
		d.call(testNow)
		w.live(i + 1)
	}
	d.exec("BEGIN EXCLUSIVE")
	d.call(testNow)
	w.troubled(data.StateStale, true, "locked")
	d.exec("COMMIT")
	w.live(6)
}

func TestReplaced(t *testing.T) {
	tests := []struct {
		name    string
		replace func(t *testing.T, path, other string)
	}{
		{"by rename", func(t *testing.T, path, other string) {
			if err := os.Rename(other, path); err != nil {
				t.Fatal(err)
			}
		}},
		{"by removal and copy", func(t *testing.T, path, other string) {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			copyFile(t, other, path)
		}},
		{"by copying over it", func(t *testing.T, path, other string) { copyFile(t, other, path) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDonna(t, t.TempDir())
			for range 10 {
				d.call(testNow)
			}
			other := newDonna(t, t.TempDir())
			for range 12 { // more rows than before, so that only the ids tell
				other.call(testNow)
			}
			other.close()
			w := watch(t, d.path)
			w.live(10)
			d.exec("PRAGMA wal_checkpoint(TRUNCATE)")
			w.live(10)
			d.close()
			for _, suffix := range []string{"-wal", "-shm"} {
				os.Remove(d.path + suffix)
			}
			tt.replace(t, d.path, other.path)
			w.live(12)
		})
	}
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestRowsGone(t *testing.T) {
	tests := []struct {
		name string
		do   func(d *donna)
		rows int64
	}{
		{"newest deleted", func(d *donna) { d.exec("DELETE FROM invocation_log WHERE rowid > 90") }, 90},
		{"newest deleted, rowids used again", func(d *donna) {
			d.exec("DELETE FROM invocation_log WHERE rowid > 90")
			for range 15 {
				d.call(testNow)
			}
		}, 105},
		{"oldest pruned", func(d *donna) { d.exec("DELETE FROM invocation_log WHERE rowid <= 30") }, 70},
		{"all deleted", func(d *donna) { d.exec("DELETE FROM invocation_log") }, 0},
		{"all deleted, one new", func(d *donna) { d.exec("DELETE FROM invocation_log"); d.call(testNow) }, 1},
		{"table copied by a migration", func(d *donna) {
			d.exec("CREATE TABLE copy AS SELECT * FROM invocation_log ORDER BY id DESC")
			d.exec("DROP TABLE invocation_log")
			d.exec("ALTER TABLE copy RENAME TO invocation_log")
		}, 100},
		{"column added", func(d *donna) { d.exec("ALTER TABLE invocation_log ADD COLUMN extra TEXT"); d.call(testNow) }, 101},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDonna(t, t.TempDir())
			d.calls(100, testNow)
			w := watch(t, d.path)
			w.live(100)
			tt.do(d)
			w.live(tt.rows)
			d.call(testNow)
			w.live(tt.rows + 1)
		})
	}
}

// What happens to the table while it is loaded is either seen or makes the load
// begin again.
func TestChangedWhileLoading(t *testing.T) {
	tests := []struct {
		name string
		do   func(d *donna)
		rows int64
	}{
		{"rows added", func(d *donna) { d.calls(10, testNow) }, 110},
		{"newest deleted", func(d *donna) { d.exec("DELETE FROM invocation_log WHERE rowid > 95") }, 95},
		{"migrated", func(d *donna) { d.exec("ALTER TABLE invocation_log ADD COLUMN extra") }, 100},
		{"checkpoint", func(d *donna) { d.exec("PRAGMA wal_checkpoint(TRUNCATE)") }, 100},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDonna(t, t.TempDir())
			d.calls(100, testNow)
			w := watch(t, d.path)
			w.onDB = func() { w.onDB = nil; tt.do(d) } // the first is the view of the last day
			w.live(tt.rows)
			d.call(testNow)
			w.live(tt.rows + 1)
		})
	}
}

func TestBreaksInMidLife(t *testing.T) {
	tests := []struct {
		name      string
		do        func(t *testing.T, path string)
		transient bool
		words     string
	}{
		{"removed", func(t *testing.T, path string) { os.Remove(path) }, false, "no donna_tasks.db"},
		{"emptied", func(t *testing.T, path string) { os.Truncate(path, 0) }, false, "empty (0 bytes)"},
		{"cut short", func(t *testing.T, path string) { os.Truncate(path, 20<<10) }, false, "damaged or was cut short"},
		{"overwritten", func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(strings.Repeat("garbage ", 10_000)), 0o644); err != nil {
				t.Fatal(err)
			}
		}, false, "not an SQLite database"},
		{"table dropped", func(t *testing.T, path string) { execFile(t, path, "DROP TABLE invocation_log") }, false, "without the table"},
	}
	for _, tt := range tests {
		for _, running := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/running=%v", tt.name, running), func(t *testing.T) {
				d := newDonna(t, t.TempDir())
				d.calls(300, testNow)
				d.exec("PRAGMA wal_checkpoint(TRUNCATE)")
				backup := filepath.Join(t.TempDir(), "backup")
				copyFile(t, d.path, backup)
				if !running {
					d.close()
				}
				w := watch(t, d.path)
				w.live(300)
				tt.do(t, d.path)
				w.troubled(data.StateStale, tt.transient, tt.words)
				if len(w.dbs) == 0 || w.dbs[len(w.dbs)-1].Invocations.Rows != 300 {
					t.Error("the last good view is gone")
				}
				d.close()
				for _, suffix := range []string{"", "-wal", "-shm"} {
					os.Remove(d.path + suffix)
				}
				copyFile(t, backup, d.path)
				w.live(300)
			})
		}
	}
}

// A failed read that cost much is not repeated every second while nothing changes.
func TestBacksOff(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.calls(300, testNow)
	d.close()
	if err := os.Truncate(d.path, 20<<10); err != nil {
		t.Fatal(err)
	}
	w := watch(t, d.path)
	reports := 0
	for range 60 {
		before := len(w.states)
		w.next()
		if len(w.states) > before {
			reports++
		}
	}
	if reports < 3 || reports > 8 {
		t.Errorf("%d tries in a minute", reports)
	}
	if next := w.state.NextTry.Sub(w.clock.Now()); next > maxBackoff {
		t.Errorf("next try in %v", next)
	}
}
