package events

import (
	"maps"
	"slices"
)

func TableSize() int { return len(typeOf) }

func SpecifiedTypes() []string { return slices.Sorted(maps.Keys(specified)) }

// CountedNames are the values of `event` and of `event_type` that count.
func CountedNames() (event, eventType []string) {
	return slices.Sorted(maps.Keys(byEvent)), slices.Sorted(maps.Keys(byType))
}

// TellingNames are those that tell something.
func TellingNames() (event, eventType []string) {
	event = append(event, nightlyPrefix+"detector_failed", repliedPrefix+"busy")
	for name, m := range tellsByEvent {
		if m != (meaning{}) {
			event = append(event, name)
		}
	}
	return event, slices.Collect(maps.Keys(tellsByType))
}
