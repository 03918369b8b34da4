package loki

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTryTail(t *testing.T) {
	for _, tc := range []struct {
		name string
		set  func(f *fakeLoki)
		want Kind // -1: it works
	}{
		{"pings", func(*fakeLoki) {}, -1},
		{"silent", func(f *fakeLoki) { f.silent = true }, KindTimeout},
		{"refused", func(f *fakeLoki) { f.tailFate = func(int) (int, string) { return http.StatusUnauthorized, "" } }, KindAuth},
		{"busy", func(f *fakeLoki) {
			f.tailFate = func(int) (int, string) { return 0, "max concurrent tail requests limit exceeded" }
		}, KindTailBusy},
		{"down", func(f *fakeLoki) { f.setDown(true) }, KindRefused},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFakeLoki(t, true)
				tc.set(f)
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second) // of the bubble
				defer cancel()
				err := f.client().TryTail(ctx, `{job="x"}`)
				e := (*Error)(nil)
				if tc.want < 0 && err != nil || tc.want >= 0 && (!errors.As(err, &e) || e.Kind != tc.want) {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

func TestClockAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLoki(t, true)
		c := f.client()
		if got := c.ClockAhead(); got != 0 {
			t.Errorf("before any answer: %v", got)
		}
		f.clock = aheadClock{f.clock, time.Minute}
		if err := c.Validate(t.Context(), `{job="x"}`); err != nil {
			t.Fatal(err)
		}
		if got := c.ClockAhead(); (got - time.Minute).Abs() > time.Second {
			t.Errorf("%v ahead", got)
		}
	})
}

func TestCauseAndHint(t *testing.T) {
	e := &Error{Kind: KindAuth, Op: "query Loki", Addr: "http://loki:3100", Status: 401, Text: "no credentials"}
	if got := e.Cause() + "; " + e.Hint(); got != e.Error() || !strings.HasSuffix(e.Cause(), "HTTP 401: no credentials") {
		t.Errorf("%q", got)
	}
}
