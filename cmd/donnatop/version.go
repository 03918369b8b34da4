package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Set by the linker for a release (see Makefile); otherwise what the Go tool
// recorded of the checkout stands in.
var (
	version = ""
	commit  = ""
	date    = ""
)

func newVersion(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print version, commit and build date",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(e.stdout, "donnatop", versionText())
			return err
		},
	}
}

// buildInfo is what is known of this build: its version, commit and date (RFC
// 3339), of which the latter may be "".
func buildInfo() (v, c, d string) {
	v, c, d = version, commit, date
	if info, ok := debug.ReadBuildInfo(); ok {
		if v == "" && info.Main.Version != "" {
			v = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision" && c == "":
				c = s.Value
			case s.Key == "vcs.time" && d == "":
				d = s.Value
			}
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return v, c, d
}

func versionNumber() string {
	v, _, _ := buildInfo()
	return v
}

// versionText is the version with what is known of its origin.
func versionText() string {
	text, c, d := buildInfo()
	if c != "" {
		text += " commit " + c[:min(len(c), 12)]
	}
	if d != "" {
		text += " of " + d
	}
	return text + " " + runtime.Version()
}
