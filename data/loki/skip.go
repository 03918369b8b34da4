package loki

// maxDepth is how deep skip goes; deeper values are left to encoding/json. Loki's own answers nest five deep.
const maxDepth = 32

// skip reads one value of any kind, checking its grammar as strictly as encoding/json does.
func (s *scanner) skip(depth int) bool {
	s.space()
	if s.i == len(s.b) || depth > maxDepth {
		return false
	}
	switch c := s.b[s.i]; c {
	case '{', '[':
		return s.skipNested(depth, c)
	case '"':
		return s.skipString()
	case 't':
		return s.literal("true")
	case 'f':
		return s.literal("false")
	case 'n':
		return s.literal("null")
	default:
		return s.skipNumber()
	}
}

// skipNested reads an object or an array, whichever open begins.
func (s *scanner) skipNested(depth int, open byte) bool {
	s.i++
	end := open + 2 // ']' and '}' stand two after '[' and '{' in ASCII
	if s.byte(end) {
		return true
	}
	for {
		if open == '{' {
			s.space()
			if s.i == len(s.b) || s.b[s.i] != '"' || !s.skipString() || !s.byte(':') {
				return false
			}
		}
		if !s.skip(depth + 1) {
			return false
		}
		if s.byte(',') {
			continue
		}
		return s.byte(end)
	}
}

func (s *scanner) skipString() bool {
	for i := s.i + 1; i < len(s.b); i++ {
		switch class[s.b[i]] {
		case quote:
			s.i = i + 1
			return true
		case control:
			return false
		case backslash:
			switch {
			case i+1 < len(s.b) && unescaped[s.b[i+1]] != 0:
				i++
			case hex4(s.b[i:]) >= 0:
				i += 5
			default:
				return false
			}
		}
	}
	return false
}

func (s *scanner) skipNumber() bool {
	s.accept('-')
	if !s.accept('0') && !s.digits() {
		return false
	}
	if s.accept('.') && !s.digits() {
		return false
	}
	if s.accept('e') || s.accept('E') {
		if !s.accept('+') {
			s.accept('-')
		}
		return s.digits()
	}
	return true
}

// accept reads c if it comes next, without white space.
func (s *scanner) accept(c byte) bool {
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i]-'0' <= 9 {
		s.i++
	}
	return s.i > start
}
