package data

import (
	"fmt"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data/sketch"
)

// This file holds what the figures of several views share.

// within tells whether t lies in the window, borders included. A zero time lies in none.
func (w Window) within(t time.Time) bool {
	return !t.IsZero() && !t.Before(w.From) && !t.After(w.To)
}

// windows are those figures are computed for, the one that begins last first: the
// windows of the contract, or the range alone if the snapshot is seen in one.
func (s *Snapshot) windows() []Window {
	if s.span != nil {
		return []Window{*s.span}
	}
	return windowsNewestFirst(WindowNames, s.At)
}

// perWindow computes a figure for each of the snapshot's windows.
func perWindow[T any](s *Snapshot, figure func(Window) T) map[string]T {
	ws := s.windows()
	out := make(map[string]T, len(ws))
	for _, w := range ws {
		out[w.Name] = figure(w)
	}
	return out
}

// deref is what p points to; the zero value if that is nothing.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// unless is what v is, or nil if it has no source.
func unless[T any](missing bool, v T) *T {
	if missing {
		return nil
	}
	return &v
}

// orNoneText is the key of a grouped column.
func orNoneText(s string) string {
	if s == "" {
		return None
	}
	return s
}

// nearestRank is the nearest-rank quantile of values, which it sorts; nil if there are none.
func nearestRank(values []float64, q float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	return ptr(values[sketch.Rank(q, int64(len(values)))-1])
}

// mean is the arithmetic mean; nil if there are no values.
func mean(values []float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	total := 0.0
	for _, v := range values {
		total += v
	}
	return ptr(total / float64(len(values)))
}

// days is the window of the day series: the 30 UTC days up to today.
func days(now time.Time) Window {
	return Window{From: dayStart(now).AddDate(0, 0, -(daysShown - 1)), To: now}
}

// isoWeek names the ISO week of t in UTC, such as 2026-W28.
func isoWeek(t time.Time) string {
	year, week := t.UTC().ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// day names the UTC day of t.
func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// tables is the copy of the smaller tables; nil before it has been read.
func (s *Snapshot) tables() *Tables {
	if s.DB == nil {
		return nil
	}
	return s.DB.Tables
}
