// Package panels draws: one file per panel, each a pure function of figures,
// size and styles. A panel picks, sorts, scales and formats; it computes no
// figure, keeps no state and reads no clock.
//
// Every panel draws into any size from 0x0 up, exactly h lines of exactly w
// cells, and says in words why something isn't there: a source that is absent,
// loading or failed, a column the database lacks, and a plain zero all look
// different. All text is neutralised on its way into a line (package line).
package panels

import (
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/filter"
	"github.com/donna-project/donnatop/themes"
)

// Env is what panels need beside what they draw: one per session.
type Env struct {
	Styles    *themes.Styles
	ASCII     bool           // draw with ASCII only
	HideMoney bool           // show no amounts, e.g. while others watch
	Location  *time.Location // for clock times; nil is UTC
}

// Split says what stacked charts stack.
type Split uint8

// The ways to split calls.
const (
	ByTaskType Split = iota
	ByModel
)

// Measure says what tables are sorted by and the heat map shows.
type Measure uint8

// The measures.
const (
	Calls Measure = iota
	Cost
)

// Input is what a panel draws. Everything may be missing.
type Input struct {
	Snapshot *data.Snapshot // nil before the first
	Figures  *data.Figures  // nil while they are being computed
	Window   string         // one of data.WindowNames, or data.WindowRange
	Loading  string         // how far reading of the range has come; "" if nothing is read
	Split    Split
	Measure  Measure

	// Cursor is the index of the selected item, -1 if there is none; Offset, of
	// panels that list rows, the first visible one. Where the cursor would not be
	// seen the list is scrolled, and Scrolled, if it isn't nil, gets the first
	// visible row.
	Cursor, Offset int
	Scrolled       *int
	// Items gets the items while the panel draws them, if it isn't nil.
	Items *Items

	// Lines are the log lines of a panel with ShowsLines; nil while they are looked for.
	Lines *LineRows
	// Chosen says what figures of errors are of, if not of all lines.
	Chosen Chosen
}

// Chosen is what figures of errors are of where a reader has chosen lines; the zero
// Chosen is all lines.
type Chosen struct {
	Note   string // what titles say of it
	Filter *filter.Filter
	From   time.Time // lines before it are not counted
}

// Panel is one panel of a view. The functions are safe for concurrent use.
type Panel struct {
	ID    string // stable, for layouts and configuration
	Title string
	// The Input is never nil; everything in it may be. Draw gives the inside, without border: exactly h lines of exactly w cells.
	Draw func(env *Env, in *Input, w, h int) []string
	// Status is a short text for the right end of the title: the window, or what
	// is wrong ("loading 43%", "stale 2m", "no database").
	Status     func(in *Input) string
	ShowsLines bool // it draws Input.Lines
	// Below this inner size a layout had better drop the panel.
	MinW, MinH int
}

// LLM lists the panels of the LLM & Cost view, the most important first.
func LLM() []Panel {
	return []Panel{
		spendPanel(),
		hoursPanel(),
		daysPanel(),
		callsPanel(),
		latencyPanel(),
		taskTypesPanel(),
		modelsPanel(),
		tokensPanel(),
		failuresPanel(),
		shadowPanel(),
		heatPanel(),
		invocationsPanel(),
	}
}
