package logging

// Dict is an object whose pairs print in the order given, at any depth: what
// a Python dict is to structlog. Use it where the order matters; a Go map
// prints its keys sorted. An empty Dict prints {} (an empty slog group is
// left out).
type Dict []Item

// Item is one pair of a Dict. A key that is no text prints as JSON prints it
// (1, 1.5, true, null), in quotes.
type Item struct {
	Key   any
	Value any
}
