package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"syscall"

	"github.com/charmbracelet/x/term"
	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/ui/safe"
)

// Exit codes of every command.
const (
	exitOK     = 0
	exitFailed = 1 // a check or a source failed
	exitUsage  = 2
)

// env is the world a command runs in, so that tests can give it another one.
type env struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) (string, bool)
	clock          clockwork.Clock   // the wall clock if nil
	transport      http.RoundTripper // for messages; the usual one if nil
	usage          string            // where the usage is explained; with the command itself if empty
}

// isTerminal tells whether stdout is one.
func (e *env) isTerminal() bool {
	f, ok := e.stdout.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// isSet tells whether an environment variable has a value.
func (e *env) isSet(name string) bool {
	v, ok := e.getenv(name)
	return ok && v != ""
}

// errSourceFailed ends a command with exit code 1 after it has printed its
// result: what failed is in the result and on stderr already.
var errSourceFailed = errors.New("a source failed")

// run executes the command line and gives its exit code.
func run(ctx context.Context, args []string, e env) int {
	if e.clock == nil {
		e.clock = clockwork.NewRealClock()
	}
	root := newRoot(&e)
	root.SetArgs(args)
	root.SetIn(e.stdin)
	root.SetOut(e.stdout)
	root.SetErr(e.stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if e.usage == "" {
		e.usage = cmd.CommandPath() + " --help"
	}
	return e.exitCode(err)
}

// exitCode says what went wrong with a command, and gives the code for it.
func (e *env) exitCode(err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errSourceFailed):
		return exitFailed
	case errors.Is(err, syscall.EPIPE):
		return exitOK // whoever read the output has enough
	case errors.As(err, &usage):
		fmt.Fprintf(e.stderr, "donnatop: %s\nRun '%s' for usage.\n", safe.Text(err.Error()), e.usage)
		return exitUsage
	}
	fmt.Fprintf(e.stderr, "donnatop: %s\n", safe.Text(err.Error()))
	return exitFailed
}

func newRoot(e *env) *cobra.Command {
	o := &options{}
	root := &cobra.Command{
		Use:   "donnatop",
		Short: "A live terminal dashboard for Donna",
		Long: `donnatop shows what Donna does, live: her LLM calls and what they cost, and her
logs, from the database she writes and the Loki (or the files) she logs to. It
only ever reads.

Without a command it opens the dashboard on the sources given. 'donnatop demo'
opens the same dashboard on a simulated Donna and needs nothing else.`,
		Example: `  donnatop demo
  donnatop --db /donna/db --loki http://localhost:3100 --donna-config /donna/config
  donnatop snapshot --json --db /donna/db --view llm`,
		Version:       versionText(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.resolve(cmd.Flags(), e); err != nil {
				return err
			}
			return runDashboard(cmd.Context(), e, o)
		},
	}
	root.SetFlagErrorFunc(flagError)
	root.SetVersionTemplate("donnatop {{.Version}}\n")
	root.DisableAutoGenTag = true // a manual page doesn't say what it was made with
	o.common = root.PersistentFlags()
	o.addSourceFlags(o.common)
	o.addScreenFlags(o.common)
	root.AddCommand(newDemo(e, o), newSnapshot(e, o), newWatch(e, o), newTrace(e, o), newLogs(e, o), newDoctor(e, o), newServe(e, o), newConfig(e, o), newKeys(e), newThemes(e, o), newMan(e), newVersion(e))
	completeFlags(root)
	helpStrictly(root)
	return root
}
