package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/data"
)

// completeFlags tells shells what can follow the flags that take one of a few
// names, and makes the errors of the completion command those of a wrong command
// line.
func completeFlags(root *cobra.Command) {
	names := map[string][]string{"window": data.WindowNames, "view": data.Views()}
	must(root.RegisterFlagCompletionFunc("theme", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return themeNames(), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	}))
	dirs := []string{"donna-config", "docker-certs", "data-path", "dir", "export-dir"}
	for _, cmd := range append(root.Commands(), root) {
		for flag, values := range names {
			if cmd.LocalFlags().Lookup(flag) != nil {
				must(cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder)))
			}
		}
		for _, flag := range dirs {
			if cmd.LocalFlags().Lookup(flag) != nil {
				must(cmd.MarkFlagDirname(flag))
			}
		}
	}
	must(root.MarkPersistentFlagFilename("config", "yaml", "yml"))

	root.InitDefaultCompletionCmd()
	i := slices.IndexFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == "completion" })
	completion := root.Commands()[i]
	completion.Use = "completion SHELL"
	completion.Args = noArgs
	completion.RunE = func(*cobra.Command, []string) error {
		return usagef("for which shell? bash, zsh, fish or powershell; 'donnatop completion bash --help' says how to load it")
	}
}

// must is for what only a mistake in the program makes fail.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
