// Package loki reads log lines from Grafana Loki, 2.9 and 3.x, without losing or doubling one.
//
// # What is true and what is fast
//
// Loki's tail websocket is lossy by design: it silently leaves out lines when one push holds many streams, when a
// second holds more than some two thousand lines, and whenever a buffer between its parts is full. A healthy
// connection proves nothing. Range queries lose nothing. So [Client.Follow] polls query_range with an overlap, knows
// the lines it has handed out by their identity, and uses the tail for one thing only: to learn sooner that there is
// something to read. Every minute it compares its own counts with Loki's and reads again the minutes that differ.
//
// # Guarantees
//
// Every line that Loki accepted is handed out exactly once, across disconnections, restarts and outages of any length,
// unless it falls under one of these:
//   - it became visible to queries later than the overlap and after the audit stopped looking at its minute (15
//     minutes). A line dated hours back is such a one: Loki shows it when it flushes the line's chunk;
//   - it shares its nanosecond with more lines than two maximal pages hold ([Status.Gaps] says so);
//   - it is older than the set of known lines reaches, so that it can't be told from a repetition: not handed out,
//     counted in [Status.Lost].
//
// Two lines are the same if stream labels, structured metadata, nanosecond and text are: that is also when Loki itself
// stores them once.
//
// # Memory
//
// The set of known lines holds at most two million keys of 8 bytes ([maxKeys]) and reaches back at most 65 minutes:
// Loki takes lines up to an hour behind the newest of their stream. With the map around them that is 45 MiB. At 20
// lines/s it holds 78,000 keys for the whole time, under 2 MiB; at 20,000 lines/s it is full and reaches back 100
// seconds, and the audit looks back no further than that.
package loki
