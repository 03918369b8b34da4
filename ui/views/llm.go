package views

import (
	"strconv"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

// NewLLM is the LLM & Cost view.
func NewLLM(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDLLM, title: "LLM & Cost", uses: Uses{Window: true, Money: true},
		panels: panels.LLM(), keep: llmKeep, arrange: llmArrangement,
		split: []string{"hours", "days"}, measured: []string{"task_types", "models", "heat"},
		rows: map[string]rowSpec{"invocations": {ids: invocationIDs, open: openInvocation}},
	})
}

func invocations(d *Data) []data.InvocationRow {
	if d.Figures == nil || d.Figures.LLM == nil {
		return nil
	}
	return d.Figures.LLM.Recent
}

func invocationIDs(d *Data) []string {
	rows := invocations(d)
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = strconv.FormatInt(rows[i].RowID, 10)
	}
	return ids
}

func openInvocation(c *Context, d *Data, i int) View {
	rows := invocations(d)
	if i >= len(rows) {
		return nil
	}
	r := rows[i]
	return NewInvocation(c, &r)
}

// llmKeep ranks the panels of the LLM & Cost view: where there is no room for
// all, the last ones give way first.
var llmKeep = []string{
	"spend", "hours", "invocations", "latency", "task_types", "failures",
	"calls", "models", "days", "tokens", "shadow", "heat",
}

// llmArrangement is how the panels stand for a width: in two, three or four columns.
func llmArrangement(w int) arrangement {
	row := func(weight int, cells ...arrangedCell) arrangedRow { return arrangedRow{weight: weight, cells: cells} }
	cell := func(id string, weight int) arrangedCell { return arrangedCell{id: id, weight: weight} }
	switch {
	case w < 110:
		return arrangement{
			row(2, cell("spend", 1), cell("hours", 1)),
			row(2, cell("latency", 1), cell("failures", 1)),
			row(2, cell("task_types", 1), cell("models", 1)),
			row(2, cell("calls", 1), cell("tokens", 1)),
			row(2, cell("days", 1), cell("heat", 1)),
			row(2, cell("shadow", 1)),
			row(3, cell("invocations", 1)),
		}
	case w < 170:
		return arrangement{
			row(2, cell("spend", 2), cell("hours", 3), cell("calls", 2)),
			row(2, cell("latency", 1), cell("task_types", 1), cell("models", 1)),
			row(2, cell("days", 1), cell("tokens", 1), cell("failures", 1)),
			row(0, cell("shadow", 1), cell("heat", 1)),
			row(3, cell("invocations", 1)),
		}
	}
	return arrangement{
		row(2, cell("spend", 2), cell("hours", 3), cell("days", 3), cell("calls", 2)),
		row(3, cell("latency", 1), cell("task_types", 1), cell("models", 1), cell("failures", 1)),
		row(2, cell("tokens", 2), cell("shadow", 3), cell("heat", 2)),
		row(4, cell("invocations", 1)),
	}
}
