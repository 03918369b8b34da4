package chart

import (
	"unicode/utf8"

	"github.com/donna-project/donnatop/ui/safe"
)

// tellApart cuts names to w cells: at their ends or, of those that would look
// alike then, in their midst.
func tellApart(names []string, w int) []string {
	cut := make([]string, len(names))
	same := make(map[string]int, len(names))
	for i, name := range names {
		cut[i] = safe.Truncate(name, w)
		same[cut[i]]++
	}
	for i, name := range names {
		if same[cut[i]] > 1 {
			cut[i] = middleCut(name, w)
		}
	}
	return cut
}

// middleCut is a name made harmless and cut to w cells, its beginning and its end
// kept.
func middleCut(name string, w int) string {
	text := safe.Text(name)
	tail := max(w-1, 0) / 2
	head := safe.Truncate(text, w-tail) // with its …
	if safe.Width(text) <= w || tail == 0 {
		return safe.Truncate(text, w)
	}
	from := len(text)
	for from > 0 {
		_, n := utf8.DecodeLastRuneInString(text[:from])
		if safe.Width(text[from-n:]) > tail {
			break
		}
		from -= n
	}
	return head + text[from:]
}
