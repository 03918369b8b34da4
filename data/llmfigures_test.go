package data

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/sketch"
)

// What is added up by hours and days, by task type and class, gives the figures
// that a loop over all rows gives, at any time of day, also after the rollup was
// written and read again.
func TestLLMFiguresAgreeWithALoopOverAllRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(31, 32))
	for seed := range uint64(6) {
		now := time.Date(2026, 7, 1+rng.IntN(28), 0, 0, 0, 0, time.UTC).Add(time.Duration(rng.Int64N(int64(24 * time.Hour)))).Truncate(time.Microsecond)
		s := NewInvocationStore(now)
		rows := randomRows(s, now, 12_000, 40+seed)
		for i := range rows {
			s.Add(&rows[i])
		}
		if seed%2 == 1 {
			restored, err := RestoreInvocations(s.View().AppendBinary(nil))
			if err != nil {
				t.Fatal(err)
			}
			s = restored
		}
		f := figuresOfStore(s, now).LLM
		for _, w := range windowsNewestFirst(WindowNames, now) {
			checkWindow(t, f, w, rowsIn(s, rows, w))
		}
		checkSeries(t, f, now, s, rows)
	}
}

// figuresOfStore are all figures of a database that holds what the store does.
func figuresOfStore(s *InvocationStore, now time.Time) *Figures {
	return computeFigures(newSnapshot(Snapshot{
		At: now, Sources: map[string]SourceState{}, Logs: newRing(1, 1).view(), Counts: newEventCounts().view(), Facts: newFactStore().view(),
		DB: &DB{Invocations: s.View(), Extensions: []Extension{}}, Config: DefaultConfig(),
	}))
}

// namedRow is a row with its names and class.
type namedRow struct {
	*Invocation
	task, model string
	class       Class
}

func rowsIn(s *InvocationStore, rows []Invocation, w Window) (in []namedRow) {
	for i := range rows {
		r := &rows[i]
		if w.within(time.Unix(0, r.Time).UTC()) {
			task := s.tasks.names[r.Task]
			in = append(in, namedRow{r, task, s.models.names[r.Model], ClassOf(task, r.Shadow)})
		}
	}
	return in
}

func checkWindow(t *testing.T, f *LLM, w Window, rows []namedRow) {
	t.Helper()
	calls, models, embedded := map[string]int64{}, map[string]int64{}, map[string]int64{}
	spend, spendByModel := map[string]float64{}, map[string]float64{}
	classes := ClassCounts{Shadow: new(int64)}
	failures := Failures{Interrupted: new(int64), Overflow: new(int64)}
	tokens, tokensByTask := [2]int64{}, map[string][2]int64{}
	latency := map[string]*sketch.Dense{}
	shadows := map[string]*sketch.Dense{}
	of := func(m map[string]*sketch.Dense, key string) *sketch.Dense {
		if m[key] == nil {
			m[key] = new(sketch.Dense)
		}
		return m[key]
	}
	for _, r := range rows {
		spend[r.task] += r.CostUSD
		spendByModel[r.model] += r.CostUSD
		if r.class != ClassAudit {
			tokens[0], tokens[1] = tokens[0]+r.TokensIn, tokens[1]+r.TokensOut
			tokensByTask[r.task] = [2]int64{tokensByTask[r.task][0] + r.TokensIn, tokensByTask[r.task][1] + r.TokensOut}
		}
		switch r.class {
		case ClassLLM:
			classes.LLM++
			calls[r.task]++
			models[r.model]++
			if r.Interrupted {
				*failures.Interrupted++
			}
			if r.Overflow {
				*failures.Overflow++
			}
			if r.HasLatency {
				of(latency, r.task).Add(r.LatencyMS)
				of(latency, "").Add(r.LatencyMS)
			}
		case ClassShadow:
			*classes.Shadow++
			d := of(shadows, BaseTaskType(r.task))
			if r.HasLatency {
				d.Add(r.LatencyMS)
			}
		case ClassEmbedding:
			classes.Embedding++
			embedded[r.task]++
		case ClassAudit:
			classes.Audit++
		}
	}
	same(t, w.Name+": calls by class", *f.CallsByClass[w.Name], classes)
	same(t, w.Name+": calls by task type", f.CallsByTaskType[w.Name], calls)
	same(t, w.Name+": calls by model", f.CallsByModel[w.Name], models)
	same(t, w.Name+": embeddings", f.embedCalls[w.Name], embedded)
	same(t, w.Name+": failures", [2]int64{*f.Failures[w.Name].Interrupted, *f.Failures[w.Name].Overflow}, [2]int64{*failures.Interrupted, *failures.Overflow})
	same(t, w.Name+": tokens", counted(f.Tokens[w.Name].TokenCount), tokens)
	gotTokens := map[string][2]int64{}
	for name, n := range f.Tokens[w.Name].ByTaskType {
		gotTokens[name] = counted(n)
	}
	same(t, w.Name+": tokens by task type", gotTokens, tokensByTask)
	near(t, w.Name+": spend by task type", f.SpendByTaskType[w.Name], spend)
	near(t, w.Name+": spend by model", f.SpendByModel[w.Name], spendByModel)
	if givesLatency(w.Name) {
		want := map[string]Latency{}
		for name, d := range latency {
			want[name] = latencyOfDense(d)
		}
		same(t, w.Name+": latency of all", *f.LatencyAllMS[w.Name], want[""])
		delete(want, "")
		same(t, w.Name+": latency", f.LatencyMS[w.Name], want)
	}
	if comparesShadows(w.Name) {
		got, want := map[string]*int64{}, map[string]*int64{}
		for name, c := range f.Shadow[w.Name] {
			got[name] = c.Shadow.P95
		}
		for name, d := range shadows {
			want[name] = latencyOfDense(d).P95
		}
		same(t, w.Name+": shadow p95", got, want)
	}
}

func checkSeries(t *testing.T, f *LLM, now time.Time, s *InvocationStore, rows []Invocation) {
	t.Helper()
	check := func(b HourBucket, length time.Duration) {
		to := b.Start.Add(length - 1)
		if to.After(now) {
			to = now
		}
		want := HourBucket{Start: b.Start, CostUSD: b.CostUSD, ByTaskType: map[string]int64{}, ByModel: map[string]int64{}}
		cost := 0.0
		for _, r := range rowsIn(s, rows, Window{From: b.Start, To: to}) {
			cost += r.CostUSD
			if r.class == ClassLLM {
				want.Calls++
				want.ByTaskType[r.task]++
				want.ByModel[r.model]++
			}
		}
		same(t, "bucket", b, want)
		near(t, "cost", map[string]float64{b.Start.String(): *b.CostUSD}, map[string]float64{b.Start.String(): cost})
	}
	same(t, "buckets", [2]int{len(f.PerHour), len(f.PerDay)}, [2]int{hoursShown, daysShown})
	for _, b := range f.PerHour {
		check(b, time.Hour)
	}
	for _, b := range f.PerDay {
		check(b.HourBucket, 24*time.Hour)
	}
	var got, want [7][24]int64
	for d := range f.Heat {
		for h := range f.Heat[d] {
			got[d][h] = f.Heat[d][h].Calls
		}
	}
	month, err := WindowAt(Window30d, now)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rowsIn(s, rows, month) {
		if at := time.Unix(0, r.Time).UTC(); r.class == ClassLLM {
			want[(at.Weekday()+6)%7][at.Hour()]++
		}
	}
	same(t, "heat", got, want)
}

func counted(c TokenCount) [2]int64 { return [2]int64{*c.In, *c.Out} }

func latencyOfDense(d *sketch.Dense) Latency {
	if d.Count() == 0 {
		return Latency{}
	}
	q := d.Quantiles(0.50, 0.95, 0.99)
	return Latency{N: d.Count(), P50: &q[0], P95: &q[1], P99: &q[2], Max: ptr(d.Max())}
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %+v, want %+v", what, got, want)
	}
}

// near compares sums of money, which depend on the order of adding in their last digits.
func near(t *testing.T, what string, got, want map[string]float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
	for name := range want {
		if math.Abs(got[name]-want[name]) > 1e-9*(1+want[name]) {
			t.Errorf("%s of %s: %v, want %v", what, name, got[name], want[name])
		}
	}
}
