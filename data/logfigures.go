package data

import (
	"cmp"
	"time"
)

// recentLines is how many lines a one-shot reading prints of the live log.
const recentLines = 50

// Logs is what the Logs view says beside the lines themselves.
type Logs struct {
	Lines  int            `json:"lines"`  // lines at hand, up to the clock
	Oldest *time.Time     `json:"oldest"` // of those; nil if it is unknown or there is none
	Newest *time.Time     `json:"newest"`
	Levels map[string]int `json:"levels"` // lines at hand by level; (none) for lines without one
	Lost   int64          `json:"lost"`   // lines known to be lost
	Gaps   []LogGap       `json:"gaps"`   // stretches in which lines are missing
	Recent []LogRecord    `json:"recent"` // the newest lines, oldest first
}

// LogGap is a [Gap] in the JSON contract's form.
type LogGap struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Reason string    `json:"reason"`
}

// LogRecord is one line in the form of `logs --json`. Raw is the line as it
// came: only screens neutralise it.
type LogRecord struct {
	Time    *time.Time        `json:"time"` // nil if neither the line, nor its transport, nor a line before has one
	Level   *string           `json:"level"`
	Service *string           `json:"service"`
	Labels  map[string]string `json:"labels"`
	Raw     string            `json:"raw"`
}

// Record is the line in the form of the JSON contract.
func (l *LogLine) Record() LogRecord {
	r := LogRecord{Time: instant(l.Time), Level: nonEmpty(l.Level), Service: nonEmpty(l.Service), Labels: l.Labels, Raw: l.Raw}
	if r.Labels == nil {
		r.Labels = map[string]string{}
	}
	return r
}

func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// logFigures describes the lines at hand up to s.At; nil without a log source.
func logFigures(s *Snapshot) *Logs {
	st := s.LogState()
	if st.State == StateAbsent {
		return nil
	}
	f := &Logs{Levels: map[string]int{}, Lost: st.Lost, Gaps: []LogGap{}, Recent: []LogRecord{}}
	for _, g := range st.Gaps {
		f.Gaps = append(f.Gaps, LogGap{From: g.From.UTC(), To: g.To.UTC(), Reason: g.Reason})
	}
	f.Lines = s.LinesUntilNow()
	if f.Lines == 0 {
		return f
	}
	f.Oldest, f.Newest = instant(s.Logs.At(0).Time), instant(s.Logs.At(f.Lines-1).Time)
	for i, l := range s.Logs.From(0) {
		if i == f.Lines {
			break
		}
		f.Levels[cmp.Or(l.Level, None)]++
	}
	for i := max(0, f.Lines-recentLines); i < f.Lines; i++ {
		f.Recent = append(f.Recent, s.Logs.At(i).Record())
	}
	return f
}

// LinesUntilNow is the number of lines at hand that are not dated after the snapshot.
func (s *Snapshot) LinesUntilNow() int { return s.Logs.Search(s.At.Add(1)) }
