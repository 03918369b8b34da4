package logline

import (
	"strings"
)

// Needles are texts of which any is looked for in a line: fast enough to pass
// over a file of which hardly a line is wanted, however many texts there are.
//
// Nearly all texts that one looks for in a line of JSON begin with the quote of a
// key or value. For these each quote of the line costs one look at the eight
// bytes after it; all other texts, and those too short for that, are searched
// one by one.
type Needles struct {
	quoted map[uint64][]string // without the quote, by their first eight bytes
	filter [filterBits / 64]uint64
	others []string
}

// filterBits is the size of the filter in front of the map: large enough that a
// thousand texts let one in four quotes through to it.
const filterBits = 1 << 12

// prefix is how much of a text after its quote decides whether to look closer.
const prefix = 8

// fewTexts are found sooner one by one: 20 ns each in a line of 250 bytes, where
// the looks at its quotes cost 200.
const fewTexts = 8

// NewNeedles prepares a search. An empty text is in every line.
func NewNeedles(texts []string) *Needles {
	n := &Needles{quoted: make(map[uint64][]string, len(texts))}
	for _, t := range texts {
		rest, quoted := strings.CutPrefix(t, `"`)
		if !quoted || len(rest) < prefix || len(texts) <= fewTexts {
			n.others = append(n.others, t)
			continue
		}
		w := load8(rest, 0)
		n.quoted[w] = append(n.quoted[w], rest)
		h := filterHash(w)
		n.filter[h/64] |= 1 << (h % 64)
	}
	return n
}

func filterHash(w uint64) uint64 {
	const fibonacci = 0x9e3779b97f4a7c15
	return w * fibonacci >> 52 // the top bits, filterBits of values
}

// In tells whether one of the texts is in the line.
func (n *Needles) In(line string) bool {
	for _, t := range n.others {
		if strings.Contains(line, t) {
			return true
		}
	}
	if len(n.quoted) == 0 {
		return false
	}
	for {
		i := strings.IndexByte(line, '"')
		if i < 0 || len(line)-i-1 < prefix {
			return false
		}
		line = line[i+1:]
		w := load8(line, 0)
		if h := filterHash(w); n.filter[h/64]>>(h%64)&1 == 0 {
			continue
		}
		for _, t := range n.quoted[w] {
			if strings.HasPrefix(line, t) {
				return true
			}
		}
	}
}
