// Package logging writes the log lines of Donna's Go services so that they
// cannot be told from those of the Python services: the same keys in the same
// order, the same escapes, numbers and levels, byte for byte. Promtail's
// labels, LogQL queries and dashboards serve both.
//
// It is a [log/slog] handler and a few helpers, on the standard library alone:
//
//	logger := logging.Setup(logging.Options{Level: "INFO", JSON: true})
//	ctx := logging.WithCorrelationID(logging.WithLogger(ctx, logger), id)
//	logging.Event(ctx, logging.TaskCreated, "task_created", slog.String("title", "Café"))
//	// {"event_type": "task.created", "title": "Caf\u00e9", "event": "task_created",
//	//  "correlation_id": "…", "user_id": "system", "level": "info", "timestamp": "2026-06-01T10:00:00.123456Z"}
//
// # The order of a line
//
// Pairs print in this order: those bound with [slog.Logger.With], those of the
// call, event (the message), those of [Bind], correlation_id, user_id, channel
// and task_id from the context, level, timestamp, stack, exception. A key that
// is set again keeps its place and takes the new value, so no key comes twice:
// the call beats a bound pair; a context value that is not empty beats
// everything of its name; level and timestamp are always the library's. Pairs
// of Bind are the weakest. user_id is "system" unless [WithUserID] says
// otherwise, and a context value that is "" is left out.
//
// # slog
//
// The handler passes testing/slogtest, with slog's msg, level and time under
// event, level and timestamp. Groups print as nested objects, with the rules
// of a line inside them; a group that is bound or opened again replaces the
// one before, and empty groups are left out. Everything else of a line stays
// at the top. A record whose time is zero prints without a timestamp, as slog
// demands; no logger makes such records. Levels between two names take the
// lower one (see [LevelName]).
//
// # Values
//
// Numbers print as Python prints them: 3 and 3.0 are different, 1e-07 and
// 1e+16 are what floats look like, and NaN is bare, which is no JSON to strict
// readers (Loki's among them): such a line keeps its text but loses its
// labels. Text is ASCII, with \uXXXX for the rest; a byte that is not UTF-8
// prints as \udcXX. A time prints like the timestamp, a duration as "1.5s",
// bytes as b'…', an error as its text, a struct as an object by its json tags,
// a map with its keys sorted, nil slices and maps as [] and {}. [Dict] is an
// object in an order of its own. What offers LogValue, MarshalJSON or
// MarshalText is asked; JSON is brought to the wire style.
//
// A value never costs the line: one that fails or panics while it is printed
// gives its error or "!PANIC: …", what refers to itself "!CYCLE", and what is
// nested deeper than 10,000 levels "!DEPTH". What cannot be caught is a method
// that calls itself for ever and a map that is changed while it is printed.
// Bound values are encoded when they are bound; values of a call, before the
// call returns.
//
// # Errors
//
// An error under the key error (or err, or exc_info) becomes the line's
// exception: what it wraps first, each error as "type: message" below the
// stack it carries, in the layout of a Python traceback. [WithStack] adds a
// stack, [Recovered] turns a panic into an error that has one, and errors with
// a method Callers or StackTrace that returns program counters, as several
// packages make them, are understood. An error with a method Traceback()
// string, such as one relayed from Python, is printed as that returns. A text
// under error is an ordinary pair, as in the Python services; so is an error
// under another key or in a group, which prints its message.
//
// # Writing
//
// A line is one Write, and lines never interleave. A writer that fails or
// panics is counted ([WriteFailures]) and reported once ([Options.OnError]);
// what a short write leaves is written after it, and a line that stays torn is
// closed before the next. Nothing is buffered: a line is with the operating
// system when the call returns.
//
// # Cost
//
// A call below the minimum level allocates nothing and looks at nothing but
// the level. A line of up to five pairs allocates nothing, one of more once
// (the slice slog.Record keeps them in), an [Event] of any number nothing.
// Lines whose keys clash, and those with groups in the call or with an
// exception, take a slower way to the same bytes. logging/bench compares.
package logging
