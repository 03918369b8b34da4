package host

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/jonboulle/clockwork"
)

// The baseline is filepath.WalkDir with the same sums: it sorts every directory
// and holds it in memory whole.
func BenchmarkWalk(b *testing.B) {
	const dirs, files = 50, 200
	root := b.TempDir()
	for d := range dirs {
		dir := filepath.Join(root, strconv.Itoa(d))
		if err := os.Mkdir(dir, 0o755); err != nil {
			b.Fatal(err)
		}
		for f := range files {
			if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(f)), []byte("x"), 0o644); err != nil {
				b.Fatal(err)
			}
		}
	}
	check := func(b *testing.B, bytes int64) {
		if bytes != dirs*files {
			b.Fatalf("measured %d bytes", bytes)
		}
	}
	b.Run("measure", func(b *testing.B) {
		s := NewSource(Options{DataPath: root, Clock: clockwork.NewRealClock()})
		b.ReportAllocs()
		for b.Loop() {
			check(b, s.measure(b.Context(), root).Bytes)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(dirs*files), "ns/file")
	})
	b.Run("baseline", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var bytes int64
			err := filepath.WalkDir(root, func(_ string, d os.DirEntry, err error) error {
				if err == nil && d.Type().IsRegular() {
					if info, err := d.Info(); err == nil {
						bytes += info.Size()
					}
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			check(b, bytes)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(dirs*files), "ns/file")
	})
}
