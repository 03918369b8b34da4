package panels

import (
	"math"
	"strings"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// servicesPanel lists Donna's containers: how they are and what they use.
func servicesPanel() Panel {
	return Panel{
		ID: "services", Title: "Services", MinW: 28, MinH: 3,
		Status: servicesStatus,
		Draw:   drawingOf(health, drawServices),
	}
}

// servicesStatus says how many containers are not well.
func servicesStatus(in *Input) string {
	shown := ""
	if in.Figures != nil && in.Figures.Health != nil && len(in.Figures.Health.Containers) > 0 {
		all, ill := in.Figures.Health.Containers, 0
		for i := range all {
			if all[i].Verdict != data.VerdictOK {
				ill++
			}
		}
		shown = format.Int(int64(len(all))) + " containers"
		if ill > 0 {
			shown = join(format.Int(int64(ill))+" not OK", shown)
		}
	}
	return dockerStatus(in, shown)
}

// verdictSign is green, yellow or red, and a glyph and a word.
func (v *view) verdictSign(verdict string) sign {
	s := v.Styles
	switch verdict {
	case data.VerdictOK:
		return sign{"✓", verdict, s.Good}
	case data.VerdictUnhealthy:
		return sign{"!", verdict, s.Warning}
	case data.VerdictDown:
		return sign{"✗", verdict, s.Bad}
	case data.VerdictMissing:
		return sign{"○", verdict, s.Bad}
	}
	return sign{"–", verdict, s.Faint}
}

func drawServices(v *view, f *data.Health) {
	if f.Containers == nil {
		v.say(dockerLack(v.in))
		return
	}
	s := v.Styles
	recent := ""     // of the columns for the recent past
	mostCPU := 100.0 // one processor; more of them make longer bars
	for i := range f.Containers {
		mostCPU = max(mostCPU, amount(value(f.Containers[i].CPUPct)))
		for _, u := range v.usage(f, i) {
			recent = "recent"
			mostCPU = max(mostCPU, amount(value(u.CPUPct)))
		}
	}
	t := &table{
		columns: []column{
			{head: "", w: 1, left: true},
			{head: "container", w: 14, most: 24, flex: true},
			{head: "verdict", w: 11, left: true},
			{head: "state", w: 10, left: true, drop: 5},
			{head: "health", w: 9, left: true, drop: 4},
			{head: "started", w: 7, drop: 3},
			{head: "restarts", w: 8, drop: 6},
			{head: "cpu", w: 6, drop: 1},
			{head: recent, w: 8, most: 20, bar: true, drop: 7},
			{head: "memory", w: 8, drop: 2},
			{head: "of", w: 8, drop: 8},
			{head: "", w: 8, most: 20, bar: true, drop: 9},
			{head: recent, w: 8, most: 20, bar: true, drop: 10},
			{head: "service", w: 12, most: 20, flex: true, drop: 11},
		},
		rows: len(f.Containers), list: true, item: func(row int) Item { return containerItem(&f.Containers[row]) },
		empty: lack{lackEmpty, "no containers", ""},
	}
	t.cell = func(row, col, w int) cell {
		c := &f.Containers[row]
		switch col {
		case 0:
			return v.mark(row == t.cursor, "", themes.Paint{})
		case 1:
			if w < fullNameW {
				return cell{text: serviceName(c), paint: s.Text}
			}
			return cell{text: c.Name, paint: s.Text}
		case 2:
			return v.verdictSign(c.Verdict).cell()
		case 3:
			return cell{text: format.Opt(c.State, plain), paint: s.Faint}
		case 4:
			return cell{text: format.Opt(c.Health, plain), paint: s.Faint}
		case 5:
			return v.ageIn(c.StartedAt, w)
		case 6:
			restarts := v.countCell(c.Restarts, w)
			if c.Restarts != nil && *c.Restarts > 0 {
				restarts.paint = s.Warning
			}
			return restarts
		case 7:
			return cell{text: format.OptIn(c.CPUPct, w, format.PercentIn), paint: s.Text}
		case 8:
			return v.cpuCell(c, v.usage(f, row), mostCPU)
		case 9:
			return cell{text: format.OptIn(c.MemBytes, w, format.BytesIn), paint: s.Text}
		case 10:
			return cell{text: format.OptIn(c.MemLimitBytes, w, format.BytesIn), paint: s.Faint}
		case 11:
			return v.share(s.Series[1], value(c.MemBytes), value(c.MemLimitBytes))
		case 12:
			return v.memoryCell(v.usage(f, row))
		}
		return cell{text: format.Opt(c.Service, plain), paint: s.Faint}
	}
	v.out = v.table(t, v.w, v.h)
}

// cpuCell is the recent past of a container's processor time, or, without one, a bar.
func (v *view) cpuCell(c *data.Container, past []data.UsageSample, most float64) cell {
	if len(past) == 0 {
		return v.share(v.Styles.Series[0], value(c.CPUPct), most)
	}
	values := make([]float64, len(past))
	for i, u := range past {
		values[i] = math.NaN()
		if u.CPUPct != nil {
			values[i] = *u.CPUPct
		}
	}
	return v.spark(v.Styles.Series[0], values, most)
}

// memoryCell is the recent past of a container's memory, on a scale of its own.
func (v *view) memoryCell(past []data.UsageSample) cell {
	values, most := make([]float64, len(past)), 0.0
	for i, u := range past {
		values[i] = math.NaN()
		if u.MemBytes != nil {
			values[i] = float64(*u.MemBytes)
			most = max(most, values[i])
		}
	}
	return v.spark(v.Styles.Series[1], values, most)
}

func (v *view) spark(p themes.Paint, values []float64, most float64) cell {
	return cell{draw: func(b *line.Builder, w int) { chart.Spark(b, v.look(), p, values, most, w) }}
}

// usage is the recent past of container i.
func (v *view) usage(f *data.Health, i int) []data.UsageSample {
	// The figures list the containers in the engine's order.
	if e := v.in.Snapshot.Containers; e != nil && i < len(e.Containers) && e.Containers[i].Name == f.Containers[i].Name {
		return e.Containers[i].Usage
	}
	return nil
}

// fullNameW is the room from which on all of Donna's containers have their full names.
const fullNameW = len("donna-orchestrator")

// serviceName is the container's name without what all of Donna's begin with.
func serviceName(c *data.Container) string {
	if name := strings.TrimPrefix(c.Name, "donna-"); name != "" {
		return name
	}
	return c.Name
}
