package serve

import (
	"context"
	"regexp"
	"slices"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// size is that of a screen, in cells.
type size struct{ width, height int }

// clamped is what a client says of its screen, within what is drawn. One that
// doesn't know its size says 0.
func clamped(columns, rows uint32) size {
	s := size{int(min(columns, maxWidth)), int(min(rows, maxHeight))}
	if s.width == 0 || s.height == 0 {
		s = size{80, 24}
	}
	return s
}

// gate stands between one channel of a client and the library, and lets through
// only what is served. The library would accept agents and any variable, and it
// waits for ever until somebody takes each new size.
type gate struct {
	gossh.NewChannel
	noPTY bool
	sizes chan size // the newest only
	end   context.CancelFunc

	variables int
}

// gateKey is the key of a session's gate in its context.
type gateKey struct{}

// channelContext is the context of one channel: the library's is that of the
// connection, which may have several, and outlives them.
type channelContext struct {
	ssh.Context
	ctx  context.Context
	gate *gate
}

func (c channelContext) Done() <-chan struct{} { return c.ctx.Done() }
func (c channelContext) Err() error            { return c.ctx.Err() }

func (c channelContext) Value(key any) any {
	if key == (gateKey{}) {
		return c.gate
	}
	return c.ctx.Value(key)
}

// openChannel serves one channel until the client closes it.
func (s *Server) openChannel(srv *ssh.Server, conn *gossh.ServerConn, ch gossh.NewChannel, ctx ssh.Context) {
	l := ctx.Value(linkKey{}).(*link)
	log := s.log.With("remote", conn.RemoteAddr().String(), "user", cut(conn.User(), maxUser))
	if !l.enter(conn, log) {
		log.Warn("ssh_channel_refused", "reason", "too many sessions of one connection")
		_ = ch.Reject(gossh.ResourceShortage, "too many sessions of one connection")
		return
	}
	defer l.leave()
	inner, end := context.WithCancel(ctx)
	defer end()
	g := &gate{NewChannel: ch, sizes: make(chan size, 1), end: end, noPTY: true}
	if key, ok := ctx.Value(ssh.ContextKeyPublicKey).(gossh.PublicKey); ok {
		if line, err := s.authorize(key, conn.RemoteAddr()); err == nil {
			g.noPTY = line.NoPTY
		}
	}
	ssh.DefaultSessionHandler(srv, conn, g, channelContext{ctx, inner, g})
}

// Accept implements [gossh.NewChannel].
func (g *gate) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	ch, in, err := g.NewChannel.Accept()
	if err != nil {
		return nil, nil, err
	}
	out := make(chan *gossh.Request)
	go func() {
		defer close(out)
		defer g.end() // the client closed the channel, or is gone
		for r := range in {
			if g.passes(r) {
				out <- r
			} else {
				_ = r.Reply(false, nil) // a client that is gone needs none
			}
		}
	}()
	return ch, out, nil
}

// termName is what names of terminals look like. They are looked up in
// directories, so nothing else may get there.
var termName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`)

// variables are those a client may set: what describes its terminal, and the theme.
var variables = []string{"COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "TERM_PROGRAM", "DONNATOP_THEME"}

// passes tells whether a request goes on to the library, which may still refuse
// it. Sizes are taken here, so that a flood of them costs nothing.
func (g *gate) passes(r *gossh.Request) bool {
	switch r.Type {
	case "shell":
		return true
	case "exec":
		return len(r.Payload) <= maxCommand
	case "pty-req":
		return !g.noPTY && clampPTY(r)
	case "env":
		var v struct{ Name, Value string }
		if gossh.Unmarshal(r.Payload, &v) != nil || !slices.Contains(variables, v.Name) || len(v.Value) > maxEnvValue {
			return false
		}
		g.variables++
		return g.variables <= maxEnv
	case "window-change":
		var w struct{ Columns, Rows, Width, Height uint32 }
		if gossh.Unmarshal(r.Payload, &w) == nil {
			g.resized(clamped(w.Columns, w.Rows))
		}
	}
	return false
}

// clampPTY makes the size of a terminal that is asked for a usable one; false if
// the request is none.
func clampPTY(r *gossh.Request) bool {
	var p struct {
		Term                         string
		Columns, Rows, Width, Height uint32
		Modes                        string
	}
	if gossh.Unmarshal(r.Payload, &p) != nil || !termName.MatchString(p.Term) {
		return false
	}
	c := clamped(p.Columns, p.Rows)
	p.Columns, p.Rows, p.Width, p.Height = uint32(c.width), uint32(c.height), 0, 0
	r.Payload = gossh.Marshal(&p)
	return true
}

// resized puts a size in place of one that nobody has taken yet.
func (g *gate) resized(to size) {
	select {
	case <-g.sizes:
	default:
	}
	g.sizes <- to // only this goroutine sends, so there is room
}
