// Command screens draws the pictures of docs/screens: every view of the dashboard
// on a simulated Donna, as SVG.
//
// The same source gives the same bytes: the simulator's seed and present are fixed,
// no clock moves while a picture is taken, and the picture depends on the cells of
// the screen alone. So a picture that differs is a screen that differs, and git
// shows which.
//
// # Why not freeze
//
// The obvious tool, github.com/charmbracelet/freeze v0.2.2, leaves the picture to a
// font: it embeds one of 370 kB in each file (430 kB against 12 to 39 kB here), draws no
// bold, does not pin text to columns, so that a glyph its font lacks shifts the rest
// of the line, and paints the backgrounds beside the cells they belong to, which
// tears stacked bars apart. Here lines, blocks, shades and braille dots are drawn as
// shapes, which join whatever the font and the scale, and words are pinned to their
// columns. The price is a table of shapes to keep: a character that isn't in it is
// left to the reader's font, centred in its cell.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/demo"
	"github.com/donna-project/donnatop/ui"
)

func main() {
	out := flag.String("out", "docs/screens", "`directory` for the pictures")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *out)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "screens:", err)
		os.Exit(1)
	}
}

// present is what the clocks in the pictures say: a working day's afternoon.
var present = time.Date(2026, time.July, 15, 13, 37, 42, 0, time.UTC)

// patience bounds the simulation and its reading, which take seconds: a source that
// never settles must not hang a build.
const patience = 5 * time.Minute

func run(ctx context.Context, out string) (err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	dir, err := os.MkdirTemp("", "donnatop-screens-")
	if err != nil {
		return fmt.Errorf("make a directory for the simulated Donna: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	home, err := simulate(ctx, demo.Options{Dir: dir, Seed: 1, Start: present})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("make directory for pictures: %w", err)
	}
	for _, p := range pictures() {
		svg, err := p.draw(home)
		if err != nil {
			return fmt.Errorf("draw %s: %w", p.file(), err)
		}
		if strings.Contains(string(svg), filepath.Base(dir)) {
			return fmt.Errorf("draw %s: it shows the temporary directory, which differs each time", p.file())
		}
		if err := os.WriteFile(filepath.Join(out, p.file()), svg, 0o644); err != nil {
			return fmt.Errorf("write picture: %w", err)
		}
		fmt.Printf("%-28s %4d kB\n", p.file(), (len(svg)+1023)/1024)
	}
	return nil
}

// A picture is a view at a size in cells, or what was opened from it.
type picture struct {
	view string
	w, h int

	name  string                       // "" for that of the view
	typed func(home *household) string // nil for nothing
}

// pictures are every view at a size terminals often have, and the first one also on
// a small and on a large screen.
func pictures() []picture {
	var all []picture
	for _, view := range ui.ViewNames() {
		all = append(all, picture{view: view, w: 120, h: 40})
	}
	all = append(all, picture{
		view: "tasks", name: "trace", w: 120, h: 40,
		typed: func(home *household) string { return ":trace " + home.life.ID + "\njjj" },
	})
	first := ui.ViewNames()[0]
	return append(all, picture{view: first, w: 80, h: 24}, picture{view: first, w: 200, h: 60})
}

// title is what the picture shows.
func (p picture) title() string { return cmp.Or(p.name, p.view) }

func (p picture) file() string { return fmt.Sprintf("%s_%dx%d.svg", p.title(), p.w, p.h) }

func (p picture) draw(home *household) ([]byte, error) {
	frame, err := screen(home, p)
	if err != nil {
		return nil, err
	}
	return drawSVG(fmt.Sprintf("donnatop: %s, %d×%d", p.title(), p.w, p.h), frame), nil
}
