// Package palette finds what somebody means who types a few letters of it.
//
// A line is either letters of anything there is, or a verb with its argument
// (theme nord). A verb narrows the search to what it can be done with; the letters
// of the argument are then looked for in the same way, so that `theme nd` finds
// nord. What can't be listed beforehand, an id or a filter of one's own, is its
// argument as it stands.
package palette

import (
	"strings"
	"unicode"

	"github.com/sahilm/fuzzy"
)

// Item is something that can be found.
type Item struct {
	// Text is the line that means this item and nothing else; it is what Tab
	// completes to.
	Text string
	// Name is another line that means it: logs for view logs. It may be empty.
	Name string
}

// Match is an item that was found.
type Match struct {
	Item int   // its index
	At   []int // bytes of its Text at which letters of the query stand
}

// Parse divides a line into one of the verbs and its argument. A line without a
// verb is all argument.
func Parse(line string, verbs []string) (verb, arg string) {
	line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), ":"))
	first, rest, spaced := strings.Cut(line, " ")
	for _, v := range verbs {
		if spaced && first == v {
			return v, strings.TrimSpace(rest)
		}
	}
	return "", line
}

// maxQuery bounds the letters that are looked for: the search takes time in
// proportion to them and to what there is, and nothing has a longer name.
const maxQuery = 100

// Find lists the items a line may mean, the likeliest first; all of them, in
// their order, if the line is empty. An item whose text or name is the line comes
// before all others, then those whose name begins with it.
func Find(items []Item, line string) []Match {
	line = strings.TrimSpace(line)
	if line == "" {
		all := make([]Match, len(items))
		for i := range items {
			all[i].Item = i
		}
		return all
	}
	if len(line) > maxQuery {
		return nil
	}
	at := make(map[int][]int)
	var order []int // as fuzzy ranks them
	for _, f := range fuzzy.FindFrom(line, source(items)) {
		at[f.Index] = f.MatchedIndexes
		order = append(order, f.Index)
	}
	var exact, begun, rest []Match
	for i, it := range items {
		switch {
		case strings.EqualFold(it.Text, line), strings.EqualFold(it.Name, line):
			exact = append(exact, Match{i, at[i]})
		case hasPrefix(it.Name, line), hasPrefix(it.Text, line):
			begun = append(begun, Match{i, at[i]})
		}
	}
	for _, i := range order {
		if it := items[i]; !hasPrefix(it.Name, line) && !hasPrefix(it.Text, line) {
			rest = append(rest, Match{i, at[i]})
		}
	}
	return append(append(exact, begun...), rest...)
}

func hasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// source lets fuzzy look at the texts of items.
type source []Item

func (s source) String(i int) string { return s[i].Text }
func (s source) Len() int            { return len(s) }

// shortestID is the least letters that are taken for an id: eight hex digits are
// how people shorten a UUID, six how they shorten a commit.
const shortestID = 6

// LooksLikeID tells whether a line could be the id of something: one word of
// letters and digits, with a digit in it.
func LooksLikeID(line string) bool {
	digit := false
	for _, r := range line {
		switch {
		case r >= '0' && r <= '9':
			digit = true
		case r > unicode.MaxASCII, !unicode.IsLetter(r) && !strings.ContainsRune("-_.:", r):
			return false
		}
	}
	return digit && len(line) >= shortestID
}
