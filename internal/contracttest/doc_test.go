// Package contracttest holds the independent check of what `snapshot --json`
// prints: a reference that computes the llm branch of the JSON contract from raw
// rows and raw log lines, trap databases and trap logs to feed both, and a
// comparison of the two, key by key.
//
// The reference shares no code with the program. It reads the database by itself,
// has its own idea of times, row classes, windows and log lines, and loops over
// every row once per figure: slow, and too simple to be wrong in the same way.
// The program is run as its users run it, as a process.
package contracttest
