package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/inspect"
	"github.com/donna-project/donnatop/data/past"
	"github.com/donna-project/donnatop/data/timerange"
)

// timeRange is the range of time asked for, at an instant that stands for now.
func (o *options) timeRange(now time.Time) (timerange.Range, error) {
	r, err := timerange.Parse(o.window, now, o.location)
	if err != nil {
		return r, usagef("--window %q: %w", o.window, err)
	}
	return r, nil
}

// errRangeNotRead says that figures of the range lack something, which the notes
// tell.
var errRangeNotRead = errors.New("not all of the range could be read")

// readRange reads what the figures of the range asked for need beyond the
// snapshot, as long as the one who asks wants to wait.
func readRange(ctx context.Context, e *env, o *options, snap *data.Snapshot, a past.Archive, wait time.Duration) (*data.Past, error) {
	r, err := o.timeRange(snap.At)
	if err != nil || r.Key() != data.WindowRange {
		return nil, err
	}
	want := snap.Lacks(r.Window(snap.At), nil)
	if want.Nothing() {
		return nil, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	late := e.clock.AfterFunc(wait, cancel)
	defer late.Stop()
	p, err := past.Load(ctx, a, snap, want, nil, past.Limits{}, nil)
	switch {
	case errors.Is(err, context.Canceled):
		return p, fmt.Errorf("%w within --wait %v: give it longer", errRangeNotRead, wait)
	case err != nil:
		return p, fmt.Errorf("%w: %w", errRangeNotRead, err)
	}
	return p, nil
}

// newReport gathers the figures of the range asked for.
func newReport(o *options, snap *data.Snapshot, p *data.Past, views []string) (report *data.Report, err error) {
	r, err := o.timeRange(snap.At)
	if err != nil {
		return nil, err
	}
	if name := r.Key(); name != data.WindowRange {
		report, err = data.NewReport(snap, name, views)
	} else {
		report, err = data.NewReportIn(snap, r.Window(snap.At), p, views)
	}
	if err != nil {
		return nil, usageError{err}
	}
	return report, nil
}

// target is what the commands that check a figure ask: no credentials are in it.
func (d onDemand) target(lokiURL string) inspect.Target {
	t := inspect.Target{DB: d.db, Selector: d.selector}
	if u, err := url.Parse(lokiURL); err == nil && d.loki != nil {
		u.User, u.RawQuery = nil, ""
		t.Loki = u.String()
	}
	return t
}
