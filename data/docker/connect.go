package docker

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/moby/moby/client"
)

// An address is an engine's, taken apart.
type address struct {
	url    string // for the client
	socket string // path of the unix socket; empty for tcp
}

// parseHost reads an engine's address. Its errors never repeat the address: it
// may hold a password where none belongs.
func parseHost(host string) (address, error) {
	if filepath.IsAbs(host) {
		host = "unix://" + host
	}
	scheme, rest, ok := strings.Cut(host, "://")
	switch {
	case !ok || rest == "":
		return address{}, unusable("the Docker address is neither a path nor a URL: give --docker unix:///var/run/docker.sock or tcp://HOST:2376")
	case scheme == "unix":
		return address{url: host, socket: rest}, nil
	case scheme == "ssh":
		return address{}, unusable("ssh:// addresses are not supported: forward the socket with `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock HOST` and give --docker unix:///tmp/docker.sock")
	case scheme != "tcp":
		return address{}, unusable("the Docker address must begin with unix:// or tcp://")
	case strings.Contains(rest, "@"):
		return address{}, unusable("the Docker address holds a user or password, which the Engine API doesn't take: give client certificates with DOCKER_CERT_PATH")
	}
	return address{url: host}, nil
}

// connect makes a client and agrees with the engine on a version of the API,
// within the time of one request.
func (s *Source) connect(ctx context.Context) (*client.Client, error) {
	ctx, cancel := s.timeLimit(ctx)
	defer cancel()
	addr, err := parseHost(s.opts.Host)
	if err != nil {
		return nil, err
	}
	opts := []client.Opt{client.WithHost(addr.url)}
	if addr.socket != "" {
		// The client hides the cause of a failed connection in a sentence: ask the
		// socket itself.
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", addr.socket)
		if err != nil {
			return nil, err
		}
		conn.Close()
	} else if s.opts.CertPath != "" {
		in := func(name string) string { return filepath.Join(s.opts.CertPath, name) }
		opts = append(opts, client.WithTLSClientConfig(in("ca.pem"), in("cert.pem"), in("key.pem")))
	}
	api, err := client.New(opts...)
	if err != nil {
		return nil, err
	}
	if _, err := api.Ping(ctx, client.PingOptions{NegotiateAPIVersion: true}); err != nil {
		api.Close()
		return nil, err
	}
	return api, nil
}

// timeLimit gives a request its time by the injected clock.
func (s *Source) timeLimit(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := clockwork.WithTimeout(ctx, s.opts.Clock, requestTimeout)
	return undated{ctx}, cancel
}

// undated hides when a context's time is up: the network would compare it with
// the machine's clock.
type undated struct{ context.Context }

// Deadline implements [context.Context].
func (undated) Deadline() (time.Time, bool) { return time.Time{}, false }
