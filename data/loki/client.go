package loki

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"
)

// maxBody is the most that is read of one answer or tail frame. Loki's own limit is 4 MiB for answers; a frame of 100
// lines, each escaped to six times its size, was seen at 36 MB.
const maxBody = 64 << 20

// Client talks to one Loki. It is safe for concurrent use.
type Client struct {
	base    *url.URL
	cfg     Config
	secrets []string // to be cut out of texts
	clock   clockwork.Clock
	http    *http.Client
	ws      *websocket.Dialer

	tailing atomic.Bool  // there is a tail: one per client, Loki allows a tenant ten in all
	ahead   atomic.Int64 // how far Loki's clock was ahead of ours in the last answer, nanoseconds
}

func (c *Client) setTransport(dial func(ctx context.Context, network, addr string) (net.Conn, error), tlsConfig *tls.Config) {
	c.http = &http.Client{
		Timeout: c.cfg.Timeout,
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         dial,
			TLSClientConfig:     tlsConfig,
			ForceAttemptHTTP2:   true,
			TLSHandshakeTimeout: c.cfg.Timeout,
			IdleConnTimeout:     90 * time.Second,
			MaxIdleConnsPerHost: 4,
			// Between two programs of one machine compression saves nothing and costs both, Loki the most.
			DisableCompression: isLoopback(c.base.Hostname()),
		},
		// Loki redirects nothing; a login page does, and following it would show it our credentials.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	wsTLS := tlsConfig.Clone()
	wsTLS.NextProtos = []string{"http/1.1"} // a websocket needs it
	c.ws = &websocket.Dialer{
		Proxy:            http.ProxyFromEnvironment,
		NetDialContext:   dial,
		TLSClientConfig:  wsTLS,
		HandshakeTimeout: c.cfg.Timeout,
		ReadBufferSize:   4 << 10, // larger ones are slower
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Addr is the address without credentials, for messages.
func (c *Client) Addr() string { return c.cfg.Addr }

// Close drops idle connections. The client can still be used.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// get sends one GET and reads the whole answer into buf.
func (c *Client) get(ctx context.Context, op, path string, params url.Values, buf *bytes.Buffer) error {
	req, err := c.request(ctx, path, params)
	if err != nil {
		return &Error{Kind: KindAuth, Op: op, Addr: c.cfg.Addr, Err: err} // no token in its file, just now
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return c.networkError(op, err)
	}
	defer resp.Body.Close()
	buf.Reset()
	_, err = buf.ReadFrom(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err != nil:
		return c.networkError(op, err)
	case buf.Len() > maxBody:
		return &Error{Kind: KindTooLarge, Op: op, Addr: c.cfg.Addr}
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		date = date.Add(500 * time.Millisecond) // the header leaves out the fraction
		c.ahead.Store(int64(date.Sub(c.clock.Now())))
	}
	return c.checkAnswer(op, resp, buf.Bytes())
}

func (c *Client) checkAnswer(op string, resp *http.Response, body []byte) error {
	contentType := resp.Header.Get("Content-Type")
	switch {
	case resp.StatusCode/100 == 3:
		e := c.statusError(op, resp.StatusCode, "", nil)
		e.Text = "a redirect"
		if to, err := resp.Location(); err == nil {
			e.Text = c.redact(clean("a redirect to " + to.Scheme + "://" + to.Host + to.Path))
		}
		return e
	case resp.StatusCode != http.StatusOK:
		e := c.statusError(op, resp.StatusCode, contentType, body)
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
			e.RetryAfter = min(time.Duration(s)*time.Second, time.Hour)
		}
		return e
	case isWebPage(contentType, body):
		return &Error{Kind: KindNotLoki, Op: op, Addr: c.cfg.Addr, Text: c.serverText(contentType, body)}
	}
	return nil
}

func (c *Client) request(ctx context.Context, path string, params url.Values) (*http.Request, error) {
	header, err := c.header()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url(path, params).String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header = header
	return req, nil
}

func (c *Client) url(path string, params url.Values) *url.URL {
	u := *c.base
	u.Path += path
	u.RawQuery = params.Encode()
	return &u
}

// getJSON sends one GET and decodes the answer into v.
func (c *Client) getJSON(ctx context.Context, op, path string, params url.Values, v any) error {
	var buf bytes.Buffer
	if err := c.get(ctx, op, path, params, &buf); err != nil {
		return err
	}
	if err := json.Unmarshal(buf.Bytes(), v); err != nil {
		return c.answerError(op, buf.Bytes(), err)
	}
	return nil
}

// answerError is the fault of an answer that doesn't decode: cut off in the middle, or not Loki's.
func (c *Client) answerError(op string, body []byte, err error) *Error {
	e := &Error{Kind: KindNotLoki, Op: op, Addr: c.cfg.Addr, Err: err, Text: "an answer that is not Loki's JSON"}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) && syntax.Offset >= int64(len(body)) {
		e.Kind, e.Text = KindCut, ""
	}
	return e
}

// Ready asks Loki whether it is ready. It says no for up to 15 s after its start, though it answers queries by then.
func (c *Client) Ready(ctx context.Context) error {
	var buf bytes.Buffer
	return c.get(ctx, "ask whether Loki is ready", "/ready", nil, &buf)
}

// BuildInfo is what Loki says of its build. Fields may be empty.
type BuildInfo struct {
	Version  string `json:"version"`
	Revision string `json:"revision"`
}

// BuildInfo asks for Loki's version.
func (c *Client) BuildInfo(ctx context.Context) (BuildInfo, error) {
	var info BuildInfo
	err := c.getJSON(ctx, "ask for Loki's version", "/loki/api/v1/status/buildinfo", nil, &info)
	info.Version, info.Revision = clean(info.Version), clean(info.Revision)
	return info, err
}

// Labels lists the names of the labels of lines in [from, to).
func (c *Client) Labels(ctx context.Context, from, to time.Time) ([]string, error) {
	return c.names(ctx, "list Loki's labels", "/loki/api/v1/labels", from, to)
}

// LabelValues lists the values that the label name has on lines in [from, to); none if there is no such label.
func (c *Client) LabelValues(ctx context.Context, name string, from, to time.Time) ([]string, error) {
	if name == "" || strings.ContainsRune(name, '/') {
		return nil, &Error{Kind: KindQuery, Op: "list a label's values", Addr: c.cfg.Addr, Text: fmt.Sprintf("no label name: %q", clean(name))}
	}
	return c.names(ctx, "list a label's values", "/loki/api/v1/label/"+name+"/values", from, to)
}

func (c *Client) names(ctx context.Context, op, path string, from, to time.Time) ([]string, error) {
	var answer struct {
		Data []string `json:"data"` // left out when empty
	}
	params := url.Values{"start": {nanos(from)}, "end": {nanos(to)}}
	err := c.getJSON(ctx, op, path, params, &answer)
	return answer.Data, err
}

// lokiNow is the time by Loki's clock, as far as its Date headers tell it. On another machine with a wrong clock, the
// newest lines would otherwise seem to lie outside every range that ends or begins now. A difference of a second is
// within the resolution of the header and the overlap of ranges.
func (c *Client) lokiNow() time.Time {
	now := c.clock.Now()
	if d := time.Duration(c.ahead.Load()).Round(time.Second); d.Abs() >= 2*time.Second {
		return now.Add(d)
	}
	return now
}

// nanos writes t as Loki takes it without losing digits.
func nanos(t time.Time) string { return strconv.FormatInt(t.UnixNano(), 10) }
