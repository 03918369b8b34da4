package main

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan(e *env) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man [COMMAND]",
		Short: "Print the manual page of donnatop or of a command",
		Example: `  donnatop man | man -l -
  donnatop man --dir /usr/local/share/man/man1`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			var names []string
			if about, _, err := cmd.Root().Find(args); err == nil {
				for _, c := range about.Commands() {
					names = append(names, c.Name())
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return usagef("there is no command %q to have a manual page: see donnatop --help", args)
			}
			header := doc.GenManHeader{Section: "1", Source: "donnatop " + versionNumber(), Manual: "donnatop", Date: buildDate(e.clock.Now())}
			if dir == "" {
				return printMan(e, about, &header)
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return fmt.Errorf("write manual pages: %w", err)
			}
			if err := doc.GenManTree(about, &header, dir); err != nil {
				return fmt.Errorf("write manual pages: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "write the pages of all commands to this `directory`")
	return cmd
}

func printMan(e *env, about *cobra.Command, header *doc.GenManHeader) error {
	var page bytes.Buffer
	if err := doc.GenMan(about, header, &page); err != nil {
		return fmt.Errorf("print manual page: %w", err)
	}
	_, err := e.stdout.Write(page.Bytes())
	return err
}

// buildDate is when this donnatop was built, so that the pages of one build are
// always the same; now if nobody knows.
func buildDate(now time.Time) *time.Time {
	_, _, d := buildInfo()
	if t, err := time.Parse(time.RFC3339, d); err == nil {
		now = t
	}
	return &now
}
