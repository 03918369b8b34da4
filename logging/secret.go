package logging

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is text that must not reach a log: a token, a password, the body of
// a prompt. Wherever it is printed, encoded or logged, on its own or inside a
// struct, a slice or a map, it gives "[redacted]". Reveal returns the text.
type Secret string

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// Format prints "[redacted]" for %x, %d, %#v and all other verbs fmt asks a
// type about (it asks none about %p, which go vet refuses): without it fmt
// falls back on the text for verbs that Stringer does not serve.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue returns "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]" to encoding/json and its like.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
