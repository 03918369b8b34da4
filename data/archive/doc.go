// Package archive reads what is not in memory: rows of invocation_log and log
// lines of any age, from the database, Loki and the log files, on demand.
//
// Nothing of it runs by itself. Each question reads its sources anew, newest
// lines first where the source allows it, and ends with its context. What two
// sources both have is given once: Donna's lines can be in Loki and in a file.
package archive
