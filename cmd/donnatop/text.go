package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/safe"
)

// Text is drawn by the same panels as the screen, in this width.
const textWidth = 100

// Panels fill the height they get: lists get room for their rows and headings,
// the others this one, and what stays blank is cut off.
const (
	chartHeight = 14
	listHeight  = 60
	headings    = 2
)

// writeText prints the report for people, without colours.
func writeText(w io.Writer, o *options, snap *data.Snapshot, report *data.Report) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "donnatop  %s  window %s\n", report.Now.In(o.location).Format(time.RFC3339), windowText(o, report))
	for _, name := range []string{"db", "logs", "docker", "host", "config"} {
		s := report.Sources[name]
		fmt.Fprintf(out, "%-7s %s  %s\n", name, s.State, safe.Text(s.Detail))
	}
	for _, n := range report.Notes {
		fmt.Fprintf(out, "note    %s\n", safe.Text(n))
	}
	for _, b := range boards {
		if !report.Has(b.view) {
			continue
		}
		if err := writePanels(out, o, snap, report, b.panels()); err != nil {
			return err
		}
	}
	if report.Has("logs") {
		writeLogs(out, o, report.Figures.Logs)
	}
	return out.Flush()
}

// windowText is the window by its name, and a range by its ends.
func windowText(o *options, report *data.Report) string {
	w := report.Window
	if w.Name != data.WindowRange {
		return w.Name
	}
	return w.From.In(o.location).Format(time.RFC3339) + ".." + w.To.In(o.location).Format(time.RFC3339)
}

// boards are the panels of each view. The overview comes last: it repeats what
// the others say.
var boards = []struct {
	view   string
	panels func() []panels.Panel
}{
	{"health", panels.Health}, {"tasks", panels.Tasks}, {"llm", panels.LLM}, {"agents", panels.Agents},
	{"notifications", panels.Notifications}, {"escalations", panels.Escalations}, {"errors", panels.Errors},
	{"preferences", panels.Preferences}, {"skills", panels.Skills}, {"memory", panels.Memory}, {"overview", panels.Overview},
}

func writePanels(out io.Writer, o *options, snap *data.Snapshot, report *data.Report, list []panels.Panel) error {
	styles, err := themes.New("mono", true)
	if err != nil {
		return fmt.Errorf("load the plain theme: %w", err)
	}
	env := &panels.Env{Styles: styles, ASCII: o.ascii, Location: o.location}
	in := &panels.Input{Snapshot: snap, Figures: report.Figures, Window: report.Window.Name, Cursor: -1}
	for _, p := range list {
		height := chartHeight
		if rows := p.Items(env, in, textWidth, listHeight).Rows; rows > 0 {
			height = min(rows+headings, listHeight)
		}
		lines := p.Draw(env, in, textWidth, height)
		for i := range lines {
			lines[i] = strings.TrimRight(ansi.Strip(lines[i]), " ")
		}
		for len(lines) > 0 && lines[len(lines)-1] == "" {
			lines = lines[:len(lines)-1]
		}
		title := p.Title
		if status := p.Status(in); status != "" {
			title += " (" + ansi.Strip(status) + ")"
		}
		fmt.Fprintf(out, "\n== %s\n%s\n", title, strings.Join(lines, "\n"))
	}
	return nil
}

func writeLogs(out io.Writer, o *options, logs *data.Logs) {
	fmt.Fprint(out, "\n== Logs\n")
	if logs == nil {
		fmt.Fprintln(out, "no data: no log source is configured")
		return
	}
	fmt.Fprintf(out, "%d lines at hand, %d known to be lost\n", logs.Lines, logs.Lost)
	for _, g := range logs.Gaps {
		fmt.Fprintf(out, "gap     %s to %s: %s\n", g.From.In(o.location).Format(time.RFC3339), g.To.In(o.location).Format(time.RFC3339), safe.Text(g.Reason))
	}
	for _, l := range logs.Recent {
		level := ""
		if l.Level != nil {
			level = *l.Level
		}
		fmt.Fprintf(out, "%s %-8s %s\n", l.Time.In(o.location).Format("2006-01-02 15:04:05"), safe.Truncate(level, 8), safe.Text(l.Raw))
	}
}
