//go:build linux

package contracttest

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dataRoot is a data directory of Donna's with files of odd kinds, and the sizes.
func dataRoot(t *testing.T) (root string, sizes map[string]any) {
	t.Helper()
	root = t.TempDir()
	write := func(name string, n int) {
		t.Helper()
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, make([]byte, n), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("db/donna_tasks.db-wal", 1000)
	write("db/.supabase_last_sync", 1)
	write("db/payloads/2026-11-18/a.json", 20)
	write("db/payloads/2026-11-18/deeper/b.json", 3)
	write("backups/donna_tasks.db.2026-11-18_020304.manual.backup", 500)
	write("backups/donna_tasks.db.2026-11-17_020304.manual.backup", 400)
	write("workspace/one", 12345)
	for _, err := range []error{
		os.Link(filepath.Join(root, "workspace/one"), filepath.Join(root, "workspace/again")),                   // the same file
		os.Symlink(filepath.Join(root, "backups"), filepath.Join(root, "workspace/link")),                       // not in it
		os.Symlink("/nowhere", filepath.Join(root, "workspace/dangling")),                                       // nothing
		os.Mkdir(filepath.Join(root, "vault"), 0o755), os.Truncate(filepath.Join(root, "workspace/one"), 1<<20), // mostly a hole
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return root, map[string]any{
		"db": int64(1024), "db/payloads": int64(23), "backups": int64(900), "workspace": int64(1 << 20), "vault": int64(0), "logs": nil,
	}
}

// TestDisks asks the kernel for what health.disks and health.data_dirs say.
func TestDisks(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-18T16:17:23.456789Z")
	root, sizes := dataRoot(t)
	synced := at(t, "2026-11-18T15:17:23Z")
	marker := filepath.Join(root, "db/.supabase_last_sync")
	if err := os.Chtimes(marker, synced, synced); err != nil {
		t.Fatal(err)
	}
	got := snapshot(t, now, 0, "--data-path", root, "--logs", writeFile(t, "donna.log", ""), "--view", "health")
	health, _ := got["health"].(map[string]any)

	dirs, _ := health["data_dirs"].([]any)
	for _, d := range dirs {
		o := d.(map[string]any)
		name, _ := filepath.Rel(root, o["path"].(string))
		want, ok := sizes[name]
		if !ok {
			t.Errorf("directory %v", o["path"])
		}
		report(t, differences("data_dirs."+name, want, o["bytes"]))
		delete(sizes, name)
	}
	for name := range sizes {
		t.Errorf("data_dirs: no %s", name)
	}
	for operation, want := range map[string]time.Time{"supabase_push": synced, "backup": at(t, "2026-11-18T02:03:04Z")} {
		for _, o := range health["last_ok"].([]any) {
			if o := o.(map[string]any); o["operation"] == operation {
				report(t, differences(operation+".at", want, o["at"]))
				report(t, differences(operation+".age_s", exact(now.Sub(want).Seconds()), o["age_s"]))
			}
		}
	}
	checkDisks(t, health["disks"], root)
}

func checkDisks(t *testing.T, disks any, root string) {
	t.Helper()
	list, _ := disks.([]any)
	mountinfo, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	points := map[string]string{} // device by mount point
	for l := range strings.Lines(string(mountinfo)) {
		left, right, _ := strings.Cut(l, " - ")
		points[strings.Fields(left)[4]] = strings.Fields(right)[1]
	}
	var seen []string
	holds := false
	for _, d := range list {
		o := d.(map[string]any)
		mount, device := o["mount"].(string), o["device"].(string)
		if points[mount] != device {
			t.Errorf("%s is mounted from %q, not from %q", mount, points[mount], device)
		}
		if slices.Contains(seen, device) {
			t.Errorf("device %s twice", device)
		}
		seen = append(seen, device)
		var s, of syscall.Statfs_t
		if err := syscall.Statfs(mount, &s); err != nil {
			t.Errorf("%s: %v", mount, err)
			continue
		}
		holds = holds || syscall.Statfs(root, &of) == nil && of.Fsid == s.Fsid
		total, used, free := float64(s.Blocks)*float64(s.Bsize), float64(s.Blocks-s.Bfree)*float64(s.Bsize), float64(s.Bavail)*float64(s.Bsize)
		near(t, mount+" total_bytes", total, o["total_bytes"], 0)
		near(t, mount+" used_bytes", used, o["used_bytes"], 0.02*total) // others write meanwhile
		near(t, mount+" used_pct", used/(used+free)*100, o["used_pct"], 2)
	}
	if !holds {
		t.Errorf("none of the disks holds %s: %v", root, show(disks))
	}
}

func near(t *testing.T, what string, want float64, got any, tolerance float64) {
	t.Helper()
	n, _ := got.(json.Number)
	if f, err := n.Float64(); err != nil || math.Abs(f-want) > tolerance {
		t.Errorf("%s: want %v, got %v", what, want, got)
	}
}
