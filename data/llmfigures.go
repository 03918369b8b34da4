package data

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/sketch"
)

// Columns of invocation_log without which a figure has no source.
const (
	colLatency     = "latency_ms"
	colTokensIn    = "tokens_in"
	colTokensOut   = "tokens_out"
	colCost        = "cost_usd"
	colModelActual = "model_actual"
	colIsShadow    = "is_shadow"
	colInterrupted = "interrupted"
	colOverflow    = "overflow_escalated"
)

const (
	hoursShown = 24
	daysShown  = 30
)

// llmFigures computes CONTRACT.md's `llm` as of s.At.
func llmFigures(s *Snapshot, notes *[]string) *LLM {
	sig := s.Signals()
	f := &LLM{Budget: sig.Budget, BurnRate: BurnRate{USDPerDay7d: sig.USDPerDay7d}}
	if s.DB != nil && s.DB.Invocations != nil {
		p := llmPass{s: s, v: s.DB.Invocations, f: f, exact: true}
		p.windows()
		p.series()
		p.heat()
		p.spending()
		f.Recent = recentRows(s)
		if !p.exact {
			*notes = append(*notes, "some windows begin inside an hour whose single rows have not been read yet: their figures are right to the hour")
		}
		if n := s.DB.Invocations.Unpriced; n > 0 {
			*notes = append(*notes, fmt.Sprintf("%d rows of invocation_log have a cost that can't be true (not finite, or over a billion USD): it counts as 0", n))
		}
		if n := s.DB.Invocations.Undated; n > 0 {
			*notes = append(*notes, fmt.Sprintf("%d rows of invocation_log have no readable timestamp and count nowhere", n))
		}
		if len(s.DB.Missing) > 0 {
			*notes = append(*notes, "invocation_log lacks "+strings.Join(slices.Sorted(maps.Keys(s.DB.Missing)), ", ")+": figures that need them are null")
		}
		if s.DB.Extensions == nil && s.dbCovers(s.At.Add(-24*time.Hour)) {
			*notes = append(*notes, "the database has no daily_budget_extension: the daily cap stands as configured")
		}
	}
	return f
}

// llmPass fills f from the rows of one view.
type llmPass struct {
	s     *Snapshot
	v     *Invocations
	f     *LLM
	exact bool
}

// has tells whether the file has the column.
func (p *llmPass) has(column string) bool { return !p.s.DB.Missing[column] }

// visitFunc gets rows of one hour, added up.
type visitFunc func(hour int64, task, model Symbol, class Class, s *sums)

// each visits rows with from ≤ t ≤ to; the single rows arrive as cells of one, and
// whole days in one piece.
func (p *llmPass) each(from, to time.Time, visit visitFunc, latency func(task Symbol, class Class, c *cell, r *rowCell)) {
	p.eachBy(p.v.each, from, to, visit, latency)
}

// eachHour is as each, but nothing larger than an hour arrives in one piece.
func (p *llmPass) eachHour(from, to time.Time, visit visitFunc) {
	p.eachBy(p.v.eachHour, from, to, visit, nil)
}

func (p *llmPass) eachBy(
	each func(from, to int64, onCell func(hour int64, c *cell), onRow func(hour int64, r *rowCell)) bool,
	from, to time.Time, visit visitFunc, latency func(task Symbol, class Class, c *cell, r *rowCell),
) {
	ok := each(from.UnixNano(), to.UnixNano()+1,
		func(hour int64, c *cell) {
			visit(hour, c.task, c.model, c.class, &c.sums)
			if latency != nil {
				latency(c.task, c.class, c, nil)
			}
		},
		func(hour int64, r *rowCell) {
			one := r.sums()
			visit(hour, r.task, r.model(), r.class(), &one)
			if latency != nil && r.hasLatency() {
				latency(r.task, r.class(), nil, r)
			}
		})
	p.exact = p.exact && ok
}

// taskSums is what a window holds of one task type.
type taskSums struct {
	llm, shadow, all, metered sums // metered: all but audit
	llmLatency, shadowLatency sketch.Sum
}

func addLatency(d *sketch.Sum, c *cell, r *rowCell) {
	if c != nil {
		d.AddSparse(&c.latency, c.maxLatency)
	} else {
		d.Add(int64(r.latency))
	}
}

// modelSums is what a window holds of one model.
type modelSums struct{ llm, all, metered sums }

// windows fills all figures that are given per window. The windows all end now
// and so lie in one another: one pass from the newest row to the oldest serves
// them all, and each is written down when the pass reaches its beginning.
func (p *llmPass) windows() {
	f := p.f
	f.Calls = make(map[string]*int64)
	f.CallsByClass = make(map[string]*ClassCounts)
	f.CallsByTaskType = make(map[string]map[string]int64)
	f.Tokens = make(map[string]*TokenFigures)
	f.LatencyMS = make(map[string]map[string]Latency)
	f.LatencyAllMS = make(map[string]*Latency)
	f.Failures = make(map[string]*Failures)
	f.Shadow = make(map[string]map[string]ShadowComparison)
	f.SpendUSD = make(map[string]*float64)
	f.SpendByTaskType = make(map[string]map[string]float64)
	f.SpendByModel = make(map[string]map[string]float64)
	f.CallsByModel = make(map[string]map[string]int64)

	acc := newWindowSums(len(p.v.tasks), len(p.v.models))
	to := p.s.At
	for _, w := range windowsNewestFirst(WindowNames, p.s.At) {
		if !p.s.dbCovers(w.From) {
			p.unknown(w.Name)
			continue
		}
		if !to.Before(w.From) {
			p.each(w.From, to, acc.add, acc.addLatency)
			to = w.From.Add(-1)
		}
		p.write(w.Name, acc)
	}
	p.dropUnmeasured()
}

// dropUnmeasured takes back the branches that no column of this file feeds.
func (p *llmPass) dropUnmeasured() {
	f := p.f
	if !p.has(colCost) {
		f.SpendUSD, f.SpendByTaskType, f.SpendByModel = nil, nil, nil
	}
	if !p.has(colModelActual) {
		f.CallsByModel, f.SpendByModel = nil, nil
	}
	if !p.has(colLatency) {
		f.LatencyMS, f.LatencyAllMS = nil, nil
	}
	if !p.has(colTokensIn) && !p.has(colTokensOut) {
		f.Tokens = nil
	}
	if !p.has(colIsShadow) {
		f.Shadow = nil
	}
}

// unknown writes a window whose rows have not all been read yet.
func (p *llmPass) unknown(w string) {
	f := p.f
	f.Calls[w], f.CallsByClass[w], f.CallsByTaskType[w], f.CallsByModel[w] = nil, nil, nil, nil
	f.Tokens[w], f.SpendUSD[w], f.SpendByTaskType[w], f.SpendByModel[w] = nil, nil, nil, nil
	f.Failures[w] = nil
	if slices.Contains(LatencyWindowNames, w) {
		f.LatencyMS[w], f.LatencyAllMS[w] = nil, nil
	}
	if slices.Contains(shadowWindowNames, w) {
		f.Shadow[w] = nil
	}
}

// windowSums adds up the rows of a window by task type, model and class.
type windowSums struct {
	tasks   []taskSums
	models  []modelSums
	classes [4]int64
	llm     sums
	all     sums
	metered sums
}

func newWindowSums(tasks, models int) *windowSums {
	return &windowSums{tasks: make([]taskSums, tasks), models: make([]modelSums, models)}
}

func (a *windowSums) add(_ int64, task, model Symbol, class Class, s *sums) {
	t, m := &a.tasks[task], &a.models[model]
	a.classes[class] += s.calls
	a.all.add(s)
	t.all.add(s)
	m.all.add(s)
	if class != ClassAudit {
		a.metered.add(s)
		t.metered.add(s)
		m.metered.add(s)
	}
	switch class {
	case ClassLLM:
		a.llm.add(s)
		t.llm.add(s)
		m.llm.add(s)
	case ClassShadow:
		t.shadow.add(s)
	}
}

func (a *windowSums) addLatency(task Symbol, class Class, c *cell, r *rowCell) {
	switch class {
	case ClassLLM:
		addLatency(&a.tasks[task].llmLatency, c, r)
	case ClassShadow:
		addLatency(&a.tasks[task].shadowLatency, c, r)
	}
}

// write puts what has been added up so far down as window w.
func (p *llmPass) write(w string, a *windowSums) {
	f := p.f
	f.Calls[w] = ptr(a.classes[ClassLLM])
	f.CallsByClass[w] = &ClassCounts{
		LLM: a.classes[ClassLLM], Shadow: p.ifHas(colIsShadow, a.classes[ClassShadow]),
		Embedding: a.classes[ClassEmbedding], Audit: a.classes[ClassAudit],
	}
	f.SpendUSD[w] = ptr(a.all.cost)
	tokens := &TokenFigures{TokenCount: p.tokenCount(&a.metered), ByTaskType: map[string]TokenCount{}}
	if p.has(colModelActual) {
		tokens.ByModel = map[string]TokenCount{}
	}
	calls, spend := map[string]int64{}, map[string]float64{}
	for i := range a.tasks {
		t, name := &a.tasks[i], p.v.tasks[i]
		if t.llm.calls > 0 {
			calls[name] = t.llm.calls
		}
		if t.all.calls > 0 {
			spend[name] = t.all.cost
		}
		if t.metered.calls > 0 {
			tokens.ByTaskType[name] = p.tokenCount(&t.metered)
		}
	}
	f.CallsByTaskType[w], f.SpendByTaskType[w] = calls, spend
	modelCalls, modelSpend := map[string]int64{}, map[string]float64{}
	for i := range a.models {
		m, name := &a.models[i], p.v.models[i]
		if m.llm.calls > 0 {
			modelCalls[name] = m.llm.calls
		}
		if m.all.calls > 0 {
			modelSpend[name] = m.all.cost
		}
		if m.metered.calls > 0 && tokens.ByModel != nil {
			tokens.ByModel[name] = p.tokenCount(&m.metered)
		}
	}
	f.CallsByModel[w], f.SpendByModel[w], f.Tokens[w] = modelCalls, modelSpend, tokens
	f.Failures[w] = &Failures{
		Calls:          a.llm.calls,
		Interrupted:    p.ifHas(colInterrupted, a.llm.interrupted),
		Overflow:       p.ifHas(colOverflow, a.llm.overflow),
		InterruptedPct: p.pct(colInterrupted, a.llm.interrupted, a.llm.calls),
		OverflowPct:    p.pct(colOverflow, a.llm.overflow, a.llm.calls),
	}
	if slices.Contains(LatencyWindowNames, w) {
		p.writeLatency(w, a)
	}
	if slices.Contains(shadowWindowNames, w) {
		f.Shadow[w] = p.shadow(a)
	}
}

func (p *llmPass) writeLatency(w string, a *windowSums) {
	byTask := map[string]Latency{}
	var all sketch.Sum
	for i := range a.tasks {
		if d := &a.tasks[i].llmLatency; d.Count() > 0 {
			byTask[p.v.tasks[i]] = latencyOf(d)
			all.Merge(d)
		}
	}
	p.f.LatencyMS[w] = byTask
	p.f.LatencyAllMS[w] = ptr(latencyOf(&all))
}

func latencyOf(d *sketch.Sum) Latency {
	if d.Count() == 0 {
		return Latency{}
	}
	q := d.Quantiles(0.50, 0.95, 0.99)
	return Latency{N: d.Count(), P50: &q[0], P95: &q[1], P99: &q[2], Max: ptr(d.Max())}
}

// shadow compares each task type that has shadow rows with its primary calls.
func (p *llmPass) shadow(a *windowSums) map[string]ShadowComparison {
	type side struct {
		sums
		latency sketch.Sum
	}
	shadows := map[string]*side{}
	primaries := map[string]*taskSums{}
	for i := range a.tasks {
		t, name := &a.tasks[i], p.v.tasks[i]
		primaries[name] = t
		if t.shadow.calls == 0 {
			continue
		}
		base := BaseTaskType(name)
		if shadows[base] == nil {
			shadows[base] = &side{}
		}
		shadows[base].add(&t.shadow)
		shadows[base].latency.Merge(&t.shadowLatency)
	}
	out := make(map[string]ShadowComparison, len(shadows))
	for base, sh := range shadows {
		c := ShadowComparison{Shadow: p.shadowSide(&sh.sums, &sh.latency), Primary: p.shadowSide(&sums{}, &sketch.Sum{})}
		if t := primaries[base]; t != nil {
			c.Primary = p.shadowSide(&t.llm, &t.llmLatency)
		}
		out[base] = c
	}
	return out
}

func (p *llmPass) shadowSide(s *sums, d *sketch.Sum) ShadowSide {
	l := latencyOf(d)
	side := ShadowSide{Calls: s.calls, P50: l.P50, P95: l.P95, CostUSD: p.cost(s)}
	if side.CostUSD != nil && s.calls > 0 {
		side.MeanCostUSD = ptr(s.cost / float64(s.calls))
	}
	return side
}

// series fills the clock hours and UTC days.
func (p *llmPass) series() {
	now := p.s.At
	if from := hourStart(now).Add(-(hoursShown - 1) * time.Hour); p.s.dbCovers(from) {
		p.f.PerHour = make([]HourBucket, hoursShown)
		for i := range p.f.PerHour {
			p.f.PerHour[i] = p.newBucket(from.Add(time.Duration(i) * time.Hour))
		}
		first := from.UnixNano() / int64(time.Hour)
		p.eachHour(from, now, func(hour int64, task, model Symbol, class Class, s *sums) {
			p.addTo(&p.f.PerHour[hour-first], task, model, class, s)
		})
	}
	if from := dayStart(now).AddDate(0, 0, -(daysShown - 1)); p.s.dbCovers(from) {
		p.f.PerDay = make([]DayBucket, daysShown)
		for i := range p.f.PerDay {
			p.f.PerDay[i] = DayBucket{HourBucket: p.newBucket(from.AddDate(0, 0, i)), Interrupted: p.ifHas(colInterrupted, 0)}
		}
		first := from.UnixNano() / int64(time.Hour)
		p.each(from, now, func(hour int64, task, model Symbol, class Class, s *sums) {
			d := &p.f.PerDay[(hour-first)/24]
			p.addTo(&d.HourBucket, task, model, class, s)
			if class == ClassLLM && d.Interrupted != nil {
				*d.Interrupted += s.interrupted
			}
		}, nil)
	}
}

func (p *llmPass) newBucket(start time.Time) HourBucket {
	b := HourBucket{Start: start, CostUSD: p.cost(&sums{}), ByTaskType: map[string]int64{}}
	if p.has(colModelActual) {
		b.ByModel = map[string]int64{}
	}
	return b
}

func (p *llmPass) addTo(b *HourBucket, task, model Symbol, class Class, s *sums) {
	if b.CostUSD != nil {
		*b.CostUSD += s.cost
	}
	if class != ClassLLM {
		return
	}
	b.Calls += s.calls
	b.ByTaskType[p.v.tasks[task]] += s.calls
	if b.ByModel != nil {
		b.ByModel[p.v.models[model]] += s.calls
	}
}

// heat fills the hours of the week over thirty days.
func (p *llmPass) heat() {
	w, _ := WindowAt(Window30d, p.s.At)
	if !p.s.dbCovers(w.From) {
		return
	}
	p.f.Heat = make([][]HeatCell, 7)
	for d := range p.f.Heat {
		p.f.Heat[d] = make([]HeatCell, 24)
		for h := range p.f.Heat[d] {
			p.f.Heat[d][h].CostUSD = p.cost(&sums{})
		}
	}
	p.eachHour(w.From, w.To, func(hour int64, _, _ Symbol, class Class, s *sums) {
		// the epoch began on a Thursday: 3 days after Monday
		c := &p.f.Heat[(hour/24+3)%7][hour%24]
		if c.CostUSD != nil {
			*c.CostUSD += s.cost
		}
		if class == ClassLLM {
			c.Calls += s.calls
		}
	})
}

// spending fills burn rate and projections; the daily rate is that of the budget.
func (p *llmPass) spending() {
	if !p.has(colCost) {
		return
	}
	f, now := p.f, p.s.At
	if day := f.SpendUSD[Window24h]; day != nil {
		f.BurnRate.USDPerHour24h = ptr(*day / 24)
	}
	daysInMonth := nextMonthStart(now).Sub(monthStart(now)).Hours() / 24
	if from := dayStart(now).AddDate(0, 0, -6); p.s.dbCovers(from) {
		f.ProjectedMonthUSD.Donna = ptr(p.spent(from, false) / 7 * daysInMonth)
	}
	if month := f.SpendUSD[WindowMonth]; month != nil && f.BurnRate.USDPerDay7d != nil {
		f.ProjectedMonthUSD.MonthToDatePlus7dRate = ptr(*month + *f.BurnRate.USDPerDay7d*monthDaysLeft(now))
	}
}

// spent is the cost of all rows since from, or of those Donna's guard counts.
func (p *llmPass) spent(from time.Time, guard bool) float64 {
	total := 0.0
	p.each(from, p.s.At, func(_ int64, task, _ Symbol, class Class, s *sums) {
		if guard && (class == ClassAudit || p.v.tasks[task] == taskExternalCall) {
			return
		}
		total += s.cost
	}, nil)
	return total
}

// recentRows is the newest rows up to the snapshot's clock.
func recentRows(s *Snapshot) []InvocationRow {
	rows := make([]InvocationRow, 0, len(s.DB.Recent))
	for _, r := range s.DB.Recent {
		if !r.Time.After(s.At) {
			rows = append(rows, r)
		}
	}
	return rows
}

func (p *llmPass) tokenCount(s *sums) TokenCount {
	return TokenCount{In: p.ifHas(colTokensIn, s.tokensIn), Out: p.ifHas(colTokensOut, s.tokensOut)}
}

func (p *llmPass) cost(s *sums) *float64 {
	if !p.has(colCost) {
		return nil
	}
	return ptr(s.cost)
}

func (p *llmPass) ifHas(column string, n int64) *int64 {
	if !p.has(column) {
		return nil
	}
	return &n
}

func (p *llmPass) pct(column string, part, whole int64) *float64 {
	if !p.has(column) {
		return nil
	}
	return share(float64(part), float64(whole))
}

// share is part of whole in per cent; nil if there is no whole.
func share(part, whole float64) *float64 {
	if whole == 0 {
		return nil
	}
	return ptr(part / whole * 100)
}

func ptr[T any](v T) *T { return &v }
