// Probe is what the containers of the tests run: it works, ends or judges its own
// health as its arguments say.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// held is the memory that `work` uses, in bytes.
const held = 48 << 20

func main() {
	end := make(chan os.Signal, 1)
	signal.Notify(end, syscall.SIGTERM)
	switch os.Args[1] {
	case "work":
		memory := make([]byte, held)
		for i := range memory {
			memory[i] = byte(i | 1) // touched, or the kernel wouldn't give it
		}
		for len(end) == 0 { // busy: there must be CPU time to measure
			memory[len(memory)/2]++
		}
	case "wait":
		<-end
	case "end":
		os.Exit(3)
	case "healthy":
		fmt.Println("all is well")
	case "unhealthy":
		fmt.Println("nothing is \x1b[31mwell")
		os.Exit(1)
	}
}
