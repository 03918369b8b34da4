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

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
	"github.com/donna-project/donnatop/ui/views"
)

// frameEvery is how often the frame is drawn anew at most, but for key presses
// and new sizes: thirty times a second is as live as anybody can see.
const frameEvery = 33 * time.Millisecond

// Options set up a session.
type Options struct {
	Hub Hub // required
	// Clock tells the time of the person who looks, and paces the screen. The
	// time of the data is in its snapshots. The real clock if nil.
	Clock    clockwork.Clock
	Location *time.Location // of the times shown; UTC if nil
	Theme    string         // one of themes.Names; the default theme if empty
	NoColor  bool           // draw without colours, whatever the theme
	ASCII    bool           // draw with ASCII only
	Window   string         // one of data.WindowNames to begin with; 24h if empty
	View     string         // one of ViewNames to begin with; the first if empty
	Title    string         // what to say beside the name, such as "demo ×20"
	Version  string         // of donnatop
	Log      *slog.Logger   // what went wrong while drawing; discarded if nil
	Tracer   views.Tracer   // finds the life of a request; nil if nothing can be traced
	Archive  views.Archive  // reads what is not in memory; nil if nothing can be
}

// Model is one session's screen. It implements [tea.Model]. Close ends what it
// has under way.
type Model struct {
	options Options
	theme   string
	window  string

	ctx      *views.Context
	keys     Keys
	over     OverlayKeys
	router   *router
	overlays []*views.Detail // what lies over the view, the last on top
	feed     feed

	news  <-chan struct{}
	done  chan struct{} // closed by close
	close func()

	w, h    int
	blurred bool // the terminal says that nobody looks
	ticking bool // a timer runs for the clock

	frame frame
}

// frame is the picture of the screen and when it was drawn.
type frame struct {
	text    string
	dirty   bool
	urgent  bool // to be drawn at once
	at      time.Time
	waiting bool // a timer runs until it may be drawn again
}

// clockMsg says that the clock in the header shows another second.
type clockMsg struct{}

// frameMsg says that the frame may be drawn again.
type frameMsg struct{}

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
	if o.Window == "" {
		o.Window = data.Window24h
	}
	if !slices.Contains(data.WindowNames, o.Window) {
		return nil, fmt.Errorf("unknown window %q: use one of %s", o.Window, strings.Join(data.WindowNames, ", "))
	}
	m := &Model{
		options: o, theme: o.Theme, window: o.Window,
		keys: NewKeys(), over: NewOverlayKeys(), done: make(chan struct{}),
	}
	if m.theme == "" {
		m.theme = themes.Default
	}
	if o.NoColor {
		m.theme = themeWithoutColours
	}
	styles, err := themes.New(m.theme, true)
	if err != nil {
		return nil, err
	}
	m.ctx = &views.Context{
		Env: panels.Env{Styles: styles, ASCII: o.ASCII, Location: o.Location}, Log: o.Log,
		Tracer: o.Tracer, Archive: o.Archive,
	}
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
	m.frame.dirty = true
	return m, nil
}

// themeWithoutColours tells things apart by brightness and glyphs alone.
const themeWithoutColours = "mono"

// Close ends the subscription and the commands that wait. The model must not be
// used any more.
func (m *Model) Close() { m.close() }

// Init implements [tea.Model].
func (m *Model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, m.awaitSnapshot(), m.needFigures(), m.show(), m.tick())
}

// Update implements [tea.Model].
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.update(msg)
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
		return m.pressed(msg)
	case tea.BackgroundColorMsg:
		return m.restyle(msg.IsDark())
	case tea.FocusMsg:
		m.blurred = false
		m.touch(true)
		return m.tick()
	case tea.BlurMsg:
		m.blurred = true
	case clockMsg:
		m.ticking = false
		if m.blurred {
			return nil
		}
		m.touch(false)
		return m.tick()
	case frameMsg:
		m.frame.waiting = false
	case snapshotMsg:
		m.feed.latest = msg.snapshot
		m.touch(false)
		return tea.Batch(m.awaitSnapshot(), m.needFigures(), m.show())
	case figuresDueMsg:
		m.feed.waiting = false
		return m.needFigures()
	case figuresMsg:
		m.feed.gotFigures(msg)
		m.touch(false)
		return tea.Batch(m.needFigures(), m.show())
	default:
		return m.forward(msg)
	}
	return nil
}

// touch marks the frame as out of date.
func (m *Model) touch(urgent bool) {
	m.frame.dirty = true
	m.frame.urgent = m.frame.urgent || urgent
}

// scheduleFrame makes sure that a frame which is too early to be drawn is drawn
// when its time has come.
func (m *Model) scheduleFrame() tea.Cmd {
	f := &m.frame
	if !f.dirty || f.urgent || f.waiting {
		return nil
	}
	wait := f.at.Add(frameEvery).Sub(m.options.Clock.Now())
	if wait <= 0 {
		return nil
	}
	f.waiting = true
	return m.after(wait, frameMsg{})
}

// forward passes a message on to the views: an answer to one of their commands,
// or pasted text, which is for the one that can be seen.
func (m *Model) forward(msg tea.Msg) tea.Cmd {
	if _, ok := msg.(tea.PasteMsg); ok {
		m.touch(true)
		return m.ask(m.router.top(), msg)
	}
	if !views.Own(msg) {
		return nil
	}
	m.touch(false)
	var cmds []tea.Cmd
	for _, v := range m.router.all() {
		cmds = append(cmds, m.ask(v, msg))
	}
	return tea.Batch(cmds...)
}

// ask lets a view handle a message and does what it wants of the shell.
func (m *Model) ask(v views.View, msg tea.Msg) tea.Cmd {
	intent, cmd := v.Update(msg)
	switch intent := intent.(type) {
	case views.Open:
		m.router.push(intent.View)
		return tea.Batch(cmd, m.show())
	case views.SwitchTo:
		return tea.Batch(cmd, m.switchTo(slices.Index(ViewNames(), string(intent.View))))
	}
	return cmd
}

// show gives the view that can be seen its size and data.
func (m *Model) show() tea.Cmd {
	s := m.layout()
	d := &views.Data{Snapshot: m.feed.shown(), Figures: m.feed.figures, Figured: m.feed.figured, Window: m.window}
	for _, o := range m.overlays {
		o.Resize(s.body.W, s.body.H)
		o.SetData(d)
	}
	v := m.router.top()
	v.Resize(s.body.W, s.body.H)
	return v.SetData(d)
}

func (m *Model) layout() screen {
	_, ok := m.notice()
	return layout(m.w, m.h, layoutOptions{notice: ok})
}

// restyle changes to the dark or light variant of the theme.
func (m *Model) restyle(dark bool) tea.Cmd {
	if m.ctx.Env.Styles.Dark == dark {
		return nil
	}
	styles, err := themes.New(m.theme, dark)
	if err != nil {
		m.options.Log.Error("the theme has no such variant", "theme", m.theme, "dark", dark, "error", err)
		return nil
	}
	m.ctx.Env.Styles = styles
	m.ctx.Version++
	m.touch(true)
	return nil
}

// tick waits for the next second, while anybody looks.
func (m *Model) tick() tea.Cmd {
	if m.ticking || m.blurred {
		return nil
	}
	m.ticking = true
	now := m.options.Clock.Now()
	return m.after(now.Truncate(time.Second).Add(time.Second).Sub(now), clockMsg{})
}

// pressed handles a key: what lies on top comes first, then the view, then what
// holds everywhere.
func (m *Model) pressed(press tea.KeyPressMsg) tea.Cmd {
	if key.Matches(press, m.keys.Interrupt.Binding) {
		return tea.Quit
	}
	if n := len(m.overlays); n > 0 {
		if key.Matches(press, m.over.Close.Binding) {
			m.overlays = m.overlays[:n-1]
			return nil
		}
		return m.ask(m.overlays[n-1], press)
	}
	v := m.router.top()
	if v.Capturing() || handles(v.Bindings(), press) {
		return m.ask(v, press)
	}
	return m.everywhere(press)
}

// everywhere handles a key that means the same in all views.
func (m *Model) everywhere(press tea.KeyPressMsg) tea.Cmd {
	m.enableKeys()
	k := &m.keys
	for i := range k.Views {
		if key.Matches(press, k.Views[i].Binding) {
			return m.switchTo(i)
		}
	}
	switch {
	case key.Matches(press, k.Back.Binding):
		m.router.pop()
		return m.show()
	case key.Matches(press, k.LastView.Binding):
		return m.switchTo(m.router.last)
	case key.Matches(press, k.NextView.Binding):
		return m.switchTo((m.router.current + 1) % len(tabs))
	case key.Matches(press, k.PreviousView.Binding):
		return m.switchTo((m.router.current + len(tabs) - 1) % len(tabs))
	case key.Matches(press, k.NextWindow.Binding):
		return m.changeWindow(1)
	case key.Matches(press, k.LastWindow.Binding):
		return m.changeWindow(-1)
	case key.Matches(press, k.Pause.Binding):
		m.feed.held = m.feed.latest
		return tea.Batch(m.needFigures(), m.show())
	case key.Matches(press, k.Resume.Binding):
		m.feed.held = nil
		return tea.Batch(m.needFigures(), m.show())
	case key.Matches(press, k.Money.Binding):
		m.ctx.Env.HideMoney = !m.ctx.Env.HideMoney
		m.ctx.Version++
	case key.Matches(press, k.Help.Binding):
		return m.open(m.newHelp())
	case key.Matches(press, k.Sources.Binding):
		return m.open(m.newSources())
	case key.Matches(press, k.Quit.Binding):
		return tea.Quit
	}
	return nil
}

// enableKeys switches the keys on that do something now.
func (m *Model) enableKeys() {
	k, v := &m.keys, m.router.top()
	uses, deep := v.Uses(), len(m.router.trail()) > 1
	k.Back.SetEnabled(deep)
	k.LastView.SetEnabled(m.router.last != m.router.current)
	k.NextWindow.SetEnabled(uses.Window)
	k.LastWindow.SetEnabled(uses.Window)
	k.Money.SetEnabled(uses.Money)
	k.Pause.SetEnabled(m.feed.held == nil)
	k.Resume.SetEnabled(m.feed.held != nil)
	for i := range k.Views {
		k.Views[i].SetEnabled(i != m.router.current || deep)
	}
}

func (m *Model) switchTo(tab int) tea.Cmd {
	m.router.switchTo(tab)
	return m.show()
}

func (m *Model) changeWindow(by int) tea.Cmd {
	names := data.WindowNames
	m.window = names[(slices.Index(names, m.window)+by+len(names))%len(names)]
	return m.show()
}

// open puts a text over the view.
func (m *Model) open(d *views.Detail) tea.Cmd {
	m.overlays = append(m.overlays, d)
	return m.show()
}

// bindings lists the keys that do something now: those of what has the focus,
// and those of the shell that are not taken by it.
func (m *Model) bindings() (own, shell []views.Binding) {
	if n := len(m.overlays); n > 0 {
		return m.overlays[n-1].Bindings(), []views.Binding{m.over.Close, m.keys.Interrupt}
	}
	v := m.router.top()
	own = v.Bindings()
	if v.Capturing() {
		return own, []views.Binding{m.keys.Interrupt}
	}
	m.enableKeys()
	return own, without(views.Enabled(m.keys.All()), own)
}

// View implements [tea.Model].
func (m *Model) View() tea.View {
	f := &m.frame
	if now := m.options.Clock.Now(); f.dirty && (f.urgent || now.Sub(f.at) >= frameEvery) {
		f.text = strings.Join(m.draw(), "\n")
		f.dirty, f.urgent, f.at = false, false, now
	}
	v := tea.NewView(f.text)
	v.AltScreen = true
	v.ReportFocus = true
	v.WindowTitle = "donnatop"
	return v
}

// draw gives the frame: exactly m.h lines of exactly m.w cells.
func (m *Model) draw() []string {
	s := m.layout()
	if s.tooSmall {
		return m.drawTooSmall()
	}
	lines := make([]string, 0, m.h)
	lines = append(lines, m.drawHeader(s.header.W))
	if text, ok := m.notice(); ok && !s.notice.Empty() {
		lines = append(lines, m.drawNotice(text, s.notice.W))
	}
	lines = append(lines, m.drawTabs(s.tabs.W))
	lines = append(lines, m.drawBody(s.body)...)
	return append(lines, m.drawFooter(s.footer.W))
}

func (m *Model) drawBody(at views.Rect) []string {
	v := m.router.top()
	draw, what := v.Lines, "view "+string(v.ID())
	if n := len(m.overlays); n > 0 {
		draw, what = m.overlays[n-1].Lines, "text"
	}
	return views.Guard(m.options.Log, what, draw, func(err error) []string {
		return views.Failure(&m.ctx.Env, err, at.W, at.H)
	})
}
