package ui

import (
	"testing"

	"github.com/donna-project/donnatop/ui/views"
)

func TestHistory(t *testing.T) {
	drive(t, 120, 40, sampleOptions, func(d *driver) {
		d.press("p", "enter")
		d.must("› Invocation")
		d.press("L")
		d.must("[L Logs]")
		d.press("enter", "esc")
		d.press("alt+left") // Esc is a move as well
		d.must("Logs › ")
		d.press("alt+left", "alt+left")
		d.must("[4 LLM & Cost]", "› Invocation")
		d.press("backspace")
		d.must("[4 LLM & Cost]", "Spend & budget")
		d.mustNot("› Invocation", "alt+← where")
		d.press("alt+left") // there is nothing before
		d.must("Spend & budget")
		d.press("alt+right", "alt+right")
		d.must("[L Logs]")
		d.mustNot("Logs › ")
		d.press("-")
		d.must("[4 LLM & Cost]", "› Invocation")
		d.press("alt+right") // another way was taken
		d.must("[4 LLM & Cost]", "› Invocation")
	})
}

// However long somebody wanders, the history stays small and takes every move back.
func TestHistoryIsBounded(t *testing.T) {
	drive(t, 80, 24, sampleOptions, func(d *driver) {
		for range maxHistory {
			d.press("L", "4")
		}
		if n := len(d.m.router.behind); n != maxHistory {
			t.Errorf("%d places are remembered", n)
		}
		for range 2 * maxHistory {
			d.press("alt+left")
		}
		d.must("[4 LLM & Cost]")
		if n := len(d.m.router.all()); n != len(tabs) {
			t.Errorf("%d views are open", n)
		}
	})
}

// Going back and opening something else never changes what lies behind.
func TestHistoryIsNotOverwritten(t *testing.T) {
	r := newRouter(&views.Context{})
	for i := range tabs {
		r.stacks[i] = []views.View{&exportable{}}
	}
	root := r.top()
	a, b, c := &exportable{}, &exportable{}, &exportable{}
	r.push(a)
	r.push(b)
	r.goBack()
	r.push(c)
	if r.top() != c || len(r.trail()) != 3 {
		t.Fatalf("on %v", r.top())
	}
	r.goBack()
	if r.top() != a {
		t.Errorf("on %v, want %v", r.top(), a)
	}
	r.pop()
	r.goBack()
	if r.top() != a {
		t.Errorf("on %v, want %v", r.top(), a)
	}
	r.goForward()
	if r.top() != root {
		t.Errorf("on %v", r.top())
	}
}

// A view ends its work when it is left, each time, and not when others are.
func TestViewsThatAreLeftAreClosed(t *testing.T) {
	r := newRouter(&views.Context{})
	a, b := &exportable{}, &exportable{}
	check := func(after string, wantA, wantB int) {
		t.Helper()
		if a.closed != wantA || b.closed != wantB {
			t.Errorf("%s: closed %d, %d times; want %d, %d", after, a.closed, b.closed, wantA, wantB)
		}
	}
	r.push(a)
	r.switchTo(1)
	r.switchTo(0)
	check("another tab and back", 0, 0)
	r.pop()
	check("back", 1, 0)
	r.goBack()
	r.push(b)
	check("opened again, and another", 1, 0)
	r.goBack()
	check("the last move taken back", 1, 1)
	r.pop()
	check("back again", 2, 1)
	for range maxHistory {
		r.switchTo(1)
		r.switchTo(2)
	}
	check("forgotten", 2, 1)
}
