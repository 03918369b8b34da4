package soak

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/donna-project/donnatop/data"
)

// What the environment says: of the test, and of the processes that it starts.
const (
	envFor  = "DONNATOP_SOAK"      // how long, such as 10m
	envSeed = "DONNATOP_SOAK_SEED" // any number; a new one each time if there is none

	envRole  = "DONNATOP_SOAK_ROLE"
	envDir   = "DONNATOP_SOAK_DIR"
	envAddr  = "DONNATOP_SOAK_ADDR"
	envLines = "DONNATOP_SOAK_LINES"
	envBegin = "DONNATOP_SOAK_BEGIN"
	envDied  = "DONNATOP_SOAK_DIED"
	envLate  = "DONNATOP_SOAK_LATE"
)

const (
	together = 4 // visitors at the same time
	// tablesWithin is the time in which a change of the smaller tables shows, and some more.
	tablesWithin = 8 * time.Second
	patience     = 60 * time.Second
	// lateFrom is the length of a soak from which on some lines come late: what finds
	// them is the comparison of counts, once a minute.
	lateFrom = 3 * time.Minute
)

// What may be left per row and line that arrived, and in all, beyond what was there
// when half of the time was over: single rows of two days and moments of counted lines
// are kept for the figures, and the set of known lines grows to its bound.
const (
	bytesPerRow  = 200
	bytesPerLine = 40
	slack        = 24 << 20 // garbage that a snapshot under way still holds
)

func TestMain(m *testing.M) {
	role := map[string]func() error{"donna": runDonna, "loki": serveLoki}[os.Getenv(envRole)]
	if role == nil {
		os.Exit(m.Run())
	}
	if err := role(); err != nil {
		fmt.Fprintln(os.Stderr, os.Getenv(envRole)+":", err)
		os.Exit(1)
	}
}

// fire is one soak.
type fire struct {
	*testing.T
	seed  uint64
	rng   *rand.Rand
	in    inputs
	lines *stream
	begin time.Time
	late  bool

	donna    *process
	loki     *process
	died     time.Time // when Loki was killed last
	system   *system
	door     *door
	visitors *visitors
	log      *record
}

func TestSoak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv(envFor))
	if err != nil {
		t.Skipf("set %s to a time such as 10m (make soak)", envFor)
	}
	f := &fire{T: t, seed: uint64(time.Now().UnixNano()), log: &record{}, late: length >= lateFrom}
	if text := os.Getenv(envSeed); text != "" {
		if f.seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %d: repeat with %s=%d %s=%s", f.seed, envSeed, f.seed, envFor, length)
	f.rng = rand.New(rand.NewPCG(f.seed, 1))
	before := runtime.NumGoroutine()
	f.light()
	f.burn(length)
	f.settle()
	f.compare()
	f.extinguish(before)
}

// light starts everything, and waits until all sources are live.
func (f *fire) light() {
	dir := f.TempDir()
	f.donna = f.start("donna", envDir+"="+filepath.Join(dir, "donna"))
	f.donna.says(f, "ready")
	f.begin = time.Now().Truncate(time.Millisecond)
	var err error
	log := filepath.Join(dir, "donna", "donna.log")
	if f.lines, err = readStream(log, f.begin, f.late, f.seed); err != nil {
		f.Fatal(err)
	}
	f.in = inputs{
		clock: newClock(), db: filepath.Join(dir, "donna", "donna_tasks.db"), config: filepath.Join(dir, "donna", "config"),
		loki: "127.0.0.1:0", cacheDir: f.fullDisk(), log: slog.New(slog.NewJSONHandler(f.log, nil)),
	}
	f.startLoki()
	f.system = start(f.T, f.in, f.lines)
	if f.visitors, err = newVisitors("", f.seed); err != nil {
		f.Fatal(err)
	}
	f.door = open(f.T, f.system, f.in, f.visitors.key.PublicKey())
	f.visitors.address = f.door.address
	f.eventually("all sources are live", f.live)
}

// fullDisk is a cache directory on a file system without room, "" if none can be made here.
func (f *fire) fullDisk() string {
	dir := f.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		f.Logf("the cache's disk is not full: mount a tmpfs: %v", err)
		return dir
	}
	f.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			f.Error(err)
		}
	})
	_ = os.WriteFile(filepath.Join(dir, "full"), make([]byte, 1<<20), 0o600) // as much as goes in
	return dir
}

func (f *fire) live() bool {
	s := f.system.hub.Snapshot()
	for _, name := range []string{data.SourceDB, data.SourceLoki, data.SourceConfig} {
		if st := s.Sources[name]; st.State != data.StateLive || !st.Loaded {
			return false
		}
	}
	return true
}

// burn lets things happen, one of each kind before any a second time, and takes
// measure now and then when nobody looks.
func (f *fire) burn(length time.Duration) {
	ctx, cancel := context.WithTimeout(f.Context(), length)
	defer cancel()
	events := []func(context.Context){f.killLoki, f.restore, f.clockAhead, f.clockBack, f.breakConfig}
	var measures []measure
	every := max(length/8, 6*time.Second)
	begin := time.Now()
	for ctx.Err() == nil {
		round, leave := context.WithCancel(ctx)
		f.visitors.come(round, together, func(err error) { f.Error(err) })
		until := time.Now().Add(every)
		for _, i := range f.rng.Perm(len(events)) {
			if time.Now().After(until) || !pause(ctx, time.Duration(500+f.rng.IntN(2500))*time.Millisecond) {
				break
			}
			events[i](ctx)
		}
		pause(ctx, time.Until(until))
		leave()
		f.visitors.running.Wait()
		m := f.measure(time.Since(begin))
		measures = append(measures, m)
		f.Log(m)
	}
	f.judge(measures)
	if f.visitors.sessions.Load() == 0 || f.visitors.shown.Load() == 0 {
		f.Error("nobody saw anything")
	}
	f.Logf("%d sessions saw %d KB; %d left before the first frame", f.visitors.sessions.Load(), f.visitors.shown.Load()>>10, f.visitors.blank.Load())
}

// killLoki ends Loki at once and starts it again after a moment.
func (f *fire) killLoki(ctx context.Context) {
	f.loki.kill()
	f.died = time.Now()
	f.Logf("%s Loki is killed", f.at())
	pause(ctx, time.Duration(200+f.rng.IntN(4000))*time.Millisecond)
	f.startLoki()
}

func (f *fire) startLoki() {
	var died int64
	if !f.died.IsZero() {
		died = f.died.UnixNano()
	}
	env := []string{
		envAddr + "=" + f.in.loki, envLines + "=" + filepath.Join(filepath.Dir(f.in.db), "donna.log"),
		fmt.Sprintf("%s=%d", envBegin, f.begin.UnixNano()), fmt.Sprintf("%s=%d", envDied, died),
	}
	if f.late {
		env = append(env, envLate+"=1")
	}
	f.loki = f.start("loki", env...)
	f.in.loki = f.loki.line(f)
}

// restore puts an older copy in the place of the database.
func (f *fire) restore(context.Context) {
	f.Logf("%s the database is restored", f.at())
	f.donna.tell(f, "restore")
	f.donna.says(f, "restored")
}

func (f *fire) clockAhead(ctx context.Context) { f.setClock(ctx, 3*time.Hour) }
func (f *fire) clockBack(ctx context.Context)  { f.setClock(ctx, -30*time.Minute) }

// setClock sets the clock wrong, by up to most, and right again.
func (f *fire) setClock(ctx context.Context, most time.Duration) {
	by := time.Duration(f.rng.Float64() * float64(most))
	f.Logf("%s the clock is set by %v", f.at(), by)
	f.in.clock.set(by)
	pause(ctx, time.Duration(1000+f.rng.IntN(2500))*time.Millisecond)
	f.in.clock.set(0)
}

// breakConfig leaves half a file in the place of Donna's configuration for a moment.
func (f *fire) breakConfig(ctx context.Context) {
	file := filepath.Join(f.in.config, "donna_models.yaml")
	text, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	f.Logf("%s the configuration is broken", f.at())
	write(f.T, file, string(text[:len(text)/2])+"\n  - ]")
	f.eventually("the configuration is stale", func() bool {
		return f.system.hub.Snapshot().Sources[data.SourceConfig].State == data.StateStale
	})
	write(f.T, file, string(text))
}

func (f *fire) at() string { return time.Since(f.begin).Round(100 * time.Millisecond).String() }

// measure is how much there is when nobody looks.
type measure struct {
	after      time.Duration
	heap       uint64
	goroutines int
	rows       int64
	lines      int64
}

func (m measure) String() string {
	return fmt.Sprintf("%v: heap %.1f MB, %d goroutines, %d rows, %d lines", m.after.Round(time.Second), float64(m.heap)/1e6, m.goroutines, m.rows, m.lines)
}

// measure waits until the last session is gone, and everything of it.
func (f *fire) measure(after time.Duration) measure {
	f.Helper()
	f.eventually("the sessions have ended", func() bool { return f.door.Sessions() == 0 })
	f.eventually("nothing is left of the sessions", func() bool { return len(goroutines(ofSessions...)) == 0 })
	runtime.GC()
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	m := measure{after: after, heap: mem.HeapAlloc, goroutines: runtime.NumGoroutine()}
	if db := f.system.hub.Snapshot().DB; db != nil && db.Invocations != nil {
		m.rows = db.Invocations.Rows
	}
	m.lines, _, _ = f.system.ledger.counts()
	return m
}

// ofSessions are functions in which goroutines of a session stand, and no others.
var ofSessions = []string{"ui/serve.(*visit)", "bubbletea", "ultraviolet", "x/crypto/ssh.", "ui.(*Model)", "ui/views."}

// goroutines are the stacks that hold one of the words.
func goroutines(words ...string) []string {
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	var found []string
	for _, stack := range strings.Split(string(buf), "\n\n") {
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(stack, w) }) {
			found = append(found, stack)
		}
	}
	return found
}

// judge compares the last measure with the one at half time: what more there is in
// memory has to be what came in since then.
func (f *fire) judge(all []measure) {
	if len(all) < 2 {
		f.Errorf("%d measures are too few", len(all))
		return
	}
	half, last := all[len(all)/2-1], all[len(all)-1]
	grown := int64(last.heap) - int64(half.heap)
	allowed := slack + bytesPerRow*max(0, last.rows-half.rows) + bytesPerLine*(last.lines-half.lines)
	if grown > allowed {
		f.Errorf("the heap has grown by %d bytes since %v, where %d rows and %d lines explain %d",
			grown, half.after, last.rows-half.rows, last.lines-half.lines, allowed)
	}
	// idle connections to Loki, and the reading of its history, come and go
	if last.goroutines > half.goroutines+8 {
		f.Errorf("%d goroutines, %d at half time:\n%s", last.goroutines, half.goroutines, strings.Join(goroutines("goroutine"), "\n\n"))
	}
	f.Logf("heap: %+d bytes for %d rows and %d lines since half time, %d allowed", grown, last.rows-half.rows, last.lines-half.lines, allowed)
}

// settle ends what Donna does, and waits until all of it has arrived.
func (f *fire) settle() {
	f.donna.tell(f, "stop")
	rows, err := strconv.ParseInt(f.donna.line(f), 10, 64)
	if err != nil {
		f.Fatal(err)
	}
	end := time.Now()
	res, err := http.Post(fmt.Sprintf("http://%s/end?at=%d", f.in.loki, end.UnixNano()), "", nil)
	if err != nil {
		f.Fatal(err)
	}
	res.Body.Close()
	n := f.lines.from(end)
	wait := patience
	if f.late {
		wait = lateBy + 3*time.Minute // the next comparison of counts but one
	}
	if !f.within(wait, func() bool { _, missing := f.system.ledger.missing(n); return missing == 0 }) {
		some, missing := f.system.ledger.missing(n)
		st := f.system.hub.Snapshot().Sources[data.SourceLoki]
		f.Errorf("%d of %d lines are lost, first of %v (%v after the begin); the source says %+v", missing, n, some, f.lines.at(some[0]).Sub(f.begin), st)
	}
	came, doubled, foreign := f.system.ledger.counts()
	if doubled != 0 || foreign != 0 {
		f.Errorf("%d lines came twice, %d were never printed", doubled, foreign)
	}
	f.eventually(fmt.Sprintf("all %d rows", rows), func() bool {
		db := f.system.hub.Snapshot().DB
		return db != nil && db.Invocations != nil && db.Invocations.Rows == rows
	})
	f.eventually("all sources are live again", f.live)
	st := f.system.hub.Snapshot().Sources[data.SourceLoki]
	if st.Lost != 0 || len(st.Gaps) != 0 {
		f.Errorf("at the end Loki has %d lines lost and gaps %v", st.Lost, st.Gaps)
	}
	f.Logf("%d rows, %d lines, each once", rows, came)
}

// compare holds all figures against those of a donnatop that starts now.
func (f *fire) compare() {
	pause(f.Context(), tablesWithin)
	now := f.in.clock.stop()
	fresh := f.in
	fresh.cacheDir = ""
	other := start(f.T, fresh, f.lines)
	defer other.end()
	f.eventually("the fresh load is complete", func() bool { return other.hub.Snapshot().Settled() && other.hub.Snapshot().Answered() })
	ours, theirs := f.system.hub.Publish(), other.hub.Publish()
	if !ours.At.Equal(now) || !theirs.At.Equal(now) {
		f.Fatalf("figures as of %v and %v, not %v", ours.At, theirs.At, now)
	}
	_, doubled, foreign := other.ledger.counts()
	if doubled != 0 || foreign != 0 {
		f.Errorf("of the fresh load, %d lines came twice, %d were never printed", doubled, foreign)
	}
	for _, view := range data.Views() {
		if view == "overview" || view == "logs" { // of lines at hand, which differ: a fresh start reads fewer
			continue
		}
		if diff := cmp.Diff(f.report(theirs, view), f.report(ours, view), sums); diff != "" {
			f.Errorf("%s differs from a fresh load (-fresh +ours):\n%s", view, cut(diff, 4000))
		}
	}
}

// sums are equal whatever the order in which they were added up.
var sums = cmpopts.EquateApprox(1e-9, 1e-9)

// report are the figures of one view.
func (f *fire) report(s *data.Snapshot, view string) (figures any) {
	f.Helper()
	r, err := data.NewReport(s, data.Window24h, []string{view})
	if err != nil {
		f.Fatal(err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		f.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		f.Fatal(err)
	}
	for _, key := range []string{"schema", "now", "window", "notes", "sources"} {
		delete(all, key)
	}
	return all
}

// extinguish ends everything, and nothing may be left.
func (f *fire) extinguish(before int) {
	if err := f.door.close(); err != nil {
		f.Error(err)
	}
	f.system.end()
	f.loki.kill()
	http.DefaultClient.CloseIdleConnections()
	if !f.within(patience, func() bool { return runtime.NumGoroutine() <= before }) {
		f.Errorf("%d goroutines are left, %d were there before:\n%s", runtime.NumGoroutine(), before, strings.Join(goroutines("goroutine"), "\n\n"))
	}
	if text := f.log.String(); strings.Contains(text, "panick") {
		f.Errorf("the log tells of a panic:\n%s", text)
	}
	if f.in.cacheDir != "" && !strings.Contains(f.log.String(), "rollup_cache_not_written") {
		if _, err := os.Stat(filepath.Join(f.in.cacheDir, "full")); err == nil {
			f.Error("nobody noticed that the cache's disk is full")
		}
	}
}

func (f *fire) eventually(what string, holds func() bool) {
	f.Helper()
	if !f.within(patience, holds) {
		states, _ := json.Marshal(f.system.hub.Snapshot().Sources)
		f.Fatalf("never: %s; the sources are %s", what, states)
	}
}

// within tells whether a condition about real processes comes to hold.
func (f *fire) within(d time.Duration, holds func() bool) bool {
	deadline := time.Now().Add(d)
	for !holds() {
		if time.Now().After(deadline) || !pause(f.Context(), 50*time.Millisecond) {
			return false
		}
	}
	return true
}

// process is one that the soak started.
type process struct {
	name  string
	cmd   *exec.Cmd
	in    io.Writer
	lines chan string
}

func (f *fire) start(role string, env ...string) *process {
	f.Helper()
	exe, err := os.Executable()
	if err != nil {
		f.Fatal(err)
	}
	p := &process{name: role, cmd: exec.Command(exe, "-test.run=^$"), lines: make(chan string, 10)}
	p.cmd.Env = append(os.Environ(), append(env, envRole+"="+role, fmt.Sprintf("%s=%d", envSeed, f.seed))...)
	p.cmd.Stderr = os.Stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		f.Fatal(err)
	}
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		f.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		f.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			p.lines <- s.Text()
		}
	}()
	f.Cleanup(p.kill)
	return p
}

// line is the next thing a process says.
func (p *process) line(f *fire) string {
	f.Helper()
	select {
	case line, ok := <-p.lines:
		if !ok {
			f.Fatalf("%s has ended", p.name)
		}
		return line
	case <-time.After(2 * patience):
		f.Fatalf("%s says nothing", p.name)
	}
	return ""
}

func (p *process) says(f *fire, want string) {
	f.Helper()
	if got := p.line(f); got != want {
		f.Fatalf("%s says %q, not %q", p.name, got, want)
	}
}

func (p *process) tell(f *fire, command string) {
	f.Helper()
	if _, err := fmt.Fprintln(p.in, command); err != nil {
		f.Fatalf("tell %s: %v", p.name, err)
	}
}

// kill ends a process without a warning.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// record is a log that several write.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func cut(text string, n int) string {
	if len(text) > n {
		return text[:n] + "..."
	}
	return text
}
