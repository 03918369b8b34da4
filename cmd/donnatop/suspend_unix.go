//go:build unix

package main

import "golang.org/x/sys/unix"

// canSuspend tells whether a shell would go on if the program stopped. One with job
// control gives what it starts a process group of its own; without one (ssh -t host
// donnatop, a container) the kernel stops nothing, and there would be no way back.
func canSuspend() bool {
	session, err := unix.Getsid(0)
	return err == nil && unix.Getpgrp() != session
}
