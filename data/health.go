package data

import "time"

// Health holds the figures of the System Health view, key by key those of CONTRACT.md's `health`.
type Health struct {
	Containers  []Container   `json:"containers"`
	Disks       []Disk        `json:"disks"`
	DataDirs    []DataDir     `json:"data_dirs"`
	Breakers    []Breaker     `json:"breakers"`
	LastOK      []LastOK      `json:"last_ok"`
	Heartbeat   *Heartbeat    `json:"heartbeat"`
	Checks      *HealthChecks `json:"checks"`
	ErrorRate5m *ErrorRate    `json:"error_rate_5m"`
}

// Container is one of Donna's containers; Verdict is that of Donna's healthwatch (donna-data.md §4.4).
type Container struct {
	Name          string     `json:"name"`
	Service       *string    `json:"service"`
	State         *string    `json:"state"`
	Health        *string    `json:"health"`
	Verdict       string     `json:"verdict"` // OK UNHEALTHY DOWN MISSING
	CPUPct        *float64   `json:"cpu_pct"`
	MemBytes      *int64     `json:"mem_bytes"`
	MemLimitBytes *int64     `json:"mem_limit_bytes"`
	Restarts      *int64     `json:"restarts"`
	StartedAt     *time.Time `json:"started_at"`
}

// Disk is one mounted file system.
type Disk struct {
	Mount      string   `json:"mount"`
	Device     string   `json:"device"`
	UsedBytes  int64    `json:"used_bytes"`
	TotalBytes int64    `json:"total_bytes"`
	UsedPct    *float64 `json:"used_pct"`
}

// DataDir is the size of one of Donna's directories.
type DataDir struct {
	Path  string     `json:"path"`
	Bytes *int64     `json:"bytes"`
	AsOf  *time.Time `json:"as_of"`
}

// Breaker is a circuit breaker as the log last told of it.
type Breaker struct {
	Name     string     `json:"name"`
	State    string     `json:"state"` // closed open half_open unknown
	Since    *time.Time `json:"since"`
	Failures *int64     `json:"failures"`
	// Opened is when it last left the closed state; nil if it never did.
	Opened *time.Time `json:"-"`
}

// LastOK is when an operation last succeeded.
type LastOK struct {
	Operation string     `json:"operation"`
	At        *time.Time `json:"at"`
	AgeS      *float64   `json:"age_s"`
	Source    *string    `json:"source"`
}

// Heartbeat is the last sign of life.
type Heartbeat struct {
	Source string     `json:"source"`
	At     *time.Time `json:"at"`
	AgeS   *float64   `json:"age_s"`
	OK     bool       `json:"ok"`
}

// HealthChecks is the newest health check of the orchestrator.
type HealthChecks struct {
	SQLite       *bool `json:"sqlite"`
	Discord      *bool `json:"discord"`
	Scheduler    *bool `json:"scheduler"`
	APIFreshness *bool `json:"api_freshness"`
}

// ErrorRate is log lines per minute over the last five.
type ErrorRate struct {
	Error    float64 `json:"error"`    // per minute
	Critical float64 `json:"critical"` // per minute
}
