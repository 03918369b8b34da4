// Package gctune sets how much memory the program takes for speed.
package gctune

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// growth is by how much the heap may grow before garbage is collected, in percent of what is in use; Go's own is
	// 100. Most of the heap are figures and lines that stay, and collecting twice as often costs little beside them.
	growth = 50
	// limit is what the runtime shall hold at most: with it the program stays below 150 MB as long as what is in use
	// lies below. It also has free memory given back that the load of a large database leaves.
	limit = 128 << 20
	// room is the least part of what is in use that is left to grow: a limit too close to it, or below, would give the
	// collector half of the CPU.
	room = 8
)

// Configure sets the growth and the limit, unless the environment has GOGC or GOMEMLIMIT.
func Configure() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(growth)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		holdLimit(limit)
	}
}

// holdLimit sets the limit, and after each collection as much more as what is in use needs.
func holdLimit(least int64) {
	debug.SetMemoryLimit(least)
	afterEachGC(func() {
		if now := limitFor(inUse(), least); now != debug.SetMemoryLimit(-1) {
			debug.SetMemoryLimit(now)
		}
	})
}

// limitFor is the limit with so many bytes in use.
func limitFor(used, least int64) int64 { return max(least, used+used/room) }

// inUse are the bytes that the last collection has found in use.
func inUse() int64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return int64(live[0].Value.Uint64())
}

// collected is garbage as soon as it is made: its end tells of a collection. It has a pointer, as small objects without
// one share their memory with others and may stay as long as those.
type collected struct{ f func() }

func afterEachGC(f func()) {
	runtime.SetFinalizer(&collected{f}, func(c *collected) {
		c.f()
		afterEachGC(c.f)
	})
}
