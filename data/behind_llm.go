package data

import "time"

// behindInvocations is rows of invocation_log.
func behindInvocations(m Measure, queries ...InvocationQuery) Behind {
	b := Behind{Kind: InvocationRows, Measure: m, Invocations: queries}
	if n := len(queries); n > 0 {
		b.Window = Window{From: queries[n-1].From, To: queries[0].To}
	}
	return b
}

// InvocationKeys narrow rows of invocation_log down; nil asks for any.
type InvocationKeys struct {
	TaskType, Model *string // as stored
	// NotTaskTypes and NotModels are those that have figures of their own.
	NotTaskTypes, NotModels []string
}

func (k InvocationKeys) query(w Window, classes ...Class) InvocationQuery {
	q := InvocationQuery{From: w.From, To: w.To, Classes: classes, NotTaskTypes: k.NotTaskTypes, NotModels: k.NotModels}
	if k.TaskType != nil {
		q.TaskTypes = []string{*k.TaskType}
	}
	if k.Model != nil {
		q.Models = []string{*k.Model}
	}
	return q
}

// BehindCalls is the calls of a window.
func BehindCalls(w Window, k InvocationKeys) Behind {
	return behindInvocations(CountsRows, k.query(w, ClassLLM))
}

// BehindClass is the rows of a class.
func BehindClass(w Window, c Class, k InvocationKeys) Behind {
	return behindInvocations(CountsRows, k.query(w, c))
}

// BehindSpend is the rows that cost something, or might have: all.
func BehindSpend(w Window, k InvocationKeys) Behind {
	return behindInvocations(SumsCost, k.query(w))
}

// BehindTokens is the rows whose tokens count: all but audit.
func BehindTokens(w Window, k InvocationKeys, m Measure) Behind {
	return behindInvocations(m, k.query(w, ClassLLM, ClassShadow, ClassEmbedding))
}

// BehindBudget is the rows that Donna's budget guard counts.
func BehindBudget(w Window) Behind {
	q := InvocationKeys{}.query(w, ClassLLM, ClassShadow, ClassEmbedding)
	q.NotTaskTypes = []string{taskExternalCall}
	return behindInvocations(SumsCost, q)
}

// BehindFailed is the calls that were interrupted, or whose prompt was too long.
func BehindFailed(w Window, interrupted bool) Behind {
	q := InvocationKeys{}.query(w, ClassLLM)
	q.Interrupted, q.Overflow = interrupted, !interrupted
	return behindInvocations(CountsRows, q)
}

// BehindLatency is the n calls that a quantile of the latency was taken of.
func BehindLatency(w Window, k InvocationKeys, quantile float64, n int64) Behind {
	q := k.query(w, ClassLLM)
	q.WithLatency, q.Order = true, SlowestFirst
	return behindInvocations(RanksRows, q).ranking(quantile, n)
}

// BehindLatencies is the calls that have a latency.
func BehindLatencies(w Window, k InvocationKeys) Behind {
	q := k.query(w, ClassLLM)
	q.WithLatency = true
	return behindInvocations(CountsRows, q)
}

// BehindShadow is one side of the comparison of a task type with its shadow.
func BehindShadow(w Window, taskType string, shadow bool) Behind {
	k := InvocationKeys{TaskType: &taskType}
	if !shadow {
		return BehindCalls(w, k)
	}
	q := k.query(w, ClassShadow)
	q.TaskTypes = append(q.TaskTypes, taskType+shadowSuffix)
	return behindInvocations(CountsRows, q)
}

// BehindShadowLatency is the n rows of a side that a quantile was taken of.
func BehindShadowLatency(w Window, taskType string, shadow bool, quantile float64, n int64) Behind {
	q := BehindShadow(w, taskType, shadow).Invocations[0]
	q.WithLatency, q.Order = true, SlowestFirst
	return behindInvocations(RanksRows, q).ranking(quantile, n)
}

// BehindHeat is the rows of one hour of the week, Monday being day 0, over the
// thirty days up to now; all of them for the cost, else the calls.
func BehindHeat(now time.Time, day, hour int, cost bool) Behind {
	w := windowNamed(Window30d, now)
	measure, classes := CountsRows, []Class{ClassLLM}
	if cost {
		measure, classes = SumsCost, nil
	}
	// Every one of 168 cells asks, so the hours of others are not walked through.
	const week = 7 * 24
	last := hourStart(now)
	since := (int(last.Weekday()+6)%7*24 + last.Hour()) - (day*24 + hour) // hours from the cell's to the last one
	var queries []InvocationQuery
	for start := last.Add(-time.Duration((since+week)%week) * time.Hour); start.Add(time.Hour).After(w.From); start = start.Add(-week * time.Hour) {
		part := Stretch(start, time.Hour, now)
		if part.From.Before(w.From) {
			part.From = w.From
		}
		queries = append(queries, InvocationKeys{}.query(part, classes...))
	}
	return behindInvocations(measure, queries...)
}

// DonnaWeek is the seven UTC days by which Donna projects a month's spend.
func DonnaWeek(now time.Time) Window { return Window{From: dayStart(now).AddDate(0, 0, -6), To: now} }

// MonthOf is the UTC month up to now.
func MonthOf(now time.Time) Window { return windowNamed(WindowMonth, now) }

// BehindExtensions is what raised the daily cap today.
func BehindExtensions(now time.Time) Behind {
	today := day(now)
	return behindTable(windowNamed(WindowToday, now), func(s *Snapshot) RecordSet {
		if s.DB == nil {
			return RecordSet{}
		}
		return chosen("budget extension", []string{"granted_at", "date", "amount_usd", "voided"}, s.DB.Extensions,
			func(e *Extension) bool { return e.Date == today && !e.Voided && !e.GrantedAt.After(now) },
			func(e *Extension) Record {
				return Record{Name: e.Date, At: e.GrantedAt, Values: []any{timeValue(e.GrantedAt), e.Date, e.AmountUSD, e.Voided}}
			})
	}).As(SumsCost)
}
