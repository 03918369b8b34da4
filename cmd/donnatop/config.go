package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/docs"
	"github.com/donna-project/donnatop/ui/safe"
)

func newConfig(e *env, o *options) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show, explain or begin the configuration",
		Long: `config shows the settings that hold and where each came from, explains every key,
or writes a file to begin with. A flag beats the environment, that beats the
configuration file, that beats the default.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("say what to do: config show, config explain or config init")
		},
	}
	cmd.AddCommand(newConfigShow(e, o), newConfigExplain(e, o), newConfigInit(e, o))
	return cmd
}

func newConfigShow(e *env, o *options) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print the settings that hold and where each came from; secrets are masked",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.resolve(cmd.Flags(), e); err != nil {
				return err
			}
			sections, err := o.shownSections()
			if err != nil {
				return err
			}
			if asJSON {
				return o.writeSettingsJSON(e.stdout, sections)
			}
			return o.writeSettings(e.stdout, sections)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// shownSections are the sections of the file, without secrets.
func (o *options) shownSections() (map[string]any, error) {
	shown := make(map[string]any, len(o.sections))
	for name, s := range o.sections {
		var v any
		if err := yaml.NodeToValue(s.node, &v); err != nil {
			return nil, usagef("%s: section %s: %w", s.file, name, err)
		}
		shown[name] = mask(v, false)
	}
	return shown, nil
}

func (o *options) writeSettings(w io.Writer, sections map[string]any) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	file := o.configRead
	if file == "" {
		file = "none; 'donnatop config init' writes one"
	}
	fmt.Fprintf(table, "configuration file\t%s\n", safe.Text(file))
	for _, s := range o.settings() {
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.key, safe.Text(s.shownText()), safe.Text(o.origin(s.key)))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print settings: %w", err)
	}
	for _, name := range sectionNames {
		section, ok := sections[name]
		if !ok {
			continue
		}
		text, err := yaml.Marshal(map[string]any{name: section})
		if err != nil {
			return fmt.Errorf("print section %s: %w", name, err)
		}
		for line := range strings.Lines("\n" + string(text)) {
			if _, err := fmt.Fprintln(w, safe.Text(strings.TrimSuffix(line, "\n"))); err != nil {
				return fmt.Errorf("print section %s: %w", name, err)
			}
		}
	}
	return nil
}

func (o *options) writeSettingsJSON(w io.Writer, sections map[string]any) error {
	type settingRecord struct {
		Key    string `json:"key"`
		Value  any    `json:"value"` // null if it is not set
		Origin string `json:"origin"`
	}
	record := struct {
		Schema   int             `json:"schema"`
		File     *string         `json:"file"`
		Settings []settingRecord `json:"settings"`
		Sections map[string]any  `json:"sections"`
	}{Schema: data.Schema, File: optional(o.configRead), Sections: sections}
	for _, s := range o.settings() {
		record.Settings = append(record.Settings, settingRecord{s.key, s.shown(), o.origin(s.key)})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(record); err != nil {
		return fmt.Errorf("print settings: %w", err)
	}
	return nil
}

func newConfigExplain(e *env, o *options) *cobra.Command {
	var markdown bool
	cmd := &cobra.Command{
		Use:   "explain [KEY]",
		Short: "Print what every key means, its type, default and environment",
		Args:  atMostOneArg,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return o.settingKeys(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return o.explainAll(e.stdout, markdown)
			}
			return o.explain(e.stdout, args[0])
		},
	}
	cmd.Flags().BoolVar(&markdown, "markdown", false, "print the table of docs/configuration.md")
	return cmd
}

func (o *options) settingKeys() []string {
	var keys []string
	for _, s := range o.settings() {
		keys = append(keys, s.key)
	}
	return append(keys, sectionNames...)
}

func (o *options) explain(w io.Writer, key string) error {
	if meaning, ok := sectionMeanings[key]; ok {
		_, err := fmt.Fprintf(w, "%s  (section)\n  %s\n%s", key, meaning, sectionExample(key))
		return err
	}
	all := o.settings()
	i := slices.IndexFunc(all, func(s setting) bool { return s.key == strings.TrimLeft(key, "-") })
	if i < 0 {
		return usagef("unknown key %q: %s", key, oneOf(key, o.settingKeys()))
	}
	s := all[i]
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s  (%s)\n  %s\n", s.key, s.kind, s.meaning)
	if s.byDef != "" {
		fmt.Fprintf(&b, "  default:     %s\n", s.byDef)
	}
	fmt.Fprintf(&b, "  flag:        --%s\n", s.key)
	if len(s.env) > 0 {
		fmt.Fprintf(&b, "  environment: %s\n", strings.Join(s.env, ", "))
	}
	if s.secret {
		fmt.Fprintln(&b, "  secret:      only in a file that nobody else can read (chmod 600)")
	}
	_, err := w.Write(b.Bytes())
	return err
}

// sectionExample is a section with everything there is and its defaults, where a
// document of ours has one.
func sectionExample(name string) string {
	if name != "alerts" {
		return ""
	}
	_, text, _ := strings.Cut(docs.Alerts, "```yaml\n")
	text, _, _ = strings.Cut(text, "```")
	return "\n" + text
}

func (o *options) explainAll(w io.Writer, markdown bool) error {
	if markdown {
		return o.writeMarkdown(w)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "KEY\tTYPE\tDEFAULT\tENVIRONMENT\tMEANING\n")
	for _, s := range o.settings() {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", s.key, s.kind, s.byDef, strings.Join(s.env, " "), s.meaning)
	}
	for _, name := range sectionNames {
		fmt.Fprintf(table, "%s\tsection\t\t\t%s\n", name, sectionMeanings[name])
	}
	return table.Flush()
}

// writeMarkdown prints the tables of docs/configuration.md.
func (o *options) writeMarkdown(w io.Writer) error {
	var b bytes.Buffer
	cell := strings.NewReplacer("|", `\|`, "<", "&lt;").Replace
	code := func(words ...string) string {
		if len(words) == 0 || words[0] == "" {
			return ""
		}
		return "`" + strings.Join(words, "` `") + "`"
	}
	fmt.Fprint(&b, "| Key and flag | Type | Default | Environment | Meaning |\n| --- | --- | --- | --- | --- |\n")
	for _, s := range o.settings() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.key, s.kind, code(s.byDef), code(s.env...), cell(s.meaning))
	}
	fmt.Fprint(&b, "\n| Section | Meaning |\n| --- | --- |\n")
	for _, name := range sectionNames {
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, cell(sectionMeanings[name]))
	}
	_, err := w.Write(b.Bytes())
	return err
}

func newConfigInit(e *env, o *options) *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a commented file to begin with, which only you can read",
		Long: `init writes a configuration file in which every key stands with its default,
commented out: to --config FILE (or DONNATOP_CONFIG), else to the default place.
It never writes over a file unless --force says so.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			path := o.configFile
			if v, ok := e.getenv(envNames["config"][0]); path == "" && ok {
				path = v
			}
			if path == "" {
				path = defaultConfigPath()
			}
			if path == "" {
				return usagef("there is no home directory to put the file in: give --config FILE")
			}
			if err := writeConfig(path, o.configTemplate(), force); err != nil {
				return err
			}
			_, err := fmt.Fprintf(e.stdout, "wrote %s\n", safe.Text(path))
			return err
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "write over a file that is there")
	return cmd
}

// writeConfig puts the text in place whole or not at all.
func writeConfig(path string, text []byte, force bool) error {
	if _, err := os.Lstat(path); err == nil && !force {
		return fmt.Errorf("%s is there already: edit it, or give --force to write over it", path)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write configuration: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".config-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	defer os.Remove(f.Name()) // what is left of it after a failure
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil && force {
		err = os.Rename(f.Name(), path)
	} else if err == nil {
		err = os.Link(f.Name(), path) // fails if somebody was quicker
	}
	if err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}

// configTemplate is the file to begin with.
func (o *options) configTemplate() []byte {
	var b bytes.Buffer
	b.WriteString(`# The configuration of donnatop. The keys are the names of flags; take away the #
# before those you want to set. A flag beats the environment, that beats this
# file, that beats the default. 'donnatop config show' tells what holds and why.
`)
	for _, s := range o.settings() {
		b.WriteByte('\n')
		comment(&b, s.meaning)
		if len(s.env) > 0 {
			comment(&b, "environment: "+strings.Join(s.env, ", "))
		}
		value := s.byDef
		if value == "" || strings.ContainsAny(value, "{}~\"") {
			value = "'" + strings.ReplaceAll(value, "'", "''") + "'"
		}
		if s.kind == "list" {
			value = "[]"
		}
		fmt.Fprintf(&b, "#%s: %s\n", s.key, value)
	}
	for _, name := range sectionNames {
		b.WriteByte('\n')
		comment(&b, sectionMeanings[name])
		fmt.Fprintf(&b, "#%s: {}\n", name)
	}
	return b.Bytes()
}

// comment writes a text as comment lines of a readable width.
func comment(b *bytes.Buffer, text string) {
	const width = 78
	n := 0
	for word := range strings.FieldsSeq(text) {
		if n > 0 && n+1+len(word) > width {
			b.WriteByte('\n')
			n = 0
		}
		if n == 0 {
			b.WriteByte('#')
			n = 1
		}
		b.WriteString(" " + word)
		n += 1 + len(word)
	}
	b.WriteByte('\n')
}
