package panels

import (
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/safe"
)

// Overview lists the panels of the Overview, the most important first: what the
// other views tell at length, on one screen.
func Overview() []Panel {
	return []Panel{
		overviewServicesPanel(),
		overviewAlertsPanel(),
		overviewErrorsPanel(),
		overviewSpendPanel(),
		overviewCallsPanel(),
		overviewEscalationsPanel(),
		overviewPipelinePanel(),
	}
}

// overviewSpendPanel is the spend panel, which fits itself to any room.
func overviewSpendPanel() Panel {
	p := spendPanel()
	p.ID, p.MinH = "overview_spend", 2
	return p
}

// overviewErrorsPanel lists what went wrong last. Its rows are [LatestErrors].
func overviewErrorsPanel() Panel {
	return Panel{
		ID: "overview_errors", Title: "Latest errors", MinW: 28, MinH: 2,
		Status: func(in *Input) string { return logsStatus(in, join(ofRange(in, "24h"), groupsShown(in))) },
		Draw:   drawingOf(errorFigures, drawOverviewErrors),
	}
}

// LatestErrors are the error groups of the last day, the one seen last first.
func LatestErrors(f *data.Figures) []data.ErrorGroup {
	if f == nil || f.Errors == nil {
		return nil
	}
	groups := slices.Clone(f.Errors.Groups)
	slices.SortStableFunc(groups, func(a, b data.ErrorGroup) int { return b.Last.Compare(a.Last) })
	return groups
}

func drawOverviewErrors(v *view, _ *data.Errors) {
	groups := LatestErrors(v.in.Figures)
	if groups == nil {
		v.say(faultsLack(v.in))
		return
	}
	s := v.Styles
	service, exceptions := len("service"), false
	for i := range groups {
		service = max(service, min(safe.Width(groups[i].Service), 18))
		exceptions = exceptions || groups[i].ExceptionType != nil
	}
	t := &table{
		columns: []column{
			{head: "", w: 1, left: true},
			{head: "last", w: 4},
			{head: "level", w: 5, left: true, drop: 2},
			{head: "service", w: service, left: true, drop: 3},
			{head: "event", w: 14, most: 44, flex: true},
			{head: "count", w: 5, drop: 1},
		},
		rows: len(groups), list: true, item: func(row int) Item { return v.groupItem(&groups[row]) },
		empty: lack{lackEmpty, "nothing went wrong " + v.in.in24Hours(), ""},
	}
	if exceptions {
		t.columns = append(t.columns, column{head: "exception", w: 12, most: 30, flex: true, drop: 4})
	}
	t.cell = func(row, col, w int) cell {
		g := &groups[row]
		switch col {
		case 0:
			return v.levelMark(row == t.cursor, g.Level)
		case 1:
			return v.ageIn(&g.Last, w)
		case 2:
			return v.levelCell(g.Level)
		case 3:
			return cell{text: g.Service, paint: s.Accent}
		case 4:
			return cell{text: g.Event, paint: s.Level(g.Level)}
		case 5:
			return cell{text: format.CountIn(g.Count, w), paint: s.Text}
		}
		return cell{text: format.Opt(g.ExceptionType, plain), paint: s.Faint}
	}
	v.out = v.table(t, v.w, v.h)
}

// countPair is a count; alarming is its paint if there is any.
func (v *view) countPair(label, short string, n *int64, alarming themes.Paint, rank int, behind func() data.Behind) pair {
	p := pair{label: label, short: short, value: format.OptIn(n, v.countW(), format.CountIn), paint: v.countPaint(n), rank: rank}
	p.item = func() Item { return optItem(label, "", n, format.Int, behind()) }
	if n != nil && *n > 0 {
		p.paint = alarming
	}
	return p
}
