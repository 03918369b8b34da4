package panels_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
)

const chained = `Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/httpx/_transports/default.py", line 101, in map_httpcore_exceptions
    yield
  File "/usr/local/lib/python3.12/site-packages/httpcore/_async/connection.py", line 99, in handle_async_request
    raise exc
httpcore.ConnectTimeout

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/src/donna/models/router.py", line 214, in complete
    return await self._call(prompt)
  File "/app/src/donna/resilience/retry.py", line 187, in resilient_call
    return await fn()
  File "/usr/local/lib/python3.12/site-packages/httpx/_client.py", line 1540, in send
    response = await self._send_handling_auth(
httpx.ConnectTimeout: timed out
after 30 s

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/src/donna/jobs.py", line 26, in run
    await flush()
  File "/app/src/donna/jobs.py", line 21, in rec
    rec(n + 1)
  [Previous line repeated 994 more times]
app.jobs.QuotaExceeded: while flushing`

const goPanic = `panic: runtime error: index out of range [5] with length 3

goroutine 17 [running]:
main.pick(...)
	/src/donna/cmd/worker/main.go:41
net/http.HandlerFunc.ServeHTTP(0xc0000a, {0x7f, 0xc0})
	/usr/local/go/src/net/http/server.go:2136 +0x29
main.main()
	/src/donna/cmd/worker/main.go:12 +0x1d

goroutine 1 [select]:
database/sql.(*DB).connectionOpener(0xc0)
	/usr/local/go/src/database/sql/sql.go:1218 +0x8d
`

const group = `  + Exception Group Traceback (most recent call last):
  |   File "/app/src/donna/fan.py", line 9, in out
  |     await gather()
  | ExceptionGroup: two failed (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/src/donna/fan.py", line 3, in one
    | ValueError: one
    +---------------- 2 ----------------
    | KeyError: 'two'
    +------------------------------------
`

func stackLine(key, text string) *data.LogLine {
	raw, err := json.Marshal(map[string]string{"event": "job_failed", "level": "error", "service": "orchestrator", "task_id": "t-1", key: text})
	if err != nil {
		panic(err)
	}
	return logLine(string(raw))
}

func drawStack(t *testing.T, theme string, ascii bool, l *data.LogLine, mode panels.StackMode, w int) string {
	t.Helper()
	lines := panels.LogDetailWith(env(t, theme, ascii), l, panels.LineStacks(l), mode, w)
	if err := checkFrame(lines, w, len(lines), ascii); err != nil {
		t.Fatalf("in %d cells: %v", w, err)
	}
	return ansi.Strip(strings.Join(lines, "|\n"))
}

func TestGoldenStacks(t *testing.T) {
	for name, l := range map[string]*data.LogLine{
		"chained": stackLine("exception", chained), "go": stackLine("stack", goPanic), "group": stackLine("exception", group),
	} {
		for mode, m := range map[string]panels.StackMode{"folded": {}, "libraries": {Libraries: true}, "raw": {Raw: true}} {
			t.Run(name+"-"+mode, func(t *testing.T) {
				text := drawStack(t, themes.Default, false, l, m, 84)
				golden.RequireEqual(t, text[:strings.Index(text, "raw     ")])
			})
		}
	}
}

// Library frames are folded until they are asked for; nothing else gives way.
func TestStacksFold(t *testing.T) {
	l := stackLine("exception", chained)
	folded, open := drawStack(t, themes.Default, false, l, panels.StackMode{}, 120), drawStack(t, themes.Default, false, l, panels.StackMode{Libraries: true}, 120)
	above, _, _ := strings.Cut(folded, "raw     ")
	for _, want := range []string{
		"QuotaExceeded: while flushing", "994 more times in a row", "while handling:", "ConnectTimeout: timed out", "after 30 s",
		"retry.py:187 in resilient_call", "caused by:", "httpcore.ConnectTimeout", "2 library frames, down to handle_async_request in _async/connection.py",
		"4 app frames · 3 library frames", "t-1",
	} {
		if !strings.Contains(above, want) {
			t.Errorf("folded: no %q in\n%s", want, above)
		}
	}
	above = strings.ReplaceAll(above, "down to handle_async_request in _async/connection.py", "")
	if strings.Contains(above, "_client.py:1540") || strings.Contains(above, "connection.py:99") {
		t.Errorf("library frames are not folded:\n%s", above)
	}
	if above, _, _ := strings.Cut(open, "raw     "); !strings.Contains(above, "_client.py:1540 in send") || strings.Contains(above, "library frames,") {
		t.Errorf("library frames are folded:\n%s", above)
	}
	order := []string{"QuotaExceeded", "jobs.py:21", "jobs.py:26", "while handling", "httpx.ConnectTimeout", "retry.py", "router.py", "caused by", "httpcore.ConnectTimeout"}
	at := 0
	for _, o := range order {
		i := strings.Index(folded[at:], o)
		if i < 0 {
			t.Fatalf("%q does not stand after %q:\n%s", o, order, folded)
		}
		at += i
	}
}

// What is no stack is text as before.
func TestTextIsNoStack(t *testing.T) {
	for _, l := range []*data.LogLine{
		stackLine("exception", "ValueError: no frames"), stackLine("exception", ""), stackLine("exception", "NoneType: None"), stackLine("other", chained), logLine(chained),
		logLine(`{"exception": 5, "stack": null}`),
	} {
		if s := panels.LineStacks(l); len(s) > 0 {
			t.Errorf("%.60s has %d stacks", l.Raw, len(s))
		}
	}
}

// Hostile stacks stay in their place at every size, and large ones end.
func TestHostileStacks(t *testing.T) {
	deep := "Traceback (most recent call last):\n" + strings.Repeat("  File \"/app/a.py\", line 5, in f\n    f()\n", 4000) + "E: x"
	nested := "x"
	for range 30 {
		nested = strings.ReplaceAll("Traceback (most recent call last):\n  File \"a.py\", line 1, in f\nE: 1\n+-+---------------- 1 ----------------\n"+nested, "\n", "\n  | ")
	}
	evil := "Traceback (most recent call last):\n  File \"/a\x1b[2Jpp/\u202ea.py\", line 5, in \a漢f\n    \x9b31m\tcode\nEvil\x1b]52;c;x\a: \u2066mess\rage\n\u0085more"
	for name, text := range map[string]string{"deep": deep, "nested": nested, "evil": evil, "chained": chained, "go": goPanic, "group": group} {
		l := stackLine("exception", text)
		for _, ascii := range []bool{false, true} {
			for _, w := range []int{1, 2, 5, 20, 40, 80, 200} {
				for _, m := range []panels.StackMode{{}, {Libraries: true}, {Raw: true}} {
					s := drawStack(t, themes.Default, ascii, l, m, w)
					if n := strings.Count(s, "\n") + 1; n > panels.DetailLines {
						t.Errorf("%s: %d lines", name, n)
					}
				}
			}
		}
	}
}

func BenchmarkStack(b *testing.B) {
	l := stackLine("exception", chained)
	for _, m := range []panels.StackMode{{}, {Libraries: true}, {Raw: true}} {
		b.Run(fmt.Sprintf("%+v", m), func(b *testing.B) {
			e, stacks := env(b, themes.Default, false), panels.LineStacks(l)
			b.ReportAllocs()
			for b.Loop() {
				panels.LogDetailWith(e, l, stacks, m, 120)
			}
		})
	}
}
