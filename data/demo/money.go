package demo

import "time"

// The household's budgets in USD. They differ a little from Donna's defaults, so that a reader of her configuration shows it.
const (
	dailyBudget        = 19.0
	monthlyBudget      = 520.0
	monthlyWarning     = 0.85
	taskApproval       = 4.0
	maxDailyExtension  = 12.0
	alertPct           = 75
	hardMonthlyCeiling = 600.0
)

// ledger is what Donna's cost guard would sum up: all spend of the day and the month, and the extensions of the day.
type ledger struct {
	day, month      string
	spent, monthly  float64
	extended        float64
	monthlyReminded string // the month whose warning was printed
}

func (m *ledger) roll(now time.Time) {
	if d := day(now); d != m.day {
		m.day, m.spent, m.extended = d, 0, 0
	}
	if month := m.day[:len("2006-01")]; month != m.month {
		m.month, m.monthly = month, 0
	}
}

func (l *life) spend(usd float64) {
	l.money.roll(l.now)
	l.money.spent += usd
	l.money.monthly += usd
}

func (l *life) dailyLimit() float64 {
	l.money.roll(l.now)
	return dailyBudget + l.money.extended
}

// affordable asks the guard that automations, auto-drafts and evolution obey, and prints its refusal.
func (l *life) affordable() bool {
	limit := l.dailyLimit()
	if l.money.monthly >= monthlyWarning*monthlyBudget && l.money.monthlyReminded != l.money.month {
		l.money.monthlyReminded = l.money.month
		l.warn("budget_monthly_warning", "monthly_spent", l.money.monthly, "monthly_budget", monthlyBudget, "warning_pct", monthlyWarning)
	}
	switch {
	case l.money.monthly >= monthlyBudget:
		l.warn("budget_monthly_threshold_hit", "monthly_spent", l.money.monthly, "monthly_cap", monthlyBudget)
		return false
	case l.money.spent >= limit:
		l.warn("budget_daily_threshold_hit", "daily_spent", l.money.spent, "effective_daily_limit", limit)
		return false
	}
	return true
}
