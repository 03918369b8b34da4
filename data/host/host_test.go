package host

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
	"github.com/shirou/gopsutil/v4/disk"

	"github.com/donna-project/donnatop/data"
)

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

var start = time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)

// watcher runs a source and waits for what it reports.
type watcher struct {
	data.Sink
	t       *testing.T
	ctx     context.Context
	clock   *clockwork.FakeClock
	reports chan func() // each changes state or view, in order
	state   data.SourceState
	view    *data.HostView
}

func (w *watcher) SetState(source string, st data.SourceState) {
	if source == data.SourceHost {
		w.reports <- func() { w.state = st }
	}
}

func (w *watcher) SetHost(v *data.HostView) { w.reports <- func() { w.view = v } }

// watch runs a source on dir until the test ends, after change.
func watch(t *testing.T, dir string, change func(*Source)) *watcher {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	w := &watcher{t: t, ctx: ctx, clock: clockwork.NewFakeClockAt(start), reports: make(chan func(), 1000)}
	s := NewSource(Options{DataPath: dir, Clock: w.clock})
	if change != nil {
		change(s)
	}
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, w) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return w
}

func (w *watcher) until(what string, ok func() bool) {
	w.t.Helper()
	for !ok() {
		select {
		case report := <-w.reports:
			report()
		case <-w.ctx.Done():
			w.t.Fatalf("%s: not within %v; the state is %+v and the view %+v", what, patience, w.state, w.view)
		}
	}
}

func (w *watcher) untilLoaded() {
	w.t.Helper()
	w.until("loaded", func() bool { return w.state.Loaded && w.view != nil })
}

// write makes a file with so many bytes, and its directories.
func write(t *testing.T, path string, size int) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, make([]byte, size), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tree is Donna's data in a temporary directory.
func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "db/donna_tasks.db"), 1000)
	write(t, filepath.Join(dir, "db/.supabase_last_sync"), 0)
	write(t, filepath.Join(dir, "db/payloads/2026/07/a.json"), 300)
	write(t, filepath.Join(dir, "db/payloads/2026/07/b.json"), 40)
	write(t, filepath.Join(dir, "backups/donna_tasks.db.2026-06-30_030000.manual.backup"), 70)
	write(t, filepath.Join(dir, "workspace/.hidden/x"), 5)
	write(t, filepath.Join(dir, "healthwatch/heartbeat"), 32)
	if err := os.Mkdir(filepath.Join(dir, "logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestReadsDonnasFiles(t *testing.T) {
	dir := tree(t)
	beat, sync := start.Add(-20*time.Second), start.Add(-time.Hour)
	for path, at := range map[string]time.Time{"healthwatch/heartbeat": beat, "db/.supabase_last_sync": sync} {
		if err := os.Chtimes(filepath.Join(dir, path), at, at); err != nil {
			t.Fatal(err)
		}
	}
	before := listing(t, dir)
	w := watch(t, dir, nil)
	w.untilLoaded()

	v := w.view
	if !v.Heartbeat.Equal(beat) || !v.SupabaseSync.Equal(sync) || !v.At.Equal(start) {
		t.Errorf("got %+v", v)
	}
	wantBackup := &data.BackupFile{
		Path: filepath.Join(dir, "backups/donna_tasks.db.2026-06-30_030000.manual.backup"), Label: "manual", Bytes: 70,
		At: time.Date(2026, 6, 30, 3, 0, 0, 0, time.UTC),
	}
	if diff := cmp.Diff(wantBackup, v.Backup); diff != "" {
		t.Errorf("backup (-want +got):\n%s", diff)
	}
	want := []data.DirUsage{
		{Path: filepath.Join(dir, "db"), Bytes: 1340, Files: 4, AsOf: start},
		{Path: filepath.Join(dir, "db/payloads"), Bytes: 340, Files: 2, AsOf: start},
		{Path: filepath.Join(dir, "backups"), Bytes: 70, Files: 1, AsOf: start},
		{Path: filepath.Join(dir, "workspace"), Bytes: 5, Files: 1, AsOf: start},
		{Path: filepath.Join(dir, "vault"), Missing: true, AsOf: start},
		{Path: filepath.Join(dir, "logs"), AsOf: start},
	}
	if diff := cmp.Diff(want, v.Dirs); diff != "" {
		t.Errorf("directories (-want +got):\n%s", diff)
	}
	holding := slices.ContainsFunc(v.Mounts, func(m data.MountUsage) bool {
		return within(dir, m.Mount) && m.TotalBytes > 0 && m.UsedBytes > 0 && m.UsedBytes+m.AvailBytes <= m.TotalBytes
	})
	if !holding {
		t.Errorf("no mount holds %s: %+v", dir, v.Mounts)
	}
	// The machine's own mounts are asked too, and a busy one may be slow for one
	// of them: that is told, and nothing else may be.
	slow := strings.HasSuffix(w.state.Detail, " doesn't answer") && !strings.Contains(w.state.Detail, dir)
	if w.state.State != data.StateLive || w.state.Detail != "" && !slow || !w.state.AsOf.Equal(start) {
		t.Errorf("state is %+v", w.state)
	}
	if diff := cmp.Diff(before, listing(t, dir)); diff != "" {
		t.Errorf("something was changed (-before +after):\n%s", diff)
	}
}

// listing is every path with its mode and time.
func listing(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		out = append(out, fmt.Sprint(path, info.Mode(), info.ModTime()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestLooksAgain(t *testing.T) {
	dir := tree(t)
	w := watch(t, dir, nil)
	w.untilLoaded()
	first := w.view
	write(t, filepath.Join(dir, "backups/donna_tasks.db.2026-07-01_030000.daily.backup"), 9)
	write(t, filepath.Join(dir, "vault/note.md"), 11)
	w.clock.Advance(10 * time.Second)
	w.until("the next look", func() bool { return w.view.At.Equal(start.Add(10 * time.Second)) })
	if w.view.Backup.Label != "daily" || !w.view.Dirs[4].Missing {
		t.Errorf("got %+v", w.view)
	}
	w.clock.Advance(5 * time.Minute)
	w.until("the next walk", func() bool { return w.view.Dirs[4].Bytes == 11 && w.view.Dirs[2].Bytes == 79 })
	if !first.Dirs[4].Missing || first.Backup.Label != "manual" {
		t.Errorf("a published view has changed: %+v", first)
	}
}

func TestDataPath(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, 1)
	tests := []struct {
		name, path string
		state      data.State
		detail     string
	}{
		{"none", "", data.StateAbsent, "no data directory: give --data-path DIR (or DONNA_DATA_PATH)"},
		{"missing", filepath.Join(dir, "no"), data.StateFailed, filepath.Join(dir, "no") + ": no such directory: give Donna's data root with --data-path"},
		{"a file", file, data.StateFailed, file + " is not a directory: give Donna's data root with --data-path"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := watch(t, tt.path, nil)
			w.until("a verdict", func() bool { return w.state.State == tt.state })
			if w.state.Detail != tt.detail || w.state.Transient || w.view != nil {
				t.Errorf("state is %+v, view %+v", w.state, w.view)
			}
		})
	}
	t.Run("appears and goes", func(t *testing.T) {
		later := filepath.Join(dir, "later")
		w := watch(t, later, nil)
		w.until("failed", func() bool { return w.state.State == data.StateFailed })
		write(t, filepath.Join(later, "db/x"), 1)
		w.clock.Advance(10 * time.Second)
		w.until("live", func() bool { return w.state.State == data.StateLive })
		if err := os.RemoveAll(later); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(10 * time.Second)
		w.until("stale", func() bool { return w.state.State == data.StateStale })
		if !w.state.AsOf.Equal(start.Add(10 * time.Second)) {
			t.Errorf("state is %+v", w.state)
		}
	})
}

func TestWalk(t *testing.T) {
	measure := func(path string, b bounds) data.DirUsage {
		s := NewSource(Options{DataPath: path, Clock: clockwork.NewFakeClockAt(start)})
		if b.entries > 0 {
			s.bounds = b
		}
		return s.measure(t.Context(), path)
	}
	t.Run("links are not followed", func(t *testing.T) {
		dir, outside := t.TempDir(), t.TempDir()
		write(t, filepath.Join(outside, "large"), 5000)
		write(t, filepath.Join(dir, "a"), 7)
		for _, err := range []error{
			os.Symlink(outside, filepath.Join(dir, "link")),
			os.Symlink(dir, filepath.Join(dir, "loop")),
			os.Symlink(filepath.Join(outside, "large"), filepath.Join(dir, "file")),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if u := measure(dir, bounds{}); u.Bytes != 7 || u.Files != 1 || u.Problem != "" {
			t.Errorf("got %+v", u)
		}
	})
	t.Run("the directory itself may be a link", func(t *testing.T) {
		dir, link := t.TempDir(), filepath.Join(t.TempDir(), "vault")
		write(t, filepath.Join(dir, "a"), 7)
		if err := os.Symlink(dir, link); err != nil {
			t.Fatal(err)
		}
		if u := measure(link, bounds{}); u.Bytes != 7 || u.Path != link {
			t.Errorf("got %+v", u)
		}
	})
	t.Run("a file with two names counts once", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a"), 7)
		if err := os.Link(filepath.Join(dir, "a"), filepath.Join(dir, "b")); err != nil {
			t.Fatal(err)
		}
		if u := measure(dir, bounds{}); u.Bytes != 7 || u.Files != 1 {
			t.Errorf("got %+v", u)
		}
	})
	t.Run("more entries than one chunk", func(t *testing.T) {
		dir := t.TempDir()
		for i := range 3*chunk + 1 {
			write(t, filepath.Join(dir, fmt.Sprint(i)), 2)
		}
		if u := measure(dir, bounds{}); u.Files != 3*chunk+1 || u.Bytes != 2*u.Files {
			t.Errorf("got %+v", u)
		}
		u := measure(dir, bounds{entries: chunk, time: time.Hour})
		if u.Files != chunk || u.Problem != "it has more than 1024 entries, of which not all are counted" {
			t.Errorf("bounded to one chunk: %+v", u)
		}
	})
	t.Run("bounded in time", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a"), 7)
		if u := measure(dir, bounds{entries: 10, time: -time.Second}); u.Problem != "it can't be walked within -1s" {
			t.Errorf("got %+v", u)
		}
	})
	t.Run("a file instead", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "logs")
		write(t, path, 7)
		if u := measure(path, bounds{}); u.Bytes != 0 || !strings.Contains(u.Problem, "not a directory") {
			t.Errorf("got %+v", u)
		}
	})
	t.Run("unreadable parts are said", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("root reads everything")
		}
		dir := t.TempDir()
		write(t, filepath.Join(dir, "a"), 7)
		write(t, filepath.Join(dir, "closed/b"), 7)
		if err := os.Chmod(filepath.Join(dir, "closed"), 0); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(filepath.Join(dir, "closed"), 0o755) })
		if u := measure(dir, bounds{}); u.Bytes != 7 || !strings.HasPrefix(u.Problem, "1 entries can't be read") {
			t.Errorf("got %+v", u)
		}
	})
}

func TestNewestBackup(t *testing.T) {
	dir := t.TempDir()
	for name, size := range map[string]int{
		"donna_tasks.db.2026-06-01_120000.manual.backup":        1,
		"donna_tasks.db.2026-06-03_120000.pre-migration.backup": 2,
		"another.db.2026-06-02_235959.weekly.backup":            3,
		"donna_tasks.db.2026-06-09_120000.daily.backup":         0, // failed
		"donna_tasks.db.2026-06-10_250000.daily.backup":         4, // no such time
		"donna_tasks.db.2026-06-11_120000.daily.backup.tmp":     5,
		"donna_tasks.db":                                 6,
		"2026-06-12_120000.daily.backup":                 7,
		"donna_tasks.db.2026-06-20_120001.manual.backup": 8, // of the future
	} {
		write(t, filepath.Join(dir, name), size)
	}
	if err := os.Mkdir(filepath.Join(dir, "x.db.2026-06-13_120000.daily.backup"), 0o755); err != nil {
		t.Fatal(err)
	}
	latest := time.Date(2026, 6, 20, 12, 0, 0, 0, time.UTC)
	got := newestBackup(dir, latest)
	if got == nil || got.Label != "pre-migration" || got.Bytes != 2 || !got.At.Equal(time.Date(2026, 6, 3, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("got %+v", got)
	}
	if got := newestBackup(filepath.Join(dir, "none"), latest); got != nil {
		t.Errorf("in no directory: %+v", got)
	}
	if got := newestBackup(t.TempDir(), latest); got != nil {
		t.Errorf("in an empty one: %+v", got)
	}
}

func TestFoldMounts(t *testing.T) {
	mount := func(device, point, fstype string, opts ...string) disk.PartitionStat {
		return disk.PartitionStat{Device: device, Mountpoint: point, Fstype: fstype, Opts: opts}
	}
	tests := []struct {
		name, path string
		mounts     []disk.PartitionStat
		want       []string
	}{
		{"pseudo file systems are left out", "/donna", []disk.PartitionStat{
			mount("/dev/a", "/", "ext4"), mount("tmpfs", "/run", "tmpfs"), mount("overlay", "/var/lib/docker/overlay2/x/merged", "overlay"),
			mount("/dev/loop0", "/snap/core", "squashfs"), mount("/dev/b", "/donna", "xfs"),
		}, []string{"/", "/donna"}},
		{"unless they hold the data", "/donna/x", []disk.PartitionStat{
			mount("overlay", "/", "overlay"), mount("tmpfs", "/donna", "tmpfs"), mount("tmpfs", "/run", "tmpfs"),
		}, []string{"/donna"}},
		{"bind mounts count with their device", "/donna", []disk.PartitionStat{
			mount("/dev/a", "/", "ext4"), mount("/dev/a", "/donna", "ext4", "rw", "bind"), mount("/dev/a", "/b", "ext4", "bind"),
		}, []string{"/"}},
		{"in a container the one with the data stands for the device", "/data/donna", []disk.PartitionStat{
			mount("overlay", "/", "overlay"), mount("/dev/a", "/etc/hosts", "ext4", "bind"), mount("/dev/a", "/data/donna", "ext4", "bind"),
		}, []string{"/data/donna"}},
		{"otherwise the shortest", "/donna", []disk.PartitionStat{
			mount("/dev/a", "/var/lib/docker", "ext4"), mount("/dev/a", "/mnt", "ext4"), mount("/dev/a", "/abc", "ext4"), mount("/dev/b", "/donna", "ext4"),
		}, []string{"/abc", "/donna"}},
		{"a hidden mount doesn't count", "/donna", []disk.PartitionStat{
			mount("/dev/a", "/", "ext4"), mount("/dev/old", "/donna", "ext4"), mount("/dev/new", "/donna", "ext4"),
		}, []string{"/", "/donna"}},
		{"network file systems count", "/x", []disk.PartitionStat{
			mount("nas:/export", "/mnt/nas", "nfs4"), mount("pool/donna", "/donna", "zfs"),
		}, []string{"/donna", "/mnt/nas"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for range 20 { // whatever the order of maps
				var got []string
				for _, m := range foldMounts(tt.mounts, tt.path) {
					if m.Device == "/dev/old" {
						t.Error("the hidden mount is there")
					}
					got = append(got, m.Mountpoint)
				}
				slices.Sort(got)
				if !slices.Equal(got, tt.want) {
					t.Fatalf("got %v, want %v", got, tt.want)
				}
			}
		})
	}
}

func TestHungFileSystem(t *testing.T) {
	release := make(chan struct{})
	asked := make(chan string, 100)
	var source *Source
	w := watch(t, tree(t), func(s *Source) {
		source = s
		s.partitions = func(context.Context) ([]disk.PartitionStat, error) {
			return []disk.PartitionStat{
				{Device: "/dev/a", Mountpoint: "/", Fstype: "ext4"}, {Device: "nas:/x", Mountpoint: "/nas", Fstype: "nfs4"},
				{Device: "sys", Mountpoint: "/sys", Fstype: "sysfs"}, {Device: "gone", Mountpoint: "/gone", Fstype: "ext4"},
			}, nil
		}
		s.usage = func(_ context.Context, path string) (*disk.UsageStat, error) {
			asked <- path
			switch path {
			case "/nas":
				<-release
			case "/sys":
				return &disk.UsageStat{}, nil
			case "/gone":
				return nil, os.ErrPermission
			}
			return &disk.UsageStat{Total: 1000, Used: 600, Free: 300}, nil
		}
	})
	untilHanging := func(want ...string) {
		t.Helper()
		for !slices.Equal(source.hanging(), want) {
			if w.ctx.Err() != nil {
				t.Fatalf("hanging are %v, want %v", source.hanging(), want)
			}
			runtime.Gosched()
		}
	}
	for range 4 {
		<-asked
	}
	untilHanging("/nas")
	w.clock.Advance(2 * time.Second)
	w.untilLoaded()
	if got := w.view.Mounts; len(got) != 1 || got[0] != (data.MountUsage{Mount: "/", Device: "/dev/a", FSType: "ext4", TotalBytes: 1000, UsedBytes: 600, AvailBytes: 300}) {
		t.Errorf("got %+v", got)
	}
	if w.state.State != data.StateLive || w.state.Detail != "/nas doesn't answer" {
		t.Errorf("state is %+v", w.state)
	}
	w.clock.Advance(8 * time.Second)
	w.until("the next look, at once", func() bool { return w.view.At.Equal(start.Add(10 * time.Second)) })
	for range 3 {
		if path := <-asked; path == "/nas" {
			t.Error("the hung file system was asked again")
		}
	}
	close(release)
	untilHanging()
	w.clock.Advance(10 * time.Second)
	w.until("it answers again", func() bool { return len(w.view.Mounts) == 2 && w.state.Detail == "" })
}

func TestHungDataPath(t *testing.T) {
	release, hanging := make(chan struct{}), make(chan struct{})
	hang := make(chan struct{}, 1)
	w := watch(t, tree(t), func(s *Source) {
		mounts := s.partitions
		s.partitions = func(ctx context.Context) ([]disk.PartitionStat, error) {
			select {
			case <-hang:
				close(hanging)
				<-release
			default:
			}
			return mounts(ctx)
		}
	})
	w.untilLoaded()
	hang <- struct{}{}
	w.clock.Advance(10 * time.Second)
	<-hanging
	w.clock.Advance(10 * time.Second)
	w.until("stale", func() bool { return w.state.State == data.StateStale })
	if !strings.Contains(w.state.Detail, "doesn't answer") || !w.state.Transient || !w.state.AsOf.Equal(start) {
		t.Errorf("state is %+v", w.state)
	}
	close(release)
	w.until("live", func() bool { return w.state.State == data.StateLive })
}

func TestSinkWithoutHost(t *testing.T) {
	err := NewSource(Options{DataPath: t.TempDir()}).Run(t.Context(), struct{ data.Sink }{})
	if err == nil || !strings.Contains(err.Error(), "takes none") {
		t.Errorf("got %v", err)
	}
}
