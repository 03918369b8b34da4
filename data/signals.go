package data

import (
	"time"

	"github.com/donna-project/donnatop/data/events"
)

// Signals are the figures that alerts are judged by: a part of all figures, and
// so few that somebody who shows nothing can afford them every few seconds.
type Signals struct {
	Health *Health
	// Errors5m counts lines of the last five minutes; nil if not all of them are known.
	Errors5m *LevelCounts
	// Supabase is how the pushes go; nil without logs.
	Supabase *SupabaseSync

	Budget      Budget
	USDPerDay7d *float64 // spend of the last 7 days / 7
	// MonthDaysLeft is how many days the UTC month still has, fractions included.
	MonthDaysLeft float64
}

// SupabaseSync is how the pushes to Supabase go.
type SupabaseSync struct {
	LastOK *time.Time // by the log or the marker file, whichever is newer; nil if never seen
	// FailingSince is the first failure since then; nil if the last push went well.
	FailingSince *time.Time
	LastFailed   *time.Time // the newest failure; nil if never seen
	Failures     int64      // since FailingSince
}

// Signals computes the figures that alerts need as of s.At, once however many ask.
func (s *Snapshot) Signals() *Signals { return s.signals() }

func computeSignals(s *Snapshot) *Signals {
	f := &Signals{
		Health: healthFigures(s), Errors5m: errors5m(s), MonthDaysLeft: monthDaysLeft(s.At),
	}
	f.Supabase = supabaseSync(s, f.Health.LastOK)
	f.Budget, f.USDPerDay7d = budgetFigures(s)
	return f
}

// supabaseSync tells from the failures since the last success how long pushes
// have been failing. Donna pushes when something changes: a time without any
// push is not a failure.
func supabaseSync(s *Snapshot, lastOK []LastOK) *SupabaseSync {
	if s.LogState().State == StateAbsent {
		return nil
	}
	f := &SupabaseSync{}
	for i := range lastOK {
		if lastOK[i].Operation == events.OpSupabasePush.String() {
			f.LastOK = lastOK[i].At
		}
	}
	for _, l := range s.Facts.unpushed.items {
		at := time.Unix(0, l.at).UTC()
		if f.LastFailed == nil || at.After(*f.LastFailed) {
			f.LastFailed = &at
		}
		if f.LastOK != nil && !at.After(*f.LastOK) {
			continue
		}
		f.Failures++
		if f.FailingSince == nil || at.Before(*f.FailingSince) {
			f.FailingSince = &at
		}
	}
	return f
}
