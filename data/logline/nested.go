package logline

// scanNested returns the end of the object or array that begins at i, or -1 if it is not well formed. Nothing in it is
// picked. Depth costs one bit of heap beyond the first 64 levels, so a line of a million brackets is no danger.
func scanNested(src string, i int) int {
	var open levels
	for {
		// A value begins at i.
		var end int
		switch src[i] {
		case '{':
			open.push(true)
			i = skipSpace(src, i+1)
			if i < len(src) && src[i] == '}' {
				end = i + 1
				open.pop()
				break
			}
			if i = scanName(src, i); i < 0 {
				return -1
			}
			continue
		case '[':
			open.push(false)
			i = skipSpace(src, i+1)
			if i == len(src) {
				return -1
			}
			if src[i] != ']' {
				continue
			}
			end = i + 1
			open.pop()
		case '"':
			if end, _ = scanString(src, i+1); end >= 0 {
				end++
			}
		default:
			end, _ = scanScalar(src, i)
		}
		if end < 0 {
			return -1
		}

		// A value ended at end: close what it completes, or go on to the next one.
		for {
			if open.depth == 0 {
				return end
			}
			i = skipSpace(src, end)
			if i == len(src) {
				return -1
			}
			inObject := open.top()
			if src[i] == ',' {
				i = skipSpace(src, i+1)
				if inObject {
					i = scanName(src, i)
				}
				if i < 0 || i == len(src) {
					return -1
				}
				break
			}
			if inObject && src[i] != '}' || !inObject && src[i] != ']' {
				return -1
			}
			open.pop()
			end = i + 1
		}
	}
}

// scanName reads a key and its colon at i and returns the index of the value, or -1.
func scanName(src string, i int) int {
	if i == len(src) || src[i] != '"' {
		return -1
	}
	if i, _ = scanString(src, i+1); i < 0 {
		return -1
	}
	i = skipSpace(src, i+1)
	if i == len(src) || src[i] != ':' {
		return -1
	}
	if i = skipSpace(src, i+1); i == len(src) {
		return -1
	}
	return i
}

// levels is a stack of bits: which of the open brackets are objects.
type levels struct {
	depth int
	low   uint64   // levels 0 to 63
	high  []uint64 // the rest
}

func (l *levels) word() *uint64 {
	n := (l.depth - 1) / 64
	if n == 0 {
		return &l.low
	}
	return &l.high[n-1]
}

func (l *levels) push(object bool) {
	l.depth++
	if n := (l.depth - 1) / 64; n > len(l.high) {
		l.high = append(l.high, 0)
	}
	bit := uint64(1) << ((l.depth - 1) % 64)
	if w := l.word(); object {
		*w |= bit
	} else {
		*w &^= bit
	}
}

func (l *levels) top() (object bool) { return *l.word()>>((l.depth-1)%64)&1 == 1 }

func (l *levels) pop() { l.depth-- }
