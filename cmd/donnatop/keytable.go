package main

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/ui"
	"github.com/donna-project/donnatop/ui/views"
)

func newKeys(e *env) *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Print the keys of the dashboard and the names of their actions",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			text := keysTable()
			if markdown {
				text = keysMarkdown()
			}
			_, err := e.stdout.Write(text)
			return err
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print docs/keys.md")
	return cmd
}

// keysTable lists the keys for people at a terminal.
func keysTable() []byte {
	var b bytes.Buffer
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for i, scope := range ui.Bindings() {
		if i > 0 {
			fmt.Fprintln(table)
		}
		fmt.Fprintf(table, "%s\n", strings.ToUpper(scope.Name))
		for _, k := range scope.Bindings {
			fmt.Fprintf(table, "%s\t%s\t%s\n", k.Help().Key, k.Help().Desc, k.Action)
		}
	}
	_ = table.Flush() // a buffer takes everything
	return b.Bytes()
}

// keysMarkdown is docs/keys.md.
func keysMarkdown() []byte {
	var b bytes.Buffer
	b.WriteString(`# Keys

Printed by ` + "`donnatop keys --markdown`" + `; ` + "`make docs`" + ` writes it anew. On screen, ` + "`?`" + `
shows those that do something where you are. The action is the name by which the
section ` + "`keys`" + ` of the configuration file binds other keys to it.
`)
	for _, scope := range ui.Bindings() {
		fmt.Fprintf(&b, "\n## %s\n", scope.Name)
		for _, group := range views.Groups {
			writeGroup(&b, group, scope.Bindings)
		}
	}
	return b.Bytes()
}

func writeGroup(b *bytes.Buffer, group views.Group, bindings []views.Binding) {
	begun := false
	for _, k := range bindings {
		if k.Group != group {
			continue
		}
		if !begun {
			fmt.Fprintf(b, "\n| %s | | Action |\n| --- | --- | --- |\n", group)
			begun = true
		}
		fmt.Fprintf(b, "| %s | %s | `%s` |\n", keyNames(k), k.Help().Desc, k.Action)
	}
}

// keyNames are all keys of a binding, as code.
func keyNames(k views.Binding) string {
	names := make([]string, len(k.Keys()))
	for i, name := range k.Keys() {
		if name == " " {
			name = "space"
		}
		names[i] = codeSpan(name)
	}
	return strings.Join(names, " ")
}

// codeSpan is a name as code in a cell of a table.
func codeSpan(name string) string {
	if strings.Contains(name, "`") {
		return "`` " + name + " ``"
	}
	return "`" + strings.ReplaceAll(name, "|", `\|`) + "`"
}
