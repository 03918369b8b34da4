package doctor_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/doctor"
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// findings runs one check on a clock that stands still.
func findings(t *testing.T, c doctor.Check) []doctor.Finding {
	t.Helper()
	return doctor.Run(t.Context(), clockwork.NewFakeClockAt(noon), time.Second, []doctor.Check{c})
}

// lines are findings as text.
func lines(all []doctor.Finding) (out []string) {
	for _, f := range all {
		text := fmt.Sprintf("%s %s: %s", f.State, f.Name, f.Detail)
		if f.Fix != nil {
			text += " -> " + *f.Fix
		}
		out = append(out, text)
	}
	return out
}

func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan bool)
		check := func(name string, run func(report func(doctor.Finding))) doctor.Check {
			return doctor.Check{Name: name, Run: func(_ context.Context, report func(doctor.Finding)) { run(report) }}
		}
		began := time.Now()
		got := doctor.Run(t.Context(), clockwork.NewRealClock(), 5*time.Second, []doctor.Check{
			check("slow", func(report func(doctor.Finding)) { time.Sleep(4 * time.Second); report(doctor.Good("slow", "at last")) }),
			check("hung", func(func(doctor.Finding)) { <-stuck }),
			check("half", func(report func(doctor.Finding)) {
				report(doctor.Warn("half", "odd", "look"))
				<-stuck
				report(doctor.Good("half", "too late"))
			}),
			check("mad", func(func(doctor.Finding)) { panic("oh no") }),
			check("silent", func(func(doctor.Finding)) {}),
			check("fast", func(report func(doctor.Finding)) { report(doctor.Good("fast", "fine")) }),
		})
		if took := time.Since(began); took != 5*time.Second {
			t.Errorf("took %v: the checks don't run side by side, or one was waited for", took)
		}
		text := lines(got)
		if len(text) != 7 || !strings.HasPrefix(text[4], "failed mad: internal error in this check: oh no -> please report it") {
			t.Fatalf("%q", text)
		}
		text[4] = ""
		want := []string{
			"ok slow: at last",
			"failed hung: no answer within 5s -> see whether it hangs, or give it longer with --wait",
			"warning half: odd -> look",
			"failed half_rest: no answer to the rest within 5s -> see whether it hangs, or give it longer with --wait",
			"",
			"failed silent: the check ended without finding anything out",
			"ok fast: fine",
		}
		if diff := cmp.Diff(want, text); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		close(stuck)
	})
}

// TestRunInterrupted ends with its context, whatever hangs.
func TestRunInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	hung := doctor.Check{Name: "hung", Run: func(context.Context, func(doctor.Finding)) { <-t.Context().Done() }}
	if got := doctor.Run(ctx, clockwork.NewFakeClock(), time.Hour, []doctor.Check{hung}); len(got) != 1 || got[0].State != doctor.Failed {
		t.Errorf("%q", lines(got))
	}
}

func TestReport(t *testing.T) {
	r := doctor.Report{Schema: 1, Checks: []doctor.Finding{doctor.Good("a", "b"), doctor.Fail("c", "d", "e")}}
	text, err := json.Marshal(&r)
	const want = `{"schema":1,"checks":[{"name":"a","state":"ok","detail":"b","fix":null},{"name":"c","state":"failed","detail":"d","fix":"e"}]}`
	if err != nil || string(text) != want || r.Count(doctor.Failed) != 1 || r.Count(doctor.Warning) != 0 {
		t.Errorf("%s, %v", text, err)
	}
}

func TestDatabase(t *testing.T) {
	walBytes := int64(4_200_000)
	good := doctor.Database{Path: "/donna/db/donna_tasks.db", Bytes: 57_085_952, Journal: "wal", Reading: "read with SQLite's locks", WALBytes: &walBytes, Newest: noon.Add(-90 * time.Second)}
	with := func(change func(*doctor.Database)) func() (doctor.Database, error) {
		d := good
		change(&d)
		return func() (doctor.Database, error) { return d, nil }
	}
	for _, tc := range []struct {
		name string
		open func() (doctor.Database, error)
		want []string // the first words of each line
	}{
		{"none", nil, []string{"warning database: not configured -> give --db PATH"}},
		{"missing", func() (doctor.Database, error) {
			return doctor.Database{}, errors.New("/x/donna_tasks.db is locked by another program (a: b): trying again; to see who: sudo fuser -v /x/donna_tasks.db")
		}, []string{"failed database: /x/donna_tasks.db is locked by another program (a: b) -> trying again; to see who: sudo fuser"}},
		{"good", with(func(*doctor.Database) {}), []string{
			"ok database: /donna/db/donna_tasks.db, 57.1 MB, read with SQLite's locks", "ok database_wal: journal mode wal, 4.2 MB in the -wal",
			"ok database_schema: all", "ok database_rows: the newest row is 1 min old",
		}},
		{"odd", with(func(d *doctor.Database) {
			d.Journal, d.WALBytes, d.Newest = "delete", nil, noon.Add(-72*time.Hour)
			d.Missing = []string{"a", "b.c", "d", "e", "f", "g", "h"}
		}), []string{
			"ok database", "warning database_wal: journal mode delete: Donna sets wal", "warning database_schema: older schema without a, b.c, d, e, f, g and 1 more",
			"warning database_rows: the newest row is 3 days old -> see whether Donna runs",
		}},
		{"file mount", with(func(d *doctor.Database) {
			d.Notice, d.Newest = "x is mounted as a single file, so rows (in the -wal beside it) are not visible: mount its directory instead; more", time.Time{}
		}), []string{"ok database", "warning database_wal: x is mounted as a single file, so rows (in the -wal beside it) are not visible -> mount its directory instead",
			"ok database_schema", "warning database_rows: no row in invocation_log has a time"}},
		{"future", with(func(d *doctor.Database) { d.Newest = noon.Add(time.Hour) }),
			[]string{"ok", "ok", "ok", "warning database_rows: the newest row lies 60 min in the future -> set the clocks"}},
	} {
		t.Run(tc.name, func(t *testing.T) { compare(t, findings(t, doctor.CheckDatabase(noon, tc.open)), tc.want) })
	}
}

// compare wants lines that begin so.
func compare(t *testing.T, got []doctor.Finding, want []string) {
	t.Helper()
	text := lines(got)
	if len(text) != len(want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(text, "\n"), strings.Join(want, "\n"))
	}
	for i := range want {
		if !strings.HasPrefix(text[i], want[i]) {
			t.Errorf("got  %s\nwant %s", text[i], want[i])
		}
	}
}

func TestLogFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, noon, noon.Add(-5*time.Minute)); err != nil {
			t.Fatal(err)
		}
		return path
	}
	log, old := write("donna.log", "x\n"), write("donna.log.1.gz", "\x1f\x8b\x08 and so on")
	for _, tc := range []struct {
		name  string
		paths []string
		loki  bool
		want  []string
	}{
		{"none", nil, false, []string{"warning log_files: not configured"}},
		{"none needed", nil, true, []string{"ok log_files"}},
		{"one", []string{log}, false, []string{"ok log_files: 1 readable, 2 B, the last written 5 min ago: " + log}},
		{"missing", []string{dir + "/no.log", log}, false, []string{"failed log_files: " + dir + "/no.log: no such file -> check the path", "ok log_files: 1 readable"}},
		{"compressed", []string{old}, false, []string{"failed log_files: " + old + " is compressed with gzip -> decompress it"}},
		{"compressed beside it", []string{dir + "/donna.log*"}, false, []string{"ok log_files: " + old + " is compressed with gzip: passed over", "ok log_files: 1 readable"}},
		{"standard input", []string{"-"}, false, []string{"ok log_files: standard input is not read"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			compare(t, findings(t, doctor.CheckLogFiles(noon, tc.paths, tc.loki)), tc.want)
		})
	}
}

func TestDonnaConfig(t *testing.T) {
	dir := t.TempDir()
	compare(t, findings(t, doctor.CheckDonnaConfig("")), []string{"warning donna_config: not configured"})
	compare(t, findings(t, doctor.CheckDonnaConfig(dir)), []string{"failed donna_config: none of donna_models.yaml"})
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "donna_models.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("cost: {monthly_budget_usd: 50}\n")
	compare(t, findings(t, doctor.CheckDonnaConfig(dir)), []string{"ok donna_config: " + dir + ": budgets of 20 USD a day and 50 USD a month; not in the files, so by default: the daily budget"})
	write("cost: [\n")
	compare(t, findings(t, doctor.CheckDonnaConfig(dir)), []string{"failed donna_config: parse " + dir})
}

func TestWritable(t *testing.T) {
	dir := t.TempDir()
	exists := func(path string) bool { return path == dir || path == filepath.Dir(dir) }
	fine := func(string) error { return nil }
	compare(t, findings(t, doctor.CheckWritable("d", "", "X", exists, fine)), []string{"warning d: there is no home directory"})
	compare(t, findings(t, doctor.CheckWritable("d", dir, "X", exists, fine)), []string{"ok d: " + dir + " can be written"})
	compare(t, findings(t, doctor.CheckWritable("d", dir+"/a/b", "X", exists, fine)), []string{"ok d: " + dir + "/a/b can be made"})
	denied := func(string) error { return os.ErrPermission }
	readOnly := func(string) error { return syscall.EROFS }
	compare(t, findings(t, doctor.CheckWritable("d", dir, "X", exists, denied)), []string{"warning d: " + dir + " can't be written: permission denied -> sudo chown -R $USER " + dir + " && chmod u+rwx " + dir})
	compare(t, findings(t, doctor.CheckWritable("d", dir+"/a/b", "X", exists, denied)), []string{"warning d: " + dir + "/a/b can't be written: permission denied -> sudo install -d -o $USER " + dir + "/a/b"})
	compare(t, findings(t, doctor.CheckWritable("d", "/a/b", "X", func(p string) bool { return p == "/" }, readOnly)), []string{"warning d: /a/b can't be written: read-only file system -> use a directory that can be written: export X=DIR"})
}

// fakeSource says what a test wants.
type fakeSource func(ctx context.Context, sink data.Sink) error

func (fakeSource) Name() string                                    { return "fake" }
func (f fakeSource) Run(ctx context.Context, sink data.Sink) error { return f(ctx, sink) }

func TestDocker(t *testing.T) {
	ill := "DOWN"
	run := func(st data.SourceState, v *data.ContainerView) data.Source {
		return fakeSource(func(ctx context.Context, sink data.Sink) error {
			sink.SetState(data.SourceDocker, data.SourceState{State: data.StateConnecting})
			if v != nil {
				sink.(interface{ SetContainers(*data.ContainerView) }).SetContainers(v)
			}
			sink.SetState(data.SourceDocker, st)
			<-ctx.Done()
			return nil
		})
	}
	live := data.SourceState{State: data.StateLive}
	for _, tc := range []struct {
		name   string
		source data.Source
		off    bool
		want   []string
	}{
		{"off", nil, true, []string{"ok docker"}},
		{"none", nil, false, []string{"warning docker: not configured"}},
		{"denied", run(data.SourceState{State: data.StateFailed, Detail: "permission denied on /run/d.sock: add your user to its group"}, nil), false,
			[]string{"failed docker: permission denied on /run/d.sock -> add your user to its group"}},
		{"fine", run(live, &data.ContainerView{At: noon, Containers: []data.ContainerStatus{{Name: "donna-api", ID: "1", State: "running"}}}), false,
			[]string{"ok docker: the engine answers; 1 of Donna's containers are well"}},
		{"ill", run(live, &data.ContainerView{At: noon, Containers: []data.ContainerStatus{{Name: "donna-api", ID: "1", State: "exited"}, {Name: "caddy"}}}), false,
			[]string{"ok docker", "warning containers: " + ill + ": donna-api; MISSING: caddy -> docker ps"}},
		{"nothing", run(live, &data.ContainerView{At: noon}), false, []string{"ok docker", "warning containers: no container's name begins with donna-"}},
		{"gives up", fakeSource(func(context.Context, data.Sink) error { return errors.New("broken") }), false, []string{"failed docker: broken"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			compare(t, findings(t, doctor.CheckDocker(clockwork.NewFakeClockAt(noon), tc.source, tc.off)), tc.want)
		})
	}
}

func TestHost(t *testing.T) {
	run := func(st data.SourceState, v *data.HostView) data.Source {
		return fakeSource(func(_ context.Context, sink data.Sink) error {
			if v != nil {
				sink.(interface{ SetHost(*data.HostView) }).SetHost(v)
			}
			sink.SetState(data.SourceHost, st)
			return nil
		})
	}
	live := data.SourceState{State: data.StateLive}
	mounts := []data.MountUsage{{Mount: "/", TotalBytes: 100, UsedBytes: 40, AvailBytes: 60}, {Mount: "/donna", TotalBytes: 100, UsedBytes: 90, AvailBytes: 10}}
	for _, tc := range []struct {
		name   string
		source data.Source
		want   []string
	}{
		{"none", nil, []string{"warning data_path: not configured"}},
		{"missing", run(data.SourceState{State: data.StateFailed, Detail: "/donna: no such directory"}, nil), []string{"failed data_path: /donna: no such directory"}},
		{"fine", run(live, &data.HostView{At: noon, Mounts: mounts[:1], Heartbeat: noon.Add(-20 * time.Second)}),
			[]string{"ok data_path: /donna can be read", "ok disks: used: / 40 %", "ok heartbeat: the last one of Donna's watcher is 20 s old"}},
		{"full and without heartbeat", run(live, &data.HostView{At: noon, Mounts: mounts}),
			[]string{"ok data_path", "warning disks: nearly full: /donna 90 % -> see what is large: sudo du -xh --max-depth=2 /donna | sort -h | tail", "warning heartbeat: there is no heartbeat file"}},
		{"old heartbeat", run(live, &data.HostView{At: noon, Heartbeat: noon.Add(-10 * time.Minute)}),
			[]string{"ok data_path", "ok disks", "warning heartbeat: the last one of Donna's watcher is 10 min old"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			compare(t, findings(t, doctor.CheckHost(clockwork.NewFakeClockAt(noon), tc.source, "/donna")), tc.want)
		})
	}
}
