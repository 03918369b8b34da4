package logging

import "strconv"

// appendJSON appends src, which must be valid JSON, in the wire style: blanks
// after commas and colons only, ASCII escapes, Python's numbers.
func appendJSON(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		switch c := src[i]; c {
		case ' ', '\t', '\r', '\n':
			i++
		case ',', ':':
			dst = append(dst, c, ' ')
			i++
		case '"':
			end := stringEnd(src, i)
			dst = append(dst, '"')
			dst = appendUnescaped(dst, src[i+1:end])
			dst = append(dst, '"')
			i = end + 1
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			end := numberEnd(src, i)
			dst = appendNumber(dst, string(src[i:end]))
			i = end
		default: // brackets and the letters of true, false and null
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// stringEnd returns the index of the quote that closes the string opened at i.
func stringEnd(src []byte, i int) int {
	for i++; src[i] != '"'; i++ {
		if src[i] == '\\' {
			i++
		}
	}
	return i
}

func numberEnd(src []byte, i int) int {
	for i < len(src) {
		switch src[i] {
		case '-', '+', '.', 'e', 'E', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			i++
		default:
			return i
		}
	}
	return i
}

// appendUnescaped appends the inside of a JSON string. Escapes are brought to
// their one form unit by unit, so that lone surrogates survive.
func appendUnescaped(dst, body []byte) []byte {
	start := 0
	for i := 0; i < len(body); {
		if body[i] != '\\' {
			i++
			continue
		}
		dst = appendEscaped(dst, string(body[start:i]))
		unit, size := escapeUnit(body[i:])
		dst = appendUnit(dst, unit)
		i += size
		start = i
	}
	return appendEscaped(dst, string(body[start:]))
}

// escapeUnit reads the escape at the start of b and returns the code unit and
// the bytes it took.
func escapeUnit(b []byte) (unit uint16, size int) {
	switch b[1] {
	case 'u':
		n, _ := strconv.ParseUint(string(b[2:6]), 16, 16)
		return uint16(n), 6
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	}
	return uint16(b[1]), 2
}
