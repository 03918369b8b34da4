package views

import (
	"slices"
	"testing"

	"github.com/donna-project/donnatop/ui/panels"
)

func panelSizes() map[string]minSize {
	sizes := make(map[string]minSize)
	for _, p := range panels.LLM() {
		sizes[p.ID] = minSize{w: p.MinW + 2, h: p.MinH + 2}
	}
	return sizes
}

// Every panel has a rank and, at every width, one place.
func TestEveryPanelIsArranged(t *testing.T) {
	for _, w := range []int{1, 80, 109, 110, 169, 170, 400} {
		var ids []string
		for _, r := range llmArrangement(w) {
			for _, c := range r.cells {
				ids = append(ids, c.id)
			}
		}
		for _, p := range panels.LLM() {
			if n := count(ids, p.ID); n != 1 {
				t.Errorf("width %d: panel %s has %d places", w, p.ID, n)
			}
			if !slices.Contains(llmKeep, p.ID) {
				t.Errorf("panel %s has no rank", p.ID)
			}
		}
		if len(ids) != len(panels.LLM()) || len(llmKeep) != len(ids) {
			t.Errorf("width %d: %d places and %d ranks for %d panels", w, len(ids), len(llmKeep), len(panels.LLM()))
		}
	}
}

func count(ids []string, id string) int {
	n := 0
	for _, o := range ids {
		if o == id {
			n++
		}
	}
	return n
}

// Whatever the size: the area is covered exactly once, a panel that gave way
// ranks below one that stayed, and panels have their minimum unless one is alone.
func TestPlaceFillsEverySize(t *testing.T) {
	sizes := panelSizes()
	for w := 1; w <= 400; w++ {
		for h := 1; h <= 120; h++ {
			ps := place(llmArrangement(w), llmKeep, sizes, w, h)
			area := 0
			for i, p := range ps {
				if p.X < 0 || p.Y < 0 || p.X+p.W > w || p.Y+p.H > h || p.Empty() {
					t.Fatalf("%dx%d: %s lies outside: %+v", w, h, p.id, p.Rect)
				}
				alone, oneRow := p.W == w, p.H == h
				if !alone && p.W < sizes[p.id].w || !oneRow && p.H < sizes[p.id].h {
					t.Fatalf("%dx%d: %s has only %dx%d", w, h, p.id, p.W, p.H)
				}
				for _, o := range ps[:i] {
					if p.Overlaps(o.Rect) {
						t.Fatalf("%dx%d: %s overlaps %s", w, h, p.id, o.id)
					}
				}
				area += p.W * p.H
			}
			if area != w*h {
				t.Fatalf("%dx%d: %d cells covered", w, h, area)
			}
			if !slices.ContainsFunc(ps, func(p placed) bool { return p.id == llmKeep[0] }) {
				t.Fatalf("%dx%d: %s is gone", w, h, llmKeep[0])
			}
		}
	}
	if ps := place(llmArrangement(0), llmKeep, sizes, 0, 10); ps != nil {
		t.Errorf("no width: %v", ps)
	}
}

func TestPanelsGiveWayInOrder(t *testing.T) {
	a := arrangement{
		{weight: 1, cells: []arrangedCell{{"a", 1}, {"c", 1}}},
		{weight: 1, cells: []arrangedCell{{"b", 1}}},
		{weight: 1, cells: []arrangedCell{{"d", 1}}},
	}
	keep := []string{"a", "b", "c", "d"}
	sizes := map[string]minSize{"a": {10, 5}, "b": {10, 5}, "c": {10, 5}, "d": {10, 5}}
	for _, c := range []struct {
		name string
		w, h int
		want []string
	}{
		{"room for all", 20, 15, []string{"a", "c", "b", "d"}},
		{"too narrow", 19, 15, []string{"a", "b", "d"}},
		{"too low", 20, 14, []string{"a", "c", "b"}},
		{"one row", 20, 9, []string{"a", "c"}},
		{"hardly anything", 3, 2, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, p := range place(a, keep, sizes, c.w, c.h) {
				got = append(got, p.id)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestShareIsExact(t *testing.T) {
	for _, c := range []struct {
		name    string
		total   int
		demands []demand
		want    []int
	}{
		{"by weight", 31, []demand{{5, 1}, {5, 2}}, []int{12, 19}},
		{"no weights: the last takes the rest", 12, []demand{{5, 0}, {5, 0}}, []int{5, 7}},
		{"too little", 7, []demand{{5, 1}, {5, 1}}, []int{5, 2}},
		{"nothing to share", 9, nil, []int{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := share(c.total, c.demands); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestNeighbour(t *testing.T) {
	// a a b
	// a a c
	// d d d
	ps := []placed{{"a", Rect{0, 0, 20, 10}}, {"b", Rect{20, 0, 10, 4}}, {"c", Rect{20, 4, 10, 6}}, {"d", Rect{0, 10, 30, 5}}}
	for _, c := range []struct {
		from int
		d    direction
		want int
	}{
		{0, right, 2}, {0, down, 3}, {0, left, -1}, {0, up, -1}, {1, down, 2}, {2, up, 1}, {2, left, 0}, {3, up, 0}, {3, right, -1},
	} {
		if got := neighbour(ps, c.from, c.d); got != c.want {
			t.Errorf("from %s towards %d: %d, want %d", ps[c.from].id, c.d, got, c.want)
		}
	}
}
