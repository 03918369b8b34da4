package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usageError is an error of the command line itself.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// noArgs refuses arguments as a usage error, and names the command that was perhaps meant.
func noArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case cmd.HasAvailableSubCommands():
		return unknownCommand(cmd, args[0])
	}
	return usagef("unknown argument %q: %s takes none", args[0], cmd.CommandPath())
}

// atMostOneArg is noArgs for a command that may have one.
func atMostOneArg(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("unknown argument %q: %s takes at most one", args[1], cmd.CommandPath())
	}
	return nil
}

func unknownCommand(parent *cobra.Command, name string) error {
	var names []string
	for _, c := range parent.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usagef("unknown command %q of %s: %s", name, parent.CommandPath(), oneOf(name, names))
}

// flagError makes what is wrong with the flags a usage error, and names the flag
// that was perhaps meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) || unknown.GetSpecifiedShortnames() != "" {
		return usageError{err}
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if meant := nearest(unknown.GetSpecifiedName(), names); meant != "" {
		return usagef("%w: did you mean --%s?", err, meant)
	}
	return usageError{err}
}

// helpStrictly makes `help` of a command that isn't there an error.
func helpStrictly(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, err := root.Find([]string{"help"})
	must(err)
	help.Run = nil
	help.RunE = func(_ *cobra.Command, args []string) error {
		about, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 && about.HasAvailableSubCommands() {
			return unknownCommand(about, args[len(args)-max(len(rest), 1)])
		}
		return about.Help()
	}
}

// oneOf says what there is, and which of it was perhaps meant.
func oneOf(given string, names []string) string {
	slices.Sort(names)
	list := "use one of " + strings.Join(names, ", ")
	if meant := nearest(given, names); meant != "" {
		return fmt.Sprintf("did you mean %q? (%s)", meant, list)
	}
	return list
}

// nearest is the name that differs in fewer than three letters; "" if none does.
func nearest(given string, names []string) string {
	best, least := "", 3
	for _, n := range names {
		if d := distance(given, n); d < least {
			best, least = n, d
		}
	}
	return best
}

// distance is how many letters must be put in, taken out or changed to make one
// word of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
