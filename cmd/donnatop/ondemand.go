package main

import (
	"io"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/archive"
	"github.com/donna-project/donnatop/data/loki"
	"github.com/donna-project/donnatop/data/sqlite"
	"github.com/donna-project/donnatop/data/trace"
)

// onDemand are the sources that can be asked for rows and lines of any age.
type onDemand struct {
	db       string // path; "" if there is none
	loki     *loki.Client
	selector string
	files    []string
}

// onDemand are those that the options name.
func (o *options) onDemand(clock clockwork.Clock) (d onDemand, err error) {
	if o.db != "" {
		if d.db, err = databasePath(o.db); err != nil {
			return d, err
		}
	}
	if o.loki != "" {
		if d.loki, err = o.lokiClient(clock); err != nil {
			return d, usageError{err}
		}
		d.selector = o.selector
	}
	d.files = o.logs
	return d, nil
}

// onDemandMode is what differs between the dashboard and a single trace.
type onDemandMode struct {
	clock    clockwork.Clock
	stdin    io.Reader             // of --logs -; nil where a live source reads it
	snapshot func() *data.Snapshot // of the Hub, if there is one
	until    time.Time             // later rows and lines don't count; zero: all do
}

// open makes what asks them. Nothing is opened before the first question.
func (d onDemand) open(m onDemandMode) (*trace.Finder, *archive.Archive) {
	a := archive.Options{Clock: m.clock, Snapshot: m.snapshot}
	t := trace.Options{Clock: m.clock, Snapshot: m.snapshot, Until: m.until, Absent: absent}
	if d.db != "" {
		lookup := sqlite.NewLookup(d.db)
		a.DB, t.DB = lookup, lookup
	}
	if d.loki != nil {
		a.Logs = append(a.Logs, loki.NewSearch(d.loki, d.selector))
	}
	if files := archive.NewFiles(d.files, m.stdin); files != nil {
		a.Logs = append(a.Logs, files)
	}
	for _, l := range a.Logs {
		t.Logs = append(t.Logs, l)
	}
	return trace.New(t), archive.New(a)
}
