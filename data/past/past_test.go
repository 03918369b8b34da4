package past_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/past"
)

var now = time.Date(2026, time.November, 20, 16, 17, 23, 456789000, time.UTC)

// life is what there is to be read: rows and lines, the newest last.
type life struct {
	rows  []data.InvocationRow
	lines []logline.Entry

	asked int // how often it was asked
	fail  error
	after func() // called at each question
}

const history = 75 * 24 * time.Hour

var taskTypes = []string{"parse_task", "chat_respond", "embed_task", "escalation_lifecycle", "tool_gap_lifecycle", "parse_task::__shadow__", "external_llm_call", data.None, "only_long_ago"}

// newLife is a life full of traps: rows on the borders of hours and of the ranges,
// NULLs, costs that can't be true, lines that are late.
func newLife(seed uint64, n int, borders []time.Time) *life {
	rng := rand.New(rand.NewPCG(seed, 1))
	l := &life{}
	moment := func(i int) time.Time {
		at := now.Add(-time.Duration(rng.Int64N(int64(history)))).Truncate(time.Microsecond)
		switch {
		case i%9 == 0:
			at = borders[rng.IntN(len(borders))].Truncate(time.Microsecond).Add(time.Duration(rng.IntN(3)-1) * time.Microsecond)
		case i%10 == 0:
			at = at.Truncate(time.Hour)
		case i%11 == 0:
			at = at.Truncate(time.Hour).Add(-time.Microsecond)
		}
		return at
	}
	for i := range n {
		task := taskTypes[rng.IntN(len(taskTypes)-1)]
		at := moment(i)
		if at.Before(now.Add(-40*24*time.Hour)) && i%3 == 0 {
			task = "only_long_ago"
		}
		if at.After(now) {
			at = now
		}
		shadow := strings.HasSuffix(task, "__shadow__") || rng.IntN(40) == 0
		latency, in, out, cost, model := rng.Int64N(9000), rng.Int64N(4000), rng.Int64N(900), rng.Float64()/10, fmt.Sprint("model-", rng.IntN(3))
		r := data.InvocationRow{
			ID: fmt.Sprint("r", i), Time: at, TaskType: task, Class: data.ClassOf(task, shadow), ModelActual: &model, LatencyMS: &latency,
			TokensIn: &in, TokensOut: &out, CostUSD: &cost, Interrupted: rng.IntN(20) == 0, OverflowEscalated: rng.IntN(30) == 0,
		}
		switch rng.IntN(30) {
		case 0:
			r.ModelActual = nil
		case 1:
			r.LatencyMS = nil
		case 2:
			r.TokensIn, r.CostUSD = nil, nil
		case 3:
			*r.CostUSD = math.Inf(1)
		}
		l.rows = append(l.rows, r)
	}
	slices.SortStableFunc(l.rows, func(a, b data.InvocationRow) int { return a.Time.Compare(b.Time) })
	for i := range l.rows {
		l.rows[i].RowID = int64(i + 1)
	}
	for i := range n {
		at := moment(i)
		if at.After(now) {
			at = now
		}
		l.lines = append(l.lines, parsed(at, line(rng, at, i)))
	}
	slices.SortStableFunc(l.lines, func(a, b logline.Entry) int { return a.Time.Compare(b.Time) })
	return l
}

func line(rng *rand.Rand, at time.Time, i int) string {
	stamp := at.Format("2006-01-02T15:04:05.000000Z")
	switch rng.IntN(5) {
	case 0:
		return fmt.Sprintf(`{"event": "api_call_retrying", "level": "warning", "service": "s%d", "timestamp": %q}`, i%3, stamp)
	case 1:
		return fmt.Sprintf(`{"event": "task_failed", "level": "error", "timestamp": %q, "exception": "ValueError: %d"}`, stamp, i%4)
	case 2:
		return fmt.Sprintf(`{"event": "memory_retrieval", "level": "info", "latency_ms": %d, "hits": 3, "timestamp": %q}`, i%500, stamp)
	case 3:
		return fmt.Sprintf(`{"event": "notification_sent", "level": "info", "channel": "c%d", "notification_type": "digest", "timestamp": %q}`, i%2, stamp)
	}
	return fmt.Sprintf(`{"event": "dedup_check_result", "verdict": %q, "level": "info", "timestamp": %q}`, []string{"same", "new"}[i%2], stamp)
}

func parsed(at time.Time, raw string) logline.Entry {
	var e logline.Entry
	logline.Parse(&e, raw, at, at)
	return e
}

// Invocations implements past.Archive: newest first, as the archive does.
func (l *life) Invocations(_ context.Context, q data.InvocationQuery) (page data.InvocationPage, err error) {
	if err := l.question(); err != nil {
		return page, err
	}
	for i := len(l.rows) - 1; i >= 0; i-- {
		r := l.rows[i]
		if r.Time.Before(q.From) || r.Time.After(q.To) || q.After != nil && r.RowID >= q.After.RowID {
			continue
		}
		if page.More = len(page.Rows) == q.Limit; page.More {
			break
		}
		page.Rows = append(page.Rows, r)
	}
	return page, nil
}

// Lines implements past.Archive: the newest of the stretch, the oldest first.
func (l *life) Lines(_ context.Context, q data.LineQuery, progress func(float64)) (page data.LinePage, err error) {
	if err := l.question(); err != nil {
		return page, err
	}
	for i := len(l.lines) - 1; i >= 0; i-- {
		e := l.lines[i]
		if e.Time.Before(q.From) || e.Time.After(q.To) || q.Filter != nil && !q.Filter.Match(&e) {
			continue
		}
		if page.More = len(page.Lines) == q.Limit; page.More {
			break
		}
		page.Lines = append(page.Lines, e)
	}
	slices.Reverse(page.Lines)
	if progress != nil {
		progress(1)
	}
	return page, nil
}

func (l *life) question() error {
	l.asked++
	if l.after != nil {
		l.after()
	}
	return l.fail
}

// snapshot is what a session knows of the life: rows and lines of the horizon, the
// lines counted since an instant.
func (l *life) snapshot(t testing.TB, linesSince time.Time) *data.Snapshot {
	t.Helper()
	h := data.NewHub(data.HubOptions{Clock: clockwork.NewFakeClockAt(now)})
	store := data.NewInvocationStore(now)
	var recent []data.InvocationRow
	for i := range l.rows {
		r := &l.rows[i]
		row := data.Invocation{
			RowID: r.RowID, Time: r.Time.UnixNano(), Task: store.Task([]byte(r.TaskType)), Model: store.Model(nil), Shadow: r.Class == data.ClassShadow,
			Interrupted: r.Interrupted, Overflow: r.OverflowEscalated, HasLatency: r.LatencyMS != nil,
			LatencyMS: or0(r.LatencyMS), TokensIn: or0(r.TokensIn), TokensOut: or0(r.TokensOut), CostUSD: or0(r.CostUSD),
		}
		if r.ModelActual != nil {
			row.Model = store.Model([]byte(*r.ModelActual))
		}
		store.Add(&row)
		recent = append(recent, *r)
	}
	slices.Reverse(recent)
	h.SetDB(&data.DB{Invocations: store.View(), Recent: recent[:min(len(recent), 200)]})
	h.SetState(data.SourceDB, data.SourceState{State: data.StateLive, Loaded: true})
	h.SetState(data.SourceLoki, data.SourceState{State: data.StateLive, Loaded: true, CoveredFrom: linesSince})
	for i := range l.lines {
		if !l.lines[i].Time.Before(linesSince) {
			h.AppendHistory(l.lines[i : i+1])
		}
	}
	return h.Publish()
}

func or0[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// load reads all that is wanted of the range, until nothing more is.
func load(t testing.TB, s *data.Snapshot, w data.Window, a past.Archive) *data.Past {
	t.Helper()
	var have *data.Past
	for range 3 {
		want := s.Lacks(w, have)
		if want.Nothing() {
			return have
		}
		p, err := past.Load(t.Context(), a, s, want, have, past.Limits{RowPage: 37, LinePage: 37}, nil)
		if err != nil {
			t.Fatal(err)
		}
		have = p
	}
	if want := s.Lacks(w, have); !want.Nothing() {
		t.Fatalf("%v..%v: still wanted after all was read: %+v", w.From, w.To, want)
	}
	return have
}

// ranges are those to be checked: with edges inside hours, on borders, in the
// future, before the horizon, on the days on which clocks are set in Berlin.
func ranges(rng *rand.Rand, n int) []data.Window {
	at := func(s string) time.Time {
		t, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			panic(err)
		}
		return t
	}
	out := []data.Window{
		{From: now.Add(-90 * time.Minute), To: now},
		{From: now.Add(-3 * 24 * time.Hour), To: now},
		{From: now.Add(-60 * 24 * time.Hour), To: now},
		{From: at("2026-11-18T00:00:00Z"), To: at("2026-11-18T23:59:59.999999999Z")},
		{From: at("2026-10-24T22:00:00Z"), To: at("2026-10-25T22:59:59.999999999Z")},
		{From: at("2026-10-25T00:30:00Z"), To: at("2026-10-25T01:30:00Z")},
		{From: at("2026-11-20T16:00:00Z"), To: at("2026-11-20T18:00:00Z")},
		{From: at("2026-11-21T16:00:00Z"), To: at("2026-11-21T18:00:00Z")},
		{From: at("2026-10-01T10:10:00Z"), To: at("2026-10-01T10:20:00Z")},
		{From: at("2026-09-20T10:10:00Z"), To: at("2026-11-01T10:20:00Z")},
		{From: now.Add(-50 * time.Hour), To: now.Add(-time.Hour)},
		{From: now.Add(-data.Horizon - time.Minute), To: now.Add(-data.Horizon + time.Minute)},
		{From: now.Add(-data.Horizon), To: now},
		{From: at("2026-11-18T12:00:00Z"), To: at("2026-11-18T12:00:00Z")},
		{From: at("2026-11-18T13:00:00Z"), To: at("2026-11-18T12:00:00Z")},
	}
	for range n {
		from := now.Add(-time.Duration(rng.Int64N(int64(70 * 24 * time.Hour)))).Truncate(time.Second)
		length := time.Duration(rng.Int64N(int64(math.Pow(10, 2+4.5*rng.Float64())))) * time.Second
		out = append(out, data.Window{From: from, To: from.Add(length)})
	}
	return out
}

// expected is what the figures of a range are, by a loop over all rows and lines.
type expected struct {
	classes          data.ClassCounts
	byTask           map[string]int64
	spendByModel     map[string]float64
	spend            float64
	in, out          int64
	interrupted      int64
	overflow         int64
	latencies        int64
	longest          int64
	levels           data.LevelCounts
	sent, hits, miss int64
	searches         int64
	embeds           int64
	perHour          map[time.Time]int64
	per5m            map[time.Time]data.LevelCounts
	recent           []string
	faults           map[string]int64 // by event
}

func (l *life) expect(w data.Window) expected {
	e := expected{byTask: map[string]int64{}, spendByModel: map[string]float64{}, perHour: map[time.Time]int64{}, per5m: map[time.Time]data.LevelCounts{}, faults: map[string]int64{}}
	to := w.To
	if to.After(now) {
		to = now
	}
	shadows := int64(0)
	for i := len(l.rows) - 1; i >= 0; i-- {
		r := &l.rows[i]
		if r.Time.After(to) {
			continue
		}
		if r.Class == data.ClassLLM {
			e.perHour[r.Time.Truncate(time.Hour)]++
		}
		if r.Time.Before(w.From) {
			continue
		}
		if len(e.recent) < 200 {
			e.recent = append(e.recent, r.ID)
		}
		cost := or0(r.CostUSD)
		if math.IsInf(cost, 0) {
			cost = 0
		}
		e.spend += cost
		model := data.None
		if r.ModelActual != nil {
			model = *r.ModelActual
		}
		e.spendByModel[model] += cost
		if r.Class != data.ClassAudit {
			e.in, e.out = e.in+or0(r.TokensIn), e.out+or0(r.TokensOut)
		}
		switch r.Class {
		case data.ClassLLM:
			e.classes.LLM++
			e.byTask[r.TaskType]++
			if r.Interrupted {
				e.interrupted++
			}
			if r.OverflowEscalated {
				e.overflow++
			}
			if r.LatencyMS != nil {
				e.latencies++
				e.longest = max(e.longest, *r.LatencyMS)
			}
		case data.ClassShadow:
			shadows++
		case data.ClassEmbedding:
			e.classes.Embedding++
			e.embeds++
		case data.ClassAudit:
			e.classes.Audit++
		}
	}
	e.classes.Shadow = &shadows
	for i := range l.lines {
		x := &l.lines[i]
		if x.Time.After(to) {
			continue
		}
		step := x.Time.Truncate(5 * time.Minute)
		bucket := e.per5m[step]
		count := func(c *data.LevelCounts) {
			switch x.Level {
			case "warning":
				c.Warning++
			case "error":
				c.Error++
			}
		}
		count(&bucket)
		e.per5m[step] = bucket
		if x.Time.Before(w.From) {
			continue
		}
		count(&e.levels)
		if x.Level != "info" {
			e.faults[x.Event]++
		}
		switch {
		case x.Event == "notification_sent":
			e.sent++
		case x.Event == "memory_retrieval":
			e.searches++
		case strings.Contains(x.Raw, `"same"`):
			e.hits++
		case strings.Contains(x.Raw, `"new"`):
			e.miss++
		}
	}
	return e
}

// TestFiguresInAgreeWithALoop reads ranges of all kinds and counts them again, row by
// row and line by line.
func TestFiguresInAgreeWithALoop(t *testing.T) {
	for seed := range uint64(2) {
		rng := rand.New(rand.NewPCG(seed, 2))
		windows := ranges(rng, 25)
		var borders []time.Time
		for _, w := range windows {
			borders = append(borders, w.From, w.To)
		}
		l := newLife(seed, 4000, borders)
		// the log has been counted since the beginning, or for five days only
		for _, since := range []time.Time{{}, now.Add(-5*24*time.Hour + 17*time.Minute)} {
			s := l.snapshot(t, since)
			for _, w := range windows {
				f := s.FiguresIn(w, load(t, s, w, l))
				if f.Range.Rough || !f.Range.RowsFrom.IsZero() || !f.Range.LinesFrom.IsZero() {
					t.Errorf("%v..%v: not whole after all was read: %+v", w.From, w.To, f.Range)
				}
				l.check(t, s, w, f)
			}
		}
	}
}

func (l *life) check(t *testing.T, s *data.Snapshot, w data.Window, f *data.Figures) {
	t.Helper()
	e, name := l.expect(w), fmt.Sprintf("%s..%s", w.From.Format(time.RFC3339Nano), w.To.Format(time.RFC3339Nano))
	const key = data.WindowRange
	same := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %s: %v, want %v", name, what, got, want)
		}
	}
	money := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-6 {
			t.Errorf("%s: %s: %v, want %v", name, what, got, want)
		}
	}
	same("calls", *f.LLM.Calls[key], e.classes.LLM)
	same("shadow", *f.LLM.CallsByClass[key].Shadow, *e.classes.Shadow)
	same("embedding", f.LLM.CallsByClass[key].Embedding, e.classes.Embedding)
	same("audit", f.LLM.CallsByClass[key].Audit, e.classes.Audit)
	same("by task type", f.LLM.CallsByTaskType[key], e.byTask)
	same("models", len(f.LLM.SpendByModel[key]), len(e.spendByModel))
	for m, usd := range e.spendByModel {
		money("spend of "+m, f.LLM.SpendByModel[key][m], usd)
	}
	money("spend", *f.LLM.SpendUSD[key], e.spend)
	same("tokens", []int64{*f.LLM.Tokens[key].In, *f.LLM.Tokens[key].Out}, []int64{e.in, e.out})
	same("failures", []int64{*f.LLM.Failures[key].Interrupted, *f.LLM.Failures[key].Overflow}, []int64{e.interrupted, e.overflow})
	same("latencies", f.LLM.LatencyAllMS[key].N, e.latencies)
	if e.latencies > 0 {
		same("longest", *f.LLM.LatencyAllMS[key].Max, e.longest)
	}
	var embeds int64
	for _, n := range f.Memory.EmbedCalls[key] {
		embeds += n
	}
	same("embeddings", embeds, e.embeds)
	same("levels", *f.Errors.Counts[key], e.levels)
	same("sent", f.Notifications.Sent[key].Total, e.sent)
	same("checks for duplicates", []int64{f.Tasks.Dedup[key].Checks, f.Tasks.Dedup[key].Hits}, []int64{e.hits + e.miss, e.hits})
	same("searches", f.Memory.Retrieval[key].N, e.searches)
	for _, named := range data.WindowNames {
		same("calls of "+named+" as of now", *f.LLM.Calls[named], *s.Figures().LLM.Calls[named])
	}
	same("budget", fmt.Sprintf("%+v", f.LLM.Budget), fmt.Sprintf("%+v", s.Figures().LLM.Budget))
	same("heat", &f.LLM.Heat[0][0] == &s.Figures().LLM.Heat[0][0], true)
	if !w.To.Before(now) {
		same("past", f.Range.Past, false)
		same("series", len(f.LLM.PerHour), 24)
		return
	}
	same("past", f.Range.Past, true)
	for _, b := range f.LLM.PerHour {
		same("calls of the hour "+b.Start.String(), b.Calls, e.perHour[b.Start])
	}
	for _, b := range f.Errors.Per5m {
		same("lines of "+b.Start.String(), b.LevelCounts, e.per5m[b.Start])
	}
	if !w.From.Before(now.Add(-29*24*time.Hour)) && s.Sources[data.SourceLoki].CoveredFrom.IsZero() {
		same("length of the series", []int{len(f.LLM.PerHour), len(f.Errors.Per5m)}, []int{24, 288})
	}
	if n := len(f.LLM.PerHour); n > 0 {
		same("end of the series", f.LLM.PerHour[n-1].Start, w.To.Truncate(time.Hour))
	}
	if w.From.Before(w.To) {
		var ids []string
		for _, r := range f.LLM.Recent {
			ids = append(ids, r.ID)
		}
		same("newest rows", ids, e.recent)
		faults := map[string]int64{}
		for _, g := range f.Errors.Groups {
			faults[g.Event] += g.Count
			if g.First.Before(w.From.Truncate(time.Microsecond)) || g.Last.After(w.To) {
				t.Errorf("%s: group %s from %v to %v", name, g.Event, g.First, g.Last)
			}
		}
		same("faults", faults, e.faults)
	}
}

// Without what lies in the archive, what isn't known is null and said, and what is
// nearly known is said to be so.
func TestWithoutArchive(t *testing.T) {
	l := newLife(3, 3000, []time.Time{now})
	s := l.snapshot(t, now.Add(-5*24*time.Hour))
	inside := data.Window{From: now.Add(-4*24*time.Hour + time.Minute), To: now.Add(-4*24*time.Hour + 3*time.Hour)}
	f := s.FiguresIn(inside, nil)
	if !f.Range.Rough || !strings.Contains(strings.Join(f.Notes, "\n"), "right to the hour") {
		t.Errorf("edges without their rows are not said to be rough: %v", f.Notes)
	}
	if f.Errors.Groups != nil || f.LLM.Recent != nil {
		t.Error("groups or newest rows of a range of which none were read")
	}
	if want := s.Lacks(inside, nil); len(want.Hours) != 2 || !want.Recent || !want.Faults || !want.Rows.Empty() || !want.Lines.Empty() {
		t.Errorf("wanted %+v", want)
	}
	old := data.Window{From: now.Add(-40 * 24 * time.Hour), To: now.Add(-20 * 24 * time.Hour)}
	f = s.FiguresIn(old, nil)
	if f.LLM.Calls[data.WindowRange] != nil || f.Errors.Counts[data.WindowRange] != nil {
		t.Error("figures of a range that is not known")
	}
	if f.Range.RowsFrom.IsZero() || f.Range.LinesFrom.IsZero() {
		t.Errorf("it is not said from where on anything is known: %+v", f.Range)
	}
	if notes := strings.Join(f.Notes, "\n"); !strings.Contains(notes, "log lines are known from") || !strings.Contains(notes, "rows of invocation_log are known from") {
		t.Errorf("notes: %s", notes)
	}
}

// A range that moves on with the clock needs the rows of one more hour now and then.
func TestEdgesAreReadOnce(t *testing.T) {
	l := newLife(4, 3000, []time.Time{now})
	s := l.snapshot(t, time.Time{})
	w := data.Window{From: now.Add(-3 * 24 * time.Hour), To: now}
	p := load(t, s, w, l)
	asked := l.asked
	if want := s.Lacks(w, p); !want.Nothing() {
		t.Errorf("wanted again: %+v", want)
	}
	w.From = w.From.Add(time.Minute)
	if want := s.Lacks(w, p); !want.Nothing() {
		t.Errorf("a minute later: %+v", want)
	}
	w.From = w.From.Add(time.Hour)
	if want := s.Lacks(w, p); len(want.Hours) != 1 {
		t.Errorf("an hour later: %+v", want)
	}
	if l.asked != asked {
		t.Error("Lacks asked the archive")
	}
}

func TestCancelled(t *testing.T) {
	l := newLife(5, 4000, []time.Time{now})
	s := l.snapshot(t, now.Add(-24*time.Hour))
	w := data.Window{From: now.Add(-60 * 24 * time.Hour), To: now}
	ctx, cancel := context.WithCancel(t.Context())
	l.after = func() {
		if l.asked == 40 {
			cancel()
		}
	}
	var shares []float64
	p, err := past.Load(ctx, canceller{l}, s, s.Lacks(w, nil), nil, past.Limits{RowPage: 20, LinePage: 20}, func(p past.Progress) {
		shares = append(shares, p.Share)
		if f := s.FiguresIn(w, p.Past); f.LLM.Calls[data.WindowRange] != nil {
			t.Error("calls of the whole range before it has been read")
		}
	})
	if !errors.Is(err, context.Canceled) || p == nil {
		t.Fatalf("%v, %v", p, err)
	}
	if l.asked > 41 || len(shares) < 3 || !slices.IsSorted(shares) || shares[len(shares)-1] <= 0 || shares[len(shares)-1] >= 1 {
		t.Errorf("asked %d times, shares %v", l.asked, shares)
	}
	f := s.FiguresIn(w, p)
	if f.Range.RowsFrom.IsZero() || !f.Range.RowsFrom.Before(now.Add(-data.Horizon)) {
		t.Errorf("rows are known from %v on: what was read before is lost", f.Range.RowsFrom)
	}
}

// canceller is an archive that looks at the context.
type canceller struct{ *life }

func (c canceller) Invocations(ctx context.Context, q data.InvocationQuery) (data.InvocationPage, error) {
	p, err := c.life.Invocations(ctx, q)
	return p, cmp.Or(ctx.Err(), err)
}

func TestTooMuchAndFailures(t *testing.T) {
	l := newLife(6, 4000, []time.Time{now})
	s := l.snapshot(t, now.Add(-24*time.Hour))
	w := data.Window{From: now.Add(-60 * 24 * time.Hour), To: now.Add(-time.Hour)}
	want := s.Lacks(w, nil)
	p, err := past.Load(t.Context(), l, s, want, nil, past.Limits{RowPage: 50, LinePage: 50, Rows: 200, Lines: 500}, nil)
	if !errors.Is(err, past.ErrTooMuch) {
		t.Errorf("error %v, want that it is too much", err)
	}
	if again := s.Lacks(w, p); !again.Rows.Empty() || !again.Lines.Empty() || again.Faults {
		t.Errorf("what was too much is wanted again: %+v", again)
	}
	if f := s.FiguresIn(w, p); f.Errors.Counts[data.WindowRange] != nil || !f.Range.LinesFrom.Before(now.Add(-24*time.Hour)) {
		t.Errorf("lines known from %v", f.Range.LinesFrom)
	}
	l.fail = errors.New("the archive is on fire")
	if p, err = past.Load(t.Context(), l, s, want, nil, past.Limits{}, nil); err == nil || !strings.Contains(err.Error(), "on fire") || p == nil {
		t.Errorf("%v, %v", p, err)
	}
}

// All lines of an instant that fill more than a page end the reading, not the program.
func TestFloodOfOneInstant(t *testing.T) {
	l := &life{}
	at := now.Add(-40 * 24 * time.Hour)
	for i := range 100 {
		l.lines = append(l.lines, parsed(at, fmt.Sprintf(`{"event": "e%d", "level": "error"}`, i)))
	}
	s := l.snapshot(t, now.Add(-24*time.Hour))
	w := data.Window{From: at.Add(-time.Hour), To: at.Add(time.Hour)}
	if _, err := past.Load(t.Context(), l, s, s.Lacks(w, nil), nil, past.Limits{RowPage: 50, LinePage: 50}, nil); !errors.Is(err, past.ErrTooMuch) {
		t.Errorf("error %v", err)
	}
}
