// Package host reads the file systems of Donna's machine: how full they are, how
// large Donna's directories are, and the files that say when something last
// succeeded.
//
// The disks and marker files are read every 10 seconds. Directories are walked
// in the background, at most every 5 minutes and never for more than a fiftieth
// of the time, within bounds of entries and time; a size that a bound cut short
// is marked as partial. Nothing is created or changed, and nothing is waited for
// without end: of a network file system whose server is gone only its own
// figures are missing.
package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/shirou/gopsutil/v4/disk"

	"github.com/donna-project/donnatop/data"
)

// Options say where Donna's files are. Only DataPath is required.
type Options struct {
	// DataPath is the root of Donna's data (DONNA_DATA_PATH), such as /donna.
	DataPath string
	// Paths are places that are not where they are by default.
	Paths Paths
	// Clock paces the work; the real one if nil.
	Clock clockwork.Clock
}

// Paths are the places of Donna's files. Each that is empty is below DataPath:
// db, db/payloads, backups, workspace, vault, logs and healthwatch/heartbeat.
type Paths struct {
	DB, Payloads, Backups, Workspace, Vault, Logs string
	Heartbeat                                     string // a file
}

// Pace and bounds of the work.
const (
	lookEvery   = 10 * time.Second
	lookTimeout = 10 * time.Second // then the data path doesn't answer
	walkEvery   = 5 * time.Minute
	walkShare   = 50 // a walk that took a second isn't repeated for 50
	walkEntries = 2_000_000
	walkTime    = time.Minute // for one directory
	// loadTime is how long the first walk may take before the source counts as
	// loaded without it: a one-shot reading waits no longer.
	loadTime = 3 * time.Second
)

// Sink is what the source reports to.
type Sink interface {
	data.Sink
	// SetHost replaces the view of the host.
	SetHost(v *data.HostView)
}

// Source is Donna's machine as a [data.Source].
type Source struct {
	opts   Options
	bounds bounds
	// The two ways to the kernel, exchanged in tests.
	partitions func(context.Context) ([]disk.PartitionStat, error)
	usage      func(context.Context, string) (*disk.UsageStat, error)

	mu   sync.Mutex
	hung map[string]bool // mounts that have not answered yet

	sink   Sink
	view   data.HostView // the newest; its slices are never changed
	silent []string      // mounts that did not answer at the newest look
	loaded bool
}

// NewSource prepares to read; nothing is touched before [Source.Run].
func NewSource(opts Options) *Source {
	if opts.Clock == nil {
		opts.Clock = clockwork.NewRealClock()
	}
	for _, p := range []struct {
		path *string
		name string
	}{
		{&opts.Paths.DB, "db"}, {&opts.Paths.Payloads, "db/payloads"}, {&opts.Paths.Backups, "backups"},
		{&opts.Paths.Workspace, "workspace"}, {&opts.Paths.Vault, "vault"}, {&opts.Paths.Logs, "logs"},
		{&opts.Paths.Heartbeat, "healthwatch/heartbeat"},
	} {
		if *p.path == "" {
			*p.path = filepath.Join(opts.DataPath, p.name)
		}
	}
	return &Source{
		opts: opts, bounds: bounds{entries: walkEntries, time: walkTime},
		partitions: mounted, usage: disk.UsageWithContext, hung: make(map[string]bool),
	}
}

// Name implements [data.Source].
func (s *Source) Name() string { return data.SourceHost }

// Run implements [data.Source]. It returns an error only for a sink that takes no
// host; whatever else is wrong is reported as a state and tried again.
func (s *Source) Run(ctx context.Context, sink data.Sink) error {
	to, ok := sink.(Sink)
	if !ok {
		return fmt.Errorf("read host: %T takes none", sink)
	}
	s.sink = to
	if s.opts.DataPath == "" {
		s.sink.SetState(data.SourceHost, data.SourceState{State: data.StateAbsent, Detail: "no data directory: give --data-path DIR (or DONNA_DATA_PATH)"})
		return nil
	}
	s.sink.SetState(data.SourceHost, data.SourceState{State: data.StateConnecting})
	s.run(ctx)
	return nil
}

// run reads until ctx ends. All reading is done beside it, as it may hang in the
// kernel, where nothing can interrupt it; hence nothing is waited for at the end
// either.
func (s *Source) run(ctx context.Context) {
	clock := s.opts.Clock
	looks, walks := make(chan look, 1), make(chan walk, 1)
	looked := clock.Now()
	looking := true
	again, walkAgain, patience := clock.NewTicker(lookEvery), clock.NewTimer(walkEvery), clock.NewTimer(loadTime)
	walkAgain.Stop()
	defer again.Stop()
	defer walkAgain.Stop()
	defer patience.Stop()
	s.view.Dirs = s.unmeasured()
	go func() { looks <- s.look(ctx) }()
	go s.walk(ctx, s.view.Dirs, walks)
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.Chan():
			if !looking {
				looking, looked = true, clock.Now()
				go func() { looks <- s.look(ctx) }()
			} else if clock.Since(looked) >= lookTimeout {
				s.fail(problem{detail: s.opts.DataPath + " doesn't answer: is it on a network file system whose server is gone?", transient: true})
			}
		case l := <-looks:
			looking = false
			s.take(l)
		case w := <-walks:
			s.view.Dirs = w.dirs
			if w.done {
				s.loaded = true
				walkAgain.Reset(max(walkEvery, w.took*walkShare))
			}
			s.publish()
		case <-walkAgain.Chan():
			go s.walk(ctx, s.view.Dirs, walks)
		case <-patience.Chan():
			if !s.loaded {
				s.loaded = true
				s.publish()
			}
		}
	}
}

// A look is one reading of all but the sizes of directories.
type look struct {
	view   data.HostView // without Dirs
	silent []string
	err    error
}

func (s *Source) look(ctx context.Context) look {
	info, err := os.Stat(s.opts.DataPath)
	if err != nil {
		return look{err: explain(s.opts.DataPath, err)}
	}
	if !info.IsDir() {
		return look{err: problem{detail: s.opts.DataPath + " is not a directory: give Donna's data root with --data-path"}}
	}
	latest := s.opts.Clock.Now().Add(clockSkew)
	v := data.HostView{
		Heartbeat:    modTime(s.opts.Paths.Heartbeat, latest),
		SupabaseSync: modTime(filepath.Join(s.opts.Paths.DB, supabaseMark), latest),
		Backup:       newestBackup(s.opts.Paths.Backups, latest),
	}
	if v.Mounts, err = s.mounts(ctx); err != nil {
		return look{err: problem{detail: fmt.Sprintf("listing mounts failed: %v", err)}}
	}
	v.At = s.opts.Clock.Now()
	return look{view: v, silent: s.hanging()}
}

func (s *Source) take(l look) {
	if l.err != nil {
		s.fail(l.err)
		return
	}
	l.view.Dirs = s.view.Dirs
	s.view, s.silent = l.view, l.silent
	s.publish()
}

// publish reports the newest view, if the first look is over.
func (s *Source) publish() {
	if s.view.At.IsZero() {
		return
	}
	v := s.view
	s.sink.SetHost(&v)
	s.sink.SetState(data.SourceHost, data.SourceState{
		State: data.StateLive, AsOf: v.At, Loaded: s.loaded, Detail: s.trouble(),
	})
}

// trouble says in one line what is missing although the source is live.
func (s *Source) trouble() string {
	var all []string
	for _, d := range s.view.Dirs {
		if d.Problem != "" {
			all = append(all, d.Path+": "+d.Problem)
		}
	}
	for _, mount := range s.silent {
		all = append(all, mount+" doesn't answer")
	}
	return strings.Join(all, "; ")
}

// fail reports that nothing new could be read.
func (s *Source) fail(err error) {
	st := data.SourceState{
		State: data.StateFailed, Detail: err.Error(), AsOf: s.view.At, Loaded: s.loaded,
		NextTry: s.opts.Clock.Now().Add(lookEvery),
	}
	if p, ok := errors.AsType[problem](err); ok {
		st.Transient = p.transient
	}
	if !s.view.At.IsZero() {
		st.State = data.StateStale
	}
	s.sink.SetState(data.SourceHost, st)
}

// problem is a failure in words for people: what happened, and what to do next.
type problem struct {
	detail    string
	transient bool // the next tries may well succeed
}

func (p problem) Error() string { return p.detail }

// explain says what an error of reading the data path means.
func explain(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return problem{detail: path + ": no such directory: give Donna's data root with --data-path"}
	case errors.Is(err, fs.ErrPermission):
		return problem{detail: path + ": permission denied: run donnatop as a user who may read it"}
	}
	return problem{detail: err.Error()}
}
