package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// Options say what to read and how often to look. The zero value of all but Path
// means the default.
type Options struct {
	// Path is the database file, or a directory that holds donna_tasks.db.
	Path string
	// Clock tells the time the figures are for and paces the polls.
	Clock clockwork.Clock
	// Poll is the time between looks at the file; 1 s by default.
	Poll time.Duration
	// IdleClose is how long nothing may happen before the connection is closed, so
	// that Donna can remove her WAL when she stops; 30 s by default.
	IdleClose time.Duration
	// CacheDir is where the rollup is kept between two runs; "" keeps none. A
	// directory that holds the database, or lies beside it, is not used.
	CacheDir string
	// Log is told of what failed about the cache; nil discards it.
	Log *slog.Logger
}

// Defaults of [Options].
const (
	DefaultPoll      = time.Second
	DefaultIdleClose = 30 * time.Second
)

// Limits of trying again.
const (
	// movedTries is how often a read is begun again at once because the files or
	// the table were exchanged under it. Mostly Donna has just started, and the
	// next try finds her WAL.
	movedTries = 3
	// maxBackoff is the longest wait before a failed read that cost much is tried
	// again on an unchanged file.
	maxBackoff = 30 * time.Second
)

// progressEvery is the number of chunks between two reports of a load.
const progressEvery = 20

// asOfStep is how much fresher the data must be for that alone to be reported:
// every report makes a new snapshot for everybody.
const asOfStep = 5 * time.Second

// Source is Donna's database as a [data.Source].
type Source struct {
	opts Options
	sink data.Sink

	state     data.SourceState
	published bool // a view of the whole horizon has been published

	given, path string    // the file last found, as given and its real path
	db          *database // while a connection is open
	view        *view     // what has been read; nil before the first load
	partial     bool      // the part of the horizon read so far has been published
	seen        files     // without a connection: the files when all in them had been read
	idle        time.Duration
	notice      notice

	restored bool      // the view began as the one in the cache
	uncached bool      // the cache file lacks something of the view
	cachedAt time.Time // when it was last written or read

	failures int   // costly ones in a row
	skip     int   // polls to let pass before the next try
	refused  files // the files at the last failure
}

// NewSource prepares to read a database; nothing is opened before [Source.Run].
func NewSource(opts Options) *Source {
	if opts.Clock == nil {
		opts.Clock = clockwork.NewRealClock()
	}
	if opts.Poll <= 0 {
		opts.Poll = DefaultPoll
	}
	if opts.IdleClose <= 0 {
		opts.IdleClose = DefaultIdleClose
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	return &Source{opts: opts}
}

// Name implements [data.Source].
func (s *Source) Name() string { return data.SourceDB }

// Run implements [data.Source]. All failures are reported as states and tried
// again; it returns nil when ctx ends.
func (s *Source) Run(ctx context.Context, sink data.Sink) error {
	s.begin(sink)
	defer s.disconnect()
	defer s.cache(true)
	if s.opts.Path == "" {
		s.report(data.SourceState{State: data.StateAbsent, Detail: "no database configured: set DONNA_DB_PATH or --db to Donna's " + FileName + " or its directory"})
		return nil
	}
	timer := s.opts.Clock.NewTimer(s.opts.Poll)
	defer timer.Stop()
	for {
		s.poll(ctx)
		timer.Reset(s.opts.Poll)
		select {
		case <-ctx.Done():
			return nil
		case <-timer.Chan():
		}
	}
}

func (s *Source) begin(sink data.Sink) {
	s.sink = sink
	s.report(data.SourceState{State: data.StateConnecting})
}

// poll looks once whether there is something new, reads it, and reports.
func (s *Source) poll(ctx context.Context) {
	if s.skip > 0 && s.untouched() {
		s.skip--
		return
	}
	s.skip = 0
	var err error
	for range movedTries {
		if err = s.refresh(ctx); !errors.Is(err, errMoved) && !errors.Is(err, errForeign) {
			break
		}
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		s.fail(err)
	default:
		s.failures = 0
		s.succeed()
		s.cache(false)
	}
}

// untouched says whether the files are still those that were refused.
func (s *Source) untouched() bool {
	now, err := statFiles(s.path, s.path)
	return err == nil && now.same(s.refused)
}

// refresh brings the view up to date and publishes it if it changed. After an
// error there is no connection.
func (s *Source) refresh(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			s.disconnect()
			s.seen = files{} // look again, whatever the files say
		} else if s.db != nil && s.db.how != locked {
			s.disconnect()
		}
	}()
	now := s.opts.Clock.Now()
	var last files
	closing := s.db != nil && s.idle+s.opts.Poll >= s.opts.IdleClose
	if closing {
		// before the look at the data version: what is committed after it must
		// not pass for seen
		if last, err = statFiles(s.given, s.path); err != nil {
			return missing(s.given, err)
		}
	}
	changed, err := s.changed()
	if err != nil {
		return err
	}
	if !changed && s.view.current(now) {
		s.idle += s.opts.Poll
		if closing {
			s.cache(true)
			s.disconnect()
			s.seen = last
		}
		return nil
	}
	if changed {
		s.idle = 0
	} else { // only time went on
		s.idle += s.opts.Poll
	}
	if s.db == nil {
		if err := s.connect(); err != nil {
			return err
		}
	}
	if s.view != nil {
		err := s.view.update(ctx, s.db, now)
		if !errors.Is(err, errForeign) {
			if s.view.news {
				s.uncached = true
				s.publish(s.view, time.Time{})
			}
			return err
		}
		// a new connection, as it may be the schema that changed
		s.view = nil
		s.disconnect()
		if err := s.connect(); err != nil {
			return err
		}
	}
	return s.load(ctx)
}

// changed says whether the database may hold something new.
func (s *Source) changed() (bool, error) {
	switch {
	case s.view == nil:
		return true, nil
	case s.db == nil:
		now, err := statFiles(s.given, s.path)
		return err != nil || !now.same(s.seen), nil
	}
	// A checkpoint changes the file, but so does who copies over it or puts
	// another in its place: only a new connection is safe then.
	info, err := os.Stat(s.given)
	if err != nil || !sameFile(info, s.db.files.db) {
		s.disconnect()
		return true, nil
	}
	return s.db.changed()
}

// connect finds and opens the file.
func (s *Source) connect() error {
	given, path, err := locate(s.opts.Path)
	if err != nil {
		return err
	}
	if path != s.path {
		s.view = nil
	}
	s.given, s.path = given, path
	if s.db, err = openDatabase(given, path); err != nil {
		return err
	}
	s.notice = noticeOf(s.db)
	return nil
}

// disconnect closes the connection. What it could see counts as seen.
func (s *Source) disconnect() {
	if s.db != nil {
		s.db.close()
		s.seen = s.db.files
		s.db = nil
	}
}

// load reads everything anew, or what the cache lacks. What was published before
// stays until it is done.
func (s *Source) load(ctx context.Context) error {
	if restored, err := s.restore(ctx); restored || err != nil {
		return err
	}
	chunks := 0
	step := func(share float64) {
		if chunks++; chunks%progressEvery == 0 {
			s.reportLoad(share)
		}
	}
	covered := func(v *view, from time.Time, share float64) {
		if !s.published {
			s.partial = true
			s.publish(v, from)
			s.reportLoad(share)
		}
	}
	v, err := load(ctx, s.db, s.opts.Clock, s.pause, progress{covered: covered, step: step})
	if err != nil {
		return err
	}
	s.view, s.published, s.restored, s.uncached, s.cachedAt = v, true, false, true, time.Time{}
	s.publish(v, time.Time{})
	return nil
}

// restore begins with the rollup in the cache, if there is one that can be used.
func (s *Source) restore(ctx context.Context) (bool, error) {
	path := cachePath(s.opts.CacheDir, s.path)
	if path == "" {
		return false, nil
	}
	v, err := readCache(path, s.db, s.opts.Clock, s.pause)
	if err == nil {
		err = v.update(ctx, s.db, s.opts.Clock.Now())
	}
	switch {
	case errors.Is(err, errNoCache) || errors.Is(err, errForeign):
		if !errors.Is(err, fs.ErrNotExist) {
			s.opts.Log.Info("rollup_cache_not_used", "error", err)
		}
		return false, nil
	case err != nil:
		return false, err
	}
	s.view, s.published, s.restored, s.uncached, s.cachedAt = v, true, true, v.news, s.opts.Clock.Now()
	s.publish(v, time.Time{})
	return true, nil
}

// cache writes what has been read to the cache: now and then, and at the end.
func (s *Source) cache(end bool) {
	if !s.uncached || s.db == nil || s.view == nil || s.db.how != locked {
		return
	}
	if now := s.opts.Clock.Now(); !end && now.Sub(s.cachedAt).Abs() < cacheEvery {
		return
	} else {
		s.cachedAt = now
	}
	path := cachePath(s.opts.CacheDir, s.path)
	if path == "" {
		return
	}
	s.uncached = false // whatever comes of it: it is tried again when there is more
	if err := s.view.saveCache(path, s.db); err != nil {
		s.opts.Log.Warn("rollup_cache_not_written", "error", err)
	}
}

func (s *Source) pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.opts.Clock.After(d):
		return nil
	}
}

func (s *Source) publish(v *view, coveredFrom time.Time) {
	s.sink.SetDB(v.snapshot(s.path, coveredFrom))
}

// reportLoad reports a load under way.
func (s *Source) reportLoad(share float64) {
	st := data.SourceState{State: data.StateConnecting, Progress: share, AsOf: s.state.AsOf}
	switch {
	case s.published:
		st.State, st.Loaded = data.StateStale, true
		st.Detail = s.path + " was replaced, restored or migrated: reading it again"
	case s.partial:
		st.State, st.AsOf = data.StateLive, s.opts.Clock.Now()
	}
	s.report(st)
}

func (s *Source) succeed() {
	st := data.SourceState{State: data.StateLive, AsOf: s.opts.Clock.Now(), Loaded: true, Progress: 1, Detail: s.notice.text}
	if !s.notice.asOf.IsZero() {
		st.AsOf = s.notice.asOf
	}
	if s.state.State == st.State && s.state.Loaded && s.state.Detail == st.Detail && st.AsOf.Sub(s.state.AsOf).Abs() < asOfStep {
		return
	}
	s.report(st)
}

// fail reports an error: stale if there is data to show, failed if not.
func (s *Source) fail(err error) {
	path := s.path
	if path == "" {
		path = s.opts.Path
	}
	p := explain(path, err)
	if p.costly {
		s.failures++
		s.refused, _ = statFiles(s.path, s.path)
		s.skip = int(min(maxBackoff, s.opts.Poll<<min(s.failures, 10))/s.opts.Poll) - 1
	}
	st := data.SourceState{
		State: data.StateFailed, Detail: p.detail, Transient: p.transient, AsOf: s.state.AsOf, Loaded: s.published,
		NextTry: s.opts.Clock.Now().Add(time.Duration(s.skip+1) * s.opts.Poll),
	}
	if s.published {
		st.State, st.Progress = data.StateStale, 1
	}
	s.report(st)
}

// report passes a state on, with the instant at which it began.
func (s *Source) report(st data.SourceState) {
	st.Since = s.state.Since
	if st.State != s.state.State || st.Since.IsZero() {
		st.Since = s.opts.Clock.Now()
	}
	s.state = st
	s.sink.SetState(data.SourceDB, st)
}
