package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"github.com/donna-project/donnatop/data/doctor"
)

// terminalFacts are what is known of the terminal donnatop would draw on.
type terminalFacts struct {
	present       bool
	name          string // TERM
	width, height int    // 0 if unknown
	colours       colorprofile.Profile
	utf8          bool // the locale says so
	tmux, ssh     bool
	cells         []int // what the terminal says the widths of the samples are; nil if it doesn't
}

// Least size of a screen, below which only a line is drawn.
const leastWidth, leastHeight = 40, 12

// samples are glyphs donnatop draws, each with the cells it must take.
var samples = []struct {
	what, text string
	cells      int
}{
	{"braille", "⠁⠃⠇⡇⣇⣧⣷⣿", 8},
	{"blocks", "▁▂▃▄▅▆▇█", 8},
	{"glyphs", "●○◐✓✗▲▼…", 8},
	{"borders", "╭─┬─╮│╰╯", 8},
	{"wide", "世界中文", 8},
}

// sampleRows shows the samples; the bars at their ends stand below each other
// where the terminal and donnatop agree on their widths.
func sampleRows() string {
	var b strings.Builder
	for _, s := range samples {
		fmt.Fprintf(&b, "%-8s |%s|\n", s.what, s.text)
	}
	return b.String()
}

// inspectTerminal gathers the facts. It asks the terminal itself, so it must not
// run beside anything that reads or writes there.
func inspectTerminal(e *env) terminalFacts {
	get := func(key string) string { v, _ := e.getenv(key); return v }
	f := terminalFacts{present: e.isTerminal(), name: get("TERM"), tmux: get("TMUX") != "", ssh: get("SSH_CONNECTION") != "" || get("SSH_TTY") != ""}
	for _, key := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // the first that is set decides
		if v := get(key); v != "" {
			locale := strings.ToUpper(strings.ReplaceAll(v, "-", ""))
			f.utf8 = strings.Contains(locale, "UTF8")
			break
		}
	}
	if !f.present {
		return f
	}
	out := e.stdout.(*os.File)
	f.width, f.height, _ = term.GetSize(out.Fd()) // 0 where it can't be told
	f.colours = colorprofile.Detect(out, os.Environ())
	if f.name != "dumb" {
		f.cells, _ = measure("/dev/tty") // a terminal that doesn't answer is none the worse
	}
	return f
}

// check judges the facts.
func (f terminalFacts) check(o *options) doctor.Check {
	return doctor.Check{Name: "terminal", Run: func(_ context.Context, report func(doctor.Finding)) {
		if !f.present {
			report(doctor.Warn("terminal", "standard output is none", "run donnatop doctor in the terminal you would use"))
			return
		}
		report(f.judgeName())
		switch {
		case f.width <= 0 || f.height <= 0:
			report(doctor.Warn("terminal_size", "the terminal doesn't tell its size", "stty cols 120 rows 40, as it is"))
		case f.width < leastWidth || f.height < leastHeight:
			report(doctor.Warn("terminal_size", fmt.Sprintf("%dx%d: below %dx%d only one line is drawn", f.width, f.height, leastWidth, leastHeight), "enlarge the window, or choose a smaller font"))
		default:
			report(doctor.Good("terminal_size", fmt.Sprintf("%dx%d", f.width, f.height)))
		}
		report(f.judgeColours(o))
		report(f.judgeGlyphs(o))
	}}
}

func (f terminalFacts) judgeName() doctor.Finding {
	where := f.name
	if f.tmux {
		where += ", in tmux"
	}
	if f.ssh {
		where += ", over SSH"
	}
	if f.name == "" || f.name == "dumb" {
		return doctor.Warn("terminal", fmt.Sprintf("TERM is %q, so it can't be drawn on", f.name), "export TERM=xterm-256color")
	}
	return doctor.Good("terminal", where)
}

func (f terminalFacts) judgeColours(o *options) doctor.Finding {
	switch {
	case o.noColor:
		return doctor.Good("colours", "none, as you wish")
	case f.colours <= colorprofile.ASCII:
		return doctor.Warn("colours", "the terminal has none: signs say everything", "export TERM=xterm-256color if it has some")
	case f.colours < colorprofile.TrueColor && f.tmux:
		return doctor.Warn("colours", fmt.Sprintf("%v: tmux passes on no more", f.colours), `tmux set -as terminal-features ",*:RGB", and export COLORTERM=truecolor`)
	}
	return doctor.Good("colours", f.colours.String())
}

func (f terminalFacts) judgeGlyphs(o *options) doctor.Finding {
	if o.ascii {
		return doctor.Good("glyphs", "only ASCII, as you wish")
	}
	for i, got := range f.cells {
		if s := samples[i]; got != s.cells {
			return doctor.Warn("glyphs", fmt.Sprintf("the terminal draws %s (%s) %d cells wide instead of %d", s.what, s.text, got, s.cells), "give --ascii, or set the width of ambiguous characters to narrow")
		}
	}
	if !f.utf8 {
		return doctor.Warn("glyphs", "the locale is not UTF-8", "export LANG=C.UTF-8, or give --ascii")
	}
	if f.cells == nil {
		return doctor.Good("glyphs", "the terminal doesn't tell their widths")
	}
	return doctor.Good("glyphs", "all are as wide as they should be")
}

// measureTime is how long the terminal may take to answer, a far one too.
const measureTime = 700 * time.Millisecond

// measure asks the terminal at path how wide it draws the samples: it writes each
// at the beginning of a line and asks where the cursor is then.
func measure(path string) (cells []int, err error) {
	tty, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer tty.Close()
	if err := tty.SetDeadline(time.Now().Add(measureTime)); err != nil {
		return nil, err // it could hang for ever
	}
	state, err := term.MakeRaw(tty.Fd())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, term.Restore(tty.Fd(), state)) }()
	const begin, ask, erase = "\r", "\x1b[6n", "\r\x1b[K"
	for _, s := range samples {
		if _, err := tty.WriteString(begin + s.text + ask + erase); err != nil {
			return nil, err
		}
	}
	var answer []byte
	for len(cells) < len(samples) {
		buf := make([]byte, 256)
		n, err := tty.Read(buf)
		if err != nil {
			return nil, err
		}
		answer = append(answer, buf[:n]...)
		cells = cursorColumns(answer)
	}
	return cells[:len(samples)], nil
}

var cursorReport = regexp.MustCompile(`\x1b\[\d{1,5};(\d{1,5})R`)

// cursorColumns are the columns, from 0 on, of the cursor positions in a
// terminal's answers.
func cursorColumns(answer []byte) (columns []int) {
	for _, m := range cursorReport.FindAllSubmatch(answer, -1) {
		if n, err := strconv.Atoi(string(bytes.TrimSpace(m[1]))); err == nil {
			columns = append(columns, n-1)
		}
	}
	return columns
}
