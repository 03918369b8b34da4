package views

// layouts is how a board makes use of any size.
type layouts struct {
	// keep ranks the panels: where there is no room for all, the last give way first.
	keep []string
	// In so many columns, roughly: a panel may have more than one.
	two, three, four arrangement
}

// Widths from which on there is room for so many columns.
const (
	twoColumns   = 56
	threeColumns = 110
	fourColumns  = 170
)

// at is the arrangement for a width; where there is room for one column only,
// panels stand below one another by rank.
func (l *layouts) at(w int) arrangement {
	switch {
	case w >= fourColumns:
		return l.four
	case w >= threeColumns:
		return l.three
	case w >= twoColumns:
		return l.two
	}
	var one arrangement
	for _, id := range l.keep {
		one = append(one, row(1, cell(id, 1)))
	}
	return one
}

// The arrangements of the boards. The most important panel stands at the top
// left. Lists and charts share what is left over; panels that hold a known number
// of lines say with upTo how many, those that tell little in fewer lines than
// these say so with from.

var overviewLayouts = layouts{
	keep: []string{
		"overview_services", "overview_alerts", "overview_errors", "overview_spend", "overview_calls",
		"overview_escalations", "overview_pipeline",
	},
	two: arrangement{
		row(1, cell("overview_services", 1), cell("overview_alerts", 1).upTo(12)),
		row(1, cell("overview_spend", 1), cell("overview_calls", 1)),
		row(1, cell("overview_errors", 1), cell("overview_escalations", 1)),
		row(1, cell("overview_pipeline", 1).from(9)).upTo(12),
	},
	three: arrangement{
		row(2, cell("overview_services", 1), cell("overview_spend", 1), cell("overview_pipeline", 1)).upTo(15),
		row(3, stack(3, cell("overview_alerts", 4).upTo(12), cell("overview_errors", 3), cell("overview_escalations", 3)), cell("overview_calls", 2)),
	},
	four: arrangement{
		row(2, cell("overview_services", 4), cell("overview_spend", 3), cell("overview_pipeline", 3), cell("overview_calls", 5)).upTo(20),
		row(3, cell("overview_alerts", 5).upTo(12), cell("overview_errors", 5), cell("overview_escalations", 4)),
	},
}

var healthLayouts = layouts{
	keep: []string{"services", "vitals", "last_ok", "error_rate", "breakers", "disks", "data_dirs"},
	two: arrangement{
		row(3, cell("services", 3).from(7), cell("vitals", 2).upTo(9)),
		row(2, cell("last_ok", 1).from(7).upTo(11), cell("error_rate", 1).from(7)),
		row(2, cell("disks", 1), cell("breakers", 1)),
		row(2, cell("data_dirs", 1)),
	},
	three: arrangement{
		row(3, cell("services", 5), cell("vitals", 3).upTo(9)),
		row(2, cell("last_ok", 1).upTo(11), cell("error_rate", 1), cell("breakers", 1)),
		row(2, cell("disks", 1), cell("data_dirs", 1)),
	},
	four: arrangement{
		row(3, cell("services", 3), cell("last_ok", 2).upTo(11), cell("vitals", 1).upTo(9)).upTo(22),
		row(3, cell("error_rate", 3), cell("breakers", 2)),
		row(2, cell("disks", 1), cell("data_dirs", 1)),
	},
}

var tasksLayouts = layouts{
	keep: []string{
		"tasks_states", "tasks_days", "tasks_completion", "tasks_rescheduled", "tasks_created",
		"tasks_reschedules", "tasks_schedule", "tasks_dedup",
	},
	two: arrangement{
		row(2, cell("tasks_states", 1), cell("tasks_completion", 1)).upTo(12),
		row(3, cell("tasks_days", 1), cell("tasks_created", 1)),
		row(2, cell("tasks_rescheduled", 1), cell("tasks_reschedules", 1)),
		row(2, cell("tasks_schedule", 1), cell("tasks_dedup", 1)).upTo(17),
	},
	three: arrangement{
		row(3, cell("tasks_states", 1), cell("tasks_created", 1), cell("tasks_completion", 1)).upTo(13),
		row(3, cell("tasks_days", 5), cell("tasks_rescheduled", 4), cell("tasks_reschedules", 3)),
		row(2, cell("tasks_schedule", 7), cell("tasks_dedup", 2)).upTo(9),
	},
	four: arrangement{
		row(2, cell("tasks_states", 3), cell("tasks_created", 4), cell("tasks_completion", 3), cell("tasks_reschedules", 3)).upTo(16),
		row(3, cell("tasks_days", 3), cell("tasks_rescheduled", 2)),
		row(2, cell("tasks_schedule", 3), cell("tasks_dedup", 2)).upTo(11),
	},
}

var llmLayouts = layouts{
	keep: []string{
		"spend", "hours", "invocations", "latency", "task_types", "failures",
		"calls", "models", "days", "tokens", "shadow", "heat",
	},
	two: arrangement{
		row(2, cell("spend", 1), cell("hours", 1)),
		row(2, cell("latency", 1), cell("failures", 1)),
		row(2, cell("task_types", 1), cell("models", 1)),
		row(2, cell("calls", 1), cell("tokens", 1)),
		row(2, cell("days", 1), cell("heat", 1)),
		row(2, cell("shadow", 1)),
		row(3, cell("invocations", 1)),
	},
	three: arrangement{
		row(2, cell("spend", 2), cell("hours", 3), cell("calls", 2)),
		row(2, cell("latency", 1), cell("task_types", 1), cell("models", 1)),
		row(2, cell("days", 1), cell("tokens", 1), cell("failures", 1)),
		row(0, cell("shadow", 1), cell("heat", 1)),
		row(3, cell("invocations", 1)),
	},
	four: arrangement{
		row(2, cell("spend", 2), cell("hours", 3), cell("days", 3), cell("calls", 2)),
		row(3, cell("latency", 1), cell("task_types", 1), cell("models", 1), cell("failures", 1)),
		row(2, cell("tokens", 2), cell("shadow", 3), cell("heat", 2)),
		row(4, cell("invocations", 1)),
	},
}

var agentsLayouts = layouts{
	keep: []string{
		"agents_active", "agents_failed", "agents_finished", "agents_cost", "agents_spend",
		"agents_events", "agents_task_status",
	},
	two: arrangement{
		row(2, cell("agents_active", 5), cell("agents_finished", 4)).upTo(12),
		row(2, cell("agents_failed", 1)),
		row(2, cell("agents_cost", 1), cell("agents_spend", 1)),
		row(1, cell("agents_events", 1).upTo(9), cell("agents_task_status", 1).upTo(9)),
	},
	three: arrangement{
		row(2, cell("agents_active", 2), cell("agents_finished", 1)).upTo(11),
		row(3, cell("agents_failed", 2), stack(1, cell("agents_events", 1).upTo(9), cell("agents_task_status", 1))),
		row(2, cell("agents_cost", 1), cell("agents_spend", 1)),
	},
	four: arrangement{
		row(2, cell("agents_active", 3), cell("agents_finished", 2), cell("agents_events", 2)).upTo(12),
		row(3, cell("agents_failed", 3), cell("agents_cost", 2), stack(2, cell("agents_spend", 3), cell("agents_task_status", 1).upTo(9))),
	},
}

var notificationsLayouts = layouts{
	keep: []string{
		"notifications_sent", "notifications_failed", "notifications_times", "notifications_blocked",
		"notifications_tiers", "notifications_nudges",
	},
	two: arrangement{
		row(3, cell("notifications_sent", 1), cell("notifications_failed", 1)),
		row(3, cell("notifications_times", 1), cell("notifications_blocked", 1)),
		row(3, cell("notifications_nudges", 1), cell("notifications_tiers", 1)),
	},
	three: arrangement{
		row(3,
			cell("notifications_sent", 1),
			cell("notifications_nudges", 1),
			stack(1, cell("notifications_failed", 1), cell("notifications_blocked", 1))),
		row(2, cell("notifications_times", 7), cell("notifications_tiers", 1)).upTo(12),
	},
	four: arrangement{
		row(3,
			cell("notifications_sent", 3),
			cell("notifications_nudges", 3),
			stack(2, cell("notifications_failed", 1), cell("notifications_blocked", 1))).upTo(30),
		row(2, cell("notifications_times", 1), cell("notifications_tiers", 1)).upTo(24),
	},
}

var escalationsLayouts = layouts{
	keep: []string{
		"escalations", "escalations_open", "escalations_resolution", "escalations_status",
		"escalations_validation", "escalations_extensions", "tool_gaps", "escalations_iterations",
		"tool_gap_severity", "tool_gap_points",
	},
	two: arrangement{
		row(3, cell("escalations", 1).from(7)),
		row(2, cell("escalations_open", 1), cell("escalations_resolution", 1)),
		row(1, cell("escalations_status", 1), cell("escalations_iterations", 1)).upTo(10),
		row(2, cell("escalations_validation", 1), cell("escalations_extensions", 1)),
		row(2, cell("tool_gaps", 1), cell("tool_gap_severity", 1)),
		row(2, cell("tool_gap_points", 1)),
	},
	three: arrangement{
		row(6, cell("escalations", 5), cell("escalations_open", 3)),
		row(2, cell("escalations_resolution", 3), cell("escalations_status", 2), cell("escalations_iterations", 2)).upTo(11),
		row(2, cell("escalations_validation", 1), cell("escalations_extensions", 1), cell("tool_gaps", 1)),
		row(0, cell("tool_gap_severity", 1), cell("tool_gap_points", 1)),
	},
	four: arrangement{
		row(4, cell("escalations", 5), stack(2, cell("escalations_open", 2), cell("escalations_status", 1).upTo(10))),
		row(3, cell("escalations_resolution", 3), cell("escalations_validation", 3), cell("escalations_extensions", 3), cell("escalations_iterations", 2)).upTo(16),
		row(2, cell("tool_gaps", 1), cell("tool_gap_severity", 1), cell("tool_gap_points", 1)).upTo(16),
	},
}

var errorsLayouts = layouts{
	keep: []string{"error_groups", "error_lines", "error_timeline", "error_facets", "error_counts"},
	two: arrangement{
		row(2, cell("error_groups", 1)),
		row(1, cell("error_timeline", 1), cell("error_counts", 1)).upTo(12),
		row(3, cell("error_lines", 1)),
		row(1, cell("error_facets", 1)).upTo(9),
	},
	three: arrangement{
		row(2, cell("error_groups", 1)),
		row(1, cell("error_timeline", 3), cell("error_counts", 2).upTo(10)).upTo(12),
		row(3, cell("error_lines", 1)),
		row(1, cell("error_facets", 1)).upTo(9),
	},
	four: arrangement{
		row(3, cell("error_groups", 1)),
		row(1, cell("error_timeline", 3), cell("error_counts", 2)).upTo(14),
		row(4, cell("error_lines", 1)),
		row(2, cell("error_facets", 1)).upTo(12),
	},
}

// Preferences have few figures: two columns make the best of any width.
var preferencesColumns = arrangement{
	row(1,
		stack(3, cell("corrections_per_week", 1), cell("rules_per_week", 1)),
		stack(2, cell("rules", 1).from(6).upTo(8), cell("corrections", 2))),
}

var preferencesLayouts = layouts{
	keep:  []string{"corrections_per_week", "rules", "corrections", "rules_per_week"},
	two:   preferencesColumns,
	three: preferencesColumns,
	four:  preferencesColumns,
}

var skillsLayouts = layouts{
	keep: []string{"skill_states", "skill_runs", "skill_cost", "skill_nightly", "skill_evolution", "skill_transitions"},
	two: arrangement{
		row(3, cell("skill_states", 1), cell("skill_runs", 1)).upTo(9),
		row(3, cell("skill_cost", 1), cell("skill_transitions", 1)),
		row(2, cell("skill_nightly", 3), cell("skill_evolution", 2)),
	},
	three: arrangement{
		row(1, cell("skill_states", 2), cell("skill_runs", 3)).upTo(9),
		row(3, cell("skill_cost", 1), cell("skill_transitions", 1)),
		row(3, cell("skill_nightly", 2), cell("skill_evolution", 1)),
	},
	four: arrangement{
		row(1, cell("skill_states", 2), cell("skill_runs", 3)).upTo(9),
		row(3, cell("skill_cost", 1), cell("skill_transitions", 1)).upTo(24),
		row(3, cell("skill_nightly", 2), cell("skill_evolution", 1)),
	},
}

var memoryLayouts = layouts{
	keep: []string{
		"memory_documents", "memory_retrieval", "memory_failures", "memory_writes", "memory_ingest",
		"memory_embed_calls", "memory_watch",
	},
	two: arrangement{
		row(2, cell("memory_documents", 1), cell("memory_retrieval", 1)).upTo(10),
		row(2, cell("memory_ingest", 1), cell("memory_failures", 1)),
		row(2, cell("memory_writes", 1), cell("memory_embed_calls", 1)),
		row(1, cell("memory_watch", 1)).upTo(6),
	},
	three: arrangement{
		row(1, cell("memory_documents", 1), cell("memory_retrieval", 1)).upTo(10),
		row(2, cell("memory_writes", 4), cell("memory_ingest", 3)),
		row(2, cell("memory_embed_calls", 1), stack(1, cell("memory_failures", 1), cell("memory_watch", 1))),
	},
	four: arrangement{
		row(1, cell("memory_documents", 1), cell("memory_retrieval", 1)).upTo(10),
		row(2, cell("memory_writes", 4), cell("memory_ingest", 3), cell("memory_embed_calls", 3)),
		row(1, cell("memory_failures", 1), cell("memory_watch", 1)),
	},
}
