package panels

import (
	"cmp"
	"maps"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// counted is a panel of what happened in the chosen window, by name.
type counted struct {
	id, title, head, empty string
	paint                  func(s *themes.Styles) themes.Paint
	of                     func(f *data.Memory) map[string]map[string]int64
	lack                   func(in *Input) lack
	status                 func(in *Input) string
	behind                 func(w data.Window, key string) data.Behind
}

// behindKey is the log lines that count as a metric by a key.
func behindKey(m events.Metric) func(w data.Window, key string) data.Behind {
	return func(w data.Window, key string) data.Behind {
		return data.BehindSeries(w, data.SeriesKeys{Key: &key}, m)
	}
}

func seriesPaint(i int) func(s *themes.Styles) themes.Paint {
	return func(s *themes.Styles) themes.Paint { return s.Series[i] }
}

func (c *counted) panel() Panel {
	return Panel{
		ID: c.id, Title: c.title, MinW: 22, MinH: 2,
		Status: c.status,
		Draw: drawingOf(memoryOf, func(v *view, f *data.Memory) {
			counts := c.of(f)[v.in.Window]
			if counts == nil {
				v.say(c.lack(v.in))
				return
			}
			v.out = v.breakdown(&breakdown{
				head: c.head, rows: mostFirst(counts), paint: c.paint(v.Styles),
				empty: lack{lackEmpty, c.empty + " in " + v.in.Window, ""}, list: true, behind: func(key string) data.Behind { return c.behind(v.window(v.in.Window), key) },
			}, v.w, v.h)
		}),
	}
}

// memoryIngestPanel shows what memory took in.
func memoryIngestPanel() Panel {
	c := counted{
		id: "memory_ingest", title: "Taken in", head: "event", empty: "nothing", paint: seriesPaint(1),
		of:   func(f *data.Memory) map[string]map[string]int64 { return f.Ingest },
		lack: logsLack, status: logsWindowStatus, behind: behindKey(events.MemoryIngested),
	}
	return c.panel()
}

// memoryFailuresPanel shows what it failed to take in.
func memoryFailuresPanel() Panel {
	c := counted{
		id: "memory_failures", title: "Failed to take in", head: "source", empty: "nothing failed", paint: func(s *themes.Styles) themes.Paint { return s.Bad },
		of:   func(f *data.Memory) map[string]map[string]int64 { return f.Failures },
		lack: logsLack, status: logsWindowStatus, behind: behindKey(events.MemoryFailed),
	}
	return c.panel()
}

// memoryWatchPanel shows changes seen in the vault.
func memoryWatchPanel() Panel {
	c := counted{
		id: "memory_watch", title: "Vault changes", head: "change", empty: "no change", paint: seriesPaint(4),
		of:   func(f *data.Memory) map[string]map[string]int64 { return f.Watch },
		lack: logsLack, status: logsWindowStatus, behind: behindKey(events.VaultChanged),
	}
	return c.panel()
}

// memoryEmbedCallsPanel shows calls of the embedding model.
func memoryEmbedCallsPanel() Panel {
	c := counted{
		id: "memory_embed_calls", title: "Embedding calls", head: "task type", empty: "no calls", paint: seriesPaint(2),
		of:   func(f *data.Memory) map[string]map[string]int64 { return f.EmbedCalls },
		lack: func(in *Input) lack { return dbLack(in) }, status: dbWindowStatus,
		behind: func(w data.Window, taskType string) data.Behind {
			return data.BehindClass(w, data.ClassEmbedding, data.InvocationKeys{TaskType: &taskType})
		},
	}
	return c.panel()
}

// memoryWritesPanel shows what the vault writer did with each template.
func memoryWritesPanel() Panel {
	return Panel{
		ID: "memory_writes", Title: "Vault writes", MinW: 26, MinH: 2,
		Status: logsWindowStatus,
		Draw:   drawingOf(memoryOf, drawMemoryWrites),
	}
}

func drawMemoryWrites(v *view, f *data.Memory) {
	byTemplate := f.Writes[v.in.Window]
	if byTemplate == nil {
		v.say(logsLack(v.in))
		return
	}
	of := func(name string) data.MemoryWrites {
		if w := byTemplate[name]; w != nil {
			return *w
		}
		return data.MemoryWrites{}
	}
	parts := func(w data.MemoryWrites) []float64 {
		return []float64{amount(w.Written), amount(w.Skipped), amount(w.Failed)}
	}
	sum := func(name string) float64 {
		total := 0.0
		for _, n := range parts(of(name)) {
			total += n
		}
		return total
	}
	names := slices.SortedFunc(maps.Keys(byTemplate), func(a, b string) int {
		return cmp.Or(cmp.Compare(sum(b), sum(a)), cmp.Compare(a, b))
	})
	inks := v.look().Inks(3, []themes.Paint{v.Styles.Good, {}, v.Styles.Bad})
	swatch := func(i int, word string) string { return inks[i].Swatch + " " + word }
	t := &table{
		columns: []column{
			{head: "template", w: 10, most: 34, flex: true},
			{head: swatch(0, "written"), w: 9},
			{head: swatch(1, "skipped"), w: 9, drop: 2},
			{head: swatch(2, "failed"), w: 8, drop: 1},
			{head: "", w: 8, most: 60, bar: true, drop: 3},
		},
		rows: len(names), list: true, figures: []int{1, 2, 3},
		empty: lack{lackEmpty, "nothing written in " + v.in.Window, ""},
	}
	t.figure = func(row, col int) Item {
		n, w := of(names[row]), v.window(v.in.Window)
		switch col {
		case 1:
			return countItem(names[row], "written", n.Written, behindKey(events.MemoryWritten)(w, names[row]))
		case 2:
			return countItem(names[row], "skipped", n.Skipped, behindKey(events.MemorySkipped)(w, names[row]))
		}
		return countItem(names[row], "failed", n.Failed, behindKey(events.MemoryWriteFailed)(w, names[row]))
	}
	t.cell = func(row, col, w int) cell {
		n := of(names[row])
		switch col {
		case 0:
			return cell{text: names[row], paint: v.Styles.Text}
		case 1:
			return v.countCell(&n.Written, w)
		case 2:
			return v.countCell(&n.Skipped, w)
		case 3:
			failed := cell{text: format.CountIn(n.Failed, w), paint: v.countPaint(&n.Failed)}
			if n.Failed > 0 {
				failed.paint = v.Styles.Bad
			}
			return failed
		}
		return cell{draw: func(b *line.Builder, w int) { chart.Parts(b, v.look(), inks, parts(n), sum(names[0]), w) }}
	}
	v.out = v.table(t, v.w, v.h)
}
