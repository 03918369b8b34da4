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

// visitor gets rows that were added up, and single rows; what it has no function
// for it isn't told.
type visitor struct {
	cell    func(hour int64, task, model Symbol, class Class, s *sums)
	latency func(d *distribution)
	row     func(r *rowCell) // of the single rows, beside cell
}

// each visits rows with from ≤ t ≤ to; the single rows arrive as cells of one, and
// whole days in one piece.
func (p *llmPass) each(from, to time.Time, v visitor) { p.eachBy(p.v.each, from, to, v) }

// eachFunc is how a stretch of time is gone through.
type eachFunc func(from, to int64, onWhole func(hour int64, u *rollup), onRow func(hour int64, r *rowCell)) bool

func (p *llmPass) eachBy(each eachFunc, from, to time.Time, v visitor) {
	var one sums // of a single row, which must not need memory of its own
	ok := each(from.UnixNano(), to.UnixNano()+1,
		func(hour int64, u *rollup) {
			for i := range u.cells {
				c := &u.cells[i]
				v.cell(hour, c.task, c.model, c.class, &c.sums)
			}
			if v.latency != nil {
				for i := range u.latencies {
					v.latency(&u.latencies[i])
				}
			}
		},
		func(hour int64, r *rowCell) {
			one = r.sums()
			v.cell(hour, r.task, r.model(), r.class(), &one)
			if v.row != nil {
				v.row(r)
			}
		})
	p.exact = p.exact && ok
}

// byClass is what rows of each class add up to.
type byClass [ClassAudit + 1]sums

// all is the sum of all rows.
func (b *byClass) all() sums {
	s := b.metered()
	s.add(&b[ClassAudit])
	return s
}

// metered is the sum of all rows but audit.
func (b *byClass) metered() sums {
	s := b[ClassLLM]
	s.add(&b[ClassShadow])
	s.add(&b[ClassEmbedding])
	return s
}

// taskSums is what a window holds of one task type.
type taskSums struct {
	byClass
	llmLatency, shadowLatency sketch.Sum
}

// latencyOf is where the latencies of a class are added up; nil for those that
// no figure asks for.
func (t *taskSums) latencyOf(class Class) *sketch.Sum {
	switch class {
	case ClassLLM:
		return &t.llmLatency
	case ClassShadow:
		return &t.shadowLatency
	}
	return nil
}

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
	f.embedCalls = make(map[string]map[string]int64)

	acc := newWindowSums(len(p.v.tasks), len(p.v.models))
	to := p.s.At
	for _, w := range p.s.windows() {
		if !p.s.dbCovers(w.From) {
			p.unknown(w.Name)
			continue
		}
		if !to.Before(w.From) {
			p.each(w.From, to, acc.visitor())
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
	f.Failures[w], f.embedCalls[w] = nil, nil
	if givesLatency(w) {
		f.LatencyMS[w], f.LatencyAllMS[w] = nil, nil
	}
	if comparesShadows(w) {
		f.Shadow[w] = nil
	}
}

// windowSums adds up the rows of a window by task type, model and class.
type windowSums struct {
	tasks  []taskSums
	models []byClass
}

func newWindowSums(tasks, models int) *windowSums {
	return &windowSums{tasks: make([]taskSums, tasks), models: make([]byClass, models)}
}

// visitor adds up what it is given.
func (a *windowSums) visitor() visitor {
	return visitor{
		cell: func(_ int64, task, model Symbol, class Class, s *sums) {
			a.tasks[task].byClass[class].add(s)
			a.models[model][class].add(s)
		},
		latency: func(d *distribution) {
			if sum := a.tasks[d.task].latencyOf(d.class); sum != nil {
				sum.AddSparse(&d.sketch, d.max)
			}
		},
		row: func(r *rowCell) {
			if sum := a.tasks[r.task].latencyOf(r.class()); sum != nil && r.hasLatency() {
				sum.Add(int64(r.latency))
			}
		},
	}
}

// total is the sum over all task types.
func (a *windowSums) total() (t byClass) {
	for i := range a.tasks {
		for class := range t {
			t[class].add(&a.tasks[i].byClass[class])
		}
	}
	return t
}

// write puts what has been added up so far down as window w.
func (p *llmPass) write(w string, a *windowSums) {
	f, total := p.f, a.total()
	all, metered, llm := total.all(), total.metered(), &total[ClassLLM]
	f.Calls[w] = ptr(llm.calls)
	f.CallsByClass[w] = &ClassCounts{
		LLM: llm.calls, Shadow: p.ifHas(colIsShadow, total[ClassShadow].calls),
		Embedding: total[ClassEmbedding].calls, Audit: total[ClassAudit].calls,
	}
	f.SpendUSD[w] = ptr(all.cost)
	tokens := &TokenFigures{TokenCount: p.tokenCount(&metered), ByTaskType: map[string]TokenCount{}}
	if p.has(colModelActual) {
		tokens.ByModel = map[string]TokenCount{}
	}
	calls, spend, embedded := map[string]int64{}, map[string]float64{}, map[string]int64{}
	for i := range a.tasks {
		t, name := &a.tasks[i], p.v.tasks[i]
		if n := t.byClass[ClassLLM].calls; n > 0 {
			calls[name] = n
		}
		if n := t.byClass[ClassEmbedding].calls; n > 0 {
			embedded[name] = n
		}
		if all := t.all(); all.calls > 0 {
			spend[name] = all.cost
		}
		if metered := t.metered(); metered.calls > 0 {
			tokens.ByTaskType[name] = p.tokenCount(&metered)
		}
	}
	f.CallsByTaskType[w], f.SpendByTaskType[w], f.embedCalls[w] = calls, spend, embedded
	modelCalls, modelSpend := map[string]int64{}, map[string]float64{}
	for i := range a.models {
		m, name := &a.models[i], p.v.models[i]
		if n := m[ClassLLM].calls; n > 0 {
			modelCalls[name] = n
		}
		if all := m.all(); all.calls > 0 {
			modelSpend[name] = all.cost
		}
		if metered := m.metered(); metered.calls > 0 && tokens.ByModel != nil {
			tokens.ByModel[name] = p.tokenCount(&metered)
		}
	}
	f.CallsByModel[w], f.SpendByModel[w], f.Tokens[w] = modelCalls, modelSpend, tokens
	f.Failures[w] = &Failures{
		Calls:          llm.calls,
		Interrupted:    p.ifHas(colInterrupted, llm.interrupted),
		Overflow:       p.ifHas(colOverflow, llm.overflow),
		InterruptedPct: p.pct(colInterrupted, llm.interrupted, llm.calls),
		OverflowPct:    p.pct(colOverflow, llm.overflow, llm.calls),
	}
	if givesLatency(w) {
		p.writeLatency(w, a)
	}
	if comparesShadows(w) {
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
		sums := &t.byClass[ClassShadow]
		if sums.calls == 0 {
			continue
		}
		base := BaseTaskType(name)
		if shadows[base] == nil {
			shadows[base] = &side{}
		}
		shadows[base].add(sums)
		shadows[base].latency.Merge(&t.shadowLatency)
	}
	out := make(map[string]ShadowComparison, len(shadows))
	for base, sh := range shadows {
		c := ShadowComparison{Shadow: p.shadowSide(&sh.sums, &sh.latency), Primary: p.shadowSide(&sums{}, &sketch.Sum{})}
		if t := primaries[base]; t != nil {
			c.Primary = p.shadowSide(&t.byClass[ClassLLM], &t.llmLatency)
		}
		out[base] = c
	}
	return out
}

func (p *llmPass) shadowSide(s *sums, d *sketch.Sum) ShadowSide {
	l := latencyOf(d)
	side := ShadowSide{Calls: s.calls, P50: l.P50, P95: l.P95, CostUSD: p.cost(s.cost)}
	if side.CostUSD != nil && s.calls > 0 {
		side.MeanCostUSD = ptr(s.cost / float64(s.calls))
	}
	return side
}

// series fills the clock hours and UTC days.
func (p *llmPass) series() {
	const day = hoursPerDay * time.Hour
	now := p.s.At
	if from, ok := p.s.seriesFrom(hourStart(now).Add(-(hoursShown-1)*time.Hour), time.Hour, p.s.rowsSince); ok {
		p.f.PerHour = make([]HourBucket, hourStart(now).Sub(from)/time.Hour+1)
		p.buckets(p.v.eachHour, from, time.Hour, len(p.f.PerHour), func(i int, b *bucketSums) {
			p.f.PerHour[i] = p.bucket(from.Add(time.Duration(i)*time.Hour), b)
		})
	}
	if from, ok := p.s.seriesFrom(dayStart(now).AddDate(0, 0, -(daysShown-1)), day, p.s.rowsSince); ok {
		p.f.PerDay = make([]DayBucket, dayStart(now).Sub(from)/day+1)
		p.buckets(p.v.each, from, day, len(p.f.PerDay), func(i int, b *bucketSums) {
			p.f.PerDay[i] = DayBucket{HourBucket: p.bucket(from.AddDate(0, 0, i), b), Interrupted: p.ifHas(colInterrupted, b.interrupted)}
		})
	}
}

// bucketSums adds up the rows of one bucket of a series.
type bucketSums struct {
	usage
	interrupted   int64
	tasks, models []int64 // calls of class llm by symbol
}

// buckets adds up the rows of the n buckets of a series that begins at from, and
// passes each on. They come in order of time, so that one is filled at a time.
func (p *llmPass) buckets(each eachFunc, from time.Time, step time.Duration, n int, write func(i int, b *bucketSums)) {
	first, hours := from.UnixNano()/int64(time.Hour), int64(step/time.Hour)
	b := bucketSums{tasks: make([]int64, len(p.v.tasks)), models: make([]int64, len(p.v.models))}
	at := 0
	writeTo := func(i int) {
		for ; at < i; at++ {
			write(at, &b)
			clear(b.tasks)
			clear(b.models)
			b = bucketSums{tasks: b.tasks, models: b.models}
		}
	}
	p.eachBy(each, from, p.s.At, visitor{cell: func(hour int64, task, model Symbol, class Class, s *sums) {
		writeTo(int((hour - first) / hours))
		b.add(class, s)
		if class == ClassLLM {
			b.interrupted += s.interrupted
			b.tasks[task] += s.calls
			b.models[model] += s.calls
		}
	}})
	writeTo(n)
}

func (p *llmPass) bucket(start time.Time, b *bucketSums) HourBucket {
	out := HourBucket{Start: start, Calls: b.calls, CostUSD: p.cost(b.cost), ByTaskType: callsBy(p.v.tasks, b.tasks)}
	if p.has(colModelActual) {
		out.ByModel = callsBy(p.v.models, b.models)
	}
	return out
}

// callsBy names the calls by symbol; symbols without any are left out.
func callsBy(names []string, calls []int64) map[string]int64 {
	out := make(map[string]int64)
	for i, n := range calls {
		if n > 0 {
			out[names[i]] = n
		}
	}
	return out
}

// heat fills the hours of the week over thirty days.
func (p *llmPass) heat() {
	w, _ := WindowAt(Window30d, p.s.At)
	if !p.s.dbCovers(w.From) {
		return
	}
	var heat [7][24]usage
	at := func(hour int64) *usage {
		// the epoch began on a Thursday: 3 days after Monday
		return &heat[(hour/24+3)%7][hour%24]
	}
	ok := p.v.eachHour(w.From.UnixNano(), w.To.UnixNano()+1,
		func(hour int64, u *rollup) {
			c := at(hour)
			c.calls += u.total.calls
			c.cost += u.total.cost
		},
		func(hour int64, r *rowCell) {
			one := r.sums()
			at(hour).add(r.class(), &one)
		})
	p.exact = p.exact && ok
	p.f.Heat = make([][]HeatCell, len(heat))
	for d := range heat {
		p.f.Heat[d] = make([]HeatCell, len(heat[d]))
		for h, u := range heat[d] {
			p.f.Heat[d][h] = HeatCell{Calls: u.calls, CostUSD: p.cost(u.cost)}
		}
	}
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
	p.each(from, p.s.At, visitor{cell: func(_ int64, task, _ Symbol, class Class, s *sums) {
		if guard && (class == ClassAudit || p.v.tasks[task] == taskExternalCall) {
			return
		}
		total += s.cost
	}})
	return total
}

// recentRows is the newest rows up to the snapshot's clock.
func recentRows(s *Snapshot) []InvocationRow {
	rows := make([]InvocationRow, 0, RecentRows)
	for _, r := range s.DB.Recent {
		if r.Time.After(s.At) {
			continue
		}
		if len(rows) == RecentRows {
			break
		}
		r.noInterrupted, r.noOverflow = s.DB.Missing[colInterrupted], s.DB.Missing[colOverflow]
		rows = append(rows, r)
	}
	return rows
}

func (p *llmPass) tokenCount(s *sums) TokenCount {
	return TokenCount{In: p.ifHas(colTokensIn, s.tokensIn), Out: p.ifHas(colTokensOut, s.tokensOut)}
}

func (p *llmPass) cost(usd float64) *float64 { return unless(!p.has(colCost), usd) }

func (p *llmPass) ifHas(column string, n int64) *int64 { return unless(!p.has(column), n) }

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
