package stack

import "strings"

// What [Mask] puts in place.
const (
	maskedNumber = "<n>"
	maskedID     = "<id>"
	maskedPath   = "<path>"
)

// Mask replaces what differs between two reports of one fault, from left to right, the first rule that fits:
//
//   - <path> a file path: "/", "./", "../" or "~/" or a drive ("C:\") after which a letter, digit, dot, "_" or "-" stands,
//     with all letters, digits and ._-~+@%/\ that follow, or such a run that holds a "/" and ends in an extension
//     ("config/agents.yaml"). What follows ":" in a URL is a path.
//   - <id> a UUID, "0x" with hex digits, or a word of eight hex digits or more of which at least one is a digit and one a
//     letter.
//   - <n> digits, wherever they stand, with the fractions ("0.5") and the exponent ("1e-05") that belong to them, and a sign
//     unless it joins two words ("job-7" is "job-<n>").
//
// A path begins where no character of a path stands before it, an id where no letter, digit or "_" does. Everything else stays as it is, byte by byte.
func Mask(s string) string {
	var b strings.Builder
	done := 0 // s[:done] is in b
	for i := 0; i < len(s); {
		n, mask := 0, ""
		if i == 0 || !isPath(s[i-1]) {
			if n = path(s[i:]); n > 0 {
				mask = maskedPath
			}
		}
		if n == 0 && (i == 0 || !isWord(s[i-1])) {
			if n = id(s[i:]); n > 0 {
				mask = maskedID
			}
		}
		if n == 0 && isSign(s, i) {
			if n = number(s[i+1:]); n > 0 {
				n, mask = n+1, maskedNumber
			}
		}
		if n == 0 {
			if n = number(s[i:]); n > 0 {
				mask = maskedNumber
			}
		}
		if n == 0 {
			i++
			continue
		}
		b.WriteString(s[done:i])
		b.WriteString(mask)
		i += n
		done = i
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// path is the length of the path that s begins with, 0 if there is none.
func path(s string) int {
	n := 0
	for n < len(s) && isPath(s[n]) {
		n++
	}
	for n > 0 && s[n-1] == '.' {
		n-- // the full stop after it
	}
	run := s[:n]
	rooted := 0
	switch {
	case strings.HasPrefix(run, "//"):
		rooted = 2
	case strings.HasPrefix(run, "/"):
		rooted = 1
	case strings.HasPrefix(run, "./"), strings.HasPrefix(run, "~/"):
		rooted = 2
	case strings.HasPrefix(run, "../"):
		rooted = 3
	case len(s) > 3 && isLetter(s[0]) && s[1] == ':' && (s[2] == '\\' || s[2] == '/') && isPath(s[3]):
		n = 3
		for n < len(s) && isPath(s[n]) {
			n++
		}
		return n
	}
	if rooted > 0 {
		if rooted < n && (isWord(run[rooted]) || run[rooted] == '.' || run[rooted] == '-') {
			return n
		}
		return 0
	}
	slash, dot := strings.LastIndexByte(run, '/'), strings.LastIndexByte(run, '.')
	if slash > 0 && dot > slash+1 && dot < n-1 {
		return n
	}
	return 0
}

// id is the length of the id that s begins with, 0 if there is none.
func id(s string) int {
	if len(s) > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && isHex(s[2]) {
		return 2 + hexDigits(s[2:])
	}
	n := hexDigits(s)
	if n == 8 && isUUID(s) {
		return 36
	}
	if n < 8 || n < len(s) && isWord(s[n]) {
		return 0
	}
	letters, digits := false, false
	for _, c := range []byte(s[:n]) {
		if isDigit(c) {
			digits = true
		} else {
			letters = true
		}
	}
	if letters && digits {
		return n
	}
	return 0
}

func isUUID(s string) bool {
	if len(s) < 36 || len(s) > 36 && isWord(s[36]) {
		return false
	}
	for i, c := range []byte(s[:36]) {
		switch i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if !isHex(c) {
				return false
			}
		}
	}
	return true
}

// number is the length of the number that s begins with, 0 if there is none.
func number(s string) int {
	n := digits(s)
	if n == 0 {
		return 0
	}
	for n < len(s) && s[n] == '.' {
		fraction := digits(s[n+1:])
		if fraction == 0 {
			break
		}
		n += 1 + fraction
	}
	if n+1 < len(s) && (s[n] == 'e' || s[n] == 'E') {
		e := n + 1
		if s[e] == '-' || s[e] == '+' {
			e++
		}
		if exponent := digits(s[e:]); exponent > 0 && (e+exponent == len(s) || !isWord(s[e+exponent])) {
			n = e + exponent
		}
	}
	return n
}

// isSign tells whether a sign at i belongs to a number and joins no two words.
func isSign(s string, i int) bool {
	return (s[i] == '-' || s[i] == '+') && (i == 0 || !isWord(s[i-1]) && s[i-1] != '-' && s[i-1] != '>')
}

func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func hexDigits(s string) int {
	n := 0
	for n < len(s) && isHex(s[n]) {
		n++
	}
	return n
}

func isDigit(c byte) bool  { return c-'0' <= 9 }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isHex(c byte) bool    { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// isWord counts bytes beyond ASCII as letters.
func isWord(c byte) bool { return isDigit(c) || isLetter(c) || c == '_' || c >= 0x80 }

func isPath(c byte) bool { return isWord(c) || strings.IndexByte(`.-~+@%/\`, c) >= 0 }
