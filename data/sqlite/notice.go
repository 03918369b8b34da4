package sqlite

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// notice is what people should know of a database that can be read.
type notice struct {
	text string
	asOf time.Time // if the data may be older than the last look at it
}

// noticeOf looks at what is odd about an open database.
func noticeOf(d *database) notice {
	var n notice
	var texts []string
	if warning, alone := mountWarning(d.path); warning != "" {
		texts = append(texts, warning)
		if alone {
			n.asOf = d.files.db.ModTime()
		}
	}
	if d.how == unlocked {
		texts = append(texts, fmt.Sprintf("%s-wal lies there without its -shm, as after a copy or a tidied-up crash: starting Donna once mends it", d.path))
	}
	if missing := d.table.missing(recentColumns); len(missing) > 0 {
		names := make([]string, 0, len(missing))
		for name := range missing {
			names = append(names, name)
		}
		slices.Sort(names)
		texts = append(texts, fmt.Sprintf("older schema: %s lacks %s, so figures that need them are empty; start a newer Donna to migrate it", invocationLog, strings.Join(names, ", ")))
	}
	n.text = strings.Join(texts, "; ")
	return n
}

// mountWarning says what the mount a file lies on hides from the reader, or
// nothing. alone means that the file's companions are hidden.
func mountWarning(path string) (warning string, alone bool) {
	f, err := os.Open(mountInfo)
	if err != nil {
		return "", false
	}
	defer f.Close()
	m, ok := mountOf(f, path)
	if !ok {
		return "", false
	}
	return m.warning(path)
}
