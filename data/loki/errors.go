package loki

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"
)

// Kind is what went wrong, as far as it matters for what to do next.
type Kind int

const (
	KindNetwork     Kind = iota // the network failed in some other way
	KindConfig                  // the settings contradict each other or name an unusable file
	KindRefused                 // nothing listens there
	KindDNS                     // no such host
	KindTLS                     // the certificate, or no TLS at all
	KindTimeout                 // no answer in time
	KindCut                     // the connection ended in the middle of an answer
	KindAuth                    // 401: no or wrong credentials, or no tenant
	KindForbidden               // 403
	KindQuery                   // 400: Loki rejects the query
	KindNotLoki                 // 404, a redirect, a web page, JSON of another kind: something else answers there
	KindRateLimited             // 429
	KindServer                  // 5xx
	KindTooLarge                // an answer over 64 MiB
	KindCrowded                 // more lines on one nanosecond than can be read
	KindTailBusy                // no more tails allowed now
	KindClosed                  // Loki ended a tail
)

// Error is what every method of [Client] returns unless its context ended. Its text says what happened and what to do, and holds no credentials;
// text from the server is capped and free of control characters.
type Error struct {
	Kind       Kind
	Op         string        // what was tried, such as "query Loki"
	Addr       string        // of Loki, without credentials
	Status     int           // the HTTP status, 0 without one
	Text       string        // what the server said
	RetryAfter time.Duration // how long the server asked to wait, 0 if it didn't
	Err        error         // the cause, if there is one
}

func (e *Error) Unwrap() error { return e.Err }

// Permanent says that trying again without changing a setting can't help.
func (e *Error) Permanent() bool { return e.Kind == KindConfig || e.Kind == KindQuery }

// Transient says that a retry within seconds may well succeed.
func (e *Error) Transient() bool {
	switch e.Kind {
	case KindTimeout, KindCut, KindRateLimited, KindServer:
		return true
	}
	return false
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Addr != "" {
		fmt.Fprintf(&b, " at %s", e.Addr)
	}
	b.WriteString(": ")
	b.WriteString(e.what())
	if hint := e.hint(); hint != "" {
		b.WriteString("; ")
		b.WriteString(hint)
	}
	return b.String()
}

// what says what happened.
func (e *Error) what() string {
	switch e.Kind {
	case KindRefused:
		return "connection refused"
	case KindTimeout:
		return "no answer in time"
	case KindCut:
		return "the connection ended in the middle of the answer"
	case KindTooLarge:
		return fmt.Sprintf("an answer of more than %d MiB", maxBody>>20)
	}
	var parts []string
	if e.Status != 0 {
		parts = append(parts, fmt.Sprintf("HTTP %d", e.Status))
	}
	if e.Text != "" {
		parts = append(parts, e.Text)
	}
	if e.Err != nil && e.Text == "" {
		parts = append(parts, clean(e.Err.Error()))
	}
	return strings.Join(parts, ": ")
}

// hint says what to do about it.
func (e *Error) hint() string {
	switch e.Kind {
	case KindRefused:
		return "is Loki running, and is the address right (--loki, LOKI_ADDR)?"
	case KindDNS:
		return "check the host name in the address (--loki, LOKI_ADDR)"
	case KindTLS:
		return "check http/https in the address and the TLS settings (CA file, server name)"
	case KindTimeout, KindServer:
		return "is Loki overloaded or still starting?"
	case KindAuth:
		return "check the user name and password, bearer token or tenant (LOKI_USERNAME, LOKI_PASSWORD, LOKI_BEARER_TOKEN, LOKI_ORG_ID)"
	case KindForbidden:
		return "these credentials may not read here: check user and tenant (LOKI_ORG_ID)"
	case KindQuery:
		return "check the selector (--selector)"
	case KindNotLoki:
		return "this is probably not Loki: check host, port and path of the address (--loki, LOKI_ADDR)"
	case KindNetwork:
		return "check the network and the address (--loki, LOKI_ADDR)"
	case KindCut:
		return "Loki was restarted or the answer was too large for it; the next attempt usually succeeds"
	case KindTooLarge:
		return "narrow the selector (--selector), or check that this is Loki"
	case KindCrowded:
		return "narrow the selector (--selector)"
	case KindRateLimited:
		return "Loki limits the rate of queries; waiting before the next"
	case KindTailBusy:
		return "lines come by polling until a tail is free"
	}
	return ""
}

// networkError sorts an error of the HTTP client or of a dial into its kind.
func (c *Client) networkError(op string, err error) *Error {
	// *url.Error repeats the whole URL with the query.
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err
	}
	e := &Error{Kind: KindNetwork, Op: op, Addr: c.cfg.Addr, Err: err}
	var (
		dns       *net.DNSError
		record    tls.RecordHeaderError
		alert     tls.AlertError
		unknownCA x509.UnknownAuthorityError
		hostname  x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		timeout   interface{ Timeout() bool }
	)
	switch {
	case errors.As(err, &dns):
		e.Kind, e.Text = KindDNS, "no such host as "+clean(dns.Name)
		if dns.IsTimeout || dns.IsTemporary {
			e.Text = "the name server does not answer for " + clean(dns.Name)
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Kind = KindRefused
	case errors.As(err, &record), errors.As(err, &alert), errors.As(err, &unknownCA), errors.As(err, &hostname),
		errors.As(err, &invalid), errors.As(err, &verify),
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"): // net/http has no type for it
		e.Kind = KindTLS
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, os.ErrDeadlineExceeded):
		e.Kind = KindTimeout
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, syscall.EPIPE), errors.Is(err, io.ErrClosedPipe):
		e.Kind = KindCut
	}
	e.Text = c.redact(e.Text)
	if e.Text == "" && e.Kind != KindRefused && e.Kind != KindTimeout && e.Kind != KindCut {
		e.Text = c.redact(clean(err.Error()))
	}
	return e
}

// statusError turns an HTTP answer that isn't 200 into an error.
func (c *Client) statusError(op string, status int, contentType string, body []byte) *Error {
	e := &Error{Op: op, Addr: c.cfg.Addr, Status: status, Text: c.serverText(contentType, body)}
	switch {
	case status == 400:
		e.Kind = KindQuery
	case status == 401:
		e.Kind = KindAuth
	case status == 403:
		e.Kind = KindForbidden
	case status == 429:
		e.Kind = KindRateLimited
	case status >= 500:
		e.Kind = KindServer
	default:
		e.Kind = KindNotLoki
	}
	return e
}

// serverText is what a server's plain text answer says; of a web page only that it is one.
func (c *Client) serverText(contentType string, body []byte) string {
	if isWebPage(contentType, body) {
		return "a web page instead of Loki's answer"
	}
	return c.redact(clean(string(body)))
}

func isWebPage(contentType string, body []byte) bool {
	return strings.HasPrefix(contentType, "text/html") || strings.HasPrefix(strings.TrimSpace(string(body[:min(len(body), 64)])), "<")
}

// redact takes the client's own secrets out of a text: some proxies echo a request they refuse.
func (c *Client) redact(text string) string {
	for _, s := range c.secrets {
		text = strings.ReplaceAll(text, s, "***")
	}
	if c.cfg.BearerTokenFile != "" {
		if token, err := c.bearer(); err == nil && len(token) >= minSecret {
			text = strings.ReplaceAll(text, token, "***")
		}
	}
	return text
}

// maxText is how many runes of a foreign text go into a message.
const maxText = 300

// clean makes foreign text fit for one line of a message: runs of white space and control characters become one
// space, characters without a shape (bidirectional overrides, zero-width ones) go, the rest is cut off at maxText.
func clean(text string) string {
	var b strings.Builder
	runes, gap := 0, false
	for i, r := range text {
		if runes == maxText {
			b.WriteString("…")
			break
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			r = '\ufffd' // bytes that are no UTF-8
		case unicode.IsSpace(r) || unicode.IsControl(r):
			gap = b.Len() > 0
			continue
		case unicode.Is(unicode.Cf, r):
			continue
		}
		if gap {
			b.WriteByte(' ')
			runes++
			gap = false
		}
		b.WriteRune(r)
		runes++
	}
	return b.String()
}
