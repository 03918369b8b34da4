package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"
)

// small has what pictures have: a box, styles, a stacked bar, a line of dots, shades,
// wide and combined characters, and text that would be markup.
const small = "" +
	"\x1b[38;2;61;70;85m╭─\x1b[m \x1b[1mCalls\x1b[m \x1b[38;2;61;70;85m────╮\x1b[m\n" +
	"\x1b[38;2;61;70;85m│\x1b[m\x1b[48;2;38;53;77ma  <b> & c \x1b[m \x1b[38;2;61;70;85m│\x1b[m\n" +
	"\x1b[38;2;61;70;85m│\x1b[38;2;79;147;224;48;2;224;149;63m▃▆\x1b[m\x1b[38;2;79;147;224m██▍⣀⡠░░ \x1b[m✓\x1b[7m!\x1b[m\x1b[38;2;61;70;85m│\x1b[m\n" +
	"\x1b[38;2;61;70;85m│\x1b[m予算 e\u0301\x1b[2;4mx y\x1b[m   \x1b[38;2;61;70;85m│\x1b[m\n" +
	"\x1b[38;2;124;183;255m┗━━━━━━━━━━━━┛\x1b[m"

func TestDrawSVG(t *testing.T) {
	svg := drawSVG("a picture", small)
	if again := drawSVG("a picture", small); string(again) != string(svg) {
		t.Error("the same frame drawn twice differs")
	}
	words := texts(t, svg)
	for want, at := range map[string]struct {
		row, col float64 // what isn't ASCII is placed by its middle
		cells    float64 // that it is pinned to; 0 is its own width
	}{
		"Calls": {0, 3, 5}, "a": {1, 1, 0}, "<b> & c": {1, 4, 7}, "✓": {2, 11.5, 0}, "!": {2, 12, 0},
		"予": {3, 2, 0}, "算": {3, 4, 0}, "e\u0301": {3, 6.5, 0}, "x y": {3, 7, 3},
	} {
		w, ok := words[want]
		if !ok {
			t.Errorf("no word %q among %v", want, words)
			continue
		}
		if placed := (placed{at.col * cellW, at.row*cellH + baseline, at.cells * cellW}); w != placed {
			t.Errorf("%q is at %v, want %v", want, w, placed)
		}
	}
	golden.RequireEqual(t, svg)
}

// placed is where a picture has a word, and how long.
type placed struct{ x, y, length float64 }

// texts are the words of a picture, which must be well-formed XML.
func texts(t *testing.T, svg []byte) map[string]placed {
	t.Helper()
	number := func(e xml.StartElement, name string) float64 {
		for _, a := range e.Attr {
			if a.Name.Local == name {
				v, err := strconv.ParseFloat(a.Value, 64)
				if err != nil {
					t.Errorf("<%s %s>: %v", e.Name.Local, name, err)
				}
				return v
			}
		}
		return 0
	}
	all := make(map[string]placed)
	var at placed
	in := ""
	for d := xml.NewDecoder(strings.NewReader(string(svg))); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch in = token.Name.Local; in {
			case "text":
				at.y = number(token, "y")
			case "tspan":
				at.x, at.length = number(token, "x"), number(token, "textLength")
			}
		case xml.CharData:
			if in == "tspan" {
				all[string(token)] = at
			}
		case xml.EndElement:
			in = ""
		}
	}
}

// Lines join only if they reach the edges of their cells, at the same height.
func TestLinesReachTheEdges(t *testing.T) {
	for r, a := range arms {
		var up, right, down, left bool
		for _, s := range lines(a) {
			if s.x < 0 || s.y < 0 || s.x+s.w > cellW || s.y+s.h > cellH {
				t.Errorf("%c leaves its cell: %+v", r, s)
			}
			onX, onY := s.x < midX && midX < s.x+s.w, s.y < midY && midY < s.y+s.h
			up, down = up || onX && s.y == 0, down || onX && s.y+s.h == cellH
			left, right = left || onY && s.x == 0, right || onY && s.x+s.w == cellW
		}
		if want := [4]bool{a[0] > 0, a[1] > 0, a[2] > 0, a[3] > 0}; [4]bool{up, right, down, left} != want {
			t.Errorf("%c reaches up, right, down, left: %v, %v, %v, %v; want %v", r, up, right, down, left, want)
		}
	}
}

// A cell's worth of ink, in eighths of the cell.
func TestBlocksCoverTheirShare(t *testing.T) {
	for r, eighths := range map[rune]float64{
		' ': 0, '▁': 1, '▄': 4, '▇': 7, '█': 8, '▉': 7, '▌': 4, '▏': 1, '▀': 4, '▐': 4, '▔': 1, '▕': 1, '░': 2, '▒': 4, '▓': 6,
	} {
		s, ok := shapeOf(string(r))
		if !ok {
			t.Errorf("%c has no shape", r)
			continue
		}
		ink := 0.0
		for _, b := range s.rects {
			ink += b.w * b.h
		}
		if s.shade > 0 {
			ink *= s.shade
		}
		if ink != eighths*cellW*cellH/8 {
			t.Errorf("%c covers %v eighths, want %v", r, ink*8/cellW/cellH, eighths)
		}
	}
	for r, dots := range map[rune]int{'⠀': 0, '⠁': 1, '⣀': 2, '⣿': 8} {
		if s, ok := shapeOf(string(r)); !ok || len(s.rects) != dots {
			t.Errorf("%c has %d dots, want %d", r, len(s.rects), dots)
		}
	}
	if _, ok := shapeOf("予"); ok {
		t.Error("a letter has a shape")
	}
}
