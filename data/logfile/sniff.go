package logfile

import "bytes"

// magics begin files that hold no text, compressed ones first.
var magics = []struct{ prefix, fault string }{
	{"\x1f\x8b", "is compressed with gzip; decompress it to have it read"},
	{"\x28\xb5\x2f\xfd", "is compressed with zstd; decompress it to have it read"},
	{"\xfd7zXZ\x00", "is compressed with xz; decompress it to have it read"},
	{"BZh", "is compressed with bzip2; decompress it to have it read"},
	{"SQLite format 3\x00", "is a SQLite database, not a log; give it with --db"},
	{"\x7fELF", "is a program, not a log"},
	{"PK\x03\x04", "is a zip archive, not a log"},
}

// sniff says what is wrong with a file that begins like this, or "". Logs may well hold a stray NUL or two, so that it
// takes one control character in twenty bytes to call something binary that has no known beginning.
func sniff(head []byte) (fault string) {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return m.fault
		}
	}
	const enough = 64
	controls := 0
	for _, c := range head {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\b' && c != '\x1b' {
			controls++
		}
	}
	if len(head) >= enough && controls*20 >= len(head) {
		return "is a binary file, not a log"
	}
	return ""
}
