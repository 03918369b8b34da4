package main

import (
	"fmt"
	"io"
	"os"

	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/themes"
)

func newThemes(e *env, o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "themes [NAME]",
		Short: "List the themes, or show every role of one in its colours",
		Args:  cobra.MaximumNArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return themes.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.resolve(cmd.Flags(), e); err != nil {
				return err
			}
			if len(args) == 0 {
				return listThemes(e.stdout)
			}
			return showTheme(e, o, args[0])
		},
	}
}

func listThemes(w io.Writer) error {
	for _, name := range themes.Names() {
		about, err := themes.About(name)
		if err != nil {
			return fmt.Errorf("list themes: %w", err)
		}
		if _, err := fmt.Fprintf(w, "%-16s %s\n", name, about); err != nil {
			return err
		}
	}
	return nil
}

// showTheme prints each role painted, for dark and for light backgrounds, with
// what the theme's file says of it.
func showTheme(e *env, o *options, name string) error {
	dark, err := themes.New(name, true)
	if err != nil {
		return usageError{err}
	}
	light, err := themes.New(name, false)
	if err != nil {
		return usageError{err}
	}
	out := &colorprofile.Writer{Forward: e.stdout, Profile: colorprofile.NoTTY}
	if e.isTerminal() && !o.noColor {
		out.Profile = colorprofile.Detect(e.stdout, os.Environ())
	}
	const roleWidth, lookWidth = 16, 30
	if _, err := fmt.Fprintf(out, "%-*s %-*s %s\n", roleWidth, "ROLE", lookWidth, "DARK", "LIGHT"); err != nil {
		return err
	}
	onLight := light.Roles()
	for i, r := range dark.Roles() {
		look := fmt.Sprintf("%-*s", lookWidth, r.Paint.Describe())
		_, err := fmt.Fprintf(out, "%-*s %s %s\n", roleWidth, r.Name, r.Paint.String(look), onLight[i].Paint.String(onLight[i].Paint.Describe()))
		if err != nil {
			return err
		}
	}
	return nil
}
