// Package contracttest holds the independent check of what `snapshot --json`
// prints: a reference that computes the branches of the JSON contract from raw rows
// and raw log lines, trap databases and trap logs to feed both, the data of the
// simulated Donna, in which everything is connected, and a comparison, key by key.
// Containers and the host are asked for themselves. [TestWhole] sees to it that no key
// is printed that nothing computes.
//
// The reference shares no code with the program. It reads the database by itself,
// has its own idea of times, row classes, windows and log lines, and loops over
// every row once per figure: slow, and too simple to be wrong in the same way.
// The program is run as its users run it, as a process.
package contracttest
