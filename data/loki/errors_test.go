package loki

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func newTestClient(t *testing.T, cfg Config) *Client {
	t.Helper()
	c, err := NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// closedAddr is an address at which nothing listens.
func closedAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func answerWith(status int, header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if k, v, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// TestErrors: each fault has its kind, and its text says what happened and what to do.
func TestErrors(t *testing.T) {
	const whole = `{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[["1","x"]]}]}}`
	cases := []struct {
		name      string
		handler   http.HandlerFunc
		kind      Kind
		transient bool
		permanent bool
		texts     []string
	}{
		{"bad selector", answerWith(400, "", "parse error at line 1, col 2: syntax error: \x1b[31munexpected\u202e $end\n"), KindQuery, false, true, []string{"HTTP 400", "syntax error", "--selector"}},
		{"no tenant", answerWith(401, "", "no org id\n"), KindAuth, false, false, []string{"401", "no org id", "LOKI_ORG_ID"}},
		{"forbidden", answerWith(403, "", "no"), KindForbidden, false, false, []string{"403", "LOKI_ORG_ID"}},
		{"another server", answerWith(404, "", "404 page not found\n"), KindNotLoki, false, false, []string{"404", "probably not Loki", "--loki"}},
		{"too many requests", answerWith(429, "Retry-After: 7", "slow down"), KindRateLimited, true, false, []string{"429", "slow down"}},
		{"internal error", answerWith(500, "", "empty ring"), KindServer, true, false, []string{"500", "empty ring", "still starting"}},
		{"bad gateway page", answerWith(502, "Content-Type: text/html", "<html><b>bad gateway</b>"), KindServer, true, false, []string{"502", "a web page"}},
		{"a web page instead of JSON", answerWith(200, "", "  <!doctype html><title>Sign in</title>"), KindNotLoki, false, false, []string{"a web page", "probably not Loki"}},
		{"a redirect to a login", answerWith(302, "Location: https://sso.example/login?token=abc", ""), KindNotLoki, false, false, []string{"a redirect to https://sso.example/login", "probably not Loki"}},
		{"other JSON", answerWith(200, "", `{"status":"success"}`), KindNotLoki, false, false, []string{"not Loki's JSON"}},
		{"half an answer", answerWith(200, "", whole[:len(whole)/2]), KindCut, true, false, []string{"middle of the answer"}},
		{"a cut connection", answerWith(200, "Content-Length: 1000", whole), KindCut, true, false, []string{"middle of the answer"}},
		{"no answer at all", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, KindCut, true, false, []string{"middle of the answer"}},
		{"an answer that never comes", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, KindTimeout, true, false, []string{"no answer in time"}},
		{"a very long text", answerWith(500, "", strings.Repeat("x", 1<<20)), KindServer, true, false, []string{"xxx…"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.handler)
			defer server.Close()
			timeout := 10 * time.Second
			if c.kind == KindTimeout {
				timeout = 50 * time.Millisecond
			}
			client := newTestClient(t, Config{Addr: server.URL, Timeout: timeout})
			_, err := client.QueryRange(t.Context(), Range{Query: testSelector, From: 1, To: 2, Limit: 1, Direction: Forward})
			checkError(t, err, c.kind, c.texts)
			var e *Error
			if errors.As(err, &e); e.Transient() != c.transient || e.Permanent() != c.permanent {
				t.Errorf("transient %t, permanent %t", e.Transient(), e.Permanent())
			}
			if c.kind == KindRateLimited && e.RetryAfter != 7*time.Second {
				t.Errorf("retry after %s", e.RetryAfter)
			}
			if !strings.Contains(err.Error(), server.URL) {
				t.Errorf("%q doesn't name the address", err)
			}
		})
	}
}

// checkError checks kind and text of err.
func checkError(t *testing.T, err error, kind Kind, texts []string) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v of type %T", err, err)
	}
	if e.Kind != kind {
		t.Errorf("kind %d, want %d: %v", e.Kind, kind, err)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q doesn't say %q", err, text)
		}
	}
	if strings.ContainsAny(err.Error(), "\x1b\n\u202e") || len(err.Error()) > 1000 {
		t.Errorf("unfit for a line: %q", err)
	}
}

// newTLSServer keeps quiet about clients that don't trust it.
func newTLSServer(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(answerWith(200, "", "ready"))
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func TestConnectionErrors(t *testing.T) {
	secure := newTLSServer(t)
	plainServer := httptest.NewServer(answerWith(200, "", "{}"))
	defer plainServer.Close()
	noHost := func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "dona-loki", IsNotFound: true}}
	}
	for _, c := range []struct {
		name  string
		cfg   Config
		kind  Kind
		texts []string
	}{
		{"nothing listens", Config{Addr: "http://" + closedAddr(t)}, KindRefused, []string{"connection refused", "is Loki running"}},
		{"no such host", Config{Addr: "http://dona-loki:3100", dial: noHost}, KindDNS, []string{"no such host as dona-loki", "host name"}},
		{"an unknown certificate", Config{Addr: secure.URL}, KindTLS, []string{"certificate", "CA file"}},
		{"no TLS there", Config{Addr: strings.Replace(plainServer.URL, "http:", "https:", 1)}, KindTLS, []string{"http/https"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := newTestClient(t, c.cfg)
			checkError(t, client.Ready(t.Context()), c.kind, c.texts)
			_, err := client.dialTail(t.Context(), testSelector)
			checkError(t, err, c.kind, c.texts)
		})
	}
}

func TestTooLargeAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		chunk := make([]byte, 1<<20)
		for range maxBody>>20 + 1 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	checkError(t, newTestClient(t, Config{Addr: server.URL}).Ready(t.Context()), KindTooLarge, []string{"64 MiB"})
}

func TestCancelledQuery(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	err := newTestClient(t, Config{Addr: server.URL}).Ready(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// TestSecretsStayInside: a proxy echoes the request it refuses.
func TestSecretsStayInside(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := r.BasicAuth()
		http.Error(w, strings.Join([]string{"denied:", r.Header.Get("Authorization"), user, password}, " "), http.StatusUnauthorized)
	}))
	defer server.Close()
	tokenFile := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(tokenFile, []byte("file-s3cret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	withUser := strings.Replace(server.URL, "http://", "http://donna:url-s3cret@", 1)
	for name, cfg := range map[string]Config{
		"basic":                {Addr: server.URL, Username: "donna", Password: "basic-s3cret"},
		"bearer":               {Addr: server.URL, BearerToken: "bearer-s3cret"},
		"bearer file":          {Addr: server.URL, BearerTokenFile: tokenFile},
		"in the address":       {Addr: withUser},
		"in a refused address": {Addr: "http://donna:url-s3cret@" + closedAddr(t)},
	} {
		t.Run(name, func(t *testing.T) {
			c := newTestClient(t, cfg)
			_, tailErr := c.dialTail(t.Context(), testSelector)
			for _, err := range []error{c.Ready(t.Context()), tailErr} {
				if text := err.Error() + c.Addr(); strings.Contains(text, "s3cret") || strings.Contains(text, c.basic()) && c.basic() != "" {
					t.Errorf("a secret in %q", text)
				}
			}
		})
	}
}

func TestAuthHeaders(t *testing.T) {
	var got http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got = r.Header.Clone() }))
	defer server.Close()
	tokenFile := filepath.Join(t.TempDir(), "token")
	writeToken := func(token string) {
		if err := os.WriteFile(tokenFile, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	writeToken("first\n")
	c := newTestClient(t, Config{Addr: server.URL, BearerTokenFile: tokenFile, OrgID: "donna"})
	for _, token := range []string{"first", "second"} {
		writeToken(token + "\n")
		if err := c.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got.Get("Authorization") != "Bearer "+token || got.Get("X-Scope-Orgid") != "donna" {
			t.Errorf("headers %v", got)
		}
		if got.Get("X-Loki-Response-Encoding-Flags") != "categorize-labels" {
			t.Error("no header for categorized labels")
		}
	}
	writeToken("") // being rotated
	for _, err := range []error{c.Ready(t.Context()), func() error { _, err := c.dialTail(t.Context(), testSelector); return err }()} {
		checkError(t, err, KindAuth, []string{"no token", "LOKI_BEARER_TOKEN"})
		if e := (*Error)(nil); errors.As(err, &e) && e.Permanent() {
			t.Error("a token that isn't there for a moment ends it all")
		}
	}
	c = newTestClient(t, Config{Addr: strings.Replace(server.URL, "http://", "http://u:p@", 1)})
	if err := c.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u, p, ok := (&http.Request{Header: got}).BasicAuth(); !ok || u != "u" || p != "p" {
		t.Errorf("headers %v", got)
	}
}

func TestBadConfig(t *testing.T) {
	dir := t.TempDir()
	noPEM := filepath.Join(dir, "no.pem")
	if err := os.WriteFile(noPEM, []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	const addr = "http://localhost:3100"
	for name, c := range map[string]struct {
		cfg  Config
		text string
	}{
		"no address":             {Config{}, "--loki"},
		"no scheme":              {Config{Addr: "localhost:3100"}, "http://"},
		"another scheme":         {Config{Addr: "ftp://u:s3cret@localhost"}, "http://"},
		"a broken address":       {Config{Addr: "http://u:s3cret@local host\x7f"}, "http://"},
		"password without user":  {Config{Addr: addr, Password: "x"}, "LOKI_USERNAME"},
		"two kinds":              {Config{Addr: addr, Username: "u", BearerToken: "t"}, "use one"},
		"two tokens":             {Config{Addr: addr, BearerToken: "t", BearerTokenFile: noPEM}, "use one"},
		"missing token file":     {Config{Addr: addr, BearerTokenFile: filepath.Join(dir, "none")}, "none"},
		"token with a newline":   {Config{Addr: addr, BearerToken: "a\nb"}, "control characters"},
		"certificate, no key":    {Config{Addr: addr, TLS: TLS{CertFile: noPEM}}, "key"},
		"no certificate in file": {Config{Addr: addr, TLS: TLS{CAFile: noPEM}}, "no PEM"},
		"missing CA file":        {Config{Addr: addr, TLS: TLS{CAFile: filepath.Join(dir, "none")}}, "none"},
		"bad client certificate": {Config{Addr: addr, TLS: TLS{CertFile: noPEM, KeyFile: noPEM}}, "client certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := NewClient(c.cfg)
			checkError(t, err, KindConfig, []string{c.text})
			if strings.Contains(err.Error(), "s3cret") {
				t.Errorf("a secret in %q", err)
			}
		})
	}
}

func TestTLS(t *testing.T) {
	server := newTLSServer(t)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, cfg := range map[string]TLS{
		"own CA":      {CAFile: ca},
		"server name": {CAFile: ca, ServerName: "example.com"},
		"unverified":  {SkipVerify: true},
	} {
		if err := newTestClient(t, Config{Addr: server.URL, TLS: cfg}).Ready(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := newTestClient(t, Config{Addr: server.URL, TLS: TLS{CAFile: ca, ServerName: "loki.example"}}).Ready(t.Context())
	checkError(t, err, KindTLS, []string{"loki.example"})
	if !errors.As(err, new(*tls.CertificateVerificationError)) {
		t.Errorf("the cause is lost: %v", err)
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "",
		" a \t\r\n b ":                 "a b",
		"\x1b]0;title\x07x":            "]0;title x",
		"a\u202eb\u200bc\ufeffd":       "abcd",
		"\xff\xfe":                     "\ufffd\ufffd",
		"\u009b31mred":                 "31mred",
		"\ufffd":                       "\ufffd",
		strings.Repeat("é", maxText):   strings.Repeat("é", maxText),
		strings.Repeat("é", maxText+1): strings.Repeat("é", maxText) + "…",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}
