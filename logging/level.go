package logging

import (
	"log/slog"
	"math"
	"strings"
)

// LevelCritical is the level of a failure of the whole system that needs
// somebody now. slog has no such level of its own; this one follows the
// distance between slog's.
const LevelCritical = slog.Level(12)

// LevelAll is the minimum level that lets every record pass (Python's NOTSET).
const LevelAll = slog.Level(math.MinInt)

// ParseLevel returns the minimum level that name stands for, read as the
// Python services read theirs: DEBUG, INFO, WARN, WARNING, ERROR, CRITICAL,
// FATAL (critical) and NOTSET (everything) in any case. Every other name,
// the empty one included, is INFO.
func ParseLevel(name string) slog.Level {
	switch strings.ToUpper(name) {
	case "NOTSET":
		return LevelAll
	case "DEBUG":
		return slog.LevelDebug
	case "WARN", "WARNING":
		return slog.LevelWarn
	case "ERROR":
		return slog.LevelError
	case "CRITICAL", "FATAL":
		return LevelCritical
	}
	return slog.LevelInfo
}

// LevelName returns the name a level has on the wire. There are five of them
// and dashboards match them exactly, so a level between two names takes the
// lower one, everything under info is debug, and everything from
// LevelCritical up is critical.
func LevelName(l slog.Level) string {
	switch {
	case l >= LevelCritical:
		return "critical"
	case l >= slog.LevelError:
		return "error"
	case l >= slog.LevelWarn:
		return "warning"
	case l >= slog.LevelInfo:
		return "info"
	}
	return "debug"
}
