// Package soak runs donnatop for a while under fire: Donna writes rows in a process of
// her own and prints 5,000 lines a second, people come and go by SSH, Loki is killed,
// the database is replaced, the clock is set, the cache's disk is full. Then every
// line must have arrived once, every figure must be that of a fresh load, and nothing
// may be left in memory that is not needed.
//
// It is `make soak`; without DONNATOP_SOAK, the time it is to take, it is skipped. All
// that is random comes from one seed, which a failure prints.
package soak
