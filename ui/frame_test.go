package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func stripped(s string) string { return ansi.Strip(s) }

// checkFrame fails the test unless the frame is exactly h lines of exactly w
// cells, however a terminal counts them, and holds no control but line ends and
// the sequences that set colours.
func checkFrame(t testing.TB, lines []string, w, h int) {
	t.Helper()
	if err := frameError(lines, w, h); err != nil {
		t.Fatalf("%v\n%s", err, stripped(strings.Join(lines, "\n")))
	}
}

func frameError(lines []string, w, h int) error {
	if len(lines) != max(h, 1) { // a frame without lines is one empty line
		return fmt.Errorf("%d lines on a screen of %dx%d", len(lines), w, h)
	}
	for y, l := range lines {
		if err := onlyStyles(l); err != nil {
			return fmt.Errorf("line %d: %w", y, err)
		}
		if n := ansi.StringWidth(l); n != w && h > 0 {
			return fmt.Errorf("line %d has %d cells on a screen of %dx%d", y, n, w, h)
		}
		if n := ansi.StringWidthWc(l); n != w && h > 0 {
			return fmt.Errorf("line %d has %d cells by code point on a screen of %dx%d", y, n, w, h)
		}
	}
	return nil
}

// onlyStyles tells whether SGR sequences are the only controls in s.
func onlyStyles(s string) error {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == 0x1b:
			end := strings.IndexByte(s[i:], 'm')
			if end < 2 || s[i+1] != '[' || strings.Trim(s[i+2:i+end], "0123456789;:") != "" {
				return fmt.Errorf("escape sequence %q", s[i:min(i+12, len(s))])
			}
			i += end
		case c < 0x20 || c == 0x7f:
			return fmt.Errorf("control %#x", c)
		case c == 0xc2 && i+1 < len(s) && s[i+1] < 0xa0:
			return fmt.Errorf("C1 control %#x", s[i+1])
		}
	}
	return nil
}
