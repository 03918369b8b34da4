package data

import "time"

// Errors holds the figures of the Errors view, key by key those of CONTRACT.md's `errors`.
type Errors struct {
	Counts map[string]*LevelCounts     `json:"counts"`
	Per5m  []LevelBucket               `json:"per_5m"`
	Groups []ErrorGroup                `json:"groups"`
	Facets map[string]map[string]int64 `json:"facets"`
}

// LevelCounts counts log lines of the levels that mean trouble.
type LevelCounts struct {
	Warning  int64 `json:"warning"`
	Error    int64 `json:"error"`
	Critical int64 `json:"critical"`
}

// LevelBucket is five minutes of them.
type LevelBucket struct {
	Start time.Time `json:"start"`
	LevelCounts
}

// ErrorGroup is lines of one fingerprint in the last 24 h.
type ErrorGroup struct {
	Fingerprint   string    `json:"fingerprint"`
	Event         string    `json:"event"`
	ExceptionType *string   `json:"exception_type"`
	Frame         *string   `json:"frame"`
	Service       string    `json:"service"`
	Level         string    `json:"level"`
	Count         int64     `json:"count"`
	First         time.Time `json:"first"`
	Last          time.Time `json:"last"`
	SampleID      string    `json:"sample_id"`
}
