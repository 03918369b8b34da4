package views

import (
	"fmt"
	"maps"
	"slices"

	"github.com/donna-project/donnatop/data/filter"
)

// maxHistory is how many filters a session remembers.
const maxHistory = 100

// Filters is what the filter bars of a session share: the saved filters, and
// those typed before.
type Filters struct {
	names   []string // of the saved ones, in order
	texts   map[string]string
	saved   map[string]*filter.Filter
	history []string // the newest last, each once
}

// NewFilters reads saved filters, given as text by name. The error names the
// first one that is wrong, and what is wrong with it.
func NewFilters(saved map[string]string) (*Filters, error) {
	f := &Filters{names: slices.Sorted(maps.Keys(saved)), texts: saved, saved: make(map[string]*filter.Filter, len(saved))}
	for _, name := range f.names {
		parsed, err := filter.Parse(saved[name])
		switch {
		case err != nil:
			return nil, fmt.Errorf("saved filter %q: %w", name, err)
		case parsed.Empty():
			return nil, fmt.Errorf("saved filter %q is empty", name)
		}
		f.saved[name] = parsed
	}
	return f, nil
}

// parse reads a filter in which @name stands for a saved one.
func (f *Filters) parse(text string) (*filter.Filter, error) { return filter.ParseNamed(text, f.saved) }

// remember adds what was typed to the history.
func (f *Filters) remember(text string) {
	if text == "" {
		return
	}
	f.history = append(slices.DeleteFunc(f.history, func(o string) bool { return o == text }), text)
	f.history = f.history[max(len(f.history)-maxHistory, 0):]
}

// filters are those of the session.
func (c *Context) filters() *Filters {
	if c.Filters == nil {
		c.Filters = &Filters{}
	}
	return c.Filters
}
