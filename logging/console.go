package logging

import (
	"cmp"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The console form, for people: coloured always, terminal or not, keys sorted.
const (
	ansiReset   = "\x1b[0m"
	ansiBright  = "\x1b[1m"
	ansiDim     = "\x1b[2m"
	ansiRed     = "\x1b[31m"
	ansiGreen   = "\x1b[32m"
	ansiYellow  = "\x1b[33m"
	ansiMagenta = "\x1b[35m"
	ansiCyan    = "\x1b[36m"

	consoleLevelWidth = 9
	consoleEventWidth = 30
)

var consoleRule = strings.Repeat("=", 79)

// console appends the pairs of a line in the console form.
func (e *encoder) console(pairs []slog.Attr) {
	taken := map[string]string{}
	rest := pairs[:0]
	for _, a := range pairs {
		switch a.Key {
		case KeyTimestamp, KeyLevel, KeyEvent, KeyStack, KeyException:
			if a.Value.Kind() == slog.KindString {
				taken[a.Key] = a.Value.String()
				continue
			}
		}
		rest = append(rest, a)
	}
	if t := taken[KeyTimestamp]; t != "" {
		e.buf = append(e.buf, ansiDim+t+ansiReset+" "...)
	}
	level := taken[KeyLevel]
	e.buf = append(e.buf, "["+levelColour(level)+ansiBright+pad(level, consoleLevelWidth)+ansiReset+"] "...)
	e.buf = append(e.buf, ansiBright+pad(neutral(taken[KeyEvent]), consoleEventWidth)+ansiReset...)
	slices.SortFunc(rest, func(a, b slog.Attr) int { return cmp.Compare(a.Key, b.Key) })
	for _, a := range rest {
		e.buf = append(e.buf, " "+ansiCyan+neutral(a.Key)+ansiReset+"="+ansiMagenta...)
		e.buf = append(e.buf, consoleValue(a.Value)...)
		e.buf = append(e.buf, ansiReset...)
	}
	e.buf = append(e.buf, '\n')
	e.consoleBlocks(taken[KeyStack], taken[KeyException])
}

func (e *encoder) consoleBlocks(stack, exception string) {
	if stack != "" {
		e.buf = append(e.buf, neutralLines(stack)+"\n"...)
	}
	if stack != "" && exception != "" {
		e.buf = append(e.buf, consoleRule+"\n"...)
	}
	if exception != "" {
		e.buf = append(e.buf, neutralLines(exception)+"\n"...)
	}
}

func levelColour(level string) string {
	switch level {
	case "critical", "error":
		return ansiRed
	case "warning":
		return ansiYellow
	}
	return ansiGreen
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// consoleValue prints text raw unless it would be hard to tell where it ends,
// and everything else as JSON.
func consoleValue(v slog.Value) string {
	if v.Kind() == slog.KindString {
		s := v.String()
		if strings.ContainsAny(s, " \t\r\n=\"'") {
			return strconv.Quote(s)
		}
		return neutral(s)
	}
	e := &encoder{}
	e.value(v)
	return string(e.buf)
}

// neutral replaces what would move the cursor or change colours: the console
// form ends on terminals.
func neutral(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return utf8.RuneError
		}
		return r
	}, s)
}

func neutralLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = neutral(line)
	}
	return strings.Join(lines, "\n")
}
