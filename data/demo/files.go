package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// layout is where the simulated household keeps its files, as Donna's containers mount them.
type layout struct {
	root, db, log, config, payloads, backups, heartbeat, supabase string
}

func layoutOf(root string) layout {
	return layout{
		root: root, db: filepath.Join(root, "donna_tasks.db"), log: filepath.Join(root, "donna.log"), config: filepath.Join(root, "config"),
		payloads: filepath.Join(root, "payloads"), backups: filepath.Join(root, "backups"),
		heartbeat: filepath.Join(root, "healthwatch", "heartbeat"), supabase: filepath.Join(root, ".supabase_last_sync"),
	}
}

// create makes the folders. An existing root must be empty: a demo never writes over anybody's data.
func (d layout) create() error {
	entries, err := os.ReadDir(d.root)
	switch {
	case err == nil && len(entries) > 0:
		return fmt.Errorf("create demo in %s: the folder is not empty; name an empty or a new one", d.root)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("read demo folder: %w", err)
	}
	for _, dir := range []string{d.root, d.config, d.payloads, d.backups, filepath.Dir(d.heartbeat)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("create demo folder: %w", err)
		}
	}
	return nil
}

// writeBackups leaves what `donna backup` left lately: small files, named by time and label.
func (d layout) writeBackups(end time.Time) error {
	for i, age := range []time.Duration{9 * 24 * time.Hour, 51 * time.Hour, 7 * time.Hour} {
		at := end.Add(-age).UTC()
		name := filepath.Join(d.backups, "donna_tasks.db."+at.Format("2006-01-02_150405")+".manual.backup")
		if err := writeAt(name, make([]byte, 16<<10*(i+1)), at); err != nil {
			return err
		}
	}
	return nil
}

// touchMarkers refreshes the watcher's heartbeat and the Supabase marker, whose times of change are what counts.
func (l *life) touchMarkers() {
	if l.db.seeding() {
		return
	}
	l.out.keep(writeAt(l.dir.heartbeat, []byte(aware(l.now)), l.now))
	if !l.lastSupabase.IsZero() {
		l.out.keep(writeAt(l.dir.supabase, nil, l.lastSupabase))
	}
}

func writeAt(path string, body []byte, at time.Time) error {
	if err := os.WriteFile(path, body, 0o644); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		return fmt.Errorf("date file: %w", err)
	}
	return nil
}
