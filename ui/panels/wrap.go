package panels

import (
	"strings"

	"github.com/donna-project/donnatop/ui/safe"
)

// wrapWords breaks s into at most n lines of at most w cells, between words
// where it can; of more lines the last one ends with …. Only what is shown is
// looked at.
func wrapWords(s string, w, n int, set safe.Charset) []string {
	var out []string
	if w < 1 {
		return nil
	}
	for s = strings.TrimLeft(s, " "); s != "" && len(out) < n; s = strings.TrimLeft(s, " ") {
		if len(out) == n-1 {
			last, _ := safe.AppendTruncated(nil, s, w, set)
			return append(out, string(last))
		}
		piece, rest := takeLine(s, w, set)
		if rest != "" && rest[0] != ' ' {
			if i := strings.LastIndexByte(piece, ' '); i > 0 {
				piece, rest = piece[:i], s[i:]
			}
		}
		out = append(out, strings.TrimRight(piece, " "))
		s = rest
	}
	return out
}

// takeLine splits s after what fits into w cells; at least one character, so
// that it comes to an end in any width.
func takeLine(s string, w int, set safe.Charset) (head, rest string) {
	_, _, n := safe.Append(nil, s, w, set)
	if n == 0 {
		_, _, n = safe.Append(nil, s, 2, set)
	}
	return s[:n], s[n:]
}

// textCells is how many cells and bytes of s fit into w cells.
func textCells(s string, w int, env *Env) (cells, n int) {
	_, cells, n = safe.Append(nil, s, w, env.set())
	return cells, n
}
