package data

// Config is what figures take from Donna's own configuration, with her defaults
// (donna-data.md §6.1) where a file or key is missing.
type Config struct {
	// DailyUSD is cost.daily_pause_threshold_usd of donna_models.yaml.
	DailyUSD float64
	// MonthlyUSD is cost.monthly_budget_usd of donna_models.yaml.
	MonthlyUSD float64
	// MonthlyWarningPct is cost.monthly_warning_pct, 0 to 100.
	MonthlyWarningPct float64
	// AlertPct is budget.alert_pct of dashboard.yaml: the share of a budget from which the screen warns, 0 to 100.
	AlertPct float64
	// AgentTimeouts is timeout_seconds of each agent in agents.yaml.
	AgentTimeouts map[string]float64
	// Defaulted names the keys that no file gave, so that a note can say so.
	Defaulted []string
}

// DefaultConfig is Donna's own defaults.
func DefaultConfig() Config {
	return Config{
		DailyUSD: 20, MonthlyUSD: 100, MonthlyWarningPct: 90, AlertPct: 80,
		AgentTimeouts: map[string]float64{"pm": 300, "scheduler": 120, "research": 300, "coding": 600, "challenger": 120, "communication": 300},
		Defaulted:     []string{"the daily budget (20 USD)", "the monthly budget (100 USD)"},
	}
}
