// Package data knows what is true of Donna, without a terminal: her rows and log
// lines, folded as they come, and the figures made of them.
//
// Sources ([Source]) read in goroutines of their own and report to a [Hub]
// through [Sink]. The Hub publishes immutable [Snapshot] values; all figures of a
// snapshot are computed once, by [Snapshot.Figures], for the screen, the JSON
// ([Report]) and the alerts alike. The meaning of every figure is defined in
// docs/figures.md.
//
// Time comes from the clock given to the Hub and its sources: figures are as of
// [Snapshot.At], and what is dated later counts nowhere.
package data
