package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/donna-project/donnatop/data/archive"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/serve"
)

// served is what the commands of a server's clients are answered from.
type served struct {
	from    *options // of the server
	sys     *system
	finder  *trace.Finder
	archive *archive.Archive
}

// answered are the commands a client may give, and lentFlags the common flags
// with them: those that say how to print. All others name files, addresses or
// configuration of the server's.
var (
	answered  = []string{"snapshot", "trace", "logs", "doctor"}
	lentFlags = []string{"window", "tz", "ascii", "no-color"}
)

// answering gives what answers a client's command.
func (o *options) answering(e *env, sys *system, w shown) serve.Command {
	s := &served{from: o, sys: sys}
	s.finder, s.archive = w.open(onDemandMode{clock: w.clock, snapshot: sys.hub.Snapshot})
	return func(ctx context.Context, args []string, stdout, stderr io.Writer) int {
		client := &env{stdin: strings.NewReader(""), stdout: stdout, stderr: stderr, getenv: e.getenv, clock: e.clock, transport: e.transport, usage: "snapshot --help"}
		if !slices.Contains(answered, args[0]) {
			return client.exitCode(usagef("%q is not answered here, only %s", args[0], strings.Join(answered, ", ")))
		}
		client.usage = args[0] + " --help"
		root := s.root(client)
		root.SetArgs(args)
		root.SetIn(client.stdin)
		root.SetOut(stdout)
		root.SetErr(stderr)
		return client.exitCode(root.ExecuteContext(ctx))
	}
}

// root is the command line of a client. It is made anew for each command.
func (s *served) root(e *env) *cobra.Command {
	o := &options{served: s}
	root := &cobra.Command{Use: "donnatop", SilenceUsage: true, SilenceErrors: true}
	root.SetFlagErrorFunc(flagError)
	root.CompletionOptions.DisableDefaultCmd = true
	o.common = root.PersistentFlags()
	o.addSourceFlags(o.common)
	o.addScreenFlags(o.common)
	o.common.VisitAll(func(f *pflag.Flag) { f.Hidden = !slices.Contains(lentFlags, f.Name) })
	root.AddCommand(newSnapshot(e, o), newTrace(e, o), newLogs(e, o), newDoctor(e, o))
	return root
}

// lend gives a client's command the options of the server, but for those the
// client may choose. Others are refused rather than passed over.
func (s *served) lend(o *options) error {
	var err error
	o.common.VisitAll(func(f *pflag.Flag) {
		switch {
		case err != nil:
		case !f.Changed:
			err = lendFlag(f, s.from.common.Lookup(f.Name))
		case !slices.Contains(lentFlags, f.Name):
			err = usagef("--%s is refused over SSH: files, addresses and configuration are the server's", f.Name)
		}
	})
	if err != nil {
		return err
	}
	o.sections, o.origins, o.configRead = s.from.sections, s.from.origins, s.from.configRead
	return o.check()
}

func lendFlag(to, from *pflag.Flag) error {
	var err error
	if list, ok := from.Value.(pflag.SliceValue); ok {
		err = to.Value.(pflag.SliceValue).Replace(list.GetSlice())
	} else {
		err = to.Value.Set(from.Value.String())
	}
	if err != nil {
		return fmt.Errorf("take over --%s: %w", from.Name, err)
	}
	return nil
}

// snapshot prints the figures of the server's own data. A source that has not
// read everything when the time is up is printed as it is: what the others see of
// it doesn't change because a client is in a hurry.
func (s *served) snapshot(ctx context.Context, e *env, o *options, opts *snapshotOptions) error {
	begin := e.clock.Now()
	if _, err := s.sys.await(ctx, e.clock, opts.wait); err != nil {
		return err
	}
	return printSnapshot(ctx, e, o, opts, s.sys.hub.Publish(), s.archive, opts.wait-e.clock.Since(begin))
}
