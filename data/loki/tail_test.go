package loki

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// TestTailFailures goes through the ways in which a tail ends. Whichever it is, every line comes once.
func TestTailFailures(t *testing.T) {
	const code400 = "rpc error: code = Code(400) desc = "
	cases := []struct {
		name    string
		status  int           // of the handshake
		text    string        // of the handshake or of a close with 1011; "cut" ends it without one
		retried time.Duration // when it must have been tried again at the latest; 0: never
		notYet  time.Duration // when it mustn't have been
	}{
		{name: "bad query, 3.x", status: 400, text: "parse error at line 1, col 28: syntax error: unexpected IDENTIFIER"},
		{name: "bad query, 2.9.0", text: "parse error at line 1, col 28: syntax error: unexpected IDENTIFIER"},
		{name: "bad query with a long text, 2.9.0", text: "cut", retried: time.Second},
		{name: "metric query", text: "only log selector is supported"},
		{name: "bad start", status: 400, text: `could not parse 'start' parameter`},
		{name: "start too old", text: code400 + "the query time range exceeds the limit", retried: time.Second},
		{name: "too many tails", text: code400 + "max concurrent tail requests limit exceeded, count > limit (11 > 10)", notYet: 20 * time.Second, retried: 31 * time.Second},
		{name: "open for an hour", text: "reached tail max duration limit", retried: time.Second},
		{name: "Loki stops", text: "all ingesters closed the connection", retried: time.Second},
		{name: "Loki starts", text: "empty ring", retried: time.Second},
		{name: "Loki is killed", text: "cut", retried: time.Second},
		{name: "no tenant", status: 401, text: "no org id\n", notYet: 20 * time.Second, retried: 31 * time.Second},
		{name: "bad tenant", status: 400, text: "tenant ID 'a/../b' contains unsupported character '/'"},
		{name: "a fault of a proxy", status: 502, text: "<html>bad gateway", retried: time.Second},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fakeLoki) {
				f.tailFate = func(n int) (int, string) {
					if n > 1 {
						return 0, ""
					}
					return c.status, c.text
				}
				x := follow(t, f, FollowOptions{Tail: true})
				start := x.clock.Now()
				until := func(d time.Duration) {
					for x.clock.Since(start) < d {
						f.push(x.line(0))
						x.after(250 * time.Millisecond)
					}
				}
				if c.notYet > 0 {
					until(c.notYet)
					if f.dialed() != 1 {
						t.Errorf("%d tails after %s", f.dialed(), c.notYet)
					}
				}
				want := 2
				if c.retried == 0 {
					want = 1
				}
				until(max(c.retried, 10*time.Second))
				if f.dialed() != want {
					t.Errorf("%d tails, want %d", f.dialed(), want)
				}
				x.after(fullEvery)
				x.wantAll()
			})
		})
	}
}

// TestTailRetriesSlower: a tail that keeps failing, or ending, is tried at growing distances, up to 5 s and a third.
func TestTailRetriesSlower(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		f.tailFate = func(n int) (int, string) { return n % 2 * http.StatusInternalServerError, "empty ring" }
		x := follow(t, f, FollowOptions{Tail: true})
		x.after(5 * time.Minute)
		if f.dialed() < 40 || f.dialed() > 100 {
			t.Errorf("%d tails tried in 5 minutes", f.dialed())
		}
	})
}

// TestSilentTail: no pings and no frames for 5 s are an end as well.
func TestSilentTail(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		x := follow(t, f, FollowOptions{Tail: true})
		x.after(time.Minute)
		if f.dialed() != 1 {
			t.Fatalf("%d tails while there were pings", f.dialed())
		}
		f.locked(func() { f.silent = true })
		for _, tail := range f.openTails() {
			tail.end("cut")
		}
		x.after(time.Minute)
		if f.dialed() < 6 || f.dialed() > 14 {
			t.Errorf("%d tails in a minute of silence", f.dialed())
		}
	})
}

func TestBadFrames(t *testing.T) {
	for name, frame := range map[string]string{
		"half a frame": frameCases[0].body[:60],
		"a web page":   "<html>",
		"no JSON":      "\x00\x1b[2J",
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, f *fakeLoki) {
				x := follow(t, f, FollowOptions{Tail: true})
				x.after(time.Second)
				for _, tail := range f.openTails() {
					tail.send([]byte(frame))
				}
				f.push(x.line(0))
				x.after(2 * time.Second)
				x.wantAll()
				if f.dialed() != 2 {
					t.Errorf("%d tails, want another after the bad frame", f.dialed())
				}
			})
		})
	}
}

// TestDroppedEntries: what Loki admits to have dropped is fetched at once.
func TestDroppedEntries(t *testing.T) {
	inBubble(t, func(t *testing.T, f *fakeLoki) {
		f.deliver = func(fakeLine) int { return 0 }
		x := follow(t, f, FollowOptions{Tail: true})
		x.after(10 * time.Minute)
		f.push(x.line(0))
		for _, tail := range f.openTails() {
			tail.send([]byte(`{"streams":[],"dropped_entries":[{"timestamp":"1795439761420773605","labels":{"job":"b29"}}]}`))
		}
		x.after(minGap)
		x.wantAll()
	})
}

// TestHugeFrame: a frame over the limit ends the tail, not the program.
func TestHugeFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLoki(t, true)
		x := follow(t, f, FollowOptions{Tail: true})
		x.after(time.Second)
		for _, tail := range f.openTails() {
			tail.send([]byte(strings.Repeat(" ", maxBody+1)))
		}
		x.after(5 * time.Second)
		f.push(x.line(0))
		x.after(2 * time.Second)
		x.wantAll()
		if f.dialed() != 2 {
			t.Errorf("%d tails", f.dialed())
		}
	})
}

func TestTailErrorKinds(t *testing.T) {
	c, err := NewClient(Config{Addr: "http://loki:3100"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]Kind{
		"parse error at line 1":           KindQuery,
		"only log selector is supported":  KindQuery,
		"reached tail max duration limit": KindClosed,
		"rpc error: code = Code(400) desc = max concurrent tail requests limit exceeded": KindTailBusy,
		"empty ring": KindClosed,
	} {
		if e := c.tailError(&websocket.CloseError{Code: 1011, Text: text}); e.Kind != want {
			t.Errorf("%q is of kind %d, want %d", text, e.Kind, want)
		}
	}
	if e := c.tailError(&websocket.CloseError{Code: websocket.CloseAbnormalClosure}); e.Kind != KindCut {
		t.Errorf("an abnormal closure is of kind %d", e.Kind)
	}
}

func TestMultipliesStreams(t *testing.T) {
	for query, want := range map[string]bool{
		`{a="b"}`:                       false,
		`{a="b"} |= "| json"`:           false,
		"{a=\"b\"} |= `| json`":         false,
		`{a="\"| json"}`:                false,
		`{a="b"} | json`:                true,
		`{a="b"} |= "x" |json event`:    true,
		`{a="b"} | logfmt | x="y"`:      true,
		`{a="b"} | level="error"`:       false,
		`{a="b"} |~ "x" | jsonified=""`: false,
	} {
		if got := multipliesStreams(query); got != want {
			t.Errorf("%s: %t", query, got)
		}
	}
}
