// Package views holds what fills the body of the screen, one view at a time:
// boards of panels, the log stream, and the details opened from them.
//
// A view owns its cursor, scrolling and filters and nothing else: the data it
// shows comes as an immutable [Data], the shell decides when it is drawn, and
// what it wants of the shell it says by an [Intent]. Views do no I/O, and what
// may take long they do in a command whose result comes back as a message with
// the generation it belongs to, so that a late answer to an old question is
// dropped. All text of logs and rows passes package safe before it is drawn.
package views

import (
	"context"
	"log/slog"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/panels"
)

// ID names a view in configuration, on the command line and in the JSON contract.
type ID string

// The views. Those of details are opened from others and have no tab.
const (
	IDOverview      ID = "overview"
	IDHealth        ID = "health"
	IDTasks         ID = "tasks"
	IDLLM           ID = "llm"
	IDAgents        ID = "agents"
	IDNotifications ID = "notifications"
	IDEscalations   ID = "escalations"
	IDErrors        ID = "errors"
	IDPreferences   ID = "preferences"
	IDSkills        ID = "skills"
	IDMemory        ID = "memory"
	IDLogs          ID = "logs"
	IDInvocation    ID = "invocation"
	IDLine          ID = "line"
	IDLines         ID = "lines"
	IDRow           ID = "row"
	IDTrace         ID = "trace"
	IDTraceItem     ID = "trace_item"
	IDBehind        ID = "behind"
)

// A View fills the body of the screen.
type View interface {
	ID() ID
	// Title is its name in tabs and breadcrumbs, free of control characters.
	Title() string
	// Resize tells how many cells there are to fill.
	Resize(w, h int)
	// SetData gives what is to be shown from now on.
	SetData(d *Data) tea.Cmd
	// Update handles a message: a key press while the view has the focus, or
	// the answer to one of its own commands. A nil Intent asks for nothing.
	Update(msg tea.Msg) (Intent, tea.Cmd)
	// Capturing tells that text is being typed: every key belongs to the view.
	Capturing() bool
	// Bindings lists the keys that do something now, the most useful first. They
	// come before the shell's, so that Esc closes what the view has open.
	Bindings() []Binding
	// Uses tells which of the shell's switches change what the view shows.
	Uses() Uses
	// Lines draws the view: exactly h lines of exactly w cells.
	Lines() []string
}

// Closer is a view that has something to end when it is left, such as a command
// that reads for it. It may be gone back to: with its next data it goes on. Close
// is called any number of times.
type Closer interface{ Close() }

// Uses names switches of the shell.
type Uses struct {
	Window bool // the stretch of time figures are given for
	Moment bool // a range that has ended, and no other
	Money  bool // hiding amounts
}

// Data is what views show. It is never changed; a new one replaces it.
type Data struct {
	Snapshot *data.Snapshot // the newest, or that of the moment the screen was paused
	// Figures were computed from Figured, which may be a little older than
	// Snapshot; both are nil until there are any.
	Figures *data.Figures
	Figured *data.Snapshot
	Window  string // one of data.WindowNames, or data.WindowRange
	// Range is the range of time shown as of Snapshot, and what people call it; the
	// zero Window is no limit.
	Range      data.Window
	RangeLabel string
	// Moment is Range if it has ended, else nil.
	Moment  *data.Window
	Loading string // how far reading of the range has come; "" if nothing is read
}

// Context is what all views of one session share. It belongs to the goroutine
// that runs Update.
type Context struct {
	Env panels.Env
	// Version grows whenever Env changes, which makes everything drawn before stale.
	Version int
	Log     *slog.Logger
	Tracer  Tracer  // nil if nothing can be traced
	Archive Archive // nil if nothing can be read on demand
	Alerts  Alerts  // nil if nothing can be acknowledged
	// Keys are those the user chose, by action; see [Context.Rebind].
	Keys    map[string][]string
	Filters *Filters // saved ones, and those typed before; nil if there are none yet
	// Done ends when the session does: commands that wait or read end with it.
	Done context.Context
}

// location is where clock times are shown for.
func (c *Context) location() *time.Location {
	if c.Env.Location == nil {
		return time.UTC
	}
	return c.Env.Location
}

// Intent is what a view asks of the shell: [Open], [OpenTrace], [SwitchTo],
// [Say] or nil.
type Intent any

// Open asks the shell to put a view on top of the present one.
type Open struct{ View View }

// SwitchTo asks the shell to go to the tab of a view.
type SwitchTo struct{ View ID }

// Answer is embedded in the messages that answer a view's commands: the shell
// passes them on to every view that is open.
type Answer struct{}

func (Answer) answer() {}

// Own tells whether a message is the answer to a view's command.
func Own(msg tea.Msg) bool {
	_, ok := msg.(interface{ answer() })
	return ok
}
