package ui

import (
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
)

// A segment is one statement of a line that has to get by with less room: it has
// forms from the longest to the shortest and gives way before those of lower rank.
type segment struct {
	forms []string // harmless text; the last one may be ""
	paint themes.Paint
	rank  int // 0 is the most important
}

// separator stands between segments.
const separator = "  "

// fitSegments writes segments into exactly w cells, some from the left and some
// to the right end. While there is no room the least important segment that has
// a shorter form takes it.
func fitSegments(w int, left, right []segment, set safe.Charset) string {
	if w <= 0 {
		return ""
	}
	all := append(append([]segment{}, left...), right...)
	at := make([]int, len(all))
	const margin = 1
	for needed(all, at, len(left)) > w-2*margin {
		worst := -1
		for i := range all {
			if at[i] == len(all[i].forms)-1 {
				continue
			}
			if worst < 0 || all[i].rank > all[worst].rank || all[i].rank == all[worst].rank && at[i] < at[worst] {
				worst = i // of equals the one that gave way less
			}
		}
		if worst < 0 {
			break
		}
		at[worst]++
	}
	b := line.New(w, set)
	put := func(part []segment, at []int) {
		gap := 0
		for i, s := range part {
			if text := s.forms[at[i]]; text != "" {
				b.Space(gap).Text(s.paint, text)
				gap = len(separator)
			}
		}
	}
	b.Space(margin)
	put(left, at)
	b.Space(b.Room() - cells(right, at[len(left):]) - margin)
	put(right, at[len(left):])
	return b.String()
}

// needed is how many cells all segments take, with at least a separator between
// the two sides.
func needed(all []segment, at []int, left int) int {
	l, r := cells(all[:left], at[:left]), cells(all[left:], at[left:])
	if l > 0 && r > 0 {
		return l + len(separator) + r
	}
	return l + r
}

func cells(part []segment, at []int) int {
	n := 0
	for i, s := range part {
		if text := s.forms[at[i]]; text != "" {
			if n > 0 {
				n += len(separator)
			}
			n += safe.Width(text)
		}
	}
	return n
}
