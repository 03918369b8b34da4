package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/doctor"
	"github.com/donna-project/donnatop/ui/safe"
)

func TestTerminalCheck(t *testing.T) {
	good := terminalFacts{present: true, name: "xterm-256color", width: 120, height: 40, colours: colorprofile.TrueColor, utf8: true, cells: []int{8, 8, 8, 8, 8}}
	with := func(change func(*terminalFacts)) terminalFacts {
		f := good
		f.cells = slices.Clone(f.cells)
		change(&f)
		return f
	}
	for _, tc := range []struct {
		name string
		f    terminalFacts
		o    options
		want []string // the findings that are not ok
	}{
		{name: "good", f: good},
		{name: "none", f: terminalFacts{}, want: []string{"terminal: standard output is none"}},
		{name: "dumb", f: with(func(f *terminalFacts) { f.name = "dumb" }), want: []string{`terminal: TERM is "dumb"`}},
		{name: "small", f: with(func(f *terminalFacts) { f.height = 11 }), want: []string{"terminal_size: 120x11: below 40x12"}},
		{name: "no size", f: with(func(f *terminalFacts) { f.width, f.height = 0, 0 }), want: []string{"terminal_size: the terminal doesn't tell its size"}},
		{name: "tmux without true colour", f: with(func(f *terminalFacts) { f.tmux, f.colours = true, colorprofile.ANSI256 }), want: []string{"colours: ANSI256: tmux passes on no more"}},
		{name: "256 colours", f: with(func(f *terminalFacts) { f.colours = colorprofile.ANSI256 })},
		{name: "no colours", f: with(func(f *terminalFacts) { f.colours = colorprofile.ASCII }), want: []string{"colours: the terminal has none"}},
		{name: "no colours wanted", f: with(func(f *terminalFacts) { f.colours = colorprofile.ASCII }), o: options{noColor: true}},
		{name: "wide glyphs", f: with(func(f *terminalFacts) { f.cells[2] = 16 }), want: []string{"glyphs: the terminal draws glyphs (●○◐✓✗▲▼…) 16 cells wide instead of 8"}},
		{name: "no UTF-8", f: with(func(f *terminalFacts) { f.utf8 = false }), want: []string{"glyphs: the locale is not UTF-8"}},
		{name: "ASCII wanted", f: with(func(f *terminalFacts) { f.utf8 = false }), o: options{ascii: true}},
		{name: "no answer", f: with(func(f *terminalFacts) { f.cells = nil })},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, f := range doctor.Run(context.Background(), clockwork.NewFakeClock(), 1, []doctor.Check{tc.f.check(&tc.o)}) {
				if f.State == doctor.Failed || (f.State == doctor.OK) != (f.Fix == nil) {
					t.Errorf("%+v", f)
				}
				if f.State != doctor.OK {
					got = append(got, f.Name+": "+f.Detail)
				}
			}
			if !slices.EqualFunc(got, tc.want, strings.HasPrefix) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// TestSamples checks that donnatop itself takes the samples to be as wide as the
// terminal is asked to make them.
func TestSamples(t *testing.T) {
	for _, s := range samples {
		if got := safe.Width(safe.Text(s.text)); got != s.cells || safe.Text(s.text) != s.text {
			t.Errorf("%s: %d cells, want %d", s.what, got, s.cells)
		}
	}
}

func TestCursorColumns(t *testing.T) {
	for answer, want := range map[string][]int{
		"":                               nil,
		"\x1b[12;9R":                     {8},
		"typed\x1b[1;9R\x1b[1;17Rq":      {8, 16},
		"\x1b[1;9R\x1b[1;":               {8},
		"\x1b[1R\x1b[;R\x1b[1;99999999R": nil,
	} {
		if diff := cmp.Diff(want, cursorColumns([]byte(answer))); diff != "" {
			t.Errorf("%q: -want +got\n%s", answer, diff)
		}
	}
}
