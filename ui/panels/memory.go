package panels

import (
	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
)

// Memory lists the panels of the Memory view, the most important first.
func Memory() []Panel {
	return []Panel{
		memoryDocumentsPanel(),
		memoryRetrievalPanel(),
		memoryWritesPanel(),
		memoryIngestPanel(),
		memoryFailuresPanel(),
		memoryEmbedCallsPanel(),
		memoryWatchPanel(),
	}
}

func memoryOf(f *data.Figures) *data.Memory { return f.Memory }

// memoryDocumentsPanel shows what Donna remembers, by where it came from.
func memoryDocumentsPanel() Panel {
	return Panel{
		ID: "memory_documents", Title: "Documents", MinW: 22, MinH: 3,
		Status: dbStatusOf("now"),
		Draw:   drawingOf(memoryOf, drawMemoryDocuments),
	}
}

func drawMemoryDocuments(v *view, f *data.Memory) {
	if f.Documents == nil && f.Chunks == nil {
		v.say(tableLack(v.in, "memory_documents"))
		return
	}
	documents := v.lackPart("source", tableLack(v.in, "memory_documents"))
	if f.Documents != nil {
		documents = v.tally("source", f.Documents, v.Styles.Series[0], lack{lackEmpty, "no documents", ""}, func(source string) data.Behind {
			return data.BehindDocuments(v.now(), &source)
		})
	}
	b := v.row()
	if f.Chunks == nil {
		b.Text(v.Styles.Faint, "– no table memory_chunks")
	} else {
		picked := v.item(v.here(0, v.w), func() Item {
			return countItem("chunks", "", *f.Chunks, data.BehindDocuments(v.now(), nil).As(data.Derived))
		})
		b.Text(v.picked(picked, v.Styles.Strong), format.CountIn(*f.Chunks, v.countW())).Text(v.Styles.Faint, " chunks to search in")
	}
	v.add(&b)
	v.gap(4)
	v.parts(v.w, documents)
}

// memoryRetrievalPanel shows how fast memory is searched and how much it finds.
func memoryRetrievalPanel() Panel {
	return Panel{
		ID: "memory_retrieval", Title: "Retrieval", MinW: 26, MinH: 3,
		Status: logsWindowStatus,
		Draw:   drawingOf(memoryOf, drawMemoryRetrieval),
	}
}

func drawMemoryRetrieval(v *view, f *data.Memory) {
	known, searched := false, false
	for _, r := range f.Retrieval {
		if r != nil {
			known, searched = true, searched || r.N > 0
		}
	}
	switch {
	case !known:
		v.say(logsLack(v.in))
		return
	case !searched:
		v.say(lack{lackEmpty, "no searches", "no memory_retrieval line in the log"})
		return
	}
	// Of a window nobody knows there is a retrieval without figures, and no count.
	of := func(window string) *data.Retrieval {
		if r := f.Retrieval[window]; r != nil {
			return r
		}
		return &data.Retrieval{}
	}
	millis := func(pick func(*data.Retrieval) *int64) func(window string, w int) cell {
		return func(window string, w int) cell {
			ms := pick(of(window))
			return cell{text: format.OptIn(ms, w, format.MillisIn), paint: v.countPaint(ms)}
		}
	}
	columns := []windowColumn{
		{head: "n", w: 6, item: func(name string, w data.Window) Item {
			if f.Retrieval[name] == nil {
				return Item{Column: "searches", Text: format.Missing}
			}
			return countItem("", "searches", of(name).N, data.BehindSearches(w))
		}, cell: func(window string, w int) cell {
			if r := f.Retrieval[window]; r != nil {
				return v.countCell(&r.N, w)
			}
			return v.countCell(nil, w)
		}},
		{head: "p50", w: 6, item: func(name string, w data.Window) Item {
			return optItem("", "p50", of(name).P50MS, format.Millis, data.BehindSearchTimes(w, 0.5))
		}, cell: millis(func(r *data.Retrieval) *int64 { return r.P50MS })},
		{head: "p95", w: 6, drop: 1, item: func(name string, w data.Window) Item {
			return optItem("", "p95", of(name).P95MS, format.Millis, data.BehindSearchTimes(w, 0.95))
		}, cell: millis(func(r *data.Retrieval) *int64 { return r.P95MS })},
		{head: "mean hits", w: 9, drop: 2, item: func(name string, w data.Window) Item {
			return optItem("", "mean hits", of(name).MeanHits, format.Decimal, data.BehindSearches(w).As(data.Derived))
		}, cell: func(window string, w int) cell {
			return v.optCell(of(window).MeanHits, w, format.DecimalIn)
		}},
	}
	v.parts(v.w, v.windowPart("", columns, v.logsGap(f.Retrieval[v.in.Window] == nil)))
}

// logsGap is why the chosen window of a table has nothing to show; nil if it has.
func (v *view) logsGap(missing bool) *lack {
	if !missing {
		return nil
	}
	l := logsLack(v.in)
	return &l
}
