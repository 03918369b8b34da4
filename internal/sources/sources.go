// Package sources is for tests that build donnatop and run it as a process.
package sources

import (
	"io/fs"
	"path/filepath"
	"slices"
)

// elsewhere is what donnatop is not built from.
var elsewhere = []string{".git", ".ci", "e2e", "deploy", "bench", "testdata"}

// Note opens the directories of donnatop's sources, which are under root. go test
// gives a result from its cache as long as the test's package, and the files and
// directories that it opened while its tests ran, are as they were; a program that
// it built and ran is not looked at. With this the cache notices that one, too.
func Note(root string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && slices.Contains(elsewhere, d.Name()) {
			return fs.SkipDir
		}
		return err
	})
}
