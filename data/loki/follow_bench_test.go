package loki

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

const (
	// pacedWarm is left out of what is measured: the lines of the past are read in it.
	pacedWarm = 2 * time.Second
	pacedTime = 5 * time.Second
	// figuresEvery is how often a dashboard computes all figures while lines come.
	figuresEvery = 250 * time.Millisecond
)

// BenchmarkFollow follows a Loki that gets so many lines per second, through Source, Hub and ring to snapshots, and
// computes all figures as often as a dashboard does. The baseline does nothing but read the same lines from a websocket
// that loses none, with encoding/json. Both report the CPU time of this process as a share of one core: Loki runs in
// another.
func BenchmarkFollow(b *testing.B) {
	for _, rate := range []int{1000, 5000, 20_000, 50_000} {
		b.Run(fmt.Sprintf("lines-per-s=%d/donnatop", rate), func(b *testing.B) { benchmarkFollow(b, rate) })
		b.Run(fmt.Sprintf("lines-per-s=%d/baseline-websocket-json", rate), func(b *testing.B) { benchmarkPlainReader(b, rate) })
	}
}

func benchmarkFollow(b *testing.B, rate int) {
	for b.Loop() {
		server := startPaced(b, rate)
		client, err := NewClient(Config{Addr: server.addr})
		if err != nil {
			b.Fatal(err)
		}
		hub := data.NewHub(data.HubOptions{Clock: clockwork.NewRealClock()})
		sink := &ledgerSink{Hub: hub, server: server, first: -1}
		source := NewSource(client, SourceOptions{Selector: `{service="donna-orchestrator"}`, Recent: time.Hour, Tail: true})
		ctx, cancel := context.WithCancel(b.Context())
		var working sync.WaitGroup
		working.Go(func() { hub.Run(ctx) })
		working.Go(func() { sink.watch(ctx) })
		working.Go(func() { computeFigures(ctx, hub) })
		working.Go(func() {
			if err := source.Run(ctx, sink); err != nil {
				b.Error(err)
			}
		})
		pause(pacedWarm)
		sink.measuring.Store(true)
		began, cpu := time.Now(), cpuTime(b)
		pause(pacedTime)
		share := float64(cpuTime(b)-cpu) / float64(time.Since(began))
		sink.measuring.Store(false)
		n := server.end(b)
		for patience := time.Now().Add(10 * time.Second); sink.shown.Load() < n-sink.begin() && time.Now().Before(patience); {
			pause(50 * time.Millisecond)
		}
		cancel()
		working.Wait()
		client.Close()

		first, missing, doubled := sink.compare(n)
		st := hub.Snapshot().Sources[data.SourceLoki]
		if missing > st.Lost || doubled > 0 {
			b.Errorf("of the lines %d to %d, %d are missing (%d of them counted as lost), %d came twice; %+v", first, n, missing, st.Lost, doubled, st)
		}
		b.ReportMetric(100*share, "core-%")
		b.ReportMetric(float64(n-first-missing), "kept")
		b.ReportMetric(float64(missing), "lost")
		b.ReportMetric(float64(sink.latency(50).Milliseconds()), "p50-ms")
		b.ReportMetric(float64(sink.latency(99).Milliseconds()), "p99-ms")
		b.ReportMetric(0, "ns/op")
	}
}

// computeFigures does what a dashboard does with snapshots.
func computeFigures(ctx context.Context, hub *data.Hub) {
	tick := time.NewTicker(figuresEvery)
	defer tick.Stop()
	for last := uint64(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if s := hub.Snapshot(); s.Version != last {
				last = s.Version
				s.Figures()
			}
		}
	}
}

// ledgerSink passes on what a source delivers and notes which lines came, and how long they took to be in a snapshot.
type ledgerSink struct {
	*data.Hub
	server    *pacedProcess
	measuring atomic.Bool
	shown     atomic.Int64 // lines in snapshots

	mu        sync.Mutex
	came      []uint8 // by number, how often
	first     int64   // the oldest that came
	waiting   []int64 // times of lines that are in no snapshot yet
	latencies []time.Duration
}

// SetState implements [data.Sink]. There is no history in this benchmark, but figures shall be computed for all windows.
func (s *ledgerSink) SetState(source string, st data.SourceState) {
	st.CoveredFrom = time.Time{}
	s.Hub.SetState(source, st)
}

// AppendLines implements [data.Sink].
func (s *ledgerSink) AppendLines(batch []logline.Entry) {
	s.mu.Lock()
	for i := range batch {
		at := batch[i].Transport.UnixNano()
		n := (at - s.server.start) / s.server.period
		if s.first < 0 || n < s.first {
			s.first = n
		}
		if n >= int64(len(s.came)) {
			s.came = append(s.came, make([]uint8, n+1<<20-int64(len(s.came)))...)
		}
		s.came[n]++
		s.waiting = append(s.waiting, at)
	}
	s.mu.Unlock()
	s.Hub.AppendLines(batch)
}

func (s *ledgerSink) begin() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first
}

// watch notes when lines are first in a snapshot.
func (s *ledgerSink) watch(ctx context.Context) {
	news, unsubscribe := s.Subscribe()
	defer unsubscribe()
	for {
		select {
		case <-ctx.Done():
			return
		case <-news:
		}
		received, now, measuring := int64(s.Snapshot().Logs.Received), time.Now().UnixNano(), s.measuring.Load()
		s.mu.Lock()
		n := received - s.shown.Load()
		if measuring {
			for _, at := range s.waiting[:n] {
				s.latencies = append(s.latencies, time.Duration(now-at))
			}
		}
		s.waiting = append(s.waiting[:0], s.waiting[n:]...)
		s.mu.Unlock()
		s.shown.Store(received)
	}
}

// compare says which line came first, how many of those from it up to n didn't come, and how many came more than once.
func (s *ledgerSink) compare(n int64) (first, missing, doubled int64) {
	for i := s.first; i < n; i++ {
		switch {
		case i >= int64(len(s.came)) || s.came[i] == 0:
			missing++
		case s.came[i] > 1:
			doubled++
		}
	}
	return s.first, missing, doubled
}

func (s *ledgerSink) latency(percent int) time.Duration {
	if len(s.latencies) == 0 {
		return 0
	}
	slices.Sort(s.latencies)
	return s.latencies[(len(s.latencies)-1)*percent/100]
}

// benchmarkPlainReader reads all lines from a websocket and decodes frames and lines, no more.
func benchmarkPlainReader(b *testing.B, rate int) {
	for b.Loop() {
		server := startPaced(b, rate)
		conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(server.addr, "http")+"/loki/api/v1/tail?every=20ms", nil)
		if err != nil {
			b.Fatal(err)
		}
		began, cpu := time.Now(), cpuTime(b)
		lines := 0
		for time.Since(began) < pacedTime {
			_, body, err := conn.ReadMessage()
			if err != nil {
				b.Fatal(err)
			}
			batch, err := entriesByJSON(body)
			if err != nil {
				b.Fatal(err)
			}
			lines += len(batch)
		}
		took := time.Since(began)
		b.ReportMetric(100*float64(cpuTime(b)-cpu)/float64(took), "core-%")
		b.ReportMetric(float64(lines)/took.Seconds(), "lines/s")
		b.ReportMetric(0, "ns/op")
		conn.Close()
	}
}

func cpuTime(tb testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// pause lets real time pass: lines come at their own rate.
func pause(d time.Duration) { <-time.After(d) }
