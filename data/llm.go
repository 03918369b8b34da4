package data

import (
	"time"
)

// LLM holds the figures of the LLM & Cost view, key by key those of
// CONTRACT.md's `llm`. A nil map or pointer is a figure whose source is not
// there; Snapshot notes say why. Maps W are keyed by window name, T by task type
// as stored, M by model_actual.
type LLM struct {
	Calls           map[string]*int64           `json:"calls"`
	CallsByClass    map[string]*ClassCounts     `json:"calls_by_class"`
	CallsByTaskType map[string]map[string]int64 `json:"calls_by_task_type"`
	CallsByModel    map[string]map[string]int64 `json:"calls_by_model"`
	PerHour         []HourBucket                `json:"per_hour"` // 24 clock hours, oldest first
	PerDay          []DayBucket                 `json:"per_day"`  // 30 UTC days, oldest first

	Tokens map[string]*TokenFigures `json:"tokens"`

	SpendUSD        map[string]*float64           `json:"spend_usd"`
	SpendByTaskType map[string]map[string]float64 `json:"spend_by_task_type"`
	SpendByModel    map[string]map[string]float64 `json:"spend_by_model"`

	BurnRate          BurnRate   `json:"burn_rate"`
	ProjectedMonthUSD Projection `json:"projected_month_usd"`
	Budget            Budget     `json:"budget"`

	LatencyMS    map[string]map[string]Latency `json:"latency_ms"`
	LatencyAllMS map[string]*Latency           `json:"latency_all_ms"`

	Failures map[string]*Failures                   `json:"failures"`
	Shadow   map[string]map[string]ShadowComparison `json:"shadow"`
	Events   map[string]*LLMEvents                  `json:"events"`

	Heat [][]HeatCell `json:"heat"` // 7 weekdays from Monday, 24 UTC hours

	Recent []InvocationRow `json:"recent"` // the newest rows, newest first

	embedCalls map[string]map[string]int64 // rows of class embedding, for [Memory]
}

// ClassCounts counts rows by class.
type ClassCounts struct {
	LLM       int64  `json:"llm"`
	Shadow    *int64 `json:"shadow"` // nil without the column is_shadow
	Embedding int64  `json:"embedding"`
	Audit     int64  `json:"audit"`
}

// HourBucket is one clock hour: calls of class llm, cost of all rows.
type HourBucket struct {
	Start      time.Time        `json:"start"`
	Calls      int64            `json:"calls"`
	CostUSD    *float64         `json:"cost_usd"`
	ByTaskType map[string]int64 `json:"by_task_type"`
	ByModel    map[string]int64 `json:"by_model"`
}

// DayBucket is one UTC day; Interrupted counts calls of class llm.
type DayBucket struct {
	HourBucket
	Interrupted *int64 `json:"interrupted"`
}

// TokenCount is tokens of all rows but audit.
type TokenCount struct {
	In  *int64 `json:"in"`
	Out *int64 `json:"out"`
}

// TokenFigures is the tokens of one window.
type TokenFigures struct {
	TokenCount
	ByTaskType map[string]TokenCount `json:"by_task_type"`
	ByModel    map[string]TokenCount `json:"by_model"`
}

// BurnRate is spend over time, from trailing windows.
type BurnRate struct {
	USDPerHour24h *float64 `json:"usd_per_hour_24h"` // spend(24h) / 24
	USDPerDay7d   *float64 `json:"usd_per_day_7d"`   // spend(7d) / 7
}

// Projection is what the month will cost.
type Projection struct {
	// Donna is her own figure: the last seven UTC days including today, /7, times the days of the month.
	Donna *float64 `json:"donna"`
	// MonthToDatePlus7dRate is what was spent plus the 7-day rate for what is left of the month.
	MonthToDatePlus7dRate *float64 `json:"month_to_date_plus_7d_rate"`
}

// Budget sets spend against the caps. Spent is what Donna's guard counts: all
// rows but external_llm_call and audit, by UTC day and month.
type Budget struct {
	DailyUSD            float64  `json:"daily_usd"`
	MonthlyUSD          float64  `json:"monthly_usd"`
	ExtensionsTodayUSD  *float64 `json:"extensions_today_usd"`
	DailyEffectiveUSD   float64  `json:"daily_effective_usd"`
	DailySpentUSD       *float64 `json:"daily_spent_usd"`
	MonthlySpentUSD     *float64 `json:"monthly_spent_usd"`
	DailyRemainingUSD   *float64 `json:"daily_remaining_usd"`
	MonthlyRemainingUSD *float64 `json:"monthly_remaining_usd"`
	DailyUsedPct        *float64 `json:"daily_used_pct"`
	MonthlyUsedPct      *float64 `json:"monthly_used_pct"`
	// RunwayDays is how long the month's rest lasts at the 7-day rate; nil at rate 0.
	RunwayDays *float64 `json:"runway_days"`
}

// Latency is the distribution of latencies of class llm, in milliseconds, by
// nearest rank; Max is exact. The percentiles are nil if N is 0.
type Latency struct {
	N   int64  `json:"n"`
	P50 *int64 `json:"p50"`
	P95 *int64 `json:"p95"`
	P99 *int64 `json:"p99"`
	Max *int64 `json:"max"`
}

// Failures counts billed attempts that failed and calls that overflowed the local window, class llm.
type Failures struct {
	Calls          int64    `json:"calls"`
	Interrupted    *int64   `json:"interrupted"`
	Overflow       *int64   `json:"overflow"`
	InterruptedPct *float64 `json:"interrupted_pct"`
	OverflowPct    *float64 `json:"overflow_pct"`
}

// ShadowComparison sets a task type's shadow rows beside its llm rows.
type ShadowComparison struct {
	Primary ShadowSide `json:"primary"`
	Shadow  ShadowSide `json:"shadow"`
}

// ShadowSide is one side of a comparison; latencies in milliseconds.
type ShadowSide struct {
	Calls       int64    `json:"calls"`
	P50         *int64   `json:"p50"`
	P95         *int64   `json:"p95"`
	CostUSD     *float64 `json:"cost_usd"`
	MeanCostUSD *float64 `json:"mean_cost_usd"`
}

// LLMEvents counts what the log says of calls.
type LLMEvents struct {
	Started       int64 `json:"started"`
	Completed     int64 `json:"completed"`
	Failed        int64 `json:"failed"`
	Retried       int64 `json:"retried"`
	BreakerOpened int64 `json:"breaker_opened"`
	BreakerClosed int64 `json:"breaker_closed"`
	Fallback      int64 `json:"fallback"`
}

// HeatCell is one hour of the week over 30 days: calls of class llm, cost of all rows.
type HeatCell struct {
	Calls   int64    `json:"calls"`
	CostUSD *float64 `json:"cost_usd"`
}
