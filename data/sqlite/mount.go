package sqlite

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// mountInfo is where Linux lists the mounts this process sees; elsewhere it
// doesn't exist, and nothing is known.
const mountInfo = "/proc/self/mountinfo"

// mount is what matters of the mount a file lies on.
type mount struct {
	point  string
	fsType string
}

// mountOf finds the mount a file lies on in a listing as in proc(5); of mounts
// at the same place the last one hides the others.
func mountOf(listing io.Reader, path string) (m mount, ok bool) {
	lines := bufio.NewScanner(listing)
	for lines.Scan() {
		before, after, found := strings.Cut(lines.Text(), " - ")
		fields := strings.Fields(before)
		if !found || len(fields) < 5 {
			continue
		}
		point := unescapeMount(fields[4])
		if len(point) < len(m.point) || !within(path, point) {
			continue
		}
		fsType, _, _ := strings.Cut(after, " ")
		m, ok = mount{point: point, fsType: fsType}, true
	}
	return m, ok
}

func within(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// unescapeMount undoes the octal escapes of blanks and backslashes.
func unescapeMount(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// networkFS are the types of file systems on which processes of two machines
// can't share the -shm of a WAL.
var networkFS = map[string]bool{
	"nfs": true, "nfs4": true, "cifs": true, "smb3": true, "9p": true, "virtiofs": true, "afs": true, "ceph": true,
	"fuse.sshfs": true, "fuse.s3fs": true, "fuse.rclone": true, "fuse.glusterfs": true,
}

// warning says what the mount hides from a reader of the file, or nothing. alone
// means that the file is mounted without its companions.
func (m mount) warning(path string) (text string, alone bool) {
	switch {
	case m.point == path:
		return fmt.Sprintf("%s is mounted as a single file, so Donna's newest rows (in the -wal beside it) are not visible: mount its directory instead, as in -v /donna/db:%s:ro",
			path, filepath.Dir(path)), true
	case networkFS[m.fsType]:
		return fmt.Sprintf("%s is on a network file system (%s), where a running Donna's newest rows may not be visible: run donnatop on her machine", path, m.fsType), false
	}
	return "", false
}
