// Package serve shows the dashboard to those who come by SSH: one Hub, any number
// of sessions, each with its own size, colours, theme, view and filters.
//
// What a client may do is short: log in with a public key, open a terminal, and
// without one run the commands it is given. Everything else of the protocol is
// refused before the library that speaks it sees it: passwords, certificates,
// subsystems, forwarding of ports, agents and X11, variables other than those
// that describe a terminal. No shell and no program is started, whatever is asked.
//
// Clients that may log in are trusted to look, not to behave: how many there are,
// how long they may take, how large their screens are and how much they send at
// once is bounded, and a session that panics ends alone.
package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"charm.land/ssh"
	"charm.land/wish/v2"
	"github.com/jonboulle/clockwork"
	gossh "golang.org/x/crypto/ssh"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui"
	"github.com/donna-project/donnatop/ui/serve/authkeys"
)

// Limits bound what clients may use.
type Limits struct {
	Sessions       int           // at once
	SessionsPerKey int           // at once
	LoginGrace     time.Duration // from connecting to the first session, and between sessions
	Idle           time.Duration // without input of a screen; 0 for no limit
	KeepAlive      time.Duration // how often a client is asked whether it is there, and how long it may take to answer
}

// DefaultLimits are what a household needs, with room: 64 screens fit into the
// memory that the systemd unit and the compose file allow.
var DefaultLimits = Limits{Sessions: 64, SessionsPerKey: 64, LoginGrace: 30 * time.Second, Idle: 4 * time.Hour, KeepAlive: 30 * time.Second}

// Limits that are nobody's business to change.
const (
	spare       = 32      // connections without a session beyond Limits.Sessions
	maxChannels = 4       // sessions of one connection
	maxTries    = 6       // keys offered in one connection, as in sshd
	maxCommand  = 8 << 10 // bytes of a command
	maxEnv      = 16      // variables of a session
	maxEnvValue = 256     // bytes of a variable
	maxMessage  = 64 << 10
	maxWidth    = 512 // cells of a screen, however large the client says it is
	maxHeight   = 256
)

// patience is how long a session that is to end may take to do so.
const patience = 2 * time.Second

// A Command answers a client that asks for one instead of a screen: args are its
// words, the first its name. It ends when ctx does, and gives the exit code.
type Command func(ctx context.Context, args []string, stdout, stderr io.Writer) int

// Options set up a server.
type Options struct {
	// Screen is what every session shows. What is a session's own is set by the
	// server: nothing is written to this machine's files (ExportDir, State), and
	// theme, colours and characters are as the client's terminal wants them.
	Screen  ui.Options
	Command Command
	Keys    *authkeys.File
	HostKey gossh.Signer
	Limits  Limits
	Clock   clockwork.Clock // of limits and the log; the real clock if nil
	Log     *slog.Logger    // who came and what they did; discarded if nil
}

// Server serves one Hub. The methods of a session and of a connection are in
// their files.
type Server struct {
	options Options
	clock   clockwork.Clock
	log     *slog.Logger
	ssh     *ssh.Server
	seats   *seats

	startups chan struct{} // a place for each connection without a session

	ctx  context.Context // of the sessions
	stop context.CancelCauseFunc

	newScreen func(ui.Options) (screen, error)
}

// screen is a session's model.
type screen interface {
	tea.Model
	Close()
	Drive(p *tea.Program)
}

// New is a server that listens nowhere yet.
func New(o Options) (*Server, error) {
	switch {
	case o.Keys == nil || o.HostKey == nil:
		return nil, errors.New("serve: no keys")
	case o.Limits.Sessions < 1 || o.Limits.SessionsPerKey < 1:
		return nil, errors.New("serve: at least one session must be allowed")
	case o.Limits.LoginGrace <= 0 || o.Limits.KeepAlive <= 0 || o.Limits.Idle < 0:
		return nil, errors.New("serve: the times to log in and to answer must be over 0")
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		options: o, clock: o.Clock, log: o.Log,
		seats:     newSeats(o.Limits.Sessions, o.Limits.SessionsPerKey),
		startups:  make(chan struct{}, o.Limits.Sessions+spare),
		newScreen: func(o ui.Options) (screen, error) { return ui.New(o) },
	}
	s.ctx, s.stop = context.WithCancelCause(context.Background())
	server, err := wish.NewServer(
		withSigner(o.HostKey),
		wish.WithVersion("donnatop"),
		wish.WithPublicKeyAuth(s.mayLogIn),
		wish.WithMiddleware(s.answer),
		ssh.WrapConn(s.connected),
		func(srv *ssh.Server) error {
			srv.ServerConfigCallback = func(ssh.Context) *gossh.ServerConfig { return protocol() }
			srv.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.openChannel}
			srv.RequestHandlers = map[string]ssh.RequestHandler{}
			srv.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
			srv.ConnectionFailedCallback = s.connectionFailed
			return nil
		},
	)
	if err != nil {
		return nil, fmt.Errorf("serve: %w", err)
	}
	s.ssh = server
	return s, nil
}

func withSigner(key gossh.Signer) ssh.Option {
	return func(srv *ssh.Server) error {
		srv.AddHostKey(key)
		return nil
	}
}

// protocol is the cryptography that is spoken: what every OpenSSH of the last ten
// years knows, and nothing older.
func protocol() *gossh.ServerConfig {
	return &gossh.ServerConfig{
		Config: gossh.Config{
			KeyExchanges: []string{gossh.KeyExchangeMLKEM768X25519, gossh.KeyExchangeCurve25519},
			Ciphers:      []string{gossh.CipherChaCha20Poly1305, gossh.CipherAES256GCM, gossh.CipherAES128GCM},
			MACs:         []string{gossh.HMACSHA256ETM, gossh.HMACSHA512ETM},
		},
		MaxAuthTries: maxTries,
		PublicKeyAuthAlgorithms: []string{
			gossh.KeyAlgoED25519, gossh.KeyAlgoSKED25519, gossh.KeyAlgoSKECDSA256,
			gossh.KeyAlgoECDSA256, gossh.KeyAlgoECDSA384, gossh.KeyAlgoECDSA521,
			gossh.KeyAlgoRSASHA256, gossh.KeyAlgoRSASHA512,
		},
	}
}

// errStopping ends sessions when the server ends.
var errStopping = errors.New("the server is stopping")

// Serve answers those who come to l until ctx ends; sessions are told then and
// may take a moment to restore their terminals. The error is nil if ctx ended it.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	failed := make(chan error, 1)
	var serving sync.WaitGroup
	serving.Go(func() { failed <- s.ssh.Serve(l) })
	defer serving.Wait()
	defer s.ssh.Close()
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	}
	_ = l.Close() // nobody new comes in while the others leave
	s.stop(errStopping)
	s.log.Info("ssh_server_stopping", "sessions", s.seats.count())
	select {
	case <-s.seats.close():
	case <-s.clock.After(2 * patience):
		s.log.Warn("ssh_sessions_cut_off", "sessions", s.seats.count())
	}
	// Clients go when their last session has ended. Closing before they have read
	// the end of it might lose it.
	leaving, cut := context.WithCancel(context.Background())
	defer cut()
	defer s.clock.AfterFunc(patience, cut).Stop()
	_ = s.ssh.Shutdown(leaving) // Close does the rest
	return err
}

// Sessions is how many there are.
func (s *Server) Sessions() int { return s.seats.count() }
