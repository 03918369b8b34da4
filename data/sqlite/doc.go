// Package sqlite reads Donna's donna_tasks.db while she writes to it, as a
// [data.Source].
//
// # What it may never do
//
// The file belongs to another program, often to another user. Reading it in
// SQLite's ordinary way can break that program: a database in WAL mode that
// nobody has open gets its -wal and -shm files from whoever opens it next, even
// read-only, and if these belong to us Donna's next write fails. A read
// transaction held open keeps her from reusing the WAL, which then grows
// without bound. Two things keep this package harmless:
//
//   - All files are opened through a VFS (see vfs.go) that opens the database and
//     its -wal with O_RDONLY, never creates and never deletes, and the -shm is
//     mapped read-only. Nothing in Donna's directory can be created, changed or
//     touched from here, whatever SQLite tries.
//   - Rows are read in chunks of a few milliseconds, each in a transaction of its
//     own; statements are reset before rows are folded in; while the WAL grows
//     the reader pauses between chunks. A connection that has seen nothing new
//     for a while is closed, so that Donna can tidy up when she stops.
//
// # Three ways in
//
// A file is opened with SQLite's locks ([locked]) if it can be: Donna is running
// (-wal and -shm are there) or the file isn't in WAL mode. If she isn't running,
// there is no -wal to open, and the file is read as [immutable]: no locks, no
// WAL. If a -wal was left without its -shm (a copy of two files, a tidy-up after
// a crash) the file is read [unlocked], with the index of the WAL in our memory.
// The latter two have no locks, so each read counts only if the files' inode,
// size and modification time are the same after it as before.
//
// # What is read, and when
//
// The rows of the last [data.Horizon] are read once, newest first, by two
// connections side by side: the last day is published after some milliseconds,
// the rest follows. Rows are found by rowid. Rowids follow the order of commits,
// but nothing here relies on timestamps following rowids: the lowest rowid of a
// stretch of time comes from the index on timestamp, and each form of timestamp
// begins with the date. (The first stretch alone takes a timestamp with an offset
// other than UTC, which Donna doesn't write, at its face value.) A row whose
// timestamp can't be read is counted, except that of garbage which begins with a
// digit only what lies among the rows that are read is found.
//
// From then on only rows above the watermark are read, and only when PRAGMA
// data_version (or, without a connection, the files' stat) says that there was a
// commit. The ids at both ends of what was read tell whether it is still the same
// table; if not, it is read anew. Rows deleted or changed between the ends go
// unnoticed until then; Donna does neither (she updates payload_path and
// input_hash, which no figure needs).
//
// Figures are relative to the clock's Now, which may stand still. Its timers must
// run: they pace polls and pauses.
//
// A process that writes the same database through the same SQLite library must
// open its own connection first and keep it: the library shares one mapping of
// the -shm per process, and the first to come decides that it is read-only.
package sqlite
