package loki

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
)

// Config says how to reach Loki. Only Addr is required.
type Config struct {
	// Addr is the base address, such as http://donna-loki:3100. A user and password in it are taken out and used as
	// basic authentication, unless Username is set.
	Addr  string
	OrgID string // the tenant, for the X-Scope-OrgID header; needed if Loki runs with auth_enabled

	Username, Password string
	BearerToken        string
	BearerTokenFile    string // read anew for each request, so that a rotated token is taken up

	TLS     TLS
	Timeout time.Duration // of one request with its answer; 0 means 10 s

	Clock clockwork.Clock // nil means the real one

	dial func(ctx context.Context, network, addr string) (net.Conn, error) // set by tests
}

// TLS says how to verify Loki's certificate and which one to show it. Files are PEM.
type TLS struct {
	CAFile            string // certificate authorities trusted besides the system's
	CertFile, KeyFile string // the client's own certificate
	ServerName        string // the name to expect in the certificate, if not the address's
	SkipVerify        bool   // accept any certificate
}

// defaultTimeout is short because an answer over Loki's own 4 MiB limit never comes: the sooner that is noticed, the
// sooner a smaller page is asked for.
const defaultTimeout = 10 * time.Second

// NewClient checks cfg and reads the files it names. It doesn't connect. Errors are of type [*Error].
func NewClient(cfg Config) (*Client, error) {
	c, err := newClient(cfg)
	if err != nil {
		return nil, &Error{Kind: KindConfig, Op: "configure Loki", Err: err}
	}
	return c, nil
}

func newClient(cfg Config) (*Client, error) {
	base, err := parseAddr(cfg.Addr)
	if err != nil {
		return nil, err
	}
	if base.User != nil {
		if cfg.Username == "" {
			cfg.Username = base.User.Username()
			cfg.Password, _ = base.User.Password()
		}
		base.User = nil
	}
	cfg.Addr = base.String()
	if cfg.Timeout == 0 {
		cfg.Timeout = defaultTimeout
	}
	c := &Client{base: base, cfg: cfg, clock: cfg.Clock}
	if c.clock == nil {
		c.clock = clockwork.NewRealClock()
	}
	if err := c.checkAuth(); err != nil {
		return nil, err
	}
	tlsConfig, err := cfg.TLS.config()
	if err != nil {
		return nil, err
	}
	dial := cfg.dial
	if dial == nil {
		dial = (&net.Dialer{Timeout: cfg.Timeout, KeepAlive: 15 * time.Second}).DialContext
	}
	c.setTransport(dial, tlsConfig)
	return c, nil
}

func parseAddr(addr string) (*url.URL, error) {
	if addr == "" {
		return nil, errors.New("no address given: use --loki or LOKI_ADDR, for example http://localhost:3100")
	}
	u, err := url.Parse(addr)
	// url.Parse quotes the address in its error, password and all.
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" {
		return nil, errors.New("the address is no URL with http:// or https:// and a host, such as http://localhost:3100")
	}
	u.RawQuery, u.Fragment = "", ""
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/loki/api/v1")
	u.RawPath = ""
	return u, nil
}

// checkAuth looks for contradictions and remembers the secrets, to keep them out of texts.
func (c *Client) checkAuth() error {
	cfg := &c.cfg
	cfg.BearerToken = strings.TrimSpace(cfg.BearerToken)
	bearer := cfg.BearerToken != "" || cfg.BearerTokenFile != ""
	switch {
	case cfg.Username == "" && cfg.Password != "":
		return errors.New("a password without a user name: set LOKI_USERNAME too")
	case cfg.Username != "" && bearer:
		return errors.New("both a user name and a bearer token: use one")
	case cfg.BearerToken != "" && cfg.BearerTokenFile != "":
		return errors.New("both a bearer token and a file with one: use one")
	case (cfg.TLS.CertFile == "") != (cfg.TLS.KeyFile == ""):
		return errors.New("a client certificate needs both its file and its key's file")
	}
	if strings.ContainsFunc(cfg.OrgID+cfg.BearerToken, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return errors.New("control characters in the tenant or the bearer token")
	}
	for _, s := range []string{cfg.Password, cfg.BearerToken, c.basic()} {
		if len(s) >= minSecret {
			c.secrets = append(c.secrets, s)
		}
	}
	_, err := c.bearer()
	return err
}

// minSecret is the length from which a secret is cut out of texts. Blanking out an "a" everywhere would tell more.
const minSecret = 4

// basic is the value of a basic Authorization header without its scheme.
func (c *Client) basic() string {
	if c.cfg.Username == "" {
		return ""
	}
	return base64.StdEncoding.EncodeToString([]byte(c.cfg.Username + ":" + c.cfg.Password))
}

// bearer is the bearer token to use now, "" for none.
func (c *Client) bearer() (string, error) {
	if c.cfg.BearerTokenFile == "" {
		return c.cfg.BearerToken, nil
	}
	b, err := os.ReadFile(c.cfg.BearerTokenFile)
	if err != nil {
		return "", fmt.Errorf("read bearer token: %w", err)
	}
	token := strings.TrimSpace(string(b))
	if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return "", fmt.Errorf("read bearer token: %s holds no token on one line", c.cfg.BearerTokenFile)
	}
	return token, nil
}

// header is what every request carries.
func (c *Client) header() (http.Header, error) {
	h := http.Header{}
	// Without it, 3.x merges structured metadata and parsed labels into the stream's labels, differently in the tail
	// and in queries, so that a line would have two identities. 2.9 ignores it.
	h.Set("X-Loki-Response-Encoding-Flags", "categorize-labels")
	h.Set("User-Agent", "donnatop")
	if c.cfg.OrgID != "" {
		h.Set("X-Scope-OrgID", c.cfg.OrgID)
	}
	token, err := c.bearer()
	switch {
	case err != nil:
		return nil, err
	case token != "":
		h.Set("Authorization", "Bearer "+token)
	case c.cfg.Username != "":
		h.Set("Authorization", "Basic "+c.basic())
	}
	return h, nil
}

func (t TLS) config() (*tls.Config, error) {
	cfg := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         t.ServerName,
		InsecureSkipVerify: t.SkipVerify,
	}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("read certificate authority: %w", err)
		}
		if cfg.RootCAs, err = x509.SystemCertPool(); err != nil {
			cfg.RootCAs = x509.NewCertPool()
		}
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read certificate authority: no PEM certificate in %s", t.CAFile)
		}
	}
	if t.CertFile != "" {
		cert, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("read client certificate: %w", err)
		}
		cfg.Certificates = []tls.Certificate{cert}
	}
	return cfg, nil
}
