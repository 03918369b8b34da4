package panels_test

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/NimbleMarkets/ntcharts/v2/barchart"
	"github.com/NimbleMarkets/ntcharts/v2/heatmap"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
)

// The frame of these benchmarks: all panels at once on a screen of 200x60,
// three beside one another, four times.
const (
	frameColumns = 3
	panelH       = 15
)

var panelW = [frameColumns]int{67, 67, 66}

// drawFrame draws every panel anew and puts the lines together.
func drawFrame(e *panels.Env, in *panels.Input, list []panels.Panel, b *strings.Builder) {
	var row [frameColumns][]string
	for i := range list {
		p, w := &list[i], panelW[i%frameColumns]
		row[i%frameColumns] = panels.Box(e, p.Title, p.Status(in), i == 0, w, panelH, p.Draw(e, in, w-2, panelH-2))
		if i%frameColumns == frameColumns-1 {
			for y := range panelH {
				for _, lines := range row {
					b.WriteString(lines[y])
				}
				b.WriteByte('\n')
			}
		}
	}
}

func BenchmarkFrame(b *testing.B) {
	e, in, list := env(b, themes.Default, false), input(sample()), panels.LLM()
	b.ReportAllocs()
	for b.Loop() {
		var out strings.Builder
		drawFrame(e, in, list, &out)
	}
}

// BenchmarkFrameNaive is the baseline: the same frame the usual way. ntcharts
// draws the bars and the heat map from scratch, Lip Gloss paints the fields of
// the other panels, draws borders and joins panels. (The text of those panels
// comes from their own drawing, a few per cent of the whole.)
func BenchmarkFrameNaive(b *testing.B) {
	e, in, list := env(b, themes.Default, false), input(sample()), panels.LLM()
	border := e.Styles.Border.Style().Border(lipgloss.RoundedBorder())
	b.ReportAllocs()
	for b.Loop() {
		var rows, row []string
		for i := range list {
			p, w := &list[i], panelW[i%frameColumns]
			row = append(row, border.Render(naivePanel(e, in, p, w-2, panelH-2)))
			if len(row) == frameColumns {
				rows = append(rows, lipgloss.JoinHorizontal(lipgloss.Top, row...))
				row = nil
			}
		}
		lipgloss.JoinVertical(lipgloss.Left, rows...)
	}
}

func naivePanel(e *panels.Env, in *panels.Input, p *panels.Panel, w, h int) string {
	llm := in.Figures.LLM
	switch p.ID {
	case "hours":
		return naiveBars(e, llm.PerHour, w, h)
	case "days":
		var buckets []data.HourBucket
		for _, d := range llm.PerDay {
			buckets = append(buckets, d.HourBucket)
		}
		return naiveBars(e, buckets, w, h)
	case "heat":
		m := heatmap.New(w, h, heatmap.WithValueRange(0, 120))
		for y, day := range llm.Heat {
			for x, c := range day {
				m.Push(heatmap.NewHeatPointInt(x, y, float64(c.Calls)))
			}
		}
		m.SetViewXYRange(0, 24, 0, 7)
		m.Draw()
		return m.View()
	}
	lines := p.Draw(e, in, w, h)
	for i, l := range lines {
		lines[i] = renderNaively(l)
	}
	return strings.Join(lines, "\n")
}

func naiveBars(e *panels.Env, buckets []data.HourBucket, w, h int) string {
	c := barchart.New(w, h, barchart.WithBarGap(0))
	for _, b := range buckets {
		d := barchart.BarData{Label: b.Start.Format("15")}
		keys := slices.SortedFunc(maps.Keys(b.ByTaskType), func(x, y string) int { return cmp.Compare(b.ByTaskType[y], b.ByTaskType[x]) })
		for i, k := range keys {
			d.Values = append(d.Values, barchart.BarValue{Name: k, Value: float64(b.ByTaskType[k]), Style: e.Styles.Series[i%themes.SeriesLen].Style()})
		}
		c.Push(d)
	}
	c.Draw()
	return c.View()
}

var naiveStyle = lipgloss.NewStyle().Foreground(lipgloss.Color("#4f93e0"))

// renderNaively paints what was painted before with Style.Render, field by field.
func renderNaively(l string) string {
	var b strings.Builder
	for l != "" {
		if sgr, ok := takeSGR(l); ok {
			text, rest, _ := strings.Cut(l[len(sgr):], themes.Off)
			b.WriteString(naiveStyle.Render(text))
			l = rest
			continue
		}
		plain, rest := l, ""
		if i := strings.IndexByte(l, '\x1b'); i >= 0 {
			plain, rest = l[:i], l[i:]
		}
		b.WriteString(plain)
		l = rest
	}
	return b.String()
}

func BenchmarkPanel(b *testing.B) {
	e, in := env(b, themes.Default, false), input(sample())
	for _, p := range panels.LLM() {
		b.Run(p.ID, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Draw(e, in, 65, 13)
			}
		})
	}
}
