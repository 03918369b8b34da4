package views

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
)

var llmRows = map[string]rowSpec{
	"invocations": rowsOf(func(f *data.Figures) []data.InvocationRow { return f.LLM.Recent },
		func(r *data.InvocationRow) string { return strconv.FormatInt(r.RowID, 10) },
		func(c *Context, _ time.Time, r *data.InvocationRow) View { return NewInvocation(c, r) }),
	"task_types": named(func(in *panels.Input) []string { return usedMost(in, taskTypeUse(in, in.Window)) }, "Task type",
		func(in *panels.Input, name string) []field {
			return append(useFields(in, name, taskTypeUse), latencyFields(in, name)...)
		}),
	"models": named(func(in *panels.Input) []string { return usedMost(in, modelUse(in, in.Window)) }, "Model",
		func(in *panels.Input, name string) []field { return useFields(in, name, modelUse) }),
	"latency": named(latencyNames, "Task type", latencyFields),
	"shadow":  shadowRows,
}

// use is what names used in a window; a nil map is not known.
type use struct {
	calls  map[string]int64
	spend  map[string]float64
	tokens map[string]data.TokenCount
}

func taskTypeUse(in *panels.Input, window string) use {
	f := in.Figures.LLM
	u := use{calls: f.CallsByTaskType[window], spend: f.SpendByTaskType[window]}
	if t := f.Tokens[window]; t != nil {
		u.tokens = t.ByTaskType
	}
	return u
}

func modelUse(in *panels.Input, window string) use {
	f := in.Figures.LLM
	u := use{calls: f.CallsByModel[window], spend: f.SpendByModel[window]}
	if t := f.Tokens[window]; t != nil {
		u.tokens = t.ByModel
	}
	return u
}

// usedMost are the names in the order in which the panel lists them.
func usedMost(in *panels.Input, u use) []string {
	names := make(map[string]bool)
	for name := range u.calls {
		names[name] = true
	}
	for name := range u.spend {
		names[name] = true
	}
	for name := range u.tokens {
		names[name] = true
	}
	return slices.SortedFunc(maps.Keys(names), func(a, b string) int {
		byCalls, byUSD := cmp.Compare(u.calls[b], u.calls[a]), cmp.Compare(u.spend[b], u.spend[a])
		if in.Measure == panels.Cost {
			return cmp.Or(byUSD, byCalls, cmp.Compare(a, b))
		}
		return cmp.Or(byCalls, byUSD, cmp.Compare(a, b))
	})
}

// useFields is what a name used in each window, amounts on lines of their own.
func useFields(in *panels.Input, name string, of func(in *panels.Input, window string) use) []field {
	var out []field
	for _, w := range windowsOf(in, data.WindowNames) {
		u := of(in, w)
		calls := field{label: w + " calls"}
		if u.calls != nil {
			calls.value = format.Int(u.calls[name])
		}
		cost := field{label: w + " cost", money: true}
		if u.spend != nil {
			cost.value = format.Money(u.spend[name])
		}
		tokens := field{label: w + " tokens"}
		if u.tokens != nil {
			t := u.tokens[name]
			tokens.value = format.Opt(t.In, format.Int) + " in · " + format.Opt(t.Out, format.Int) + " out"
		}
		out = append(out, calls, cost, tokens)
	}
	return out
}

// allTypes is the name under which the latency panel lists all task types together.
const allTypes = "all"

// latencyWindow is the window the panel shows: the month's latencies are those of 30d.
func latencyWindow(window string) string {
	if window == data.WindowRange || slices.Contains(data.LatencyWindowNames, window) {
		return window
	}
	return data.Window30d
}

func latencyNames(in *panels.Input) []string {
	w := latencyWindow(in.Window)
	names := largestFirst(in.Figures.LLM.LatencyMS[w], func(l data.Latency) float64 { return counts(l.N) })
	if all := in.Figures.LLM.LatencyAllMS[w]; all != nil && all.N > 0 {
		names = slices.Insert(names, 0, allTypes)
	}
	return names
}

// latencyFields is how long the calls of a task type took in each window.
func latencyFields(in *panels.Input, name string) []field {
	f := in.Figures.LLM
	var out []field
	for _, w := range windowsOf(in, data.LatencyWindowNames) {
		row := field{label: w + " latency"}
		l, ok := f.LatencyMS[w][name]
		if all := f.LatencyAllMS[w]; !ok && name == allTypes && all != nil {
			l, ok = *all, true
		}
		switch {
		case ok:
			row.value = strings.Join([]string{
				plural(int(l.N), "call"), "p50 " + format.Opt(l.P50, format.Millis), "p95 " + format.Opt(l.P95, format.Millis),
				"p99 " + format.Opt(l.P99, format.Millis), "longest " + format.Opt(l.Max, format.Millis),
			}, " · ")
		case f.LatencyMS[w] != nil:
			row.value = "no calls"
		}
		out = append(out, row)
	}
	return out
}

// shadowRows are two rows for each task type: its primary calls and its shadows.
// Both open both.
var shadowRows = rowSpec{
	ids: func(in *panels.Input) []string {
		var ids []string
		for _, name := range shadowNames(in) {
			ids = append(ids, name+" primary", name+" shadow")
		}
		return ids
	},
	open: func(c *Context, in *panels.Input, i int) View {
		names := shadowNames(in)
		if i < 0 || i/2 >= len(names) {
			return nil
		}
		name := names[i/2]
		s := in.Figures.LLM.Shadow[shadowWindow(in.Window)][name]
		fields := []field{{label: "task type", value: name}, {label: "window", value: shadowWindow(in.Window)}}
		for _, side := range []struct {
			name string
			of   data.ShadowSide
		}{{"primary", s.Primary}, {"shadow", s.Shadow}} {
			fields = append(fields,
				field{label: side.name + " calls", value: format.Int(side.of.Calls)},
				number(side.name+" p50", side.of.P50, format.Millis),
				number(side.name+" p95", side.of.P95, format.Millis),
				amount(side.name+" cost", side.of.CostUSD),
				amount(side.name+" per call", side.of.MeanCostUSD))
		}
		return NewRow(c, titled("Shadow of", name), fields)
	},
}

// shadowWindow is the window the panel shows: shadows are compared over 7 or 30 days.
func shadowWindow(window string) string {
	switch window {
	case data.WindowRange:
		return window
	case data.WindowMonth, data.Window30d:
		return data.Window30d
	}
	return data.Window7d
}

func shadowNames(in *panels.Input) []string {
	if in.Figures == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(in.Figures.LLM.Shadow[shadowWindow(in.Window)]))
}
