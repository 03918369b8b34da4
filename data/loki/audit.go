package loki

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
)

const (
	// auditEvery is how often counts are compared, auditReach how far back.
	auditEvery = time.Minute
	auditReach = 15 * time.Minute
	auditStep  = time.Minute
	// auditGrace keeps out the end of the newest minute, whose lines are still arriving.
	auditGrace = 2 * time.Second
)

// audit compares, minute by minute, how many lines Loki has with how many are known, and reads again the minutes in
// which Loki has more: lines that came later than the overlap. It is restricted to the time of which every line is
// known, where a line handed out before can be told from one that wasn't.
func (f *follower) audit(ctx context.Context) {
	step := int64(auditStep)
	to := (f.done - int64(auditGrace)) / step * step
	oldest := max(f.from, f.seen.floor) - 1 // a minute is open at its beginning
	from := max(to-int64(auditReach), (oldest+step-1)/step*step)
	for t := range f.audited {
		if t <= from {
			delete(f.audited, t)
		}
	}
	if from >= to {
		return
	}
	counts, err := f.lokiCounts(ctx, from+step, to)
	if err != nil {
		return // the next pass will tell what is wrong with Loki, and the next audit looks at these minutes too
	}
	for t := from + step; t <= to; t += step {
		counted := counts[t]
		if counted <= f.seen.count(t-step, t) {
			delete(f.shortfall, t)
			continue
		}
		if f.audited[t] == counted {
			continue // read again already, to no avail
		}
		if err := f.reread(ctx, t-step+1, t+1); err != nil {
			return
		}
		f.audited[t] = counted
		if missing := counted - f.seen.count(t-step, t); missing > 0 {
			f.shortfall[t] = missing
		} else {
			delete(f.shortfall, t)
		}
	}
	f.status()
}

// lokiCounts are Loki's counts of the minutes that end at from, ..., to.
func (f *follower) lokiCounts(ctx context.Context, from, to int64) (map[int64]int, error) {
	series, err := f.client.QueryMetricRange(ctx, "sum(count_over_time("+f.Selector+"[1m]))", time.Unix(0, from), time.Unix(0, to), auditStep)
	if err != nil {
		return nil, err
	}
	counts := make(map[int64]int)
	for _, s := range series {
		for _, p := range s.Samples {
			counts[p.Time.UnixNano()] += int(p.Value)
		}
	}
	return counts, nil
}

// reread hands out what is new in [from, to).
func (f *follower) reread(ctx context.Context, from, to int64) error {
	w := walk{query: f.Selector, direction: Forward, from: from, to: to}
	defer f.addCrowded(&w)
	for {
		raw, done, err := f.pager.next(ctx, &w)
		if err != nil {
			return err
		}
		f.handOut(f.accept(raw, nil))
		if done {
			return nil
		}
	}
}

// shortfallGaps are the minutes of which Loki counts more lines than it gives out, oldest first, and how many more.
func (f *follower) shortfallGaps() (gaps []data.Gap, lines int64) {
	for _, t := range slices.Sorted(maps.Keys(f.shortfall)) {
		n := f.shortfall[t]
		lines += int64(n)
		end := time.Unix(0, t).UTC()
		gaps = append(gaps, data.Gap{From: end.Add(-auditStep), To: end, Reason: fmt.Sprintf("Loki counts %d more lines than it gives out", n)})
	}
	return gaps, lines
}
