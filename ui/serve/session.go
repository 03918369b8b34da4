package serve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"

	"charm.land/ssh"
	"github.com/anmitsu/go-shlex"
	gossh "golang.org/x/crypto/ssh"

	"github.com/donna-project/donnatop/ui/safe"
)

// Exit codes that are not a command's own.
const (
	exitFailed = 1
	exitUsage  = 2
)

// How a session ends if not by its user.
var (
	errIdle    = errors.New("nobody pressed a key for too long")
	errInput   = errors.New("more came at once than a terminal sends")
	errPanic   = errors.New("an internal error ended the session; the server's log has the details")
	errGone    = errors.New("the client went away")
	errNoInput = errors.New("the input ended")
)

// visit is one session.
type visit struct {
	ssh.Session
	server *Server
	gate   *gate
	log    *slog.Logger
	ctx    context.Context // ends with the channel, the connection or the server
	end    context.CancelCauseFunc
}

// answer serves a session. It is the only middleware, so nothing follows it.
func (s *Server) answer(ssh.Handler) ssh.Handler {
	return func(sess ssh.Session) {
		g := sess.Context().Value(gateKey{}).(*gate)
		key := sess.PublicKey()
		if key == nil { // cannot be: there is no other way to log in
			_ = sess.Exit(exitFailed)
			return
		}
		fingerprint := gossh.FingerprintSHA256(key)
		v := &visit{Session: sess, server: s, gate: g}
		v.log = s.log.With("remote", sess.RemoteAddr().String(), "user", cut(sess.User(), maxUser), "key", fingerprint)
		v.ctx, v.end = context.WithCancelCause(sess.Context())
		defer v.end(nil)
		defer context.AfterFunc(s.ctx, func() { v.end(context.Cause(s.ctx)) })()
		v.serve(fingerprint)
	}
}

// serve admits the session, runs it and logs how it went.
func (v *visit) serve(fingerprint string) {
	line, err := v.server.authorize(v.PublicKey(), v.RemoteAddr())
	if err == nil {
		var leave func()
		if leave, err = v.server.seats.take(fingerprint); err == nil {
			defer leave()
		}
	}
	if err != nil {
		v.log.Warn("ssh_session_refused", "reason", err.Error())
		v.say(err.Error())
		_ = v.Exit(exitFailed)
		return
	}
	begin := v.server.clock.Now()
	log := v.log.With("key_line", line.Line, "key_comment", cut(line.Comment, maxUser))
	run := v.begin(log)
	code, err := v.guarded(run)
	reason := "ended"
	if err != nil {
		reason = err.Error()
		v.say(reason)
	}
	log.Info("ssh_session_ended", "duration_s", v.server.clock.Since(begin).Seconds(), "exit_code", code, "reason", reason)
	_ = v.Exit(code) // the client may be gone
}

// begin logs what the client wants and gives what does it.
func (v *visit) begin(log *slog.Logger) func() (int, error) {
	pty, _, terminal := v.Pty()
	command := v.RawCommand()
	log.Info("ssh_session_started", "command", command, "term", pty.Term, "width", pty.Window.Width, "height", pty.Window.Height)
	switch {
	case command != "":
		return func() (int, error) { return v.command(command, terminal) }
	case terminal:
		return v.dashboard
	}
	return func() (int, error) {
		v.say("there is no terminal to draw on: connect with ssh -t, with a key that may have one, or ask for a command such as 'snapshot --text'")
		return exitUsage, nil
	}
}

// guarded runs what a client asked for. A panic ends this session only.
func (v *visit) guarded(run func() (int, error)) (code int, err error) {
	defer func() {
		if r := recover(); r != nil {
			logPanic(v.log, r)
			code, err = exitFailed, errPanic
		}
	}()
	return run()
}

func logPanic(log *slog.Logger, value any) {
	log.Error("ssh_session_panicked", "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
}

// command answers a command without a shell: quotes and backslashes are as a
// shell has them, everything else stands for itself.
func (v *visit) command(text string, terminal bool) (int, error) {
	args, err := shlex.Split(text, true)
	if err != nil || len(args) == 0 || v.server.options.Command == nil {
		v.say("the command can't be read: a quote is not closed")
		return exitUsage, nil
	}
	if terminal { // which sends Ctrl-C as a key
		go v.endAtInterrupt()
	}
	code := v.server.options.Command(v.ctx, args, v.Session, v.Stderr())
	if cause := context.Cause(v.ctx); errors.Is(cause, errStopping) {
		return code, cause
	}
	return code, nil
}

// endAtInterrupt ends the session when Ctrl-C or Ctrl-D is pressed.
func (v *visit) endAtInterrupt() {
	var buf [64]byte
	for {
		n, err := v.Read(buf[:])
		if strings.ContainsAny(string(buf[:n]), "\x03\x04") {
			v.end(nil)
		}
		if err != nil {
			return
		}
	}
}

// say tells the client something, on a line of its own.
func (v *visit) say(text string) {
	_, _ = io.WriteString(v.Stderr(), "donnatop: "+safe.Text(text)+"\n") // who is gone doesn't hear it
}
