// Package uuid7 makes UUIDs of version 7 (RFC 9562, section 5.7): 48 bits of
// Unix milliseconds, then random bits, so that their text sorts by time.
package uuid7

import (
	"crypto/rand"
	"encoding/hex"
	"sync"
	"time"
)

// Generator makes UUIDs in strictly ascending order. The zero value is ready;
// it is safe for concurrent use.
type Generator struct {
	mu   sync.Mutex
	last int64 // milliseconds in the newest UUID
}

// New returns a UUID of now as lower-case text. If the clock has not advanced
// by a millisecond since the last one, it takes the next millisecond instead.
func (g *Generator) New(now time.Time) string {
	var b [16]byte
	_, _ = rand.Read(b[6:]) // never fails
	ms := g.next(now.UnixMilli())
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	text := make([]byte, 36)
	hex.Encode(text[0:8], b[0:4])
	hex.Encode(text[9:13], b[4:6])
	hex.Encode(text[14:18], b[6:8])
	hex.Encode(text[19:23], b[8:10])
	hex.Encode(text[24:36], b[10:16])
	text[8], text[13], text[18], text[23] = '-', '-', '-', '-'
	return string(text)
}

func (g *Generator) next(ms int64) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.last = max(ms, g.last+1)
	return g.last
}
