package loki

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Cause is what was tried and what happened, and Hint what to do about it: the
// two parts of the error's text. Hint may be "".
func (e *Error) Cause() string {
	at := ""
	if e.Addr != "" {
		at = " at " + e.Addr
	}
	return fmt.Sprintf("%s%s: %s", e.Op, at, e.what())
}

// Hint says what to do about the error.
func (e *Error) Hint() string { return e.hint() }

// ClockAhead is how far Loki's clock was ahead of ours at the last answer, to
// about a second; zero before the first.
func (c *Client) ClockAhead() time.Duration { return time.Duration(c.ahead.Load()) }

// errHeard ends a read that was only to show that something comes.
var errHeard = errors.New("heard")

// TryTail opens a tail and waits for its first sign of life: a line, or the ping
// that Loki sends every second. It is for telling whether tails work; whoever
// wants lines calls [Client.Follow].
func (c *Client) TryTail(ctx context.Context, selector string) error {
	conn, err := c.dialTail(ctx, selector)
	if err != nil {
		return err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	conn.SetPingHandler(func(string) error { return errHeard })
	_, _, err = conn.NextReader()
	switch {
	case err == nil, errors.Is(err, errHeard):
		return nil
	case ctx.Err() != nil:
		return &Error{Kind: KindTimeout, Op: "tail Loki", Addr: c.cfg.Addr}
	}
	return c.tailError(err)
}
