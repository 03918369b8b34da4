package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/donna-project/donnatop/data"
)

// bounds limit the walk of one directory.
type bounds struct {
	entries int64
	time    time.Duration
}

// A walk is what has been measured so far; done says that it is everything.
type walk struct {
	dirs []data.DirUsage
	done bool
	took time.Duration
}

// unmeasured are Donna's directories before the first walk.
func (s *Source) unmeasured() []data.DirUsage {
	p := s.opts.Paths
	var dirs []data.DirUsage
	for _, path := range []string{p.DB, p.Payloads, p.Backups, p.Workspace, p.Vault, p.Logs} {
		dirs = append(dirs, data.DirUsage{Path: path})
	}
	return dirs
}

// walk measures the directories one after the other and reports after each.
func (s *Source) walk(ctx context.Context, dirs []data.DirUsage, report chan<- walk) {
	began := s.opts.Clock.Now()
	for i := range dirs {
		w := walk{dirs: append([]data.DirUsage(nil), dirs...), done: i == len(dirs)-1}
		w.dirs[i] = s.measure(ctx, dirs[i].Path)
		dirs, w.took = w.dirs, s.opts.Clock.Since(began)
		select {
		case report <- w:
		case <-ctx.Done():
			return
		}
	}
}

// measure sums the sizes of the regular files in and below a directory. Of a file
// with several names one counts. The directory itself may be a symbolic link;
// none below it is followed.
func (s *Source) measure(ctx context.Context, path string) data.DirUsage {
	u := data.DirUsage{Path: path}
	root, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		u.Missing, u.AsOf = true, s.opts.Clock.Now()
		return u
	}
	m := meter{source: s, ctx: ctx, usage: &u, deadline: s.opts.Clock.Now().Add(s.bounds.time), seen: make(map[file]bool)}
	if err != nil {
		m.unread(err)
	} else {
		m.walk(root)
	}
	if m.failed > 0 {
		u.Problem = fmt.Sprintf("%d entries can't be read (%v): run donnatop as a user who may", m.failed, m.why)
	}
	if m.exceeded != "" {
		u.Problem = m.exceeded
	}
	u.AsOf = s.opts.Clock.Now()
	return u
}

// A meter is one directory's measuring.
type meter struct {
	source   *Source
	ctx      context.Context
	usage    *data.DirUsage
	deadline time.Time
	entries  int64
	seen     map[file]bool // files with several names
	failed   int64
	why      error  // the first failure
	exceeded string // the bound that ended it
}

// file identifies a file whatever its name.
type file struct{ device, inode uint64 }

// chunk is how many entries of a directory are read at a time: one may hold
// millions of payloads.
const chunk = 1024

// walk goes through root and all below it.
func (m *meter) walk(root string) {
	for todo := []string{root}; len(todo) > 0; {
		dir := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		// It may have become a link since its parent was read.
		d, err := os.OpenFile(dir, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_DIRECTORY, 0)
		if err != nil {
			m.unread(err)
			continue
		}
		for err == nil && m.goOn() {
			var names []fs.DirEntry
			names, err = d.ReadDir(chunk)
			for _, n := range names {
				m.entries++
				switch {
				case n.IsDir():
					todo = append(todo, filepath.Join(dir, n.Name()))
				case n.Type().IsRegular():
					m.add(n)
				}
			}
		}
		d.Close()
		if err != nil && err != io.EOF {
			m.unread(err)
		}
		if m.exceeded != "" {
			return
		}
	}
}

// goOn tells whether the walk is within its bounds.
func (m *meter) goOn() bool {
	b := m.source.bounds
	switch {
	case m.ctx.Err() != nil:
		m.exceeded = "it was not walked to the end"
	case m.entries >= b.entries:
		m.exceeded = fmt.Sprintf("it has more than %d entries, of which not all are counted", b.entries)
	case m.source.opts.Clock.Now().After(m.deadline):
		m.exceeded = fmt.Sprintf("it can't be walked within %v", b.time)
	}
	return m.exceeded == ""
}

func (m *meter) add(n fs.DirEntry) {
	info, err := n.Info()
	if err != nil {
		m.unread(err)
		return
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok && st.Nlink > 1 {
		f := file{uint64(st.Dev), st.Ino}
		if m.seen[f] {
			return
		}
		m.seen[f] = true
	}
	m.usage.Files++
	m.usage.Bytes += info.Size()
}

// unread counts what couldn't be read; what has gone meanwhile is no loss.
func (m *meter) unread(err error) {
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	m.failed++
	if m.why == nil {
		m.why = err
	}
}
