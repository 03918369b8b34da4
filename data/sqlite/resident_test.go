package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/internal/gctune"
)

// residentEnv makes the test binary a donnatop without a screen on a benchmark's database: it fills the log, computes
// figures for a while, says how much memory it has, and ends. Its value is the bytes of a line, a space, and the path.
const residentEnv = "DONNATOP_TEST_RESIDENT"

// BenchmarkResident reports what a process has resident, and had at most, with a database read, the ring of lines full,
// a month of lines counted (two for each row, as Donna prints them), and new lines and figures all the time. Set
// DONNATOP_BENCH_ROWS to 10000000 for the figure of docs/performance.md.
func BenchmarkResident(b *testing.B) {
	path := bulk(b, benchRows, benchDays)
	for _, bytes := range []int{500, 1 << 20} {
		b.Run(fmt.Sprintf("line-bytes=%d", bytes), func(b *testing.B) {
			exe, err := os.Executable()
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				cmd := exec.Command(exe)
				cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d %s", residentEnv, bytes, path))
				cmd.Stderr = os.Stderr
				out, err := cmd.Output()
				if err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				for _, m := range regexp.MustCompile(`(\S+) (\d+)\n`).FindAllStringSubmatch(string(out), -1) {
					n, err := strconv.Atoi(m[2])
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(float64(n)/1e6, m[1]+"-MB")
				}
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// residentLines are how many lines come after the ring is full, a hundred at a time.
const residentLines = 20_000

func beResident(job string) error {
	size, path, _ := strings.Cut(job, " ")
	bytes, err := strconv.Atoi(size)
	if err != nil {
		return err
	}
	gctune.Configure()
	hub := data.NewHub(data.HubOptions{Clock: fixedClock{now: testNow}, Absent: map[string]string{data.SourceFiles: "give --logs FILE"}})
	hub.SetState(data.SourceDB, data.SourceState{State: data.StateLive, Loaded: true})
	hub.SetState(data.SourceLoki, data.SourceState{State: data.StateLive, Loaded: true})
	s := NewSource(Options{Path: path, Clock: fixedClock{now: testNow}})
	sink := &hubSink{}
	s.begin(sink)
	s.poll(context.Background())
	if sink.db == nil {
		return fmt.Errorf("read the database: %s", s.state.Detail)
	}
	hub.SetDB(sink.db)

	rng := rand.New(rand.NewPCG(3, 4))
	filler := strings.Repeat("lorem ipsum dolor ", bytes/18+1)
	line := func(e *logline.Entry, at time.Time, bytes int) {
		event := []string{"llm_invocation_logged", "model_router_dispatch"}[rng.IntN(2)]
		head := fmt.Sprintf(`{"event": %q, "level": "info", "task_id": "0190f3a2-6aaa-7000-8000-%012x", "timestamp": %q, "text": "`, event, rng.Uint64()&(1<<48-1), at.Format(time.RFC3339Nano))
		logline.Parse(e, head+filler[:max(0, bytes-len(head)-2)]+`"}`, at, at)
		e.Labels = residentLabels
	}
	batch := make([]logline.Entry, 1000)
	month := int64(benchDays * 24 * time.Hour)
	for n := 0; n < 2*int(sink.db.Invocations.Rows); n += len(batch) {
		for i := range batch {
			if n == 0 {
				line(&batch[i], testNow, 200)
			}
			batch[i].Time = testNow.Add(-time.Duration(rng.Int64N(month)))
		}
		hub.AppendHistory(batch)
	}
	lines := residentLines
	if bytes < 1<<20 {
		lines += 100_000
	} else {
		lines = 400
	}
	for n := 0; n < lines; n += 100 {
		batch := make([]logline.Entry, 100)
		for i := range batch {
			line(&batch[i], testNow.Add(time.Duration(n+i-lines)*time.Millisecond), bytes)
		}
		hub.AppendLines(batch)
		hub.Publish()
		if n%1000 == 0 {
			hub.Snapshot().Figures()
		}
	}
	hub.Publish().Figures()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	for _, m := range regexp.MustCompile(`Vm(RSS|HWM):\s+(\d+) kB`).FindAllStringSubmatch(string(status), -1) {
		fmt.Printf("%s %s000\n", map[string]string{"RSS": "resident", "HWM": "peak"}[m[1]], m[2])
	}
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	fmt.Println("live", m.HeapAlloc)
	runtime.KeepAlive(hub)
	runtime.KeepAlive(s)
	return nil
}

var residentLabels = map[string]string{"container_name": "donna-orchestrator", "service": "donna-orchestrator"}
