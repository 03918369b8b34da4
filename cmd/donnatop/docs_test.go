package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/ui"
)

// generated marks where the part of a document begins that `make docs` writes;
// it reaches to the end.
const generated = "<!-- generated: make docs -->\n"

// TestDocs compares the documents that are printed by the program with what it
// prints.
func TestDocs(t *testing.T) {
	var table bytes.Buffer
	o := &options{common: newRoot(&env{}).PersistentFlags()}
	if err := o.writeMarkdown(&table); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"keys.md": string(keysMarkdown()), "configuration.md": table.String()} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		got := string(text)
		if _, after, ok := strings.Cut(got, generated); ok {
			got = after
		}
		if strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("docs/%s isn't what the program prints: run make docs", name)
		}
	}
}

// TestEveryKeyIsDocumented looks for actions that no group of the table shows.
func TestEveryKeyIsDocumented(t *testing.T) {
	text := string(keysMarkdown())
	for _, scope := range ui.Bindings() {
		for _, k := range scope.Bindings {
			if !strings.Contains(text, "`"+k.Action+"`") || k.Action == "" || k.Help().Desc == "" {
				t.Errorf("%s: %+v has no line", scope.Name, k)
			}
		}
	}
}

func TestEverySettingIsExplained(t *testing.T) {
	o := &options{common: newRoot(&env{}).PersistentFlags()}
	for _, s := range o.settings() {
		if s.meaning == "" || s.kind == "" || strings.Contains(s.meaning, "[$") {
			t.Errorf("%+v", s)
		}
	}
	for _, name := range sectionNames {
		if sectionMeanings[name] == "" {
			t.Errorf("section %s has no meaning", name)
		}
	}
	for name := range envNames {
		if o.common.Lookup(name) == nil {
			t.Errorf("variables of a flag --%s that isn't there", name)
		}
	}
}
