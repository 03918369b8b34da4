// Package gctune sets how much memory the program takes for speed.
package gctune

import (
	"os"
	"runtime/debug"
)

// growth is by how much the heap may grow before garbage is collected, in percent of what is in use; Go's own is 100.
// Most of the heap are figures and lines that stay, and collecting twice as often costs little beside them. A soft limit
// would hold less only while what is in use lies below it: above, the collector takes half of the CPU.
const growth = 50

// Configure sets the growth, unless the environment has GOGC.
func Configure() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
}
