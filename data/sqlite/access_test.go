package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
)

// helperEnv makes the test binary a reader run as another user: it reads the
// database named by the variable, prints what became of it, and ends.
const helperEnv = "DONNATOP_TEST_READ"

// otherUser is an unprivileged user other than the one that owns the files.
const otherUser = 65534

func TestMain(m *testing.M) {
	if path := os.Getenv(helperEnv); path != "" {
		fmt.Println(readOnce(path))
		os.Exit(0)
	}
	if path := os.Getenv(watchEnv); path != "" {
		watchOn(path)
		os.Exit(0)
	}
	if job := os.Getenv(residentEnv); job != "" {
		if err := beResident(job); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if path := os.Getenv(writerEnv); path != "" {
		writeMuch(path)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// readOnce loads a database, polls it a few times, and says how it went.
func readOnce(path string) string {
	r := new(recorder)
	s := NewSource(Options{Path: path, Clock: fixedClock{now: testNow}})
	s.begin(r)
	for range 3 {
		s.poll(context.Background())
	}
	s.disconnect()
	rows := int64(-1)
	if len(r.dbs) > 0 {
		rows = r.dbs[len(r.dbs)-1].Invocations.Rows
	}
	return fmt.Sprintf("%s %d %s", r.last().State, rows, r.last().Detail)
}

// readAsOther has the database read by another process, as another user if this
// one may do that.
func readAsOther(t *testing.T, path string) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^$")
	if os.Getuid() == 0 {
		// the test binary may lie where another user can't reach it
		reachable := filepath.Join(openDir(t), "reader")
		if err := os.Link(exe, reachable); err != nil {
			copyFile(t, exe, reachable)
		}
		if err := os.Chmod(reachable, 0o755); err != nil {
			t.Fatal(err)
		}
		cmd.Path = reachable
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: otherUser, Gid: otherUser}}
	}
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), helperEnv+"="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// openDir is a directory that other users can reach, unlike t.TempDir.
func openDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "donnatop-test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// listing describes every file of a directory, and the directory, by all that a
// reader must not change.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	add := func(name string) {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		st := info.Sys().(*syscall.Stat_t)
		fmt.Fprintf(&b, "%s uid=%d gid=%d inode=%d mode=%v size=%d mtime=%s\n", info.Name(), st.Uid, st.Gid, st.Ino, info.Mode(), info.Size(),
			info.ModTime().Format(time.RFC3339Nano))
	}
	add(dir)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		add(filepath.Join(dir, e.Name()))
	}
	return b.String()
}

// situations are the ways a database can lie there. Each gives the
// path, the rows to be seen, and a function that lets Donna write again.
var situations = []struct {
	name string
	make func(t *testing.T, dir string) (path string, write func())
	how  access
}{
	{"running", func(t *testing.T, dir string) (string, func()) {
		d := newDonna(t, dir)
		d.call(testNow)
		return d.path, func() { d.call(testNow) }
	}, locked},
	{"stopped", func(t *testing.T, dir string) (string, func()) {
		d := newDonna(t, dir)
		d.call(testNow)
		d.close()
		return d.path, func() { d.open(); d.call(testNow) }
	}, immutable},
	{"killed", func(t *testing.T, dir string) (string, func()) {
		return killed(t, dir, "", "-wal", "-shm")
	}, locked},
	{"killed, -shm gone", func(t *testing.T, dir string) (string, func()) {
		return killed(t, dir, "", "-wal")
	}, unlocked},
	{"stopped, empty -wal left", func(t *testing.T, dir string) (string, func()) {
		d := newDonna(t, dir)
		d.call(testNow)
		d.close()
		if err := os.WriteFile(d.path+"-wal", nil, 0o644); err != nil {
			t.Fatal(err)
		}
		return d.path, func() { d.open(); d.call(testNow) }
	}, immutable},
	{"stopped, -shm left", func(t *testing.T, dir string) (string, func()) {
		d := newDonna(t, dir)
		d.call(testNow)
		d.close()
		if err := os.WriteFile(d.path+"-shm", make([]byte, 32<<10), 0o644); err != nil {
			t.Fatal(err)
		}
		return d.path, func() { d.open(); d.call(testNow) }
	}, immutable},
}

// killed makes a copy of a running Donna's files: to her own they compare as
// those of a process that was killed.
func killed(t *testing.T, dir string, suffixes ...string) (path string, write func()) {
	t.Helper()
	d := newDonna(t, t.TempDir())
	d.exec("PRAGMA wal_checkpoint(TRUNCATE)") // the schema is in the database, the row in the WAL
	d.call(testNow)
	again := &donna{t: t, path: filepath.Join(dir, FileName), n: d.n}
	for _, s := range suffixes {
		copyFile(t, d.path+s, again.path+s)
	}
	t.Cleanup(again.close)
	return again.path, func() { again.open(); again.call(testNow) }
}

// Nothing in Donna's directory is created, changed or touched, whoever reads and
// however the database lies there, and her next write works.
func TestHarmless(t *testing.T) {
	for _, tt := range situations {
		for _, other := range []bool{false, true} {
			for _, mode := range []os.FileMode{0o777, 0o555} {
				t.Run(fmt.Sprintf("%s/other=%v/%v", tt.name, other, mode), func(t *testing.T) {
					dir := openDir(t)
					path, write := tt.make(t, dir)
					// writable for everybody is the dangerous case; so is unwritable
					files, _ := filepath.Glob(path + "*")
					for _, f := range files {
						if err := os.Chmod(f, mode&0o666); err != nil {
							t.Fatal(err)
						}
					}
					if err := os.Chmod(dir, mode); err != nil {
						t.Fatal(err)
					}
					before := listing(t, dir)
					if other {
						if got := readAsOther(t, path); got != "live 1" && !strings.HasPrefix(got, "live 1 ") {
							t.Errorf("other user: %s", got)
						}
					} else {
						w := watch(t, path)
						w.live(1)
						if after := listing(t, dir); after != before {
							t.Errorf("while connected:\n%swas before:\n%s", after, before)
						}
						w.live(1)
						w.disconnect()
					}
					if after := listing(t, dir); after != before {
						t.Errorf("after:\n%swas before:\n%s", after, before)
					}
					for _, f := range files {
						os.Chmod(f, 0o644)
					}
					os.Chmod(dir, 0o755)
					write()
				})
			}
		}
	}
}

func TestAccessFitsSituation(t *testing.T) {
	for _, tt := range situations {
		t.Run(tt.name, func(t *testing.T) {
			path, write := tt.make(t, t.TempDir())
			d, err := openDatabase(path, path)
			if err != nil {
				t.Fatal(err)
			}
			how := d.how
			d.close()
			if how != tt.how {
				t.Errorf("opened with access %d, want %d", how, tt.how)
			}
			w := watch(t, path)
			w.live(1)
			w.disconnect() // else this process has the -shm mapped read-only, for Donna too
			write()
			w.live(2)
		})
	}
}

func TestUnlockedSaysSo(t *testing.T) {
	path, _ := killed(t, t.TempDir(), "", "-wal")
	w := watch(t, path)
	w.live(1)
	if st := w.last(); !strings.Contains(st.Detail, "without its -shm") || !strings.Contains(st.Detail, "starting Donna") {
		t.Errorf("detail %q", st.Detail)
	}
}

func TestPermission(t *testing.T) {
	tests := []struct {
		name  string
		deny  func(t *testing.T, path string)
		words string
	}{
		{"file", func(t *testing.T, path string) { os.Chmod(path, 0) }, "no permission to read"},
		{"wal", func(t *testing.T, path string) { os.Chmod(path+"-wal", 0) }, "no permission to read"},
		{"shm", func(t *testing.T, path string) { os.Chmod(path+"-shm", 0) }, "no permission to read"},
		{"directory", func(t *testing.T, path string) { os.Chmod(filepath.Dir(path), 0o700) }, "no permission to read"},
	}
	if os.Getuid() != 0 {
		t.Skip("needs root to be two users")
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDonna(t, openDir(t))
			d.call(testNow)
			tt.deny(t, d.path)
			got := readAsOther(t, d.path)
			if !strings.HasPrefix(got, "failed -1 ") || !strings.Contains(got, tt.words) || !strings.Contains(got, "setfacl") {
				t.Errorf("got %s", got)
			}
		})
	}
}

// Reads without locks count only if nothing changed meanwhile.
func TestChangedWhileReadWithoutLocks(t *testing.T) {
	d := newDonna(t, t.TempDir())
	for range 10 {
		d.call(testNow)
	}
	d.close()
	db, err := openDatabase(d.path, d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.close()
	if db.how != immutable {
		t.Fatalf("access %d", db.how)
	}
	if err := db.unmoved(); err != nil {
		t.Fatal(err)
	}
	d.open()
	if err := db.unmoved(); err != errMoved {
		t.Errorf("Donna started, and: %v", err)
	}
	d.call(testNow)
	d.close()
	if err := db.unmoved(); err != errMoved {
		t.Errorf("Donna came, wrote and went, and: %v", err)
	}
}

// A -shm that is cut off under the mapping must not take the process with it.
func TestShmCutOff(t *testing.T) {
	d := newDonna(t, t.TempDir())
	d.call(testNow)
	dir := t.TempDir()
	path := filepath.Join(dir, FileName)
	for _, s := range []string{"", "-wal", "-shm"} {
		copyFile(t, d.path+s, path+s)
	}
	w := watch(t, path)
	w.live(1)
	if err := os.Truncate(path+"-shm", 0); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, testNow, testNow); err != nil {
		t.Fatal(err)
	}
	if st := w.next(); st.State == data.StateLive && w.dbs[len(w.dbs)-1].Invocations.Rows != 1 {
		t.Errorf("state %+v", st)
	}
}

func TestNothingLeaks(t *testing.T) {
	path, _ := killed(t, t.TempDir(), "", "-wal", "-shm")
	count := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("no /proc")
		}
		return len(entries)
	}
	w := watch(t, path)
	w.live(1)
	w.disconnect()
	w.view = nil
	before := count()
	for range 50 {
		w.live(1)
		w.disconnect()
		w.view = nil
	}
	if after := count(); after > before {
		t.Errorf("%d file descriptors, %d before", after, before)
	}
}

// While this process has the database open for writing, as in the demo, reading
// it must not spoil the writer's locks.
func TestBesideAWriterInTheSameProcess(t *testing.T) {
	d := newDonna(t, t.TempDir())
	w := watch(t, d.path)
	for i := range int64(50) {
		d.call(testNow)
		w.live(i + 1)
		if i%10 == 9 {
			w.disconnect()
			w.seen = files{}
		}
	}
	var check string
	if err := d.db.QueryRow("PRAGMA integrity_check").Scan(&check); err != nil || check != "ok" {
		t.Errorf("%s %v", check, err)
	}
	second, err := sql.Open("sqlite", d.path)
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := second.Exec("DELETE FROM daily_budget_extension"); err != nil {
		t.Error(err)
	}
}
