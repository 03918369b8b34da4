package alert

import (
	"slices"
	"time"

	"github.com/donna-project/donnatop/data"
)

// The rules there are, by their names in the configuration and in the JSON.
const (
	ServiceDown   = "service_down"
	ErrorBurst    = "error_burst"
	BreakerOpen   = "breaker_open"
	DiskUsage     = "disk_usage"
	SupabaseSync  = "supabase_sync"
	Heartbeat     = "heartbeat"
	BudgetDaily   = "budget_daily"
	BudgetMonthly = "budget_monthly"
	BudgetRunway  = "budget_runway"
)

// Severity says how urgent a rule is: critical messages may pass quiet hours.
type Severity string

// The severities.
const (
	Critical Severity = "critical"
	Warning  Severity = "warning"
)

// Names of the routes that rules have if nothing else is configured.
const (
	RouteDiscord = "discord"
	RouteSMS     = "sms"
)

// Rule is what can be set of a rule.
type Rule struct {
	ID  string
	Off bool // it is not judged at all
	// Threshold is what the figure must pass: errors, per cent or days. Rules
	// judged by time have none but For. 0 of budget_monthly means the share from
	// which Donna herself warns.
	Threshold float64
	// For is how long the condition must hold: the rule fires when it has held
	// for longer. 0 fires at once.
	For time.Duration
	// Clear is how long the condition must be gone until it counts as over, so
	// that what comes and goes is one thing and not many. 0 is at once.
	Clear time.Duration
	// Repeat is how often a message reminds of what still fires; 0 never.
	Repeat   time.Duration
	Routes   []string // where messages go; none means that the rule is only shown
	Severity Severity
	// Unhealthy counts containers that run but fail their health check as down.
	Unhealthy bool
}

// HasThreshold tells whether the rule of that name has a threshold.
func HasThreshold(id string) bool {
	k := kindOf(id)
	return k != nil && !k.timed && id != BreakerOpen
}

// kind is what can't be set of a rule.
type kind struct {
	id, title string
	unit      data.AlertUnit
	timed     bool // judged by how long: For takes the place of a threshold
	below     bool // it is too little that is wrong
	judge     func(l *look) reading
}

// kinds are the rules in the order in which they are listed.
var kinds = []kind{
	{id: ServiceDown, title: "Service down", unit: data.AlertSeconds, timed: true, judge: judgeServices},
	{id: BreakerOpen, title: "Breaker opened", unit: data.AlertCount, judge: judgeBreakers},
	{id: ErrorBurst, title: "Errors in 5 min", unit: data.AlertCount, judge: judgeErrors},
	{id: DiskUsage, title: "Disk usage", unit: data.AlertPercent, judge: judgeDisks},
	{id: SupabaseSync, title: "Supabase failing", unit: data.AlertSeconds, timed: true, judge: judgeSupabase},
	{id: Heartbeat, title: "Heartbeat lost", unit: data.AlertSeconds, timed: true, judge: judgeHeartbeat},
	{id: BudgetDaily, title: "Daily budget", unit: data.AlertPercent, judge: judgeDailyBudget},
	{id: BudgetMonthly, title: "Monthly budget", unit: data.AlertPercent, judge: judgeMonthlyBudget},
	{id: BudgetRunway, title: "Budget runway", unit: data.AlertDays, below: true, judge: judgeRunway},
}

func kindOf(id string) *kind {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.id == id })
	if i < 0 {
		return nil
	}
	return &kinds[i]
}

// RuleNames lists the rules there are.
func RuleNames() []string {
	names := make([]string, len(kinds))
	for i := range kinds {
		names[i] = kinds[i].id
	}
	return names
}

// DefaultRepeat is how often firing rules remind if nothing else is configured.
const DefaultRepeat = 4 * time.Hour

// Defaults are the rules of Donna's specification, and three about her budget:
// her day is used up, her own warning of the month, and less than three days left
// at the present rate. That the heartbeat is gone is only shown: a watchdog
// outside of Donna's machine tells of it.
func Defaults() []Rule {
	discord, both := []string{RouteDiscord}, []string{RouteDiscord, RouteSMS}
	rules := []Rule{
		{ID: ServiceDown, For: 5 * time.Minute, Clear: time.Minute, Routes: both, Severity: Critical},
		{ID: BreakerOpen, Routes: both, Severity: Critical},
		{ID: ErrorBurst, Threshold: 10, Clear: 5 * time.Minute, Routes: discord},
		{ID: DiskUsage, Threshold: 80, Clear: 5 * time.Minute, Routes: discord},
		{ID: SupabaseSync, For: time.Hour, Routes: discord},
		{ID: Heartbeat, For: 10 * time.Minute},
		{ID: BudgetDaily, Threshold: 100, Routes: discord},
		{ID: BudgetMonthly, Routes: discord},
		{ID: BudgetRunway, Threshold: 3, Clear: 10 * time.Minute, Routes: discord},
	}
	for i := range rules {
		r := &rules[i]
		r.Repeat = DefaultRepeat
		if r.Severity == "" {
			r.Severity = Warning
		}
	}
	return rules
}
