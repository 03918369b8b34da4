package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/data/logstream"
	"github.com/donna-project/donnatop/data/loki"
	"github.com/donna-project/donnatop/ui/safe"
)

// defaultSince is how far back Loki is asked if nobody says: as logcli does.
const defaultSince = "1h"

type logsOptions struct {
	since, until string
	follow       bool
	limit        int
	json, raw    bool
}

func newLogs(e *env, o *options) *cobra.Command {
	var l logsOptions
	cmd := &cobra.Command{
		Use:   "logs [FILTER]",
		Short: "Print log lines, as they were or as they come",
		Long: `logs prints Donna's lines from Loki, from files, or from both merged by time,
and follows what is new with --follow: each line exactly once, across restarts
of Loki and rotation of files. A line that Loki and a file both have is printed
once: the same text at the same time, to the nanosecond.

FILTER chooses lines in the language of the dashboard:

  service:api level>=error -event:health_check /timed? out/ "no such" refused

Words and "texts" are looked for in the line, field:text, field=text, field>1 and
field:/regex/ in its fields; - turns a term round, | separates alternatives. Terms
may be arguments of their own. Put -- before a FILTER that begins with -. A FILTER
that begins with { is LogQL and asks Loki alone.

Without --follow the exit code is 0 if everything could be read, 1 if not. Ctrl-C
ends with 0. What goes wrong meanwhile is said on standard error.`,
		Example: `  donnatop logs --loki http://localhost:3100 level>=warning --since 24h
  donnatop logs --follow --json 'event:task_created' | jq .raw
  donnatop logs '{container_name="donna-api"} | json | status_code >= 500' --limit 20
  donnatop logs --logs '/var/log/donna/*.log' --follow service:api`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.resolve(cmd.Flags(), e); err != nil {
				return err
			}
			return runLogs(cmd.Context(), e, o, &l, strings.Join(args, " "))
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&l.since, "since", "", "begin so long ago (90m, 24h, 7d) or at a `time` (RFC 3339); "+defaultSince+" from Loki, all of files, only what is new with --follow")
	f.StringVar(&l.until, "until", "", "end so long ago or at a `time`; now without it")
	f.BoolVarP(&l.follow, "follow", "f", false, "go on with what is new until interrupted")
	f.IntVarP(&l.limit, "limit", "n", 0, "at most this `number` of the lines there are, the newest; 0 for all")
	f.BoolVar(&l.json, "json", false, "one JSON object a line: time, level, service, labels, raw")
	f.BoolVar(&l.raw, "raw", false, "lines as they were received; a terminal gets them made harmless")
	return cmd
}

// runLogs prints the lines that the filter chooses.
func runLogs(ctx context.Context, e *env, o *options, l *logsOptions, text string) error {
	s, err := o.logStream(e, l, strings.TrimSpace(text))
	if err != nil {
		return err
	}
	out, err := newLogPrinter(e, o, l)
	if err != nil {
		return err
	}
	s.Emit = out.print
	s.Say = func(text string) { fmt.Fprintf(e.stderr, "donnatop: %s\n", safe.Text(text)) }
	err = logstream.Read(ctx, s)
	rejected := (*loki.Error)(nil)
	switch {
	case errors.Is(err, logstream.ErrIncomplete):
		return errSourceFailed
	case errors.As(err, &rejected) && rejected.Kind == loki.KindQuery:
		return usagef("Loki rejects the query %s: %s", s.Query, rejected.Text)
	case err != nil:
		return fmt.Errorf("print lines: %w", err)
	}
	return nil
}

// logStream makes of the options what is to be read.
func (o *options) logStream(e *env, l *logsOptions, text string) (logstream.Options, error) {
	s := logstream.Options{Files: o.logs, Stdin: e.stdin, Follow: l.follow, Limit: l.limit, Clock: e.clock}
	switch {
	case l.json && l.raw:
		return s, usagef("--json and --raw exclude each other")
	case l.follow && l.until != "":
		return s, usagef("--follow and --until exclude each other: what is followed has no end")
	case l.limit < 0:
		return s, usagef("--limit %d is negative", l.limit)
	case o.loki == "" && len(o.logs) == 0:
		return s, usagef("no log source: give --loki URL (or LOKI_ADDR) or --logs FILE")
	}
	var err error
	if o.loki != "" {
		if s.Loki, err = o.lokiClient(e.clock); err != nil {
			return s, usageError{err}
		}
	}
	if err := o.chooseLines(e, &s, text); err != nil {
		return s, err
	}
	return s, l.bounds(e, &s)
}

// chooseLines takes the filter apart into what Loki does and what is done here.
func (o *options) chooseLines(e *env, s *logstream.Options, text string) error {
	if !strings.HasPrefix(text, "{") {
		saved, err := o.savedFilters()
		if err != nil {
			return err
		}
		f, err := parseFilter(text, saved)
		if err != nil {
			return usagef("filter %q: %w", text, err)
		}
		s.Filter, s.Query = f, f.LogQL(o.selector)
		return nil
	}
	if s.Loki == nil {
		return usagef("LogQL asks Loki, and there is none: give --loki URL, or a filter such as 'service:api level>=error' for files")
	}
	if len(s.Files) > 0 {
		fmt.Fprintln(e.stderr, "donnatop: LogQL asks Loki alone: the files of --logs are left out")
		s.Files = nil
	}
	s.Query = text
	return nil
}

// bounds fills in the times. Loki has to be asked from a time on; files are read
// to their end anyway.
func (l *logsOptions) bounds(e *env, s *logstream.Options) (err error) {
	now := e.clock.Now()
	since := l.since
	if since == "" && l.follow {
		since = "0s"
	} else if since == "" && s.Loki != nil {
		since = defaultSince
	}
	if since != "" {
		if s.From, err = moment(since, now); err != nil {
			return usagef("--since %w", err)
		}
	}
	if l.until != "" {
		if s.To, err = moment(l.until, now); err != nil {
			return usagef("--until %w", err)
		}
	} else if !l.follow && s.Loki != nil {
		s.To = now
	}
	if !s.To.IsZero() && s.To.Before(s.From) {
		return usagef("--until is before --since: there is nothing in between")
	}
	return nil
}

// longUnits are units of time that Go's durations don't have.
var longUnits = map[byte]time.Duration{'d': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// moment reads a time, or how long ago it was.
func moment(text string, now time.Time) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	ago, err := duration(text)
	if err != nil || ago < 0 {
		return time.Time{}, fmt.Errorf("%q is neither a duration such as 90m, 24h or 7d nor an RFC 3339 time such as 2026-07-01T10:00:00Z", text)
	}
	return now.Add(-ago).UTC(), nil
}

// duration is a Go duration that may begin with weeks and days, as in 1w2d12h.
func duration(text string) (sum time.Duration, err error) {
	for {
		i := strings.IndexAny(text, "dw")
		if i < 1 {
			break
		}
		n, err := time.ParseDuration(text[:i] + "h")
		if err != nil {
			return 0, err
		}
		sum += n * (longUnits[text[i]] / time.Hour)
		if text = text[i+1:]; text == "" {
			return sum, nil
		}
	}
	rest, err := time.ParseDuration(text)
	return sum + rest, err
}
