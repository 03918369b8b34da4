package alert

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxText bounds each piece of text that comes from containers, disks or logs, in
// runes: nothing that has a name is longer.
const maxText = 160

// clean makes text of others fit for a message of one line: without control
// characters, escape sequences, bidi controls and zero-width characters, and not
// too long.
func clean(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			r = ' '
		case r == utf8.RuneError:
			r = '?'
		case !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r):
			continue
		case unicode.Is(unicode.Zs, r):
			r = ' '
		}
		if n++; n > maxText {
			b.WriteString("...")
			break
		}
		b.WriteRune(r)
	}
	return b.String()
}

// span is a length of time in words that fit a phone: 45s, 6m, 1h 20m, 2d 3h.
func span(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 24*time.Hour:
		return two(int(d/time.Hour), "h", int(d%time.Hour/time.Minute), "m")
	}
	return two(int(d/(24*time.Hour)), "d", int(d%(24*time.Hour)/time.Hour), "h")
}

func two(a int, unitA string, b int, unitB string) string {
	if b == 0 {
		return fmt.Sprintf("%d%s", a, unitA)
	}
	return fmt.Sprintf("%d%s %d%s", a, unitA, b, unitB)
}
