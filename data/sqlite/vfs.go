package sqlite

import (
	"errors"
	"sync"
	"unsafe"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
	sqlite3 "modernc.org/sqlite/lib"
)

// Names of the two VFSes of this package. They are the platform's own but for
// what would write: lockedVFS is made from the default one, unlockedVFS from
// the one that takes no locks.
const (
	lockedVFS   = "donnatop"
	unlockedVFS = "donnatop-unlocked"
)

// baseUnlockedVFS is SQLite's own VFS without locks; Windows has none.
const baseUnlockedVFS = "unix-none"

// fileKinds are the files that belong to Donna, as opposed to SQLite's
// temporary ones.
const fileKinds = sqlite3.SQLITE_OPEN_MAIN_DB | sqlite3.SQLITE_OPEN_WAL |
	sqlite3.SQLITE_OPEN_MAIN_JOURNAL | sqlite3.SQLITE_OPEN_SUPER_JOURNAL

// openFunc and deleteFunc are the C types of sqlite3_vfs.xOpen and xDelete.
type (
	openFunc   func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	deleteFunc func(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32
)

// baseOpen is the xOpen of the platform's VFSes, which all share one.
var baseOpen openFunc

// registerVFS makes the VFSes known to SQLite. They live as long as the process.
var registerVFS = sync.OnceValue(func() error {
	tls := libc.NewTLS()
	defer tls.Close()
	if rc := sqlite3.Xsqlite3_initialize(tls); rc != sqlite3.SQLITE_OK {
		return &sqliteError{Op: "initialize SQLite", Code: int(rc)}
	}
	base := sqlite3.Xsqlite3_vfs_find(tls, 0)
	if base == 0 {
		return errors.New("initialize SQLite: no default VFS")
	}
	xOpen := vfsAt(base).FxOpen
	baseOpen = *(*openFunc)(unsafe.Pointer(&struct{ fn uintptr }{xOpen}))
	if err := registerReadOnly(tls, base, lockedVFS); err != nil {
		return err
	}
	name, err := libc.CString(baseUnlockedVFS)
	if err != nil {
		return err
	}
	defer libc.Xfree(tls, name)
	base = sqlite3.Xsqlite3_vfs_find(tls, name)
	if base == 0 || vfsAt(base).FxOpen != xOpen {
		return nil // opening with unlockedVFS then fails with "no such vfs"
	}
	return registerReadOnly(tls, base, unlockedVFS)
})

// registerReadOnly registers a copy of a VFS that can't write.
func registerReadOnly(tls *libc.TLS, base uintptr, name string) error {
	cName, err := libc.CString(name)
	if err != nil {
		return err
	}
	p := libc.Xmalloc(tls, types.Size_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	if p == 0 {
		return errors.New("initialize SQLite: out of memory")
	}
	vfs := vfsAt(p)
	*vfs = *vfsAt(base)
	vfs.FpNext = 0
	vfs.FzName = cName
	vfs.FxOpen = *(*uintptr)(unsafe.Pointer(&struct{ fn openFunc }{openReadOnly}))
	vfs.FxDelete = *(*uintptr)(unsafe.Pointer(&struct{ fn deleteFunc }{refuseDelete}))
	if rc := sqlite3.Xsqlite3_vfs_register(tls, p, 0); rc != sqlite3.SQLITE_OK {
		return &sqliteError{Op: "register VFS", Code: int(rc)}
	}
	return nil
}

// openReadOnly opens Donna's files with O_RDONLY and never creates one. SQLite
// asks for the -wal with O_RDWR|O_CREAT even if the database is opened read-only.
func openReadOnly(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32 {
	if flags&fileKinds != 0 {
		const write = sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_CREATE | sqlite3.SQLITE_OPEN_DELETEONCLOSE
		flags = flags&^write | sqlite3.SQLITE_OPEN_READONLY
	}
	return baseOpen(tls, vfs, name, file, flags, outFlags)
}

// refuseDelete keeps SQLite from tidying away a journal or WAL. Temporary files
// aren't deleted by name.
func refuseDelete(*libc.TLS, uintptr, uintptr, int32) int32 { return sqlite3.SQLITE_IOERR_DELETE }

func vfsAt(p uintptr) *sqlite3.Tsqlite3_vfs { return (*sqlite3.Tsqlite3_vfs)(pointer(p)) }

// pointer turns an address in SQLite's memory, which the garbage collector
// neither moves nor frees, into a pointer.
func pointer(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }
