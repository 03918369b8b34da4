package ptytest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// frameFault says what is wrong with a screen of w × h cells on which one view should
// stand: "" if nothing is.
func frameFault(screen []string, w, h int, tab string) string {
	if len(screen) != h {
		return fmt.Sprintf("%d lines, want %d", len(screen), h)
	}
	for y, l := range screen {
		if n := ansi.StringWidth(l); n > w {
			return fmt.Sprintf("line %d is %d cells wide, want at most %d", y+1, n, w)
		}
	}
	if !strings.HasPrefix(strings.TrimSpace(screen[0]), "donnatop") {
		return "the first line is no header"
	}
	if marks := strings.Count(screen[1], "["); marks != 1 || !strings.Contains(screen[1], tab) {
		return fmt.Sprintf("the tab bar marks %d tabs, want %s alone", marks, tab)
	}
	if strings.TrimSpace(screen[h-1]) == "" {
		return "the last line names no keys"
	}
	return boxFault(screen)
}

// boxFault says which box has no closed border.
func boxFault(screen []string) string {
	grid := make([][]string, len(screen))
	for y, l := range screen {
		grid[y] = cells(l)
	}
	at := func(x, y int) string {
		if y < len(grid) && x < len(grid[y]) {
			return grid[y][x]
		}
		return ""
	}
	boxes, corners := 0, 0
	for y := range grid {
		for x, c := range grid[y] {
			if oneOf(c, "╮┓╰┗╯┛") {
				corners++
			}
			if !oneOf(c, "╭┏") {
				continue
			}
			boxes++
			right := x + 1
			for right < len(grid[y]) && !oneOf(grid[y][right], "╮┓╭┏") {
				right++
			}
			if !oneOf(at(right, y), "╮┓") {
				return fmt.Sprintf("the box at line %d, cell %d has no corner on its right", y+1, x+1)
			}
			bottom := y + 1
			for oneOf(at(x, bottom), "│┃") && oneOf(at(right, bottom), "│┃") {
				bottom++
			}
			if !oneOf(at(x, bottom), "╰┗") || !oneOf(at(right, bottom), "╯┛") {
				return fmt.Sprintf("the border of the box at line %d, cell %d is open at line %d", y+1, x+1, bottom+1)
			}
		}
	}
	switch {
	case boxes == 0:
		return "there is no box"
	case corners != 3*boxes:
		return fmt.Sprintf("%d boxes and %d corners beside their first ones", boxes, corners)
	}
	return ""
}

func oneOf(cell, set string) bool { return cell != "" && strings.Contains(set, cell) }

// cells gives each cell of a line its text; the second one of a wide character has a
// blank.
func cells(l string) []string {
	var out []string
	for l != "" {
		cluster, width := ansi.FirstGraphemeCluster(l, ansi.GraphemeWidth)
		l = l[len(cluster):]
		if width > 0 {
			out = append(out, cluster)
		}
		for range width - 1 {
			out = append(out, " ")
		}
	}
	return out
}

// The judge of frames can say no.
func TestFrameFault(t *testing.T) {
	good := []string{" donnatop", " [1 A] 2 B", "┏━ T ━┓╭──╮", "┃ 😀  ┃│  │", "┗━━━━━┛╰──╯", " q quit"}
	if fault := frameFault(good, 11, 6, "[1 A]"); fault != "" {
		t.Fatal(fault)
	}
	for name, c := range map[string]struct {
		line int
		text string
		want string
	}{
		"too wide":      {3, "┃ 😀  ┃│  ││", "12 cells"},
		"shifted":       {3, "┃ 😀   ┃│ │", "open at line 4"},
		"no border":     {3, "┃ 😀  ┃   │", "open at line 4"},
		"no top corner": {2, "┏━ T ━━╭──╮", "no corner on its right"},
		"no bottom":     {4, "┗━━━━━┛    ", "open at line 5"},
		"another tab":   {1, " 1 A [2 B]", "want [1 A] alone"},
		"two tabs":      {1, " [1 A][2 B]", "marks 2 tabs"},
		"no box":        {2, "", "there is no box"},
	} {
		frame := append([]string(nil), good...)
		frame[c.line] = c.text
		if fault := frameFault(frame, 11, 6, "[1 A]"); !strings.Contains(fault, c.want) {
			t.Errorf("%s: %q, want %q", name, fault, c.want)
		}
	}
}
