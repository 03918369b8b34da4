package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// most is how many exports of the same table are told apart in one second.
const most = 100

// Save writes what was encoded to a new file in dir that only its owner can read,
// and gives its path. The file is called after the table and the time; one that
// is there is never written over, and a link never followed. What could not be
// written whole is removed.
func Save(dir, table string, f Format, content []byte, now time.Time) (string, error) {
	stem := filepath.Join(dir, "donnatop-"+fileName(table)+"-"+now.UTC().Format("20060102-150405"))
	for i := range most {
		path := fmt.Sprintf("%s.%s", stem, f)
		if i > 0 {
			path = fmt.Sprintf("%s-%d.%s", stem, i+1, f)
		}
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("export: %w", err)
		}
		_, err = file.Write(content)
		if err = errors.Join(err, file.Close()); err != nil {
			return "", errors.Join(fmt.Errorf("export: %w", err), os.Remove(path))
		}
		return path, nil
	}
	return "", fmt.Errorf("export: %d files of this second are there already: %s.%s", most, stem, f)
}

// fileName is a name fit for a file: letters, digits, - and _.
func fileName(name string) string {
	const longest = 60
	name = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '_', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name)
	if name = strings.Trim(name[:min(len(name), longest)], "-"); name == "" {
		return "table"
	}
	return name
}
