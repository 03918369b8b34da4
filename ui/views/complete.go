package views

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
)

const (
	// knownValues is how many values of a field are offered at most, knownLength
	// how long they may be: longer ones nobody types.
	knownValues = 500
	knownLength = 80
	// knownFields is of how many of the newest lines the fields are looked at.
	knownFields = 500
)

// known is what can be completed: fields, and values of those that have few.
type known struct {
	fields []string
	values map[string][]string // by field, the most frequent first
}

var levelNames = []string{"debug", "info", "warning", "error", "critical"}

// knownOf gathers what the lines of a log have. It looks at all of them, so it
// belongs into a command.
func knownOf(s *data.Snapshot) known {
	counts := map[string]map[string]int{"service": {}, "component": {}, "event": {}, "event_type": {}, "task_type": {}}
	count := func(field, value string) {
		if c := counts[field]; value != "" && len(value) <= knownLength && (len(c) < knownValues || c[value] > 0) {
			c[value]++
		}
	}
	fields := make(map[string]bool)
	for i, l := range s.Logs.From(0) {
		count("service", l.Service)
		count("component", l.Component)
		count("event", l.Event)
		count("event_type", l.EventType)
		count("task_type", l.TaskType)
		if i < s.Logs.Len()-knownFields || len(fields) >= knownValues {
			continue
		}
		for _, f := range l.Fields() {
			if len(f.Key) <= knownLength && isFieldName(f.Key) {
				fields[f.Key] = true
			}
		}
	}
	for _, name := range filter.FieldNames() {
		fields[name] = true
	}
	k := known{fields: slices.Sorted(maps.Keys(fields)), values: map[string][]string{"level": levelNames}}
	for field, c := range counts {
		k.values[field] = slices.SortedFunc(maps.Keys(c), func(a, b string) int {
			return cmp.Or(cmp.Compare(c[b], c[a]), cmp.Compare(a, b))
		})
	}
	return k
}

// isFieldName tells whether the language reads name as one.
func isFieldName(name string) bool {
	f, err := filter.Parse(name + ":*")
	return err == nil && f.String() == name+":*"
}

// completion is what can stand in place of a part of a filter.
type completion struct {
	from  int // in runes, up to the cursor
	forms []string
}

// complete offers what the word before the cursor may become.
func (k *known) complete(text []rune, at int, saved []string) completion {
	from := at
	for from > 0 && !strings.ContainsRune(" \t()|", text[from-1]) {
		from--
	}
	for from < at && strings.ContainsRune("-!", text[from]) {
		from++
	}
	word := string(text[from:at])
	c := completion{from: from}
	if word == "" {
		return c
	}
	if name, ok := strings.CutPrefix(word, "@"); ok {
		for _, s := range saved {
			if strings.HasPrefix(s, name) {
				c.forms = append(c.forms, "@"+s)
			}
		}
		return c.without(word)
	}
	if i := strings.IndexAny(word, ":=<>"); i > 0 {
		op := i
		for op < len(word) && strings.IndexByte(":=<>!", word[op]) >= 0 {
			op++
		}
		start, prefix := word[:op], strings.ToLower(strings.TrimPrefix(word[op:], `"`))
		for _, v := range k.values[strings.TrimSuffix(word[:i], "!")] {
			if strings.HasPrefix(strings.ToLower(v), prefix) {
				c.forms = append(c.forms, start+filter.Quote(v))
			}
		}
		return c.without(word)
	}
	for _, f := range k.fields {
		if strings.HasPrefix(f, word) {
			c.forms = append(c.forms, f+":")
		}
	}
	return c
}

// without leaves out what stands there already.
func (c completion) without(word string) completion {
	c.forms = slices.DeleteFunc(c.forms, func(f string) bool { return f == word })
	return c
}
