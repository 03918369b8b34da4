package loki

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// tailSilence is how long a tail may be silent. Loki pings every second.
	tailSilence = 5 * time.Second
	// tailBusyWait is how long to poll only when Loki has no tail left for us.
	tailBusyWait = 30 * time.Second
	// tailBuffer is what a frame buffer may keep for the next frame.
	tailBuffer = 4 << 20
)

// tail keeps a tail of one selector open and reports what it hears. Nothing depends on it: it never blocks on its
// reader, who finds by query what was dropped here.
type tail struct {
	client   *Client
	selector string
	events   chan tailEvent
	up       atomic.Bool

	cancel context.CancelFunc
	ended  chan struct{}
}

// tailEvent is one frame, or the news that lines may have been missed.
type tailEvent struct {
	lines  []tailLine
	missed bool // the tail began, ended, or says it dropped lines
}

type tailLine struct {
	Line
	key uint64
}

func (c *Client) startTail(ctx context.Context, selector string) *tail {
	ctx, cancel := context.WithCancel(ctx)
	t := &tail{client: c, selector: selector, events: make(chan tailEvent, 64), cancel: cancel, ended: make(chan struct{})}
	go t.run(ctx)
	return t
}

// stop closes the tail and waits until it is closed.
func (t *tail) stop() {
	t.cancel()
	<-t.ended
}

func (t *tail) run(ctx context.Context) {
	defer close(t.ended)
	retry := newBackoff(250*time.Millisecond, 5*time.Second)
	for ctx.Err() == nil {
		began := t.client.clock.Now()
		err := t.session(ctx)
		if t.client.clock.Since(began) > tailSilence { // while Loki starts, it accepts tails and closes them at once
			retry.Reset()
		}
		if e := (*Error)(nil); errors.As(err, &e) && e.Permanent() {
			return // polling goes on; a query that Loki rejects is reported by the first page
		}
		wait := retryDelay(retry, err)
		if isKind(err, KindTailBusy) || isKind(err, KindAuth) || isKind(err, KindForbidden) {
			wait = tailBusyWait
		}
		sleep(ctx, t.client.clock, wait)
	}
}

// session is one connection. It returns why it ended, or didn't come to be.
func (t *tail) session(ctx context.Context) error {
	if !t.client.tailing.CompareAndSwap(false, true) {
		return &Error{Kind: KindTailBusy, Op: "tail Loki", Text: "this client has a tail already"}
	}
	defer t.client.tailing.Store(false)
	conn, err := t.client.dialTail(ctx, t.selector)
	if err != nil {
		return err
	}
	t.up.Store(true)
	t.report(tailEvent{missed: true})
	err = t.read(ctx, conn)
	t.up.Store(false)
	t.report(tailEvent{missed: true})
	return err
}

func (t *tail) report(e tailEvent) {
	select {
	case t.events <- e:
	default: // the reader is in a long pass, which finds the lines
	}
}

// read reports the frames of conn until it ends, and closes it.
func (t *tail) read(ctx context.Context, conn *websocket.Conn) error {
	defer conn.Close()
	var silent atomic.Bool
	watch := t.client.clock.AfterFunc(tailSilence, func() {
		silent.Store(true)
		conn.Close()
	})
	defer watch.Stop()
	defer context.AfterFunc(ctx, func() {
		// Loki answers a close at once; whether it does is no matter.
		_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Time{})
		conn.Close()
	})()
	conn.SetPingHandler(func(payload string) error {
		watch.Reset(tailSilence)
		return conn.WriteControl(websocket.PongMessage, []byte(payload), time.Time{})
	})
	f := frames{conn: conn}
	for {
		err := f.next()
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case silent.Load():
			return &Error{Kind: KindTimeout, Op: "tail Loki", Addr: t.client.cfg.Addr}
		case err != nil:
			return t.client.tailError(err)
		}
		watch.Reset(tailSilence)
		t.report(tailEvent{lines: copyTailLines(f.lines), missed: f.dropped > 0})
	}
}

func copyTailLines(raw []rawLine) []tailLine {
	lines := make([]tailLine, len(raw))
	for i, l := range raw {
		lines[i] = tailLine{Line: l.line(), key: l.key()}
	}
	return lines
}

// frames reads the frames of a tail.
type frames struct {
	decoder
	conn *websocket.Conn
	buf  bytes.Buffer
}

// next reads one frame into the decoder. The buffer is used again: conn.ReadMessage would allocate one per frame, and
// spend most of its time on that.
func (f *frames) next() error {
	_, r, err := f.conn.NextReader()
	if err != nil {
		return err
	}
	if f.buf.Cap() > tailBuffer {
		f.buf = bytes.Buffer{}
	}
	f.buf.Reset()
	if _, err := f.buf.ReadFrom(r); err != nil {
		return err
	}
	if err := f.decode(f.buf.Bytes()); err != nil {
		return frameError{err}
	}
	return nil
}

// frameError is a frame that isn't a whole one of Loki's.
type frameError struct{ error }

// dialTail opens the tail from now on. `limit` is about lines of the past, at least one of which has to be asked for.
func (c *Client) dialTail(ctx context.Context, selector string) (*websocket.Conn, error) {
	const op = "tail Loki"
	header, err := c.header()
	if err != nil {
		return nil, &Error{Kind: KindAuth, Op: op, Addr: c.cfg.Addr, Err: err} // no token in its file, just now
	}
	u := c.url("/loki/api/v1/tail", url.Values{
		"query": {selector},
		"start": {nanos(c.lokiNow().Add(-time.Second))}, // Loki refuses one that is in the future by its clock
		"limit": {"1"},
	})
	u.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	conn, resp, err := c.ws.DialContext(ctx, u.String(), header)
	switch {
	case err == nil:
		conn.SetReadLimit(maxBody)
		return conn, nil
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case errors.Is(err, websocket.ErrBadHandshake) && resp != nil:
		body, _ := io.ReadAll(resp.Body) // the dialer has read it already, up to 1 KiB
		return nil, c.statusError(op, resp.StatusCode, resp.Header.Get("Content-Type"), body)
	}
	return nil, c.networkError(op, err)
}

// tailError sorts the end of a tail into its kind. Loki closes tails with code 1011 for every reason it has, and one
// that is killed not at all.
func (c *Client) tailError(err error) *Error {
	const op = "tail Loki"
	var ended *websocket.CloseError
	switch {
	case errors.As(err, new(frameError)):
		return &Error{Kind: KindCut, Op: op, Addr: c.cfg.Addr, Err: err}
	case errors.Is(err, websocket.ErrReadLimit):
		return &Error{Kind: KindTooLarge, Op: op, Addr: c.cfg.Addr, Err: err}
	case !errors.As(err, &ended):
		return c.networkError(op, err)
	case ended.Code == websocket.CloseAbnormalClosure:
		return &Error{Kind: KindCut, Op: op, Addr: c.cfg.Addr, Err: err}
	}
	e := &Error{Kind: KindClosed, Op: op, Addr: c.cfg.Addr, Text: c.redact(clean(ended.Text)), Err: err}
	reason := strings.TrimPrefix(ended.Text, "rpc error: code = Code(400) desc = ")
	switch {
	case strings.HasPrefix(reason, "parse error"), strings.HasPrefix(reason, "only log selector"):
		e.Kind = KindQuery
	case strings.HasPrefix(reason, "max concurrent"):
		e.Kind = KindTailBusy
	}
	return e
}

var (
	quoted       = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`")
	labelParsers = regexp.MustCompile(`\|\s*(json|logfmt|pattern|regexp|unpack|label_format)\b`)
)

// multipliesStreams says whether a query adds labels from the lines' text. In a tail each line is then a stream of its
// own, of which Loki passes on six.
func multipliesStreams(query string) bool {
	return labelParsers.MatchString(quoted.ReplaceAllLiteralString(query, `""`))
}
