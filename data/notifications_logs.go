package data

import (
	"slices"
	"sort"
	"time"

	"github.com/donna-project/donnatop/data/events"
)

// sent counts messages sent, by channel and type.
func (c lineCounts) sent() map[string]*SentCounts {
	return eachTally(c, func(t tally) *SentCounts {
		out := &SentCounts{ByChannel: map[string]int64{}, ByType: map[string]int64{}}
		for s, n := range t {
			if s.Metric == events.NotificationSent {
				out.Total += n
				out.ByChannel[orNoneText(s.Channel)] += n
				out.ByType[orNoneText(s.Key)] += n
			}
		}
		return out
	})
}

// failed counts messages that were not sent, those dropped silently included, by type.
func (c lineCounts) failed() map[string]*TypedCounts { return c.typed(events.NotificationFailed) }

// blocked counts messages held back or dropped in silent hours, by type.
func (c lineCounts) blocked() map[string]*TypedCounts { return c.typed(events.NotificationBlocked) }

func (c lineCounts) typed(m events.Metric) map[string]*TypedCounts {
	return eachTally(c, func(t tally) *TypedCounts {
		return &TypedCounts{Total: t.total(m), ByType: t.byKey(m)}
	})
}

// replyTimes is how long people took to answer nudges, by when they answered.
// The answer to a nudge is the first answering line of its task before the task's
// next nudge; many nudges have none. replyTimes is nil without logs or without a
// table of nudges (a nil slice); a window is nil if not all its lines are at hand.
func replyTimes(s *Snapshot, nudges []Nudge) map[string]*SecondsStat {
	if s.LogState().State == StateAbsent || nudges == nil {
		return nil
	}
	replies := repliesTo(s, nudges)
	return perWindow(s, func(w Window) *SecondsStat {
		if !s.counted(w.From) || s.Facts.answers.lostBefore >= w.From.UnixNano() {
			return nil
		}
		var seconds []float64
		for _, r := range replies {
			if w.within(time.Unix(0, r.at)) {
				seconds = append(seconds, r.after.Seconds())
			}
		}
		return secondsStat(seconds)
	})
}

// reply is an answer, given that long after the nudge.
type reply struct {
	task  string
	at    int64
	after time.Duration
}

func repliesTo(s *Snapshot, nudges []Nudge) []reply {
	answered := make(map[string][]int64)
	for _, a := range s.Facts.answers.items {
		answered[a.task] = append(answered[a.task], a.at)
	}
	asked := make(map[string][]int64, len(answered))
	for i := range nudges {
		if n := &nudges[i]; answered[n.TaskID] != nil && !n.CreatedAt.IsZero() && !n.CreatedAt.After(s.At) && s.logsCover(n.CreatedAt) {
			asked[n.TaskID] = append(asked[n.TaskID], n.CreatedAt.UnixNano())
		}
	}
	var replies []reply
	for task, times := range asked {
		answers := answered[task]
		slices.Sort(answers)
		slices.Sort(times)
		for i, at := range times {
			j := sort.Search(len(answers), func(j int) bool { return answers[j] >= at })
			if j == len(answers) || i+1 < len(times) && answers[j] >= times[i+1] {
				continue
			}
			replies = append(replies, reply{task, answers[j], time.Duration(answers[j] - at)})
		}
	}
	return replies
}
