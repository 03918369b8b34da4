package panels

import "github.com/donna-project/donnatop/data"

// Agents lists the panels of the Agents view, the most important first.
func Agents() []Panel {
	return []Panel{
		agentsActivePanel(),
		agentsFinishedPanel(),
		agentsFailedPanel(),
		agentsCostPanel(),
		agentsEventsPanel(),
		agentsSpendPanel(),
		agentsTaskStatusPanel(),
	}
}

func agentsOf(f *data.Figures) *data.Agents { return f.Agents }

// tableRuns is the table most figures of agents come from.
const tableRuns = "skill_run"
