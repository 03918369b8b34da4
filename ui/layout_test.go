package ui

import (
	"testing"

	"github.com/donna-project/donnatop/ui/views"
)

// Every size is laid out without overlap, gap or overhang.
func TestLayoutFillsEverySize(t *testing.T) {
	for w := 1; w <= 400; w++ {
		for h := 1; h <= 120; h++ {
			for _, notice := range []bool{false, true} {
				s := layout(w, h, layoutOptions{notice: notice})
				if s.tooSmall != (w < minWidth || h < minHeight) {
					t.Fatalf("%dx%d: too small = %v", w, h, s.tooSmall)
				}
				if s.tooSmall {
					if s.header.Empty() || !s.body.Empty() || !s.tabs.Empty() || !s.footer.Empty() {
						t.Fatalf("%dx%d: a screen too small has its one line: %+v", w, h, s)
					}
					continue
				}
				y := 0
				for _, r := range []views.Rect{s.header, s.notice, s.tabs, s.body, s.footer} {
					if r.Empty() {
						continue
					}
					if r.X != 0 || r.W != w || r.Y != y {
						t.Fatalf("%dx%d: %+v does not follow at row %d", w, h, r, y)
					}
					y += r.H
				}
				if y != h || s.header.H != 1 || s.tabs.H != 1 || s.footer.H != 1 || s.body.H < 8 {
					t.Fatalf("%dx%d: %+v", w, h, s)
				}
			}
		}
	}
}

func TestNoticeTakesALineWhereThereIsOne(t *testing.T) {
	for _, c := range []struct {
		h      int
		notice bool
		want   int
	}{
		{24, true, 1}, {24, false, 0}, {noticeHeight, true, 1}, {noticeHeight - 1, true, 0},
	} {
		if got := layout(80, c.h, layoutOptions{notice: c.notice}).notice.H; got != c.want {
			t.Errorf("notice line at height %d (%v): %d lines, want %d", c.h, c.notice, got, c.want)
		}
	}
}
