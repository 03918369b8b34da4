package main

import (
	"fmt"

	"github.com/donna-project/donnatop/ui"
	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/state"
	"github.com/donna-project/donnatop/ui/views"
)

// memory is the file that keeps how a session was left; "" for none.
type memory string

// recall lets a session begin as the last one ended, but for what was said by
// flag, environment or configuration. A file that can't be used is told on the
// screen and keeps nobody from working.
func (o *options) recall(e *env, screen *ui.Options) memory {
	path := state.Path(e.getenv)
	if o.noState || path == "" {
		return ""
	}
	s, err := state.Load(path)
	if err != nil {
		screen.Log.Warn("the state of the last session can't be used", "error", err)
		screen.Opening = views.Say{Text: "beginning anew: " + err.Error(), Wrong: true}
	}
	screen.State = &s
	if o.origins["window"] == "" {
		screen.Window = ""
	}
	return memory(path)
}

// keep remembers how a session was left.
func (m memory) keep(e *env, s state.State) {
	if m == "" {
		return
	}
	if err := state.Save(string(m), s); err != nil {
		fmt.Fprintf(e.stderr, "donnatop: %s: the next session begins anew\n", safe.Text(err.Error()))
	}
}
