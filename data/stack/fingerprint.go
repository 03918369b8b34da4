package stack

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// maxEvent is how much of an event counts, in bytes: beyond it, events are alike.
const maxEvent = 4096

// Fingerprint names the fault that a line with that event and exception reports: the first 12 hex digits of the SHA-256
// over
//
//	Mask(event) LF type LF place
//
// in these bytes, each part "" where there is none, and LF one byte 0x0A. type is that of the last exception as printed;
// place is the innermost frame outside site-packages (see [Trace.Innermost]) as "dir/file.py:function": the file with
// the last directory above it only, because an installation's root is no part of a fault, and without its line number,
// which changes with every edit above it.
func Fingerprint(event string, t *Trace) string {
	if len(event) > maxEvent {
		event = event[:maxEvent]
	}
	name, place := "", ""
	if c := t.Last(); c != nil {
		name = c.Type
	}
	if f := t.Innermost(); f != nil {
		place = lastElements(slashed(f.File)) + ":" + f.Function
	}
	sum := sha256.Sum256([]byte(Mask(event) + "\n" + name + "\n" + place))
	return hex.EncodeToString(sum[:6])
}

// lastElements is the file's name with the directory it is in.
func lastElements(file string) string {
	if i := strings.LastIndexByte(file, '/'); i > 0 {
		if j := strings.LastIndexByte(file[:i], '/'); j >= 0 {
			return file[j+1:]
		}
	}
	return file
}
