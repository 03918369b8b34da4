package panels_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/panels"
)

const (
	invoked   = `{"invocation_id": "0198-aa", "task_type": "route_task", "model_alias": "reasoner", "latency_ms": 1240, "cost_usd": 0.0031, "event": "llm_invocation_logged", "task_id": "t-17", "service": "orchestrator", "level": "info", "timestamp": "2026-07-15T14:23:04.123456Z"}`
	exception = `{"reason": "connection refused by \"ollama\"", "attempt": 3, "payload": {"a": [1, 2, {"b": null}], "empty": {}, "none": [], "text": "two\nlines", "ok": true}, "event": "api_call_failed_all_retries", "service": "orchestrator", "level": "error", "timestamp": "2026-07-15T14:23:04Z", "exception": "Traceback (most recent call last):\n  File \"/app/donna/llm.py\", line 40, in call\n    raise Timeout(\"30s\")\ndonna.llm.Timeout: 30s"}`
	plainText = `INFO:     127.0.0.1:41022 - "GET /health HTTP/1.1" 200 OK`
)

func logLines() map[string]*data.LogLine {
	late := logLine(invoked)
	late.Late = true
	out := map[string]*data.LogLine{
		"invocation": logLine(invoked), "exception": logLine(exception), "plain": logLine(plainText), "late": late, "zero": {},
		"empty": logLine(""), "empty object": logLine("{}"), "NaN": logLine(`{"event": "x", "v": NaN, "w": -Infinity}`),
		"escapes":    logLine(`{"event": "a\u001b]52;c;x\u0007", "k\u001b[31m": "v\u009b31m\u202e", "level": "\u001b[0m", "service": "s\u001bc", "pair": "\ud83d\ude80", "half": "\ud83d"}`),
		"raw bytes":  logLine("\x1b[2J\x9b31m\xff\xfe\x00 \u202e\u2066 日本語 🚀"),
		"CJK":        logLine(`{"event": "予算超過しました予算超過しました", "部門": "経理部", "level": "warning", "service": "オーケストレーター"}`),
		"deep":       logLine(`{"event": "deep", "v": ` + strings.Repeat(`[{"k": `, 2000) + "1" + strings.Repeat("}]", 2000) + "}"),
		"long value": logLine(`{"event": "long", "v": "` + strings.Repeat("x", 1<<20) + `"}`),
		"many":       logLine(`{"event": "many"` + strings.Repeat(`, "k": "\u0041\ud83d\ude80"`, 40_000) + `}`),
		"long text":  logLine(strings.Repeat("é", 1<<19)),
		"unknown":    logLine(`{"event": "x", "level": "notice-of-a-long-name"}`),
	}
	return out
}

func TestLogLinesAtEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	for name, l := range logLines() {
		for _, ascii := range []bool{false, true} {
			e := env(t, themes.Default, ascii)
			for _, w := range []int{-1, 0, 1, 2, 3, 7, 20, 36, 40, 60, 80, 100, 200} {
				if got := panels.LogLine(e, l, w, false, 9); len(got) != 1 {
					t.Fatalf("%s in %d cells: %d lines without wrapping", name, w, len(got))
				}
				for _, most := range []int{0, 1, 3, 40} {
					got := panels.LogLine(e, l, w, true, most)
					if len(got) > max(most, 1) || len(got) == 0 {
						t.Fatalf("%s in %d cells: %d lines of at most %d", name, w, len(got), most)
					}
					if err := checkFrame(got, w, len(got), ascii); err != nil {
						t.Fatalf("%s in %d cells: %v", name, w, err)
					}
				}
				got := panels.LogDetail(e, l, w)
				if len(got) > panels.DetailLines {
					t.Fatalf("detail of %s in %d cells: %d lines", name, w, len(got))
				}
				if err := checkFrame(got, w, len(got), ascii); err != nil {
					t.Fatalf("detail of %s in %d cells: %v", name, w, err)
				}
			}
		}
	}
}

func TestGoldenLogLines(t *testing.T) {
	lines := logLines()
	e := env(t, themes.Default, false)
	var b strings.Builder
	for _, w := range []int{30, 50, 80, 140} {
		for _, name := range []string{"invocation", "exception", "plain", "late", "escapes", "raw bytes", "CJK", "unknown", "empty object", "NaN"} {
			fmt.Fprintf(&b, "%s, %d cells\n", name, w)
			for _, l := range panels.LogLine(e, lines[name], w, w == 50, 4) {
				b.WriteString(ansi.Strip(l) + "|\n")
			}
		}
	}
	golden.RequireEqual(t, b.String())
}

func TestGoldenDetails(t *testing.T) {
	e := env(t, themes.Default, false)
	for name, l := range logLines() {
		switch name {
		case "exception", "plain", "late", "escapes", "CJK":
			t.Run(name, func(t *testing.T) {
				golden.RequireEqual(t, ansi.Strip(strings.Join(panels.LogDetail(e, l, 72), "|\n")))
			})
		}
	}
	row := sample().Recent[5]
	for _, w := range []int{30, 72} {
		t.Run(fmt.Sprintf("invocation-%d", w), func(t *testing.T) {
			golden.RequireEqual(t, ansi.Strip(strings.Join(panels.InvocationDetail(e, &row, w), "|\n")))
		})
	}
}

func TestInvocationDetailsAtEverySize(t *testing.T) {
	if testing.Short() {
		t.Skip("a walk over all of them in one goroutine: left to the runs without -short")
	}
	rows := append(hostile(0).Recent, data.InvocationRow{})
	for i := range rows {
		for _, ascii := range []bool{false, true} {
			for _, w := range []int{-1, 0, 1, 2, 5, 30, 80, 200} {
				got := panels.InvocationDetail(env(t, themes.Default, ascii), &rows[i], w)
				if err := checkFrame(got, w, len(got), ascii); err != nil {
					t.Fatalf("row %d in %d cells: %v", i, w, err)
				}
			}
		}
	}
}

// Nothing of a line is lost by wrapping it, as long as there are lines enough.
func TestWrappingLosesNothing(t *testing.T) {
	l := logLine(plainText + " 日本語の長い行 " + strings.Repeat("0123456789", 30))
	for w := 9; w < 90; w++ {
		var b strings.Builder
		for _, s := range panels.LogLine(env(t, themes.Default, false), l, w, true, 500) {
			b.WriteString(strings.ReplaceAll(ansi.Strip(s), " ", ""))
		}
		want := strings.ReplaceAll(l.Raw, " ", "")
		if !strings.Contains(b.String(), want) {
			t.Fatalf("%d cells: %q lacks a part of %q", w, b.String(), want)
		}
	}
}

func TestDetailSaysWhatItLeavesOut(t *testing.T) {
	lines := panels.LogDetail(env(t, themes.Default, false), logLine(strings.Repeat("x", 1<<20)), 80)
	last := ansi.Strip(lines[len(lines)-1])
	if len(lines) != panels.DetailLines || !strings.Contains(last, "too long to show in full") {
		t.Errorf("%d lines, the last one %q", len(lines), last)
	}
}

func TestClockFollowsLocation(t *testing.T) {
	e := env(t, themes.Default, false)
	e.Location = time.FixedZone("CEST", 2*60*60)
	if got := ansi.Strip(panels.LogLine(e, logLine(invoked), 120, false, 1)[0]); !strings.HasPrefix(got, "16:23:04.123 ") {
		t.Errorf("%q", got)
	}
}

func BenchmarkLogLine(b *testing.B) {
	e := env(b, themes.Default, false)
	for name, raw := range map[string]string{"usual": invoked, "1MB": `{"event": "long", "v": "` + strings.Repeat("x", 1<<20) + `"}`} {
		l := logLine(raw)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				panels.LogLine(e, l, 200, false, 1)
			}
		})
	}
}
