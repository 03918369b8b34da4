package serve

import (
	"log/slog"
	"net"
	"sync"

	"charm.land/ssh"
	"github.com/jonboulle/clockwork"
	gossh "golang.org/x/crypto/ssh"
)

// link is a connection. It is closed if it has no session for longer than the
// grace: before anybody has logged in, and later alike.
type link struct {
	net.Conn
	server *Server
	closed chan struct{}

	mu       sync.Mutex
	grace    clockwork.Timer
	channels int
	starting bool // it has one of the places for connections without a session
	gone     bool
}

type linkKey struct{}

// connected takes a new connection, or nil where there are too many that have
// not logged in yet.
func (s *Server) connected(ctx ssh.Context, conn net.Conn) net.Conn {
	select {
	case s.startups <- struct{}{}:
	default:
		s.log.Warn("ssh_connection_refused", "remote", conn.RemoteAddr().String(), "reason", "too many that have not logged in")
		return nil
	}
	l := &link{Conn: conn, server: s, closed: make(chan struct{}), starting: true}
	l.mu.Lock()
	l.grace = s.clock.AfterFunc(s.options.Limits.LoginGrace, l.late)
	l.mu.Unlock()
	ctx.SetValue(linkKey{}, l)
	return l
}

// late ends a connection without a session.
func (l *link) late() {
	l.mu.Lock()
	busy := l.channels > 0 || l.gone
	l.mu.Unlock()
	if busy {
		return // a session began at the same moment
	}
	l.server.log.Info("ssh_connection_timed_out", "remote", l.RemoteAddr().String())
	_ = l.Close() // it is given up anyway
}

// enter counts one more session of the connection; false if there are too many.
func (l *link) enter(conn gossh.Conn, log *slog.Logger) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.channels >= maxChannels || l.gone {
		return false
	}
	l.channels++
	l.grace.Stop()
	if l.starting {
		l.starting = false
		<-l.server.startups
		go l.keepAlive(conn, log)
	}
	return true
}

// leave counts one less.
func (l *link) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.channels--
	if l.channels == 0 && !l.gone {
		l.grace.Reset(l.server.options.Limits.LoginGrace)
	}
}

// Close implements [net.Conn].
func (l *link) Close() error {
	l.mu.Lock()
	if !l.gone {
		l.gone = true
		l.grace.Stop()
		if l.starting {
			l.starting = false
			<-l.server.startups
		}
		close(l.closed)
	}
	l.mu.Unlock()
	return l.Conn.Close()
}

// keepAlive asks the client now and then whether it is there, and closes the
// connection if it doesn't answer: a laptop that was closed says nothing.
func (l *link) keepAlive(conn gossh.Conn, log *slog.Logger) {
	every := l.server.options.Limits.KeepAlive
	for {
		next := l.server.clock.NewTimer(every)
		select {
		case <-l.closed:
			next.Stop()
			return
		case <-next.Chan():
		}
		answered := make(chan error, 1)
		go func() {
			_, _, err := conn.SendRequest("keepalive@openssh.com", true, nil) // a refusal is an answer, too
			answered <- err
		}()
		late := l.server.clock.NewTimer(every)
		var err error
		select {
		case <-l.closed:
		case err = <-answered:
		case <-late.Chan():
			log.Info("ssh_client_silent", "seconds", every.Seconds())
			_ = l.Close() // which ends the request, too
		}
		late.Stop()
		if err != nil {
			return
		}
	}
}
