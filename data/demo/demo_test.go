package demo

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

var present = time.Date(2026, 6, 1, 15, 0, 0, 0, time.UTC)

// month is one whole history, shared by the tests that only read it.
var month struct {
	sim   *Sim
	db    *sql.DB
	lines []line
}

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "donnatop-demo-")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		month.sim, err = New(context.Background(), Options{Dir: dir, Seed: 7, Start: present, CallsPerDay: 700, Clock: clockwork.NewFakeClockAt(present)})
		if err != nil {
			panic(err)
		}
		defer month.sim.Close()
		if month.db, err = sql.Open("sqlite", "file:"+month.sim.DBPath()+"?mode=ro"); err != nil {
			panic(err)
		}
		defer month.db.Close()
		if month.lines, err = readLines(month.sim.LogPath()); err != nil {
			panic(err)
		}
		return m.Run()
	}())
}

// line is one line of the log; fields is nil where it is not a JSON object.
type line struct {
	text   string
	fields map[string]any
}

func readLines(path string) ([]line, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var lines []line
	for r := bufio.NewReader(f); ; {
		text, err := r.ReadString('\n')
		if err == io.EOF {
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
		l := line{text: strings.TrimSuffix(text, "\n")}
		if strings.HasPrefix(l.text, "{") {
			d := json.NewDecoder(strings.NewReader(strings.NewReplacer(": NaN", ": null", ": Infinity", ": null").Replace(l.text)))
			d.UseNumber()
			if err := d.Decode(&l.fields); err != nil {
				return nil, fmt.Errorf("decode %s: %w", l.text, err)
			}
		}
		lines = append(lines, l)
	}
}

// live starts a short life of its own.
func live(t *testing.T, seed uint64, clock clockwork.Clock, history time.Duration) *Sim {
	t.Helper()
	s, err := New(t.Context(), Options{Dir: t.TempDir(), Seed: seed, Start: present, History: history, CallsPerDay: 900, Clock: clock, Speed: 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// digest sums up the log, every table and the payload files.
func digest(t *testing.T, s *Sim) map[string]string {
	t.Helper()
	sums := map[string]string{}
	log, err := os.ReadFile(s.LogPath())
	if err != nil {
		t.Fatal(err)
	}
	sums["log"] = sum(log)
	db, err := sql.Open("sqlite", "file:"+s.DBPath()+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range tables(t, db) {
		sums[table] = sum(dump(t, db, table))
	}
	var files []byte
	err = fs.WalkDir(os.DirFS(filepath.Join(s.DataDir(), "payloads")), ".", func(path string, _ fs.DirEntry, err error) error {
		files = append(files, path+"\n"...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sums["payloads"] = sum(files)
	return sums
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func tables(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return names
}

func dump(t *testing.T, db *sql.DB, table string) []byte {
	t.Helper()
	rows, err := db.Query(`SELECT rowid, * FROM ` + table + ` ORDER BY rowid`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, places := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		places[i] = &values[i]
	}
	var out bytes.Buffer
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%v\n", values)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
	return out.Bytes()
}

func TestSameSeedSameLife(t *testing.T) {
	const span = 60 * time.Hour
	clock := clockwork.NewFakeClockAt(present)
	first := digest(t, live(t, 3, clock, span))
	again := digest(t, live(t, 3, clock, span))
	for name, want := range first {
		if again[name] != want {
			t.Errorf("%s differs between two lives of one seed", name)
		}
	}
	other := digest(t, live(t, 4, clock, span))
	for _, name := range []string{"log", "invocation_log", "tasks", "escalation_request"} {
		if other[name] == first[name] {
			t.Errorf("%s is the same for two seeds", name)
		}
	}
}

func TestRunLivesWhatAdvanceWrites(t *testing.T) {
	const span = 3 * time.Hour
	clock := clockwork.NewFakeClockAt(present)
	advanced := live(t, 5, clock, 24*time.Hour)
	for _, part := range []time.Duration{time.Second, 47 * time.Minute, span - 47*time.Minute - time.Second} {
		if err := advanced.Advance(t.Context(), part); err != nil {
			t.Fatal(err)
		}
	}

	ran := live(t, 5, clock, 24*time.Hour)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- ran.Run(ctx) }()
	for range 30 { // 3 h at 20 times the speed
		if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		clock.Advance(span / 20 / 30)
	}
	if got, want := ran.Now(), present.Add(span); !got.Equal(want) {
		t.Fatalf("Now() = %v while running, want %v", got, want)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got, want := ran.Now(), advanced.Now(); !got.Equal(want) {
		t.Errorf("Now() = %v after Run, %v after Advance", got, want)
	}
	want := digest(t, advanced)
	for name, got := range digest(t, ran) {
		if got != want[name] {
			t.Errorf("%s differs between Run and Advance", name)
		}
	}
}

func TestClockTellsSimulatedTime(t *testing.T) {
	clock := clockwork.NewFakeClockAt(present.Add(1000 * time.Hour)) // the real time has nothing to do with it
	s := live(t, 1, clock, time.Hour)
	c := s.Clock()
	if !c.Now().Equal(present) {
		t.Errorf("Now() = %v, want the end of the history, %v", c.Now(), present)
	}
	if err := s.Advance(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	if got := c.Since(present); got != time.Minute {
		t.Errorf("Since(start) = %v after a minute", got)
	}
	if got := c.Until(present); got != -time.Minute {
		t.Errorf("Until(start) = %v after a minute", got)
	}
	timer := c.NewTimer(time.Second)
	clock.Advance(time.Second) // a timer waits in real time
	<-timer.Chan()
}

func TestWriterBehavesLikeDonna(t *testing.T) {
	s := live(t, 2, clockwork.NewFakeClockAt(present), 6*time.Hour)
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(s.DBPath() + suffix); err != nil {
			t.Errorf("while Donna runs: %v", err)
		}
	}
	reader, err := sql.Open("sqlite", "file:"+s.DBPath()+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	var mode string
	var before, after int
	if err := reader.QueryRow(`PRAGMA journal_mode`).Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
	const count = `SELECT count(*) FROM invocation_log`
	if err := reader.QueryRow(count).Scan(&before); err != nil {
		t.Fatal(err)
	}
	if err := s.Advance(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := reader.QueryRow(count).Scan(&after); err != nil {
		t.Fatal(err)
	}
	if after <= before {
		t.Errorf("a reader beside the writer sees %d rows, then %d", before, after)
	}
	if err := reader.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(s.DBPath() + suffix); !os.IsNotExist(err) {
			t.Errorf("after a clean shutdown %s is still there (%v)", suffix, err)
		}
	}
	if err := s.Advance(t.Context(), time.Second); err != ErrClosed {
		t.Errorf("Advance after Close: %v", err)
	}
	if err := s.Run(t.Context()); err != ErrClosed {
		t.Errorf("Run after Close: %v", err)
	}
}

func TestAdvanceStopsWithItsContext(t *testing.T) {
	s := live(t, 1, clockwork.NewFakeClockAt(present), time.Hour)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := s.Advance(ctx, 24*time.Hour); err != context.Canceled {
		t.Errorf("Advance = %v", err)
	}
	if s.Now().After(present.Add(time.Minute)) {
		t.Errorf("a cancelled Advance went on to %v", s.Now())
	}
	if err := s.Advance(t.Context(), -time.Second); err == nil {
		t.Error("Advance went back in time")
	}
}

func TestOptionsRefused(t *testing.T) {
	full := t.TempDir()
	if err := os.WriteFile(filepath.Join(full, "precious"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(full, "precious")
	for name, c := range map[string]struct {
		o    Options
		want string
	}{
		"no folder":        {Options{}, "set Options.Dir"},
		"folder not empty": {Options{Dir: full}, "name an empty or a new one"},
		"a file":           {Options{Dir: file}, "not a directory"},
		"negative history": {Options{Dir: t.TempDir(), History: -1}, "must not be negative"},
		"negative speed":   {Options{Dir: t.TempDir(), Speed: -1}, "must not be negative"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := New(t.Context(), c.o)
			if err == nil {
				s.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q does not say %q", err, c.want)
			}
		})
	}
}

func TestFiles(t *testing.T) {
	s := month.sim
	for _, path := range []string{
		"donna_tasks.db", "donna.log", "healthwatch/heartbeat", ".supabase_last_sync", "backups/*.manual.backup", "payloads/*/*.json",
		"config/donna_models.yaml", "config/dashboard.yaml", "config/agents.yaml", "config/manual_escalation.yaml", "config/calendar.yaml",
	} {
		found, err := filepath.Glob(filepath.Join(s.DataDir(), path))
		if err != nil || len(found) == 0 {
			t.Errorf("%s is missing (%v)", path, err)
		}
	}
	beat, err := os.Stat(filepath.Join(s.DataDir(), "healthwatch", "heartbeat"))
	if err != nil {
		t.Fatal(err)
	}
	if age := s.Now().Sub(beat.ModTime()); age > 30*time.Second {
		t.Errorf("the heartbeat is %v old", age)
	}
	// Every row that points to a payload has one, and every payload a row.
	rows := queryInt(t, `SELECT count(*) FROM invocation_log WHERE payload_path IS NOT NULL`)
	files, err := filepath.Glob(filepath.Join(s.DataDir(), "payloads", "*", "*.json"))
	if err != nil || len(files) != rows {
		t.Errorf("%d payload files for %d rows (%v)", len(files), rows, err)
	}
}

func queryInt(t *testing.T, query string, args ...any) int {
	t.Helper()
	var n int
	if err := month.db.QueryRow(query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestIntegrity(t *testing.T) {
	t.Run("driver", func(t *testing.T) {
		var verdict string
		if err := month.db.QueryRow(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
			t.Errorf("integrity_check: %q, %v", verdict, err)
		}
		if n := queryInt(t, `SELECT count(*) FROM pragma_foreign_key_check`); n != 0 {
			t.Errorf("%d broken foreign keys", n)
		}
	})
	t.Run("sqlite3", func(t *testing.T) {
		cli, err := exec.LookPath("sqlite3")
		if err != nil {
			t.Skip("no sqlite3 command on this machine")
		}
		out, err := exec.CommandContext(t.Context(), cli, "-readonly", month.sim.DBPath(), `PRAGMA integrity_check; PRAGMA foreign_key_check; SELECT version_num FROM alembic_version`).CombinedOutput()
		if err != nil || string(out) != "ok\n"+alembicHead+"\n" {
			t.Errorf("sqlite3 says %q, %v", out, err)
		}
	})
}

func TestSchemaAlone(t *testing.T) {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(Schema()); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`INSERT INTO dashboard_setting VALUES ('a', '10.0', '', ''), ('b', '"10.0"', '', '')`); err != nil {
		t.Fatal(err)
	}
	var a, b string
	if err := db.QueryRow(`SELECT group_concat(typeof(value), ' '), max(value) FROM dashboard_setting`).Scan(&a, &b); err != nil {
		t.Fatal(err)
	}
	if a != "integer text" || b != `"10.0"` {
		t.Errorf("JSON affinity: types %q, value %q", a, b)
	}
	var indexes int
	if err := db.QueryRow(`SELECT count(*) FROM pragma_index_list('invocation_log')`).Scan(&indexes); err != nil || indexes != 8 {
		t.Errorf("invocation_log has %d indexes (%v), Donna's has 8 with the key's", indexes, err)
	}
}

func TestBulk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bulk.db")
	const rows = 5000
	if err := Bulk(t.Context(), path, rows, 30, 1, present); err != nil {
		t.Fatal(err)
	}
	if err := Bulk(t.Context(), path, rows, 30, 1, present); err == nil {
		t.Error("Bulk wrote into an existing file")
	}
	if err := Bulk(t.Context(), path+"2", 0, 30, 1, present); err == nil {
		t.Error("Bulk wrote no rows without complaint")
	}
	db, err := sql.Open("sqlite", "file:"+path+"?immutable=1")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n, types, models, outputs int
	var first, last string
	if err := db.QueryRow(`SELECT count(*), count(DISTINCT task_type), count(DISTINCT model_actual), count(output), min(timestamp), max(timestamp) FROM invocation_log`).
		Scan(&n, &types, &models, &outputs, &first, &last); err != nil {
		t.Fatal(err)
	}
	if n != rows || types != 14 || models != 6 || outputs < rows/2 || outputs > rows*7/10 {
		t.Errorf("%d rows, %d types, %d models, %d outputs", n, types, models, outputs)
	}
	if first < naive(present.AddDate(0, 0, -31)) || last > naive(present) {
		t.Errorf("rows reach from %s to %s", first, last)
	}
	size, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if per := size.Size() / rows; per < 1000 || per > 1700 {
		t.Errorf("%d bytes per row, want about 1200", per)
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		s, err := New(b.Context(), Options{Dir: b.TempDir(), Seed: 1, Start: present})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAdvanceDay is a day with one transaction per row, as a live Donna commits.
func BenchmarkAdvanceDay(b *testing.B) {
	s, err := New(b.Context(), Options{Dir: b.TempDir(), Seed: 1, Start: present, History: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for b.Loop() {
		if err := s.Advance(b.Context(), 24*time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBulk100k(b *testing.B) {
	for b.Loop() {
		if err := Bulk(b.Context(), filepath.Join(b.TempDir(), "bulk.db"), 100_000, 30, 1, present); err != nil {
			b.Fatal(err)
		}
	}
}
