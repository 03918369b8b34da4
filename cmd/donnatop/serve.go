package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/goccy/go-yaml/ast"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	gossh "golang.org/x/crypto/ssh"

	"github.com/donna-project/donnatop/data/logfile"
	"github.com/donna-project/donnatop/ui"
	"github.com/donna-project/donnatop/ui/safe"
	"github.com/donna-project/donnatop/ui/serve"
	"github.com/donna-project/donnatop/ui/serve/authkeys"
)

type serveOptions struct {
	listen         string
	authorizedKeys string
	hostKey        string
	limits         serve.Limits
}

func newServe(e *env, o *options) *cobra.Command {
	s := serveOptions{limits: serve.DefaultLimits}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the dashboard over SSH",
		Long: `serve shows the dashboard to everybody who comes by SSH with one of the public
keys in --authorized-keys: each with a screen of their own, all on one reading of
the sources. There is no shell behind it, and nothing is forwarded.

  ssh -t -p 2323 HOST                         the dashboard
  ssh -p 2323 HOST snapshot --json            figures; trace, logs and doctor likewise

It listens on this machine only, unless --listen says otherwise. Its flags can
also stand in the section "serve" of the configuration file. Its log, with who
came and what they did, goes to stderr, or to --log-file, in the format of
Donna's services. docs/ssh.md has the rest.`,
		Example: `  donnatop serve --db /donna/db --loki http://localhost:3100
  donnatop serve --listen 0.0.0.0:2323 --authorized-keys /etc/donnatop/authorized_keys --host-key /var/lib/donnatop/host_key`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.resolve(cmd.Flags(), e); err != nil {
				return err
			}
			if err := s.resolve(cmd.LocalNonPersistentFlags(), o, e); err != nil {
				return err
			}
			return runServe(cmd.Context(), e, o, &s)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&s.listen, "listen", "127.0.0.1:2323", "`address` to listen on")
	f.StringVar(&s.authorizedKeys, "authorized-keys", "", "`file` of the public keys that may log in, as sshd has it; by default in donnatop's configuration directory")
	f.StringVar(&s.hostKey, "host-key", "", "`file` with the server's private key, made if there is none; by default in donnatop's state directory")
	f.IntVar(&s.limits.Sessions, "max-sessions", s.limits.Sessions, "most sessions at once")
	f.IntVar(&s.limits.SessionsPerKey, "max-sessions-per-key", s.limits.SessionsPerKey, "most sessions at once of one key")
	f.DurationVar(&s.limits.LoginGrace, "login-grace", s.limits.LoginGrace, "how long a connection may be without a session")
	f.DurationVar(&s.limits.Idle, "idle-timeout", s.limits.Idle, "end a screen after so long without a key; 0 for never")
	f.DurationVar(&s.limits.KeepAlive, "keep-alive", s.limits.KeepAlive, "how often to ask whether a client is still there")
	return cmd
}

// resolve fills in what the command line left open from the section serve of the
// configuration file, and the usual places.
func (s *serveOptions) resolve(flags *pflag.FlagSet, o *options, e *env) error {
	if section, ok := o.sections["serve"]; ok {
		if err := setFlags(flags, strict{section.file}, section.node); err != nil {
			return usageError{err}
		}
	}
	if s.authorizedKeys == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return usagef("there is no home directory: give --authorized-keys FILE")
		}
		s.authorizedKeys = filepath.Join(dir, "donnatop", "authorized_keys")
	}
	if s.hostKey == "" {
		dir := stateDir(e)
		if dir == "" {
			return usagef("there is no home directory: give --host-key FILE")
		}
		s.hostKey = filepath.Join(dir, "host_key")
	}
	return s.check(o)
}

// setFlags sets the flags that nobody gave to what a section says of them.
func setFlags(flags *pflag.FlagSet, d strict, section ast.Node) error {
	known := keys{}
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		given := f.Changed
		known[f.Name] = func(n ast.Node) error {
			v, err := d.value(n)
			if err != nil || given {
				return err
			}
			switch v.(type) {
			case nil, map[string]any, []any:
				return d.errorf(n, "%s has no usable value", f.Name)
			}
			if err := flags.Set(f.Name, fmt.Sprint(v)); err != nil {
				return d.errorf(n, "%s: %w", f.Name, err)
			}
			return nil
		}
	})
	return d.mapping(section, "serve", known)
}

func (s *serveOptions) check(o *options) error {
	l := s.limits
	switch {
	case l.Sessions < 1 || l.SessionsPerKey < 1:
		return usagef("--max-sessions and --max-sessions-per-key must be at least 1")
	case l.LoginGrace < time.Second || l.KeepAlive < time.Second:
		return usagef("--login-grace and --keep-alive must be at least 1s")
	case l.Idle < 0:
		return usagef("--idle-timeout %v is negative", l.Idle)
	case slices.Contains(o.logs, logfile.Stdin):
		return usagef("serve reads no standard input: give the files of --logs by name")
	}
	return nil
}

func runServe(ctx context.Context, e *env, o *options, s *serveOptions) error {
	log, closeLog, err := o.openWatchLog(e)
	if err != nil {
		return err
	}
	defer closeLog()
	keys, err := s.keys(log)
	if err != nil {
		return err
	}
	hostKey, made, err := serve.HostKey(s.hostKey)
	if err != nil {
		return err
	}
	w, err := o.present(e)
	if err != nil {
		return err
	}
	engine, err := o.showEngine(e, w, log)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.listen, err)
	}
	defer listener.Close()
	sys := start(ctx, w.clock, log, w.sources)
	defer sys.stop(e.clock, patience)
	defer sys.judge(ctx, engine, w.clock, log)()
	screen := w.screen(e, o, sys, log, engine)
	if screen.Keys, err = o.keys(); err != nil {
		return err
	}
	if screen.Filters, err = o.savedFilters(); err != nil {
		return err
	}
	screen.Themes = ownThemes(e)
	if err := try(screen); err != nil {
		return err
	}
	server, err := serve.New(serve.Options{
		Screen: screen, Command: o.answering(e, sys, w), Keys: keys, HostKey: hostKey, Limits: s.limits, Clock: e.clock, Log: log,
	})
	if err != nil {
		return err
	}
	s.announce(e, log, listener.Addr(), hostKey, made)
	return server.Serve(ctx, listener)
}

// try finds what is wrong with what every session would show before anybody comes.
func try(screen ui.Options) error {
	m, err := ui.New(screen)
	if err != nil {
		return usageError{err}
	}
	m.Close()
	return nil
}

// keys reads the file of those who may log in. A server nobody could come to is
// a mistake that is better said at once.
func (s *serveOptions) keys(log *slog.Logger) (*authkeys.File, error) {
	file := authkeys.NewFile(s.authorizedKeys, time.Local)
	set, _, err := file.Read()
	how := fmt.Sprintf("mkdir -p %s && cat ~/.ssh/id_ed25519.pub >> %s", filepath.Dir(s.authorizedKeys), s.authorizedKeys)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("nobody may log in: there is no %s: %s", s.authorizedKeys, how)
	case err != nil:
		return nil, err
	}
	serve.LogKeys(log, s.authorizedKeys, set)
	if set.Usable() == 0 {
		why := ""
		for _, p := range set.Problems {
			why += fmt.Sprintf("; line %d: %s", p.Line, p.Reason)
		}
		return nil, fmt.Errorf("nobody may log in: there is no usable key in %s%s: %s", s.authorizedKeys, why, how)
	}
	return file, nil
}

// announce says where the server can be found, and warns when that is farther
// away than this machine.
func (s *serveOptions) announce(e *env, log *slog.Logger, at net.Addr, hostKey gossh.Signer, made bool) {
	fingerprint := gossh.FingerprintSHA256(hostKey.PublicKey())
	log.Info("ssh_server_started", "address", at.String(), "host_key", fingerprint, "host_key_made", made, "host_key_file", s.hostKey)
	fmt.Fprintf(e.stderr, "donnatop: serving on %s, host key %s\n", at, fingerprint)
	if tcp, ok := at.(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		log.Warn("ssh_server_reachable", "address", at.String())
		fmt.Fprintf(e.stderr, "donnatop: WARNING: %s can be reached from other machines: everybody with a key in %s sees Donna's tasks, logs and costs; keep it behind a firewall or listen on 127.0.0.1\n", at, safe.Text(s.authorizedKeys))
	}
}
