package host

import (
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/donna-project/donnatop/data"
)

// supabaseMark is touched after every complete push.
const supabaseMark = ".supabase_last_sync"

// backupName is how backups are called: <database file>.<time>.<label>.backup,
// the time in UTC (donna-data.md §4.3).
var backupName = regexp.MustCompile(`^.+\.(\d{4}-\d{2}-\d{2}_\d{6})\.([^.]+)\.backup$`)

const backupTime = "2006-01-02_150405"

// clockSkew is how far ahead of the clock a mark may be dated: files may be stamped by
// another machine. What is dated later than that is of the future, and doesn't count.
const clockSkew = time.Minute

// modTime is when a file was last written; zero if there is none, or only one dated
// after latest.
func modTime(path string, latest time.Time) time.Time {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.ModTime().After(latest) {
		return time.Time{}
	}
	return info.ModTime().UTC()
}

// newestBackup is the backup begun last up to latest; nil if there is none. An empty
// file is what a failed one leaves.
func newestBackup(dir string, latest time.Time) *data.BackupFile {
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var newest *data.BackupFile
	for _, n := range names {
		m := backupName.FindStringSubmatch(n.Name())
		if m == nil {
			continue
		}
		at, err := time.Parse(backupTime, m[1])
		if err != nil || at.After(latest) || newest != nil && !at.After(newest.At) {
			continue
		}
		info, err := n.Info()
		if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
			continue
		}
		newest = &data.BackupFile{Path: filepath.Join(dir, n.Name()), At: at, Label: m[2], Bytes: info.Size()}
	}
	return newest
}
