package panels

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// Skills lists the panels of the Skills view, the most important first.
func Skills() []Panel {
	return []Panel{
		skillStatesPanel(),
		skillRunsPanel(),
		skillCostPanel(),
		skillEvolutionPanel(),
		skillNightlyPanel(),
		skillTransitionsPanel(),
	}
}

func skillsOf(f *data.Figures) *data.Skills { return f.Skills }

// skillStatesPanel shows how many skills are in which state.
func skillStatesPanel() Panel {
	return Panel{
		ID: "skill_states", Title: "Skills by state", MinW: 22, MinH: 3,
		Status: dbStatusOf("now"),
		Draw:   drawingOf(skillsOf, drawSkillStates),
	}
}

func drawSkillStates(v *view, f *data.Skills) {
	if f.States == nil {
		v.say(tableLack(v.in, "skill"))
		return
	}
	v.divided("state", f.States, lack{lackEmpty, "no skills", ""}, func(state string) data.Behind { return data.BehindSkills(v.now(), state) })
}

// skillTransitionsPanel shows when skills went from state to state.
func skillTransitionsPanel() Panel {
	return Panel{
		ID: "skill_transitions", Title: "Transitions per day", MinW: 24, MinH: 4,
		Status: dbStatusOf(join("30d UTC", "to state")),
		Draw:   drawingOf(skillsOf, drawSkillTransitions),
	}
}

func drawSkillTransitions(v *view, f *data.Skills) {
	if f.TransitionsPerDay == nil {
		v.say(tableLack(v.in, "skill_state_transition"))
		return
	}
	days := seriesDays(v.in.Snapshot.At)
	buckets := make([]map[string]int64, len(days))
	for i, d := range days {
		buckets[i] = f.TransitionsPerDay[d.key]
	}
	t, keys := stacked(dayLabels(days), buckets, formatCount)
	if len(t.Series) == 0 {
		v.say(lack{lackEmpty, "no transitions in 30 days", ""})
		return
	}
	for _, ink := range v.inks(t.Series) {
		t.Paints = append(t.Paints, ink.Paint)
	}
	v.timelineSpots(t, v.w, v.h, func(s chart.Spot) Item {
		d := days[s.Bar]
		n, column, to := stackedFigure(t, keys, s)
		return at(d.start, countItem(d.name, cmp.Or(column, "transitions"), int64(n), data.BehindTransitions(d.window(v.now()), to)))
	})
	v.out = t.Draw(v.look(), v.w, v.h)
}

// skillEvolutionPanel shows how often evolving a skill worked.
func skillEvolutionPanel() Panel {
	return Panel{
		ID: "skill_evolution", Title: "Evolution", MinW: 24, MinH: 3,
		Status: dbStatusOf("all time"),
		Draw:   drawingOf(skillsOf, drawSkillEvolution),
	}
}

func drawSkillEvolution(v *view, f *data.Skills) {
	if f.Evolution == nil {
		v.say(tableLack(v.in, "skill_evolution_log"))
		return
	}
	names := slices.SortedFunc(maps.Keys(f.Evolution), func(a, b string) int {
		return cmp.Or(cmp.Compare(f.Evolution[b].Total, f.Evolution[a].Total), cmp.Compare(a, b))
	})
	t := &table{
		columns: []column{
			{head: "capability", w: 12, most: 34, flex: true},
			{head: "ok", w: 5, drop: 2},
			{head: "of", w: 5, drop: 1},
			{head: "rate", w: 5},
			{head: "", w: 8, most: 50, bar: true, drop: 3},
		},
		rows: len(names), list: true, figures: []int{1, 2, 3},
		empty: lack{lackEmpty, "no skill was ever evolved", ""},
	}
	t.figure = func(row, col int) Item {
		name, e := names[row], f.Evolution[names[row]]
		all := data.BehindEvolutions(v.now(), name, false)
		switch col {
		case 1:
			return countItem(name, "with success", e.Success, data.BehindEvolutions(v.now(), name, true))
		case 2:
			return countItem(name, "evolved", e.Total, all)
		}
		return optItem(name, "rate", percentOf(e.Rate), format.Percent, all.As(data.Derived))
	}
	t.cell = func(row, col, w int) cell {
		e := f.Evolution[names[row]]
		pct := percentOf(e.Rate)
		switch col {
		case 0:
			return cell{text: names[row], paint: v.Styles.Text}
		case 1:
			return v.countCell(&e.Success, w)
		case 2:
			return v.countCell(&e.Total, w)
		case 3:
			return v.optCell(pct, w, format.PercentIn)
		}
		return cell{draw: func(b *line.Builder, w int) { chart.Gauge(b, v.look(), pct, noWarning, w) }}
	}
	v.out = v.table(t, v.w, v.h)
}

// noWarning is for gauges that may well be full.
const noWarning = 101

// percentOf is a share from 0 to 1 in per cent.
func percentOf(rate *float64) *float64 {
	if rate == nil {
		return nil
	}
	pct := *rate * 100
	return &pct
}

// skillCostPanel shows what skills cost, hour by hour.
func skillCostPanel() Panel {
	return Panel{
		ID: "skill_cost", Title: "Cost per hour", MinW: 24, MinH: 4,
		Status: func(in *Input) string { return dbStatus(in, join(followed(in, "24h"), "by skill")) },
		Draw:   drawingOf(skillsOf, drawSkillCost),
	}
}

func drawSkillCost(v *view, f *data.Skills) {
	if f.CostPerHour == nil {
		v.say(tableLack(v.in, "skill_run"))
		return
	}
	labels, buckets := make([]string, len(f.CostPerHour)), make([]map[string]float64, len(f.CostPerHour))
	for i := range f.CostPerHour {
		labels[i] = f.CostPerHour[i].Start.In(v.location()).Format(format.LayoutMinute)[:2]
		buckets[i] = f.CostPerHour[i].BySkill
	}
	t, keys := stacked(labels, buckets, func(usd float64, w int) string { return v.money(&usd, w) })
	if len(t.Series) == 0 {
		v.say(lack{lackEmpty, "no skill cost anything in 24 hours", ""})
		return
	}
	v.timelineSpots(t, v.w, v.h, func(s chart.Spot) Item {
		start := f.CostPerHour[s.Bar].Start
		usd, column, skill := stackedFigure(t, keys, s)
		return at(start, v.moneyItem(v.momentName(start), cmp.Or(column, "cost"), &usd, data.BehindSkillCost(data.Stretch(start, time.Hour, v.seriesEnd()), skill)))
	})
	v.out = t.Draw(v.look(), v.w, v.h)
}
