package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// randomRows draws n rows of the last 32 days before now, of every class, with
// some on the very edges of the windows.
func randomRows(s *InvocationStore, now time.Time, n int, seed uint64) []Invocation {
	rng := rand.New(rand.NewPCG(seed, 1))
	tasks := []string{"parse_task", "chat_respond", "embed_task", taskEscalationLifecycle, taskToolGapLifecycle, "parse_task::__shadow__", taskExternalCall}
	rows := make([]Invocation, 0, n)
	for i := range n {
		at := now.Add(-time.Duration(rng.Int64N(int64(32 * 24 * time.Hour)))).Truncate(time.Microsecond)
		if i%50 == 0 {
			ws := windowsNewestFirst(WindowNames, now)
			at = ws[rng.IntN(len(ws))].From.Add(time.Duration(rng.IntN(3)-1) * time.Microsecond)
		}
		if i%97 == 0 {
			at = now.Add(time.Duration(rng.IntN(3)-1) * time.Microsecond) // some rows are dated after now
		}
		task := tasks[rng.IntN(len(tasks))]
		rows = append(rows, Invocation{
			RowID: int64(i + 1), Time: at.UnixNano(),
			Task: s.Task([]byte(task)), Model: s.Model([]byte(fmt.Sprint("m", rng.IntN(3)))),
			Shadow: task == "parse_task::__shadow__" || rng.IntN(40) == 0, Interrupted: rng.IntN(20) == 0, Overflow: rng.IntN(30) == 0,
			HasLatency: rng.IntN(10) > 0, LatencyMS: int64(math.Exp(rng.NormFloat64() + 7)),
			TokensIn: rng.Int64N(10_000), TokensOut: rng.Int64N(1000), CostUSD: rng.Float64() / 10,
		})
	}
	return rows
}

// addAll adds all cells of a rollup.
func (s *sums) addAll(u *rollup) {
	for i := range u.cells {
		s.add(&u.cells[i].sums)
	}
}

func TestEachAgreesWithALoopOverAllRows(t *testing.T) {
	now := time.Date(2026, 7, 1, 10, 17, 3, 123456000, time.UTC)
	s := NewInvocationStore(now)
	rows := randomRows(s, now, 30_000, 7)
	for i := range rows {
		s.Add(&rows[i])
	}
	v := s.View()
	for _, w := range append(windowsNewestFirst(WindowNames, now), Window{Name: "the last hour of the store", From: now.Add(-20 * time.Minute), To: now.Add(-time.Minute)}) {
		var want, got sums
		for i := range rows {
			r := &rows[i]
			if at := time.Unix(0, r.Time); !at.Before(w.From) && !at.After(w.To) {
				one := sums{calls: 1, tokensIn: r.TokensIn, tokensOut: r.TokensOut, cost: r.CostUSD}
				if r.Interrupted {
					one.interrupted = 1
				}
				if r.Overflow {
					one.overflow = 1
				}
				want.add(&one)
			}
		}
		exact := v.each(w.From.UnixNano(), w.To.UnixNano()+1,
			func(_ int64, u *rollup) { got.addAll(u) },
			func(_ int64, r *rowCell) { one := r.sums(); got.add(&one) })
		if math.Abs(got.cost-want.cost) > 1e-6 {
			t.Errorf("%s: cost %v, want %v", w.Name, got.cost, want.cost)
		}
		got.cost, want.cost = 0, 0
		if got != want || !exact {
			t.Errorf("%s: %+v (exact %v), want %+v", w.Name, got, exact, want)
		}
	}
}

func TestViewsDoNotChange(t *testing.T) {
	now := epoch
	s := NewInvocationStore(now)
	rows := randomRows(s, now, 2000, 8)
	var views []*Invocations
	for i := range rows {
		s.Add(&rows[i])
		if i%100 == 99 {
			views = append(views, s.View())
		}
	}
	for i, v := range views {
		var n, latencies int64
		v.each(0, math.MaxInt64,
			func(_ int64, u *rollup) {
				var all sums
				all.addAll(u)
				n += all.calls
				for i := range u.latencies {
					latencies += u.latencies[i].sketch.Count()
				}
			},
			func(_ int64, r *rowCell) { t.Error("a single row visited in an endless window") })
		if n != v.Rows || n > int64(100*(i+1)) || latencies > n {
			t.Errorf("view %d holds %d rows and %d latencies, it was taken at %d", i, n, latencies, v.Rows)
		}
	}
}

// TestRowsOfTheEdgesAsTimeMovesOn lets the clock run for three days over a
// loaded store; the reader's part is to answer MissingRows.
func TestRowsOfTheEdgesAsTimeMovesOn(t *testing.T) {
	now := time.Date(2026, 7, 1, 10, 17, 3, 0, time.UTC)
	s := NewInvocationStore(now)
	rows := randomRows(s, now, 20_000, 9)
	for i := range rows {
		s.Add(&rows[i])
	}
	filled := 0
	for range 72 {
		now = now.Add(time.Hour)
		s.SetNow(now)
		for _, r := range s.MissingRows() {
			if !s.FillRows(r, rows[r.First-1:r.Last]) {
				t.Fatalf("FillRows(%+v) refused the hour's own rows", r)
			}
			filled++
		}
		w, err := WindowAt(Window7d, now)
		if err != nil {
			t.Fatal(err)
		}
		want, got := int64(0), int64(0)
		for i := range rows {
			if at := time.Unix(0, rows[i].Time); !at.Before(w.From) && !at.After(w.To) {
				want++
			}
		}
		exact := s.View().each(w.From.UnixNano(), w.To.UnixNano()+1,
			func(_ int64, u *rollup) {
				var all sums
				all.addAll(u)
				got += all.calls
			}, func(int64, *rowCell) { got++ })
		if got != want || !exact {
			t.Fatalf("7d at %v: %d rows (exact %v), want %d", now, got, exact, want)
		}
	}
	if filled == 0 {
		t.Error("no hour was ever asked for: the test shows nothing")
	}
}

func TestFillRowsRefusesOtherRows(t *testing.T) {
	s := NewInvocationStore(epoch)
	rows := randomRows(s, epoch, 5000, 10)
	for i := range rows {
		s.Add(&rows[i])
	}
	s.SetNow(epoch.Add(5 * time.Hour))
	missing := s.MissingRows()
	if len(missing) == 0 {
		t.Fatal("no hour is missing")
	}
	r := missing[0]
	if s.FillRows(r, rows[r.First-1:r.First]) {
		t.Error("FillRows took one row for a whole hour")
	}
	if again := s.MissingRows(); len(again) != len(missing) {
		t.Errorf("%d hours missing after a refusal, want %d", len(again), len(missing))
	}
}

func TestHoursBeyondTheHorizonAreDropped(t *testing.T) {
	s := NewInvocationStore(epoch)
	old := Invocation{RowID: 1, Time: epoch.Add(-40 * 24 * time.Hour).UnixNano(), Task: s.Task([]byte("x")), Model: s.Model(nil)}
	s.Add(&old)
	young := old
	young.Time = epoch.UnixNano()
	s.Add(&young)
	if s.View().Rows != 1 {
		t.Errorf("%d rows, want the one within the horizon", s.View().Rows)
	}
	s.SetNow(epoch.Add(40 * 24 * time.Hour))
	if v := s.View(); v.Rows != 0 || len(v.hours) != 0 {
		t.Errorf("%d rows in %d hours forty days later", v.Rows, len(v.hours))
	}
}

func TestClassOf(t *testing.T) {
	for _, tc := range []struct {
		task   string
		shadow bool
		want   Class
	}{
		{"parse_task", false, ClassLLM},
		{"parse_task", true, ClassShadow},
		{"parse_task::__shadow__", true, ClassShadow},
		{"parse_task::__shadow__", false, ClassLLM},
		{"embed_task", false, ClassEmbedding},
		{"embed_task", true, ClassEmbedding},
		{"embedded", false, ClassLLM},
		{"embed", false, ClassLLM},
		{"escalation_lifecycle", true, ClassAudit},
		{"tool_gap_lifecycle", false, ClassAudit},
		{"external_llm_call", false, ClassLLM},
		{"", false, ClassLLM},
	} {
		if got := ClassOf(tc.task, tc.shadow); got != tc.want {
			t.Errorf("ClassOf(%q, %v) = %v, want %v", tc.task, tc.shadow, got, tc.want)
		}
	}
}

func TestValuesThatNoFigureCanHold(t *testing.T) {
	s := NewInvocationStore(epoch)
	s.Add(&Invocation{
		RowID: 1, Time: epoch.UnixNano(), Task: s.Task(nil), Model: s.Model(nil), HasLatency: true,
		LatencyMS: math.MaxInt64, TokensIn: -5, TokensOut: math.MaxInt64, CostUSD: math.Inf(1),
	})
	var got sums
	s.View().each(0, math.MaxInt64, func(_ int64, u *rollup) { got.addAll(u) }, nil)
	if want := (sums{calls: 1, tokensOut: math.MaxUint32}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func BenchmarkStoreAdd(b *testing.B) {
	s := NewInvocationStore(epoch)
	rows := randomRows(s, epoch, 100_000, 11)
	b.ReportAllocs()
	for i := range b.N {
		s.Add(&rows[i%len(rows)])
	}
}

// BenchmarkFigures computes every figure of the LLM view over a month of rows;
// the baseline adds up the same rows once without any grouping.
func BenchmarkFigures(b *testing.B) {
	s := NewInvocationStore(epoch)
	rows := randomRows(s, epoch, 1_000_000, 12)
	for i := range rows {
		s.Add(&rows[i])
	}
	snap := newSnapshot(Snapshot{
		At: epoch, Sources: map[string]SourceState{}, Logs: newRing(1, 1).view(), Counts: newEventCounts().view(),
		DB: &DB{Invocations: s.View(), Extensions: []Extension{}}, Config: DefaultConfig(),
	})
	b.Run("all", func(b *testing.B) {
		for range b.N {
			computeFigures(snap)
		}
	})
	b.Run("baseline-sum-of-rows", func(b *testing.B) {
		for range b.N {
			total := 0.0
			for i := range rows {
				total += rows[i].CostUSD
			}
			if total == 0 {
				b.Fatal("nothing added up")
			}
		}
	})
}
