package logfile

import "bytes"

const (
	// readSize is how much is read at once; larger gains nothing.
	readSize = 64 << 10
	// maxLine is where a line is cut: far beyond anything a service logs on purpose, and small enough that a file
	// without newlines does not take the memory of the machine.
	maxLine = 4 << 20
)

// A cutter cuts a stream of bytes into lines. Bytes are read into space and announced by advance.
type cutter struct {
	buf      []byte
	r, w     int  // what has not been returned yet is buf[r:w]
	scanned  int  // there is no newline in buf[r:scanned]
	skipping bool // in the rest of a line that was cut
	cuts     int64
}

// space returns room for at least readSize bytes.
func (c *cutter) space() []byte {
	if len(c.buf)-c.w < readSize {
		if c.r > 0 {
			c.w = copy(c.buf, c.buf[c.r:c.w])
			c.scanned -= c.r
			c.r = 0
		}
		if len(c.buf)-c.w < readSize {
			grown := make([]byte, max(readSize, 2*len(c.buf)))
			copy(grown, c.buf[:c.w])
			c.buf = grown
		}
	}
	return c.buf[c.w:]
}

func (c *cutter) advance(n int) { c.w += n }

// pending is the line that has no newline yet.
func (c *cutter) pending() []byte { return c.buf[c.r:c.w] }

// next returns the next line without its \n or \r\n, valid until space is called. A line longer than maxLine is cut
// there; its rest is skipped and counted.
func (c *cutter) next() (line []byte, ok bool) {
	for {
		i := bytes.IndexByte(c.buf[c.scanned:c.w], '\n')
		if i < 0 {
			c.scanned = c.w
			if !c.skipping && c.w-c.r <= maxLine {
				return nil, false
			}
			line = c.pending()
			c.r = c.w
			if c.skipping {
				return nil, false
			}
			c.skipping = true
			return c.cut(line), true
		}
		line = c.buf[c.r : c.scanned+i]
		c.r = c.scanned + i + 1
		c.scanned = c.r
		if c.skipping {
			c.skipping = false
			continue
		}
		line = bytes.TrimSuffix(line, []byte("\r"))
		if len(line) > maxLine {
			line = c.cut(line)
		}
		return line, true
	}
}

func (c *cutter) cut(line []byte) []byte {
	c.cuts++
	return line[:maxLine]
}

// rest returns what is left when no newline will come.
func (c *cutter) rest() (line []byte, ok bool) {
	line, c.r, c.scanned = c.pending(), c.w, c.w
	if c.skipping || len(line) == 0 {
		return nil, false
	}
	return line, true
}

// release gives the buffer back if there is nothing in it: most files are quiet most of the time.
func (c *cutter) release() {
	if c.r == c.w {
		c.buf, c.r, c.w, c.scanned = nil, 0, 0, 0
	}
}
