// Package ui is the app shell: one model for one person at one terminal.
//
// It owns what all views share (size, theme, data, pause, window, where the
// reader is) and leaves everything else to the view that can be seen. Messages
// that are not its own it passes on. Nothing is computed, read or waited for in
// Update: that is done by commands, which never touch the model but answer with
// a message.
//
// Bubble Tea asks for the frame after every message, so the frame is kept and
// drawn anew only if something changed, and at most every 33 ms: what comes in
// meanwhile is drawn together. A key press or a new size is drawn at once,
// because somebody waits for it.
package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/inspect"
	"github.com/donna-project/donnatop/data/timerange"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/state"
	"github.com/donna-project/donnatop/ui/views"
)

// Options set up a session.
type Options struct {
	Hub Hub // required
	// Clock tells the time of the person who looks, and paces the screen. The
	// time of the data is in its snapshots. The real clock if nil.
	Clock    clockwork.Clock
	Location *time.Location // of the times shown; UTC if nil
	Theme    string         // one of Themes; the default theme if empty
	Themes   *themes.Set    // to choose from; those built in if nil
	NoColor  bool           // draw without colours, whatever the theme
	ASCII    bool           // draw with ASCII only
	Window   string         // range to begin with, as timerange.Parse reads it; 24h if empty
	View     string         // one of ViewNames to begin with; the first if empty
	Title    string         // what to say beside the name, such as "demo ×20"
	Version  string         // of donnatop
	Log      *slog.Logger   // what went wrong while drawing; discarded if nil
	Tracer   views.Tracer   // finds the life of a request; nil if nothing can be traced
	Archive  views.Archive  // reads what is not in memory; nil if nothing can be
	Target   inspect.Target // what the commands ask that check a figure
	// Alerts is where alerts are acknowledged; nil if they can't be.
	Alerts views.Alerts
	// Bell rings when another alert fires.
	Bell bool
	// Keys are other keys for actions; what CheckKeys has to say of them is an error.
	Keys map[string][]string
	// Filters are saved filters by name, in the language of package filter.
	Filters map[string]string
	// ExportDir is where exports are written. Without one they can only be copied,
	// as it has to be for those who sit at another machine.
	ExportDir string
	// State is how the last session was left: it says what View, Window and Theme
	// leave open, and how the switches were. nil if nothing was kept.
	State *state.State
	// Opening is said at first; nothing if it is empty.
	Opening views.Say
	// Tmux tells that the terminal is one of tmux, which passes the clipboard on
	// only if asked to.
	Tmux bool
	// Suspend lets the reader stop the program and go on later. It must only be set
	// for a program that a shell with job control has started, and that shows nothing
	// to others.
	Suspend bool
}

// Model is one session's screen. It implements [tea.Model]. Close ends what it
// has under way.
type Model struct {
	options Options
	theme   string
	span    span

	ctx      *views.Context
	keys     Keys
	over     OverlayKeys
	router   *router
	overlays []overlay // what lies over the view, the last on top
	feed     feed
	flash    flash
	alarm    alarm
	mouse    bool
	opening  []tea.Cmd // what views want done at first
	recent   []string  // commands of the palette, the last one first

	news  <-chan struct{}
	done  chan struct{} // closed by close
	close func()

	w, h    int
	blurred bool      // the terminal says that nobody looks
	ticking bool      // a timer runs for the clock
	touched time.Time // when a key was last pressed, or the mouse used

	frame frame
	pace  pace
}

// The clock in the header shows every second until nobody has pressed a key or used
// the mouse for a minute: each costs the renderer a look at the whole screen. From then on it moves
// with whatever else is drawn, or by itself when nothing was for longer than a Hub
// takes to publish.
const (
	clockEvery     = time.Second
	restAfter      = time.Minute
	clockRestEvery = 6 * time.Second
)

// clockMsg says that the clock in the header shows another time.
type clockMsg struct{}

// New is a session. The error names what there is of what it doesn't know.
func New(o Options) (*Model, error) {
	if o.Hub == nil {
		return nil, errors.New("open screen: no hub")
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o = begun(o)
	if o.Window == "" {
		o.Window = data.Window24h
	}
	begin, err := timerange.Parse(o.Window, o.Hub.Snapshot().At, o.Location)
	if err != nil {
		return nil, fmt.Errorf("window %q: %w", o.Window, err)
	}
	back := begin // to the windows people know from a range that isn't live
	if !begin.Live() {
		back = timerange.Last(24 * time.Hour)
	}
	if err := keysError(o.Keys); err != nil {
		return nil, err
	}
	m := &Model{
		options: o, theme: o.Theme, span: span{shown: begin, live: back},
		keys: NewKeys(), over: NewOverlayKeys(), done: make(chan struct{}),
	}
	if m.theme == "" {
		m.theme = themes.Default
	}
	if o.NoColor {
		m.theme = themeWithoutColours
	}
	styles, err := o.Themes.New(m.theme, true)
	if err != nil {
		return nil, err
	}
	filters, err := views.NewFilters(o.Filters)
	if err != nil {
		return nil, err
	}
	m.ctx = &views.Context{
		Env: panels.Env{Styles: styles, ASCII: o.ASCII, Location: o.Location}, Log: o.Log,
		Tracer: o.Tracer, Archive: o.Archive, Alerts: o.Alerts, Keys: o.Keys, Filters: filters,
	}
	m.ctx.Rebind(m.keys.All())
	m.ctx.Rebind(m.over.All())
	m.keys.Suspend.SetEnabled(o.Suspend)
	m.router = newRouter(m.ctx)
	if o.View != "" {
		tab := slices.Index(ViewNames(), o.View)
		if tab < 0 {
			return nil, fmt.Errorf("unknown view %q: use one of %s", o.View, strings.Join(ViewNames(), ", "))
		}
		m.router.current, m.router.last = tab, tab
	}
	done, cancel := context.WithCancel(context.Background())
	m.ctx.Done = done
	news, unsubscribe := o.Hub.Subscribe()
	m.news = news
	m.close = sync.OnceFunc(func() {
		unsubscribe()
		cancel()
		close(m.done)
	})
	m.feed.latest = o.Hub.Snapshot()
	m.touched = o.Clock.Now()
	m.restore()
	m.frame.dirty = true
	return m, nil
}

// Close ends the subscription and the commands that wait. The model must not be
// used any more.
func (m *Model) Close() { m.close() }

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, m.awaitSnapshot(), m.needFigures(), m.show(), m.tick(), m.opened())
}

// Update implements [tea.Model].
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.update(msg)
	m.setPace()
	return m, tea.Batch(cmd, m.scheduleFrame())
}

func (m *Model) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
		m.touch(true)
		return m.show()
	case tea.KeyPressMsg:
		m.touch(true)
		m.touched = m.options.Clock.Now()
		return m.pressed(msg)
	case tea.MouseMsg:
		return m.moused(msg)
	case tea.BackgroundColorMsg:
		return m.restyle(msg.IsDark())
	case tea.FocusMsg:
		m.blurred = false
		m.touch(true)
		return m.tick()
	case tea.ResumeMsg: // whatever was there before may have changed the terminal
		m.blurred = false
		m.touch(true)
		return tea.Batch(m.tick(), tea.RequestBackgroundColor)
	case tea.BlurMsg:
		m.blurred = true
	case clockMsg:
		m.ticking = false
		if m.blurred {
			return nil
		}
		if now := m.options.Clock.Now(); !m.resting(now) || now.Sub(m.frame.at) >= clockRestEvery {
			m.touch(false)
		}
		return m.tick()
	case frameMsg:
		m.frame.waiting = false
	case snapshotMsg:
		lines := msg.snapshot.Logs.Received != m.feed.latest.Logs.Received
		m.feed.take(msg.snapshot)
		figures := m.needFigures()
		if lines || !m.feed.working { // all else is drawn with its figures, in one frame
			m.touch(false)
		}
		return tea.Batch(m.awaitSnapshot(), figures, m.show(), m.heed(msg.snapshot))
	case figuresDueMsg:
		m.feed.waiting = false
		return m.needFigures()
	case figuresMsg:
		taken := m.feed.gotFigures(msg, m.span.number)
		m.touch(false)
		cmds := []tea.Cmd{m.needFigures(), m.show()}
		if taken {
			cmds = append(cmds, m.needPast(msg.want))
		}
		return tea.Batch(cmds...)
	case exportedMsg:
		return m.exported(msg)
	case pastMsg:
		return m.gotPast(msg)
	case flashOverMsg:
		m.flashOver(msg)
	default:
		return m.forward(msg)
	}
	return nil
}

// tick waits for the next time to show, while anybody looks.
func (m *Model) tick() tea.Cmd {
	if m.ticking || m.blurred {
		return nil
	}
	m.ticking = true
	now := m.options.Clock.Now()
	next := now.Truncate(clockEvery).Add(clockEvery)
	if m.resting(now) {
		drawn := m.frame.at
		if m.frame.dirty {
			drawn = now
		}
		next = drawn.Add(clockRestEvery)
	}
	return m.after(next.Sub(now), clockMsg{})
}

// resting tells whether nobody has pressed a key or used the mouse for long.
func (m *Model) resting(now time.Time) bool { return now.Sub(m.touched) >= restAfter }
