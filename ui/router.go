package ui

import (
	"slices"

	"github.com/donna-project/donnatop/ui/views"
)

// tabs are the views with a place in the tab bar, in its order.
var tabs = []struct {
	id    views.ID
	key   string
	title string
	short string // where there is little room
	open  func(*views.Context) views.View
}{
	{views.IDOverview, "1", "Overview", "Over", board(views.NewOverview)},
	{views.IDHealth, "2", "Health", "Hlth", board(views.NewHealth)},
	{views.IDTasks, "3", "Tasks", "Task", board(views.NewTasks)},
	{views.IDLLM, "4", "LLM & Cost", "LLM", board(views.NewLLM)},
	{views.IDAgents, "5", "Agents", "Agnt", board(views.NewAgents)},
	{views.IDNotifications, "6", "Notifications", "Noti", board(views.NewNotifications)},
	{views.IDEscalations, "7", "Escalations", "Esc.", board(views.NewEscalations)},
	{views.IDErrors, "8", "Errors", "Err", func(c *views.Context) views.View { return views.NewErrors(c) }},
	{views.IDPreferences, "9", "Preferences", "Pref", board(views.NewPreferences)},
	{views.IDSkills, "0", "Skills", "Skil", board(views.NewSkills)},
	{views.IDMemory, "M", "Memory", "Mem", board(views.NewMemory)},
	{views.IDLogs, "L", "Logs", "Logs", func(c *views.Context) views.View { return views.NewLogs(c) }},
}

func board(open func(*views.Context) *views.Board) func(*views.Context) views.View {
	return func(c *views.Context) views.View { return open(c) }
}

// ViewNames lists the views a session can start with.
func ViewNames() []string {
	names := make([]string, len(tabs))
	for i, t := range tabs {
		names[i] = string(t.id)
	}
	return names
}

// router knows where the reader is: in one of the tabs, each of which has a
// stack of views opened from one another. A tab left and entered again is as it
// was. Every move to another place can be taken back, and then made again.
type router struct {
	stacks        [][]views.View // by tab; the last one of each can be seen
	current, last int

	behind, ahead []place // where the reader was before, and before going back; the nearest last
}

// place is where the reader was: a tab and the views open in it. Places share
// these slices with the stacks: they are replaced, never changed.
type place struct {
	tab  int
	open []views.View
}

// maxHistory is how many places are remembered. The views of each are kept.
const maxHistory = 50

func newRouter(ctx *views.Context) *router {
	r := &router{}
	for _, t := range tabs {
		r.stacks = append(r.stacks, []views.View{t.open(ctx)})
	}
	return r
}

// top is the view that can be seen.
func (r *router) top() views.View {
	s := r.stacks[r.current]
	return s[len(s)-1]
}

// roots are the views of the tabs.
func (r *router) roots() []views.View {
	out := make([]views.View, len(r.stacks))
	for i, s := range r.stacks {
		out[i] = s[0]
	}
	return out
}

// trail is the way to the view that can be seen.
func (r *router) trail() []views.View { return r.stacks[r.current] }

func (r *router) push(v views.View) {
	r.leave()
	r.stacks[r.current] = append(slices.Clone(r.stacks[r.current]), v)
}

// pop leaves the view for the one it was opened from, if there is one.
func (r *router) pop() { r.popTo(len(r.trail()) - 2) }

// popTo goes back along the trail, to the view with this index.
func (r *router) popTo(i int) {
	if s := r.trail(); i >= 0 && i < len(s)-1 {
		r.leave()
		r.stacks[r.current] = s[:i+1]
		r.rest(s)
	}
}

// switchTo goes to a tab; to the one that is there, it goes back to its root.
func (r *router) switchTo(tab int) {
	if tab == r.current {
		r.popTo(0)
		return
	}
	r.leave()
	r.last, r.current = r.current, tab
}

// leave remembers where the reader is, before a move to another place.
func (r *router) leave() {
	r.behind = append(r.behind, place{r.current, r.trail()})
	forgotten := len(r.behind) - min(len(r.behind), maxHistory)
	r.behind, r.ahead = slices.Clone(r.behind[forgotten:]), nil // their views rest already
}

// goBack takes the last move back; goForward makes it again.
func (r *router) goBack() { r.behind, r.ahead = r.retrace(r.behind, r.ahead) }

func (r *router) goForward() { r.ahead, r.behind = r.retrace(r.ahead, r.behind) }

// retrace goes to the nearest place of from, and remembers the present one in to.
func (r *router) retrace(from, to []place) (restFrom, restTo []place) {
	n := len(from)
	if n == 0 {
		return from, to
	}
	p, here := from[n-1], place{r.current, r.trail()}
	if p.tab != r.current {
		r.last, r.current = r.current, p.tab
	}
	left := r.stacks[p.tab]
	r.stacks[p.tab] = p.open
	r.rest(left)
	return from[:n-1], append(to, here)
}

// rest ends what those of the views have under way that are open no more. The
// reader can still go back to them: then they go on.
func (r *router) rest(left []views.View) {
	open := slices.Concat(r.stacks...)
	for _, v := range left {
		if c, ok := v.(views.Closer); ok && !slices.Contains(open, v) {
			c.Close()
		}
	}
}

// all lists every view that is open anywhere, or that the reader can go back to.
func (r *router) all() []views.View {
	var out []views.View
	seen := make(map[views.View]bool)
	add := func(open []views.View) {
		for _, v := range open {
			if !seen[v] {
				seen[v] = true
				out = append(out, v)
			}
		}
	}
	for _, s := range r.stacks {
		add(s)
	}
	for _, p := range slices.Concat(r.behind, r.ahead) {
		add(p.open)
	}
	return out
}
