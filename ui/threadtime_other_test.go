//go:build !linux

package ui

import (
	"testing"
	"time"
)

// threadTime is not known here: 0.
func threadTime(*testing.B) time.Duration { return 0 }
