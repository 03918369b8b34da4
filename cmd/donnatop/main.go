// Command donnatop is a terminal dashboard for Donna. See README.md.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // one static binary: --tz works where no zone files are installed

	_ "golang.org/x/crypto/x509roots/fallback" // likewise certificates, which only count where the system has none

	"github.com/donna-project/donnatop/internal/gctune"
)

func main() {
	gctune.Configure()
	// A hang-up (a dropped SSH connection) ends the program in order, like Ctrl-C.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// A closed pipe is an error of the write, not the end of the program.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	code := run(ctx, os.Args[1:], env{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.LookupEnv,
	})
	stop()
	os.Exit(code)
}
