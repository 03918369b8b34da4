package panels

import "github.com/donna-project/donnatop/data"

// Escalations lists the panels of the Escalations view, the most important first.
func Escalations() []Panel {
	return []Panel{
		escalationsListPanel(),
		escalationsOpenPanel(),
		escalationsStatusPanel(),
		escalationsResolutionPanel(),
		escalationsValidationPanel(),
		escalationsExtensionsPanel(),
		escalationsIterationsPanel(),
		toolGapsPanel(),
		toolGapSeverityPanel(),
		toolGapPointsPanel(),
	}
}

func escalationsOf(f *data.Figures) *data.Escalations { return f.Escalations }

// tableEscalations is the table the requests are in; what happened to them is
// in audit rows of invocation_log.
const tableEscalations = "escalation_request"

// auditLack is why a figure that comes from audit rows isn't there.
func auditLack(in *Input) lack { return dbLack(in, "task_type", "output", "timestamp") }
