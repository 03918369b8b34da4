package sqlite

import (
	"strings"
	"testing"
)

const mountListing = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw
30 22 0:25 / /proc rw,nosuid - proc proc rw
41 22 254:1 /srv/donna/db /donna/db ro,relatime master:1 - ext4 /dev/vdb rw
42 22 254:1 /srv/db/donna_tasks.db /data/donna_tasks.db ro - ext4 /dev/vdb rw
43 22 0:50 / /mnt/nas\040share rw shared:9 - nfs4 nas:/export rw
44 22 0:51 / /mnt/over rw - ext4 /dev/vdc rw
45 44 0:52 / /mnt/over rw - cifs //nas/x rw
a broken line
46 22 0:53 / /mnt/x`

func TestMountWarnings(t *testing.T) {
	tests := []struct {
		name, path string
		alone      bool
		words      string // empty: no warning
	}{
		{"root", "/home/nick/donna_tasks.db", false, ""},
		{"directory mounted read-only", "/donna/db/donna_tasks.db", false, ""},
		{"file mounted alone", "/data/donna_tasks.db", true, "mount its directory instead"},
		{"beside a file mounted alone", "/data/other.db", false, ""},
		{"network", "/mnt/nas share/donna_tasks.db", false, "network file system (nfs4)"},
		{"name that only begins alike", "/mnt/nas shared/donna_tasks.db", false, ""},
		{"the later mount hides the earlier", "/mnt/over/donna_tasks.db", false, "(cifs)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, ok := mountOf(strings.NewReader(mountListing), tt.path)
			if !ok {
				t.Fatal("no mount")
			}
			text, alone := m.warning(tt.path)
			if alone != tt.alone || (text == "") != (tt.words == "") || !strings.Contains(text, tt.words) {
				t.Errorf("warning %q, alone %v", text, alone)
			}
		})
	}
	if _, ok := mountOf(strings.NewReader(""), "/x"); ok {
		t.Error("a mount from nothing")
	}
}

// FuzzMountOf: whatever the kernel lists, the mount found is one the path lies on.
func FuzzMountOf(f *testing.F) {
	f.Add(mountListing, "/mnt/nas share/donna_tasks.db")
	f.Add("1 2 3 4 / - x", "/a")
	f.Add("1 2 3 4 \\134040 - nfs", "/ 40")
	f.Fuzz(func(t *testing.T, listing, path string) {
		m, ok := mountOf(strings.NewReader(listing), path)
		if ok && !within(path, m.point) {
			t.Errorf("%q is said to lie on %q", path, m.point)
		}
		if text, alone := m.warning(path); alone && text == "" {
			t.Error("a file mounted alone without a word")
		}
	})
}
