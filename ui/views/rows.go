package views

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/safe"
)

// rowSpec is what a board knows of the rows of a list panel.
type rowSpec struct {
	// ids names the rows, so that the cursor stays on its row when others come in above.
	ids func(in *panels.Input) []string
	// open is what Enter shows of row i; nil if there is no such row.
	open func(c *Context, in *panels.Input, i int) View
}

// rowsOf is the rowSpec of rows that a panel shows in this order.
func rowsOf[T any](rows func(f *data.Figures) []T, id func(r *T) string, open func(c *Context, now time.Time, r *T) View) rowSpec {
	all := func(in *panels.Input) []T {
		if in.Figures == nil {
			return nil
		}
		return rows(in.Figures)
	}
	return rowSpec{
		ids: func(in *panels.Input) []string {
			rs := all(in)
			ids := make([]string, len(rs))
			for i := range rs {
				ids[i] = id(&rs[i])
			}
			return ids
		},
		open: func(c *Context, in *panels.Input, i int) View {
			rs := all(in)
			if i < 0 || i >= len(rs) {
				return nil
			}
			r := rs[i] // of its own: figures may be large and go
			return open(c, in.Figures.At, &r)
		},
	}
}

// titled is the title of a row: what it is, and enough of its name to tell it by.
func titled(what, name string) string { return strings.TrimSpace(what + " " + safe.Truncate(name, 32)) }

// named are the rows of names, in this order, with the figures that fields gives.
func named(names func(in *panels.Input) []string, what string, fields func(in *panels.Input, name string) []field) rowSpec {
	ids := func(in *panels.Input) []string {
		if in.Figures == nil {
			return nil
		}
		return names(in)
	}
	return rowSpec{ids: ids, open: func(c *Context, in *panels.Input, i int) View {
		all := ids(in)
		if i < 0 || i >= len(all) {
			return nil
		}
		return NewRow(c, titled(what, all[i]), append([]field{{label: strings.ToLower(what), value: all[i]}}, fields(in, all[i])...))
	}}
}

// largestFirst are the names of figures in the order in which panels list them.
func largestFirst[T any](by map[string]T, figure func(T) float64) []string {
	return slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		return cmp.Or(cmp.Compare(figure(by[b]), figure(by[a])), cmp.Compare(a, b))
	})
}

func counts(n int64) float64 { return float64(n) }

func dollars(usd float64) float64 { return usd }

// counted are names with a count in each window.
func counted(what string, of func(f *data.Figures) map[string]map[string]int64) rowSpec {
	return named(
		func(in *panels.Input) []string { return largestFirst(of(in.Figures)[in.Window], counts) },
		what,
		func(in *panels.Input, name string) []field {
			return eachWindow(in, func(w string) field {
				if byName := of(in.Figures)[w]; byName != nil {
					return field{value: format.Int(byName[name])}
				}
				return field{}
			})
		})
}

// windowsOf is the windows of a detail, the range first if one is shown.
func windowsOf(in *panels.Input, names []string) []string {
	if in.Window != data.WindowRange {
		return names
	}
	return slices.Insert(slices.Clone(names), 0, data.WindowRange)
}

// eachWindow has a field for every window there is.
func eachWindow(in *panels.Input, of func(window string) field) []field {
	var out []field
	for _, w := range windowsOf(in, data.WindowNames) {
		f := of(w)
		f.label = w
		out = append(out, f)
	}
	return out
}

// The rows of the boards, by panel.

var overviewRows = map[string]rowSpec{
	"overview_alerts": rowsOf(panels.Alerts, func(a *data.Alert) string { return a.Rule }, openAlert),
	"overview_errors": rowsOf(panels.LatestErrors, errorGroupID, openErrorGroup),
}

var healthRows = map[string]rowSpec{
	"services": rowsOf(func(f *data.Figures) []data.Container { return f.Health.Containers },
		func(r *data.Container) string { return r.Name }, openContainer),
	"last_ok": rowsOf(func(f *data.Figures) []data.LastOK { return f.Health.LastOK },
		func(r *data.LastOK) string { return r.Operation }, openLastOK),
	"breakers": rowsOf(func(f *data.Figures) []data.Breaker { return f.Health.Breakers },
		func(r *data.Breaker) string { return r.Name }, openBreaker),
	"disks": rowsOf(func(f *data.Figures) []data.Disk { return f.Health.Disks },
		func(r *data.Disk) string { return r.Mount }, openDisk),
	"data_dirs": rowsOf(largestDirs, func(r *data.DataDir) string { return r.Path }, openDataDir),
}

var tasksRows = map[string]rowSpec{
	"tasks_rescheduled": rowsOf(func(f *data.Figures) []data.RescheduledTask {
		if f.Tasks.Reschedules == nil {
			return nil
		}
		return f.Tasks.Reschedules.ThreeOrMore
	}, func(r *data.RescheduledTask) string { return r.ID }, openTask),
}

var agentsRows = map[string]rowSpec{
	"agents_active": rowsOf(func(f *data.Figures) []data.ActiveAgent { return f.Agents.Active },
		func(r *data.ActiveAgent) string { return r.Kind + r.ID }, openActive),
	"agents_failed": rowsOf(func(f *data.Figures) []data.FailedAgent { return f.Agents.FailedToday },
		func(r *data.FailedAgent) string { return r.Kind + r.ID }, openFailed),
	"agents_cost": named(
		func(in *panels.Input) []string { return largestFirst(in.Figures.Agents.CostByName, dollars) }, "Agent",
		func(in *panels.Input, name string) []field {
			usd := in.Figures.Agents.CostByName[name]
			return []field{amount("cost in 30d", &usd)}
		}),
	"agents_spend": named(
		func(in *panels.Input) []string {
			return largestFirst(in.Figures.Agents.LLMSpendByCaller[in.Window], dollars)
		}, "Task type",
		func(in *panels.Input, name string) []field {
			return eachWindow(in, func(w string) field {
				spend := in.Figures.Agents.LLMSpendByCaller[w]
				if spend == nil {
					return field{}
				}
				usd := spend[name]
				return amount("", &usd)
			})
		}),
}

var escalationsRows = map[string]rowSpec{
	"escalations": rowsOf(func(f *data.Figures) []data.EscalationRow { return f.Escalations.List },
		func(r *data.EscalationRow) string { return strconv.FormatInt(r.ID, 10) }, openEscalation),
}

var skillsRows = map[string]rowSpec{
	"skill_evolution": named(
		func(in *panels.Input) []string {
			return largestFirst(in.Figures.Skills.Evolution, func(e data.Evolution) float64 { return float64(e.Total) })
		}, "Capability",
		func(in *panels.Input, name string) []field {
			e := in.Figures.Skills.Evolution[name]
			return []field{
				{label: "evolved", value: format.Int(e.Total)},
				{label: "with success", value: format.Int(e.Success)},
				number("rate", e.Rate, func(r float64) string { return format.Percent(100 * r) }),
			}
		}),
	"skill_nightly": rowsOf(func(f *data.Figures) []data.NightlyLine { return f.Skills.Nightly },
		func(r *data.NightlyLine) string { return r.At.Format(time.RFC3339Nano) + r.Event }, openNightly),
}

var memoryRows = map[string]rowSpec{
	"memory_ingest":      counted("Event", func(f *data.Figures) map[string]map[string]int64 { return f.Memory.Ingest }),
	"memory_failures":    counted("Source", func(f *data.Figures) map[string]map[string]int64 { return f.Memory.Failures }),
	"memory_watch":       counted("Change", func(f *data.Figures) map[string]map[string]int64 { return f.Memory.Watch }),
	"memory_embed_calls": counted("Task type", func(f *data.Figures) map[string]map[string]int64 { return f.Memory.EmbedCalls }),
	"memory_writes": named(
		func(in *panels.Input) []string {
			return largestFirst(in.Figures.Memory.Writes[in.Window], func(n *data.MemoryWrites) float64 {
				if n == nil {
					return 0
				}
				return float64(n.Written + n.Skipped + n.Failed)
			})
		}, "Template",
		func(in *panels.Input, name string) []field {
			return eachWindow(in, func(w string) field {
				byTemplate := in.Figures.Memory.Writes[w]
				if byTemplate == nil {
					return field{}
				}
				n := byTemplate[name]
				if n == nil {
					n = &data.MemoryWrites{}
				}
				return field{value: fmt.Sprintf("%s written · %s skipped · %s failed", format.Int(n.Written), format.Int(n.Skipped), format.Int(n.Failed))}
			})
		}),
}

// largestDirs is the order in which the panel lists them.
func largestDirs(f *data.Figures) []data.DataDir {
	dirs := slices.Clone(f.Health.DataDirs)
	size := func(d data.DataDir) int64 {
		if d.Bytes == nil {
			return 0
		}
		return *d.Bytes
	}
	slices.SortStableFunc(dirs, func(a, b data.DataDir) int {
		return cmp.Or(cmp.Compare(size(b), size(a)), cmp.Compare(a.Path, b.Path))
	})
	return dirs
}

func errorGroupID(g *data.ErrorGroup) string { return g.Fingerprint }

func openContainer(c *Context, now time.Time, r *data.Container) View {
	return NewRow(c, titled("Container", r.Name), []field{
		{label: "container", value: r.Name},
		text("service", r.Service),
		{label: "verdict", value: r.Verdict},
		text("state", r.State),
		text("health", r.Health),
		c.moment("started", r.StartedAt, now),
		number("restarts", r.Restarts, format.Int),
		number("cpu", r.CPUPct, format.Percent),
		number("memory", r.MemBytes, format.Bytes),
		number("memory limit", r.MemLimitBytes, format.Bytes),
	})
}

func openLastOK(c *Context, now time.Time, r *data.LastOK) View {
	return NewRow(c, titled("Operation", r.Operation), []field{
		{label: "operation", value: r.Operation},
		c.moment("last success", r.At, now),
		number("age", r.AgeS, format.Seconds),
		text("told by", r.Source),
	})
}

func openBreaker(c *Context, now time.Time, r *data.Breaker) View {
	return NewRow(c, titled("Circuit breaker", r.Name), []field{
		{label: "breaker", value: r.Name},
		{label: "state", value: r.State},
		c.moment("since", r.Since, now),
		number("failures", r.Failures, format.Int),
	})
}

func openDisk(c *Context, _ time.Time, r *data.Disk) View {
	return NewRow(c, titled("Disk", r.Mount), []field{
		{label: "mount", value: r.Mount},
		{label: "device", value: r.Device},
		{label: "used", value: format.Bytes(r.UsedBytes)},
		{label: "size", value: format.Bytes(r.TotalBytes)},
		number("full", r.UsedPct, format.Percent),
	})
}

func openDataDir(c *Context, now time.Time, r *data.DataDir) View {
	return NewRow(c, titled("Directory", r.Path), []field{
		{label: "directory", value: r.Path},
		number("size", r.Bytes, format.Bytes),
		c.moment("measured", r.AsOf, now),
	})
}

func openTask(c *Context, _ time.Time, r *data.RescheduledTask) View {
	return NewRow(c, titled("Task", r.ID), []field{
		{label: "task", value: r.ID},
		{label: "title", value: r.Title},
		{label: "put off", value: plural(int(r.Count), "time")},
	}).about(r.ID)
}

func openActive(c *Context, now time.Time, r *data.ActiveAgent) View {
	return NewRow(c, titled("Run", r.ID), []field{
		{label: "run", value: r.ID},
		{label: "name", value: r.Name},
		{label: "kind", value: r.Kind},
		text("task", r.TaskID),
		c.moment("started", r.StartedAt, now),
		number("elapsed", r.ElapsedS, format.Seconds),
		number("timeout", r.TimeoutS, format.Seconds),
	}).about(r.ID)
}

func openFailed(c *Context, _ time.Time, r *data.FailedAgent) View {
	return NewRow(c, titled("Run", r.ID), []field{
		{label: "run", value: r.ID},
		{label: "name", value: r.Name},
		{label: "kind", value: r.Kind},
		text("error", r.Error),
	}).about(r.ID)
}

func openEscalation(c *Context, now time.Time, r *data.EscalationRow) View {
	d := NewRow(c, titled("Escalation", strconv.FormatInt(r.ID, 10)), []field{
		{label: "id", value: strconv.FormatInt(r.ID, 10)},
		{label: "correlation", value: r.CorrelationID},
		{label: "status", value: r.Status},
		text("mode", r.Mode),
		text("resolution", r.Resolution),
		{label: "task type", value: r.TaskType},
		amount("estimate", r.EstimateUSD),
		c.moment("created", r.CreatedAt, now),
		c.moment("resolved", r.ResolvedAt, now),
		number("iteration", r.Iteration, format.Int),
	}).about(r.CorrelationID)
	if asks, ok := c.Tracer.(Timeliner); ok && r.CorrelationID != "" {
		d.leads("timeline", func() View { return NewTimeline(c, asks, r.CorrelationID) })
	}
	return d
}

func openNightly(c *Context, now time.Time, r *data.NightlyLine) View {
	fields := []field{{label: "event", value: r.Event}, c.moment("time", &r.At, now)}
	for _, key := range slices.Sorted(maps.Keys(r.Fields)) {
		f := field{label: key, money: strings.HasSuffix(key, "_usd")}
		switch value := r.Fields[key].(type) {
		case nil:
			f.value = "null"
		case string:
			f.value = value
		case json.RawMessage:
			f.value = string(value)
			f.money = strings.Contains(f.value, "_usd") // amounts may be anywhere in it
		default:
			f.value = fmt.Sprint(value)
		}
		fields = append(fields, f)
	}
	return NewRow(c, titled("Nightly job", r.Event), fields)
}
