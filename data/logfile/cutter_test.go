package logfile

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// FuzzCutter feeds text in pieces and compares with a plain split.
func FuzzCutter(f *testing.F) {
	f.Add("a\nb\r\n\nc", 2)
	f.Add(strings.Repeat("x", 100)+"\n\r\n\r\r\n\x00", 7)
	f.Fuzz(func(t *testing.T, text string, piece int) {
		if piece < 1 {
			return
		}
		want := strings.Split(text, "\n")
		last := want[len(want)-1]
		want = want[:len(want)-1]
		for i := range want {
			want[i] = strings.TrimSuffix(want[i], "\r")
		}
		var c cutter
		var got []string
		for left := []byte(text); len(left) > 0; {
			n := copy(c.space(), left[:min(piece, len(left))])
			left = left[n:]
			c.advance(n)
			for line, ok := c.next(); ok; line, ok = c.next() {
				got = append(got, string(line))
			}
			c.release()
		}
		rest, ok := c.rest()
		if !slices.Equal(got, want) || string(rest) != last || ok != (last != "") {
			t.Errorf("%q by %d: %q and %q, want %q and %q", text, piece, got, rest, want, last)
		}
	})
}

func TestCutterMemory(t *testing.T) {
	var c cutter
	chunk := bytes.Repeat([]byte("x"), readSize)
	lines := 0
	for range 100 << 20 / readSize { // a file without any newline
		c.advance(copy(c.space(), chunk))
		for _, ok := c.next(); ok; _, ok = c.next() {
			lines++
		}
	}
	if lines != 1 || c.cuts != 1 || len(c.buf) > 4*maxLine {
		t.Errorf("%d lines, %d cuts, a buffer of %d bytes", lines, c.cuts, len(c.buf))
	}
}
