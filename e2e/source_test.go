package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/loki"
)

// sink counts the lines a source delivers.
type sink struct {
	mu           sync.Mutex
	live, past   map[string]int
	state        data.SourceState
	beforeRecent int // batches of history that came before any recent line
}

func newSink() *sink { return &sink{live: make(map[string]int), past: make(map[string]int)} }

func (s *sink) SetState(_ string, st data.SourceState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = st
}

func (s *sink) AppendLines(batch []logline.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range batch {
		s.live[e.Raw]++
	}
}

func (s *sink) AppendHistory(batch []logline.Entry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.live) == 0 {
		s.beforeRecent++
	}
	for _, e := range batch {
		s.past[e.Raw]++
	}
}

func (s *sink) SetDB(*data.DB)        {}
func (s *sink) SetConfig(data.Config) {}

// TestSource reads five days of history while lines go on arriving: each is delivered once.
func TestSource(t *testing.T) {
	server := newServer(t)
	p := newPusher(server.addr, t.Name())
	start := time.Now()
	const old = 6000 // one each 72 s
	for i := 0; i < old; i += 100 {
		at := start.Add(-time.Duration(old-i) * 72 * time.Second)
		request, texts := p.lines(i, 100, at)
		for s := range request {
			for v := range request[s].Values { // spread over the time of 100 lines, some sharing a nanosecond
				request[s].Values[v][0] = fmt.Sprint(at.Add(time.Duration(s/2*720+v) * time.Second).UnixNano())
			}
		}
		p.insist(t, request, texts)
	}
	server.flush()
	waitFor(t, 30*time.Second, "old lines to be found", func() bool {
		series, err := server.client().Query(t.Context(), "sum(count_over_time("+selector(p.job)+"[150h]))", start)
		return err == nil && len(series) == 1 && series[0].Samples[0].Value == old
	})
	got := newSink()
	ctx, cancel := context.WithCancel(t.Context())
	ran := make(chan error, 1)
	go func() {
		ran <- loki.NewSource(server.client(), loki.SourceOptions{
			Selector: selector(p.job), Recent: time.Hour, RecentLimit: 1000,
			History: 31 * 24 * time.Hour, HistoryFilter: `"seq":\d*[05],`, Tail: true,
		}).Run(ctx, got)
	}()
	p.run(t, old, 200, 600, func(int) {})
	waitFor(t, 30*time.Second, "the history to be loaded and all lines to arrive", func() bool {
		got.mu.Lock()
		defer got.mu.Unlock()
		return got.state.Loaded && len(got.live) >= 600
	})
	cancel()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	lost, doubled, unasked := 0, 0, 0
	for text := range p.accepted {
		n := got.live[text] + got.past[text]
		wanted := strings.Contains(text, `0,"job"`) || strings.Contains(text, `5,"job"`)
		switch {
		case n > 1:
			doubled++
		case n == 0 && wanted:
			lost++
		case got.past[text] > 0 && !wanted:
			unasked++
		}
	}
	t.Logf("%d live, %d of the history; %d lost, %d doubled, %d unasked", len(got.live), len(got.past), lost, doubled, unasked)
	if lost+doubled+unasked > 0 {
		t.Errorf("%d lost, %d doubled, %d unasked", lost, doubled, unasked)
	}
	if got.beforeRecent > 0 {
		t.Error("history came before the recent lines")
	}
	if st := got.state; st.State != data.StateLive || st.Lost != 0 || len(st.Gaps) != 0 || st.Progress != 1 {
		t.Errorf("state %+v", st)
	}
}

func TestRejectedSelectors(t *testing.T) {
	server := newServer(t)
	for _, bad := range []string{"{", "{}", `{job=~".*"}`, `{job="x"} | nonsense ~`, `rate({job="x"}[1m]`} {
		err := loki.NewSource(server.client(), loki.SourceOptions{Selector: bad, Recent: time.Hour}).Run(t.Context(), newSink())
		var e *loki.Error
		if !errors.As(err, &e) || e.Kind != loki.KindQuery || e.Text == "" {
			t.Errorf("%s: %v", bad, err)
			continue
		}
		t.Logf("%s: %v", bad, err)
	}
}

func TestEndpoints(t *testing.T) {
	server := newServer(t)
	c := server.client()
	p := newPusher(server.addr, t.Name())
	now := time.Now()
	request, texts := p.lines(0, 60, now)
	p.insist(t, request, texts)
	from, to := now.Add(-time.Hour), now.Add(time.Hour)

	labels, err := c.Labels(t.Context(), from, to)
	if err != nil || !slices.Contains(labels, "job") || !slices.Contains(labels, "container_name") {
		t.Errorf("labels %q, %v", labels, err)
	}
	values, err := c.LabelValues(t.Context(), "n", from, to)
	if err != nil || len(values) != streams {
		t.Errorf("values %q, %v", values, err)
	}
	if values, err = c.LabelValues(t.Context(), "no_such_label", from, to); err != nil || len(values) != 0 {
		t.Errorf("values %q, %v", values, err)
	}
	if _, err := c.BuildInfo(t.Context()); err != nil {
		t.Error(err)
	}
	lines, err := c.QueryRange(t.Context(), loki.Range{Query: selector(p.job), From: from.UnixNano(), To: to.UnixNano(), Limit: 25, Direction: loki.Backward})
	if err != nil || len(lines) != 25 || lines[24].Text != texts[59] || lines[24].Labels["job"] != p.job {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	series, err := c.Query(t.Context(), "sum by (n) (count_over_time("+selector(p.job)+"[1h]))", to.Add(-time.Minute))
	if err != nil || len(series) != streams || series[0].Samples[0].Value != 3 {
		t.Errorf("%v, %v", series, err)
	}
}

// TestLines pages through 20,000 lines of which 1,000 share each nanosecond.
func TestLines(t *testing.T) {
	server := newServer(t)
	p := newPusher(server.addr, t.Name())
	base := time.Now().Add(-time.Hour)
	for i := 0; i < 20000; i += 1000 {
		at := base.Add(time.Duration(i) * time.Millisecond)
		request, texts := p.lines(i, 1000, at)
		for s := range request {
			for v := range request[s].Values {
				request[s].Values[v][0] = fmt.Sprint(at.UnixNano())
			}
		}
		p.insist(t, request, texts)
	}
	for _, direction := range []loki.Direction{loki.Forward, loki.Backward} {
		count := make(map[string]int)
		err := server.client().Lines(t.Context(), selector(p.job), base, time.Now(), direction, func(lines []loki.Line) error {
			for _, l := range lines {
				count[l.Text]++
			}
			return nil
		})
		doubled := 0
		for _, n := range count {
			if n > 1 {
				doubled++
			}
		}
		if err != nil || len(count) != 20000 || doubled > 0 {
			t.Errorf("%s: %d lines, %d doubled, %v", direction, len(count), doubled, err)
		}
	}
}
