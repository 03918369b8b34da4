package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/trace"
)

const (
	pythonStack = "Traceback (most recent call last):\n  File \"/app/donna/agents/prep.py\", line 88, in run\n    answer = await router.complete(prompt)\n" +
		"  File \"/usr/local/lib/python3.12/site-packages/httpx/_client.py\", line 1540, in send\n    response = await self.transport(request)\n" +
		"  File \"/usr/local/lib/python3.12/site-packages/httpx/_pool.py\", line 7, in acquire\n    raise exc\nhttpx.ConnectTimeout: timed \x1b[31mout\n"
	goStack = "goroutine 17 [running]:\nmain.pick(...)\n\t/src/donna/cmd/worker/main.go:41\n" +
		"net/http.HandlerFunc.ServeHTTP(0xc0000a, {0x7f, 0xc0})\n\t/usr/local/go/src/net/http/server.go:2136 +0x29\n" +
		"main.main()\n\t/src/donna/cmd/worker/main.go:12 +0x1d\n"
)

// withStack is a trace of one line that carries a stack.
func withStack(field, text string) *fakeTracer {
	t := *sampleTrace()
	t.Gaps = nil
	t.Items = []trace.Item{logged(testNow.Add(-time.Minute), "agents", "error", "job_failed", field, text)}
	return &fakeTracer{traces: map[string]*trace.Trace{sampleTaskID: &t}}
}

// A stack in an item of a trace is shown as in the detail of a line: frames of
// libraries are folded until they are asked for, and the text is there as it came.
func TestStackOfATraceItem(t *testing.T) {
	for name, c := range map[string]struct {
		field, text          string
		folded, frame, plain string
	}{
		"python": {"exception", pythonStack, "2 library frames, down to acquire in httpx/_pool.py", "httpx/_client.py:1540", `_client.py", line 1540, in send`},
		"go":     {"stack", goStack, "1 library frame: net/http.HandlerFunc.ServeHTTP in http/server.go", "http/server.go:2136", "server.go:2136 +0x29"},
	} {
		t.Run(name, func(t *testing.T) {
			drive(t, 120, 40, traced(withStack(c.field, c.text)), func(d *driver) {
				d.showTrace(sampleTaskID)
				d.press("enter")
				d.must(c.folded, "x library frames", "r stack as text")
				d.mustNot(c.frame, c.plain)
				checkFrame(t, d.lines(), 120, 40)
				d.press("x")
				d.must(c.frame)
				d.mustNot(c.folded, c.plain)
				d.press("r")
				d.must(c.plain)
				d.mustNot("x library frames")
				d.press("r", "x")
				d.must(c.folded)
				d.press("z", "z") // all is unfolded, then folded
				d.must("▸ " + c.field)
				d.mustNot(c.folded)
			})
		})
	}
}

// However long a stack is, what comes after it can be seen.
func TestLongStackOfATraceItem(t *testing.T) {
	var text strings.Builder
	text.WriteString("Traceback (most recent call last):\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "  File \"/app/donna/deep.py\", line %d, in deeper\n    deeper()\n", i+1)
	}
	text.WriteString("RecursionError: too deep\n")
	drive(t, 80, 24, traced(withStack("exception", text.String())), func(d *driver) {
		d.showTrace(sampleTaskID)
		d.press("enter")
		d.must("RecursionError: too deep", "app frames")
		d.press("G")
		d.must("raw", "fields", "too long to show in full: 400 lines")
		checkFrame(t, d.lines(), 80, 24)
	})
}
