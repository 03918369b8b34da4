package alert

import (
	"cmp"
	"fmt"
	"time"

	"github.com/donna-project/donnatop/data"
)

// look is what a rule is judged by.
type look struct {
	snap *data.Snapshot
	rule *Rule
	last time.Time // when it was judged before; zero if never
}

// reading is what a look found.
type reading struct {
	unknown   string // why the rule can't be judged; "" if it can
	value     *float64
	threshold *float64
	detail    string // how things are if nothing is wrong
	cases     []found
}

// found is one subject of which the condition holds now.
type found struct {
	subject string
	since   time.Time // when it began to; zero if nothing tells
	value   float64
	detail  string
}

func unknown(why string) reading { return reading{unknown: why} }

// silent is why a source can't be asked now; "" if it can.
func silent(st data.SourceState, name string) string {
	switch st.State {
	case data.StateLive:
		if st.Loaded {
			return ""
		}
		return name + " still being read"
	case data.StateConnecting:
		return "waiting for the " + name
	case data.StateStale, data.StateFailed:
		return fmt.Sprintf("%s %s: %s", name, st.State, st.Detail)
	}
	if st.Detail != "" {
		return st.Detail
	}
	return "no " + name + " configured"
}

func (l *look) logs() string     { return silent(l.snap.LogState(), "log") }
func (l *look) database() string { return silent(l.snap.Sources[data.SourceDB], "database") }

// budgets is why the caps can't be known now: Donna's defaults are not hers if she
// has others that can't be read.
func (l *look) budgets() string {
	if st, ok := l.snap.Sources[data.SourceConfig]; ok && st.State != data.StateAbsent {
		return silent(st, "Donna's configuration")
	}
	return ""
}

func ptr[T any](v T) *T { return &v }

func judgeServices(l *look) reading {
	containers := l.snap.Signals().Health.Containers
	if why := silent(l.snap.Sources[data.SourceDocker], "Docker engine"); why != "" {
		return unknown(why)
	}
	if containers == nil {
		return unknown("the Docker engine has not answered yet")
	}
	r := reading{detail: fmt.Sprintf("%d containers, none down", len(containers))}
	for i := range containers {
		c := &containers[i]
		down := c.Verdict == data.VerdictDown || c.Verdict == data.VerdictMissing || l.rule.Unhealthy && c.Verdict == data.VerdictUnhealthy
		if !down {
			continue
		}
		detail := c.Verdict
		if c.State != nil && c.Verdict == data.VerdictDown {
			detail += " (" + *c.State + ")"
		}
		r.cases = append(r.cases, found{subject: c.Name, detail: detail})
	}
	return r
}

// judgeBreakers takes a breaker that lets a test through for open still: it is
// over when it has closed. One that opened and closed again between two looks is
// found, too.
func judgeBreakers(l *look) reading {
	if why := l.logs(); why != "" {
		return unknown(why)
	}
	r := reading{value: ptr(0.0), threshold: ptr(0.0), detail: "none open"}
	breakers := l.snap.Signals().Health.Breakers
	for i := range breakers {
		b := &breakers[i]
		open := b.State == data.BreakerOpen || b.State == data.BreakerHalfOpen
		missed := b.Opened != nil && !l.last.IsZero() && b.Opened.After(l.last)
		if !open && !missed {
			continue
		}
		f := found{subject: b.Name, value: 1, detail: "open"}
		switch {
		case b.State == data.BreakerHalfOpen:
			f.detail = "open, testing"
		case !open:
			f.detail = "opened, and closed again"
		}
		if b.Opened != nil {
			f.since = *b.Opened
		}
		if b.Failures != nil {
			f.detail += fmt.Sprintf(", %d failures", *b.Failures)
		}
		r.cases = append(r.cases, f)
		*r.value++
	}
	return r
}

func judgeErrors(l *look) reading {
	if why := l.logs(); why != "" {
		return unknown(why)
	}
	c := l.snap.Signals().Errors5m
	if c == nil {
		return unknown("the log of the last five minutes has not been read")
	}
	n := c.Error + c.Critical
	r := reading{value: ptr(float64(n)), threshold: &l.rule.Threshold, detail: counted(n)}
	if float64(n) > l.rule.Threshold {
		r.cases = []found{{subject: "log", value: float64(n), detail: counted(n)}}
	}
	return r
}

func counted(n int64) string { return fmt.Sprintf("%d errors in 5 minutes", n) }

func judgeDisks(l *look) reading {
	if why := silent(l.snap.Sources[data.SourceHost], "host data"); why != "" {
		return unknown(why)
	}
	r := reading{threshold: &l.rule.Threshold, detail: "no disks"}
	for _, d := range l.snap.Signals().Health.Disks {
		if d.UsedPct == nil {
			continue
		}
		detail := fmt.Sprintf("%.1f %% full", *d.UsedPct)
		if r.value == nil || *d.UsedPct > *r.value {
			r.value, r.detail = d.UsedPct, d.Mount+" "+detail
		}
		if *d.UsedPct > l.rule.Threshold {
			r.cases = append(r.cases, found{subject: d.Mount, value: *d.UsedPct, detail: detail})
		}
	}
	return r
}

func judgeSupabase(l *look) reading {
	if why := l.logs(); why != "" {
		return unknown(why)
	}
	s := l.snap.Signals().Supabase
	if s == nil {
		return unknown("no log configured")
	}
	r := reading{value: ptr(0.0), detail: "no push seen"}
	if s.LastOK != nil {
		r.detail = "last push " + span(l.snap.At.Sub(*s.LastOK)) + " ago"
	}
	if s.FailingSince != nil {
		*r.value = l.snap.At.Sub(*s.FailingSince).Seconds()
		r.cases = []found{{
			subject: "supabase", since: *s.FailingSince, value: *r.value,
			detail: fmt.Sprintf("%d failed pushes", s.Failures),
		}}
	}
	return r
}

// judgeHeartbeat takes a heartbeat for missing from the age on at which Donna
// does; the rule fires when it has been missing for longer than For.
func judgeHeartbeat(l *look) reading {
	h := l.snap.Signals().Health.Heartbeat
	if h == nil || h.Source != data.SourceHost {
		if why := l.logs(); why != "" {
			return unknown(why)
		}
	} else if why := silent(l.snap.Sources[data.SourceHost], "host data"); why != "" {
		return unknown(why)
	}
	if h.At == nil {
		return reading{cases: []found{{subject: "orchestrator", detail: "none was ever seen"}}}
	}
	r := reading{value: h.AgeS, detail: "last one " + span(l.snap.At.Sub(*h.At)) + " ago"}
	if !h.OK {
		r.cases = []found{{subject: "orchestrator", since: *h.At, value: *h.AgeS, detail: "silent"}}
	}
	return r
}

func judgeDailyBudget(l *look) reading {
	b := &l.snap.Signals().Budget
	return l.used(b.DailyUsedPct, l.rule.Threshold, "today")
}

func judgeMonthlyBudget(l *look) reading {
	threshold := l.rule.Threshold
	if threshold == 0 {
		threshold = l.snap.Config.MonthlyWarningPct
	}
	return l.used(l.snap.Signals().Budget.MonthlyUsedPct, threshold, "this month")
}

// used judges the share of a budget, which is used up when it is reached.
func (l *look) used(pct *float64, threshold float64, what string) reading {
	if why := cmp.Or(l.database(), l.budgets()); why != "" {
		return unknown(why)
	}
	if pct == nil {
		return unknown("the database does not tell what was spent")
	}
	r := reading{value: pct, threshold: &threshold, detail: fmt.Sprintf("%.1f %% used %s", *pct, what)}
	if *pct >= threshold {
		r.cases = []found{{subject: "budget", value: *pct, detail: r.detail}}
	}
	return r
}

// judgeRunway finds a budget that will be used up too soon: in less than the
// threshold, and before the month brings a new one.
func judgeRunway(l *look) reading {
	if why := cmp.Or(l.database(), l.budgets()); why != "" {
		return unknown(why)
	}
	s := l.snap.Signals()
	r := reading{value: s.Budget.RunwayDays, threshold: &l.rule.Threshold}
	switch {
	case s.Budget.MonthlySpentUSD == nil || s.USDPerDay7d == nil:
		return unknown("the database does not tell what was spent")
	case r.value == nil:
		r.detail = "nothing is being spent"
		return r
	}
	r.detail = fmt.Sprintf("lasts %.1f of the month's %.1f days", *r.value, s.MonthDaysLeft)
	if *r.value < l.rule.Threshold && *r.value < s.MonthDaysLeft {
		r.cases = []found{{subject: "budget", value: *r.value, detail: r.detail}}
	}
	return r
}
