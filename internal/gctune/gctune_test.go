package gctune

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestLimitLeavesRoomAboveWhatIsInUse(t *testing.T) {
	for _, tc := range []struct{ used, want int64 }{
		{0, 1000}, {800, 1000}, {896, 1008}, {8000, 9000},
	} {
		if got := limitFor(tc.used, 1000); got != tc.want {
			t.Errorf("limit with %d in use: %d, want %d", tc.used, got, tc.want)
		}
	}
}

// TestLimitFollowsWhatIsInUse: a limit that stayed below would give the collector half of the CPU.
func TestLimitFollowsWhatIsInUse(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	const least, ballast = 1 << 20, 16 << 20
	held := make([]byte, ballast)
	holdLimit(least)
	for range 10_000 {
		runtime.GC()
		if debug.SetMemoryLimit(-1) >= ballast+ballast/room {
			runtime.KeepAlive(held)
			return
		}
		runtime.Gosched()
	}
	t.Errorf("the limit is %d with %d in use", debug.SetMemoryLimit(-1), ballast)
}
