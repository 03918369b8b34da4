package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/safe"
)

func newThemes(e *env, o *options) *cobra.Command {
	return &cobra.Command{
		Use:   "themes [NAME]",
		Short: "List the themes, or show every role of one in its colours",
		Args:  atMostOneArg,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return themeNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.resolve(cmd.Flags(), e); err != nil {
				return err
			}
			if len(args) == 0 {
				return listThemes(e.stdout, ownThemes(e))
			}
			return showTheme(e, o, ownThemes(e), args[0])
		},
	}
}

// themeNames are those a shell offers; what is wrong with the user's own is told
// when they are used.
func themeNames() []string {
	set, _ := readOwnThemes()
	return set.Names()
}

func listThemes(w io.Writer, set *themes.Set) error {
	for _, t := range set.List() {
		about := t.About
		if t.Own {
			about = strings.TrimSpace("your own: " + about)
		}
		if t.Err != nil {
			about = "can't be used: " + t.Err.Error()
		}
		if _, err := fmt.Fprintf(w, "%-16s %s\n", safe.Text(t.Name), safe.Text(about)); err != nil {
			return err
		}
	}
	return nil
}

// showTheme prints each role painted, for dark and for light backgrounds, with
// what the theme's file says of it.
func showTheme(e *env, o *options, set *themes.Set, name string) error {
	dark, err := set.New(name, true)
	if err != nil {
		return usageError{err}
	}
	light, err := set.New(name, false)
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
