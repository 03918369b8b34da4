// Replay reads recorded structlog calls and prints the line that this
// project's logging package writes for each, in file order; a filtered call
// prints an empty line.
//
//	go run ./logging/internal/replay VECTORS
//
// VECTORS is a file with one JSON object per line, in the format of
// logging/testdata/structlog-vectors.jsonl. Every line is decoded before the
// first is replayed: a file that cannot be read or understood gives exit
// status 2 and no output.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(stderr, "usage: replay VECTORS (a file with one recorded call per line)")
		return 2
	}
	vectors, err := load(args[0])
	if err != nil {
		fmt.Fprintf(stderr, "replay: %v\n", err)
		return 2
	}
	out := bufio.NewWriter(stdout)
	for _, v := range vectors {
		line := v.replay()
		if line == "" {
			line = "\n"
		}
		_, _ = out.WriteString(line) // the writer keeps its first error for Flush
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintf(stderr, "replay: write lines: %v\n", err)
		return 1
	}
	return 0
}
