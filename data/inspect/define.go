// Package inspect says what a panel's figures mean and where they come from, and
// writes the sqlite3 or logcli command that gives its headline number without
// donnatop, so that anybody can check it.
package inspect

import (
	"regexp"
	"strings"
	"sync"

	"github.com/donna-project/donnatop/docs"
)

// Definition is what docs/figures.md says of a figure or of several at once.
type Definition struct {
	Keys []string // as in the JSON, "llm.calls.W": W is any window
	Text string
}

// Define is the definition of a figure; false if docs/figures.md has none.
func Define(key string) (Definition, bool) {
	d, ok := definitions()[key]
	return d, ok
}

var (
	branchOf = regexp.MustCompile("\\(`([a-z]+)`\\)")
	keyIn    = regexp.MustCompile("`([^`]+)`")
)

// definitions reads the tables of docs/figures.md: those whose first column is
// headed "Key", each key below the branch its heading names.
var definitions = sync.OnceValue(func() map[string]Definition {
	out := make(map[string]Definition)
	branch, table := "", false
	for line := range strings.Lines(docs.Figures) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "## "):
			branch, table = "", false
			if m := branchOf.FindAllStringSubmatch(line, -1); len(m) == 1 {
				branch = m[0][1] + "."
			}
		case strings.HasPrefix(line, "| Key |"):
			table = true
		case !strings.HasPrefix(line, "|"):
			table = false
		case table && !strings.HasPrefix(line, "| ---"):
			define(out, branch, line)
		}
	}
	return out
})

// define reads a row. A key that begins with a dot takes the place of as many parts
// of the one before as it has itself: `a.b.W`, `.c.W` are a.b.W and a.c.W. So does one that leaves out its beginning.
func define(out map[string]Definition, branch, row string) {
	cells := strings.SplitN(strings.Trim(strings.ReplaceAll(row, `\|`, "\x00"), "| "), " | ", 2)
	if len(cells) != 2 {
		return
	}
	d := Definition{Text: strings.ReplaceAll(strings.ReplaceAll(cells[1], "\x00", "|"), "`", "")}
	for _, m := range keyIn.FindAllStringSubmatch(cells[0], -1) {
		key := branch + m[1]
		part := m[1]
		if strings.HasPrefix(part, "…") {
			part = "." + part
		}
		if strings.HasPrefix(part, ".") && len(d.Keys) > 0 {
			before := strings.Split(d.Keys[len(d.Keys)-1], ".")
			key = strings.Join(before[:max(len(before)-strings.Count(part, "."), 0)], ".") + part
		}
		d.Keys = append(d.Keys, key)
	}
	for _, key := range d.Keys {
		out[key] = d
	}
}
