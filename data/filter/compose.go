package filter

import (
	"maps"
	"slices"
)

// And is the filter of the lines that both choose.
func And(a, b *Filter) *Filter {
	switch {
	case a.Empty():
		return b
	case b.Empty():
		return a
	}
	return &Filter{newAnd([]node{a.root, b.root})}
}

// FieldNames lists the fields that the language knows by name, in order; any other top-level field of a line can be
// asked for as well.
func FieldNames() []string {
	return slices.Sorted(maps.Keys(entryFields))
}
