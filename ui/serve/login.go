package serve

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"

	"github.com/donna-project/donnatop/ui/serve/authkeys"
)

// maxUser is how much of a user's name is logged: it is the client's to choose.
const maxUser = 64

// mayLogIn tells whether a key that is offered may log in. Whether the client
// holds its private half is found out by the library.
func (s *Server) mayLogIn(ctx ssh.Context, key ssh.PublicKey) bool {
	_, err := s.authorize(key, ctx.RemoteAddr())
	if err != nil {
		s.log.Warn("ssh_login_refused", "remote", ctx.RemoteAddr().String(), "user", cut(ctx.User(), maxUser),
			"key", gossh.FingerprintSHA256(key), "reason", err.Error())
	}
	return err == nil
}

// authorize finds the line by which a key may log in now.
func (s *Server) authorize(key gossh.PublicKey, remote net.Addr) (*authkeys.Key, error) {
	set, fresh, err := s.options.Keys.Read()
	if err != nil {
		return nil, err
	}
	if fresh {
		LogKeys(s.log, s.options.Keys.Path(), set)
	}
	addr, err := netip.ParseAddrPort(remote.String())
	if err != nil {
		return nil, errors.New("where it comes from is unknown")
	}
	return set.Find(key, addr.Addr(), s.clock.Now())
}

// LogKeys logs what a reading of the keys gave: every line that counts for
// nothing is named.
func LogKeys(log *slog.Logger, path string, set *authkeys.Set) {
	for _, p := range set.Problems {
		log.Warn("ssh_key_refused", "file", path, "line", p.Line, "reason", p.Reason)
	}
	log.Info("ssh_keys_read", "file", path, "keys", set.Usable())
}

// connectionFailed logs a connection on which nobody logged in.
func (s *Server) connectionFailed(conn net.Conn, err error) {
	var refused *gossh.ServerAuthError
	if errors.Is(err, io.EOF) && !errors.As(err, &refused) {
		return // somebody looked whether there is a server
	}
	s.log.Info("ssh_connection_failed", "remote", conn.RemoteAddr().String(), "reason", cut(err.Error(), 4*maxUser))
}

func cut(text string, most int) string { return text[:min(len(text), most)] }
