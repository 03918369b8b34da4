package logfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A candidate is a path that leads to a regular file right now.
type candidate struct {
	path string
	info fs.FileInfo
}

// discover lists what the paths and globs lead to, in their order, and says what is wrong with those that lead nowhere.
func discover(paths []string, follow bool) (found []candidate, faults []string) {
	waiting := "check the path"
	if follow {
		waiting = "waiting for it to appear"
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil && isGlob(path) {
			matches, _ := filepath.Glob(path) // New has checked the pattern
			seen := false
			for _, match := range matches {
				info, err := os.Stat(match)
				switch {
				case errors.Is(err, fs.ErrNotExist): // gone since, or a link to nowhere
				case err != nil:
					faults = append(faults, describe(match, err))
				case info.Mode().IsRegular():
					found = append(found, candidate{match, info})
					seen = true
				}
			}
			if !seen {
				faults = append(faults, fmt.Sprintf("no file matches %s; %s", path, waiting))
			}
			continue
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			faults = append(faults, fmt.Sprintf("%s: no such file; %s", path, waiting))
		case err != nil:
			faults = append(faults, describe(path, err))
		case info.IsDir():
			faults = append(faults, fmt.Sprintf("%s is a directory; name the files in it, such as %s", path, filepath.Join(path, "*.log")))
		case !info.Mode().IsRegular():
			faults = append(faults, fmt.Sprintf("%s is not a regular file; pipe it in and give - for standard input", path))
		default:
			found = append(found, candidate{path, info})
		}
	}
	return found, faults
}

// isGlob tells whether path has any of the characters that filepath.Match treats specially.
func isGlob(path string) bool { return strings.ContainsAny(path, `*?[`) }

// describe says in one line what err means for the reader of path, and what to do.
func describe(path string, err error) string {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Sprintf("%s: permission denied; run donnatop as a user who may read it", path)
	}
	return fmt.Sprintf("%s: %v", path, err)
}
