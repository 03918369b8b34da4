package views

import (
	"log/slog"
	"slices"
	"testing"
)

// boards opens every board.
var boards = []func(*Context) *Board{
	NewOverview, NewHealth, NewTasks, NewLLM, NewAgents, NewNotifications, NewEscalations, func(c *Context) *Board { return NewErrors(c).Board }, NewPreferences, NewSkills, NewMemory,
}

// eachBoard runs a test for every board.
func eachBoard(t *testing.T, test func(t *testing.T, b *Board)) {
	for _, open := range boards {
		b := open(testContext(t, slog.New(slog.DiscardHandler)))
		t.Run(string(b.ID()), func(t *testing.T) { test(t, b) })
	}
}

// panelIDs lists the panels of an arrangement.
func panelIDs(a arrangement) []string {
	var ids []string
	var walk func(cells []arrangedCell)
	walk = func(cells []arrangedCell) {
		for _, c := range cells {
			if c.stack == nil {
				ids = append(ids, c.id)
			}
			walk(c.stack)
		}
	}
	for _, r := range a {
		walk(r.cells)
	}
	return ids
}

// Every panel has a rank and, at every width, one place, and nothing is named
// that isn't there.
func TestEveryPanelIsArranged(t *testing.T) {
	eachBoard(t, func(t *testing.T, b *Board) {
		var want []string
		for _, p := range b.panels {
			want = append(want, p.ID)
		}
		slices.Sort(want)
		if got := slices.Sorted(slices.Values(b.spec.layouts.keep)); !slices.Equal(got, want) {
			t.Errorf("ranks for %v, panels are %v", got, want)
		}
		for _, w := range []int{1, twoColumns - 1, twoColumns, threeColumns - 1, threeColumns, fourColumns - 1, fourColumns, 400} {
			if got := slices.Sorted(slices.Values(panelIDs(b.spec.layouts.at(w)))); !slices.Equal(got, want) {
				t.Errorf("width %d: places for %v, panels are %v", w, got, want)
			}
		}
		for id := range b.spec.opens {
			if b.panelOf(id) < 0 {
				t.Errorf("%s opens something but isn't here", id)
			}
		}
		for id := range b.spec.leads {
			if b.panelOf(id) < 0 {
				t.Errorf("%s leads somewhere but isn't here", id)
			}
		}
	})
}

// Whatever the size: the area is covered exactly once, the best panel is there,
// and panels have their minimum unless one is alone.
func TestPlaceFillsEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	eachBoard(t, func(t *testing.T, b *Board) {
		sizes, keep := b.sizes(), b.spec.layouts.keep
		for w := 1; w <= 400; w++ {
			for h := 1; h <= 120; h++ {
				ps := place(b.spec.layouts.at(w), keep, sizes, w, h)
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
				if !slices.ContainsFunc(ps, func(p placed) bool { return p.id == keep[0] }) {
					t.Fatalf("%dx%d: %s is gone", w, h, keep[0])
				}
			}
		}
		if ps := place(b.spec.layouts.at(0), keep, sizes, 0, 10); ps != nil {
			t.Errorf("no width: %v", ps)
		}
	})
}

// At the usual sizes there is room for what matters.
func TestUsualSizesHaveRoom(t *testing.T) {
	least := map[ID]int{ // panels on a screen of 80x24; larger ones have all
		IDOverview: 6, IDHealth: 6, IDTasks: 6, IDLLM: 5, IDAgents: 5, IDNotifications: 6, IDEscalations: 3,
		IDErrors: 4, IDPreferences: 4, IDSkills: 6, IDMemory: 7,
	}
	eachBoard(t, func(t *testing.T, b *Board) {
		for _, size := range [][2]int{{80, 21}, {120, 37}, {200, 57}} {
			want := len(b.panels)
			if size[0] == 80 {
				want = least[b.ID()]
			}
			if ps := place(b.spec.layouts.at(size[0]), b.spec.layouts.keep, b.sizes(), size[0], size[1]); len(ps) < want {
				t.Errorf("%dx%d: %d panels, want %d: %v", size[0], size[1], len(ps), want, ps)
			}
		}
	})
}

func TestPanelsGiveWayInOrder(t *testing.T) {
	a := arrangement{row(1, cell("a", 1), cell("c", 1)), row(1, cell("b", 1)), row(1, cell("d", 1))}
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

func TestStacksGiveWayPanelByPanel(t *testing.T) {
	a := arrangement{
		row(1, cell("a", 1), stack(1, cell("d", 1), cell("b", 1), cell("e", 1))),
		row(1, cell("c", 1).from(8)),
	}
	keep := []string{"a", "b", "c", "d", "e"}
	sizes := map[string]minSize{"a": {10, 8}, "b": {10, 5}, "c": {10, 5}, "d": {12, 5}, "e": {10, 5}}
	for _, c := range []struct {
		name string
		w, h int
		want []placed
	}{
		{"room for all", 22, 23, []placed{{"a", Rect{0, 0, 10, 15}}, {"d", Rect{10, 0, 12, 5}}, {"b", Rect{10, 5, 12, 5}}, {"e", Rect{10, 10, 12, 5}}, {"c", Rect{0, 15, 22, 8}}}},
		{"the worst of the stack goes", 22, 22, []placed{{"a", Rect{0, 0, 10, 12}}, {"d", Rect{10, 0, 12, 6}}, {"b", Rect{10, 6, 12, 6}}, {"c", Rect{0, 12, 22, 10}}}},
		{"the next of the stack", 22, 17, []placed{{"a", Rect{0, 0, 11, 8}}, {"b", Rect{11, 0, 11, 8}}, {"c", Rect{0, 8, 22, 9}}}},
		{"what wants more lines than there are", 22, 15, []placed{{"a", Rect{0, 0, 11, 15}}, {"b", Rect{11, 0, 11, 15}}}},
		{"too narrow for the stack", 21, 16, []placed{{"a", Rect{0, 0, 21, 8}}, {"c", Rect{0, 8, 21, 8}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := place(a, keep, sizes, c.w, c.h); !slices.Equal(got, c.want) {
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
		{"by weight", 31, []demand{{min: 5, weight: 1}, {min: 5, weight: 2}}, []int{12, 19}},
		{"no weights: the last takes the rest", 12, []demand{{min: 5}, {min: 5}}, []int{5, 7}},
		{"too little", 7, []demand{{min: 5, weight: 1}, {min: 5, weight: 1}}, []int{5, 2}},
		{"what one has no use for goes to the others", 40, []demand{{5, 8, 3}, {5, 0, 1}, {5, 0, 1}}, []int{8, 16, 16}},
		{"what nobody has a use for is shared again", 40, []demand{{5, 8, 1}, {5, 8, 2}}, []int{16, 24}},
		{"a single cell more", 11, []demand{{5, 6, 1}, {5, 6, 1}}, []int{5, 6}},
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
