package views

import "github.com/donna-project/donnatop/ui/panels"

// NewOverview is the view of everything at a glance.
func NewOverview(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDOverview, title: "Overview", uses: Uses{Window: true, Money: true},
		panels: panels.Overview(), layouts: &overviewLayouts, alerts: "overview_alerts",
		opens: map[string]func(c *Context, in *panels.Input, i int) View{"overview_alerts": openAlertAt},
		leads: map[string]ID{
			"overview_services": IDHealth, "overview_errors": IDErrors, "overview_spend": IDLLM, "overview_calls": IDLLM,
			"overview_escalations": IDEscalations, "overview_pipeline": IDTasks,
		},
	})
}

// NewHealth is the System Health view.
func NewHealth(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDHealth, title: "System Health",
		panels: panels.Health(), layouts: &healthLayouts,
	})
}

// NewTasks is the Task Pipeline view.
func NewTasks(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDTasks, title: "Task Pipeline", uses: Uses{Window: true},
		panels: panels.Tasks(), layouts: &tasksLayouts,
	})
}

// NewLLM is the LLM & Cost view.
func NewLLM(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDLLM, title: "LLM & Cost", uses: Uses{Window: true, Money: true},
		panels: panels.LLM(), layouts: &llmLayouts,
		split: []string{"hours", "days"}, measured: []string{"task_types", "models", "heat"},
	})
}

// NewAgents is the Agents view.
func NewAgents(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDAgents, title: "Agents", uses: Uses{Window: true, Money: true},
		panels: panels.Agents(), layouts: &agentsLayouts,
	})
}

// NewNotifications is the Notifications view.
func NewNotifications(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDNotifications, title: "Notifications", uses: Uses{Window: true},
		panels: panels.Notifications(), layouts: &notificationsLayouts,
	})
}

// NewEscalations is the Escalations view.
func NewEscalations(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDEscalations, title: "Escalations", uses: Uses{Money: true},
		panels: panels.Escalations(), layouts: &escalationsLayouts,
	})
}

// NewPreferences is the Preferences view.
func NewPreferences(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDPreferences, title: "Preferences", uses: Uses{Window: true},
		panels: panels.Preferences(), layouts: &preferencesLayouts,
	})
}

// NewSkills is the Skills view.
func NewSkills(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDSkills, title: "Skills", uses: Uses{Window: true, Money: true},
		panels: panels.Skills(), layouts: &skillsLayouts,
	})
}

// NewMemory is the Memory view.
func NewMemory(ctx *Context) *Board {
	return newBoard(ctx, boardSpec{
		id: IDMemory, title: "Memory", uses: Uses{Window: true},
		panels: panels.Memory(), layouts: &memoryLayouts,
	})
}
