package safe

import (
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// standIns are the ASCII forms of the glyphs donnatop draws with, cell for cell.
var standIns = map[rune]byte{
	'…': '~', '–': '-', '—': '-', '·': '.', '×': 'x', '±': '+', '≈': '~', '≥': '>', '≤': '<', '≠': '#',
	'▌': '>', '❯': '>', '›': '>', '→': '>', '←': '<', '↑': '^', '↓': 'v', '▲': '^', '▼': 'v', '▚': '@', '↵': '|', '↳': '\\',
	'●': 'o', '○': '.', '◌': '.', '◐': 'o', '✓': '+', '✗': 'x', '✖': 'x', '!': '!', '⚠': '!', '■': '#', '□': '.', '∞': '~',
	'─': '-', '━': '=', '│': '|', '┃': '|', '┄': '-', '┆': ':', '╌': '-', '┊': ':',
	'╭': '+', '╮': '+', '╯': '+', '╰': '+', '┌': '+', '┐': '+', '└': '+', '┘': '+',
	'├': '+', '┤': '+', '┬': '+', '┴': '+', '┼': '+', '┏': '+', '┓': '+', '┗': '+', '┛': '+',
	'◆': '*', '»': '>', '⋯': '~', '▸': '+', '▾': '-',
	'█': '#', '▓': '%', '▒': '=', '░': '.', '▉': '#', '▊': '#', '▋': '#', '▍': '|', '▎': '|', '▏': '|',
	'▁': '_', '▂': '_', '▃': '-', '▄': '-', '▅': '=', '▆': '=', '▇': '#', '▀': '"',
}

// appendCluster appends one harmless character in the set: in ASCII as many
// stand-ins as it has cells.
func appendCluster(dst []byte, cluster string, set Charset) []byte {
	if set == Unicode {
		return append(dst, cluster...)
	}
	r, size := utf8.DecodeRuneInString(cluster)
	if r < utf8.RuneSelf && size == len(cluster) {
		return append(dst, byte(r))
	}
	if c, ok := standIns[r]; ok {
		return append(dst, c)
	}
	for range ansi.StringWidth(cluster) {
		dst = append(dst, '?')
	}
	return dst
}

// AppendGlyphs appends glyphs of our own, each one cell wide, in the set.
func AppendGlyphs(dst []byte, glyphs string, set Charset) []byte {
	if set == Unicode {
		return append(dst, glyphs...)
	}
	for _, r := range glyphs {
		if c, ok := standIns[r]; ok {
			dst = append(dst, c)
		} else if r < utf8.RuneSelf {
			dst = append(dst, byte(r))
		} else {
			dst = append(dst, '?')
		}
	}
	return dst
}
