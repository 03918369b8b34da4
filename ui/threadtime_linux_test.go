package ui

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// threadTime is the CPU time of the thread, which a goroutine has to be locked to:
// it tells what work costs while others use the machine as well.
func threadTime(b *testing.B) time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return time.Duration(t.Nano())
}
