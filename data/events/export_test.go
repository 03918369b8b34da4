package events

import (
	"maps"
	"slices"
)

func TableSize() int { return len(typeOf) }

func SpecifiedTypes() []string { return slices.Sorted(maps.Keys(specified)) }

func CountedNames() (event, eventType []string) {
	return slices.Sorted(maps.Keys(byEvent)), slices.Sorted(maps.Keys(byType))
}
