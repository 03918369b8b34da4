package stack_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/donna-project/donnatop/data/stack"
)

// dump is a trace in few lines: exceptions with their link, frames with a star if they are the program's own.
func dump(t stack.Trace) string {
	var b strings.Builder
	write(&b, t, "")
	return b.String()
}

func write(b *strings.Builder, t stack.Trace, indent string) {
	for _, c := range t.Causes {
		fmt.Fprintf(b, "%s%s %s: %q\n", indent, [...]string{"-", "from", "during"}[c.Link], c.Type, c.Message)
		for _, f := range c.Frames {
			star := " "
			if f.App {
				star = "*"
			}
			fmt.Fprintf(b, "%s %s%s %q", indent, star, f.String(), f.Code)
			if f.Repeated > 0 {
				fmt.Fprintf(b, " x%d", f.Repeated+1)
			}
			b.WriteByte('\n')
		}
		for i, m := range c.Members {
			fmt.Fprintf(b, "%s  #%d\n", indent, i+1)
			write(b, m, indent+"  ")
		}
	}
}

var parseCases = map[string]struct{ text, want, innermost string }{
	"plain": {
		`Traceback (most recent call last):
  File "app/service.py", line 5, in handle
    job.work()
  File "/usr/local/lib/python3.12/site-packages/httpx/_client.py", line 11, in send
    return a / b
           ~~^~~
ZeroDivisionError: division by zero`,
		`- ZeroDivisionError: "division by zero"
 *app/service.py:5 in handle "job.work()"
  /usr/local/lib/python3.12/site-packages/httpx/_client.py:11 in send "return a / b"
`,
		"app/service.py:5 in handle",
	},
	"standard library is outside site-packages": {
		`Traceback (most recent call last):
  File "/app/a.py", line 5, in handle
  File "/usr/lib/python3.12/json/decoder.py", line 353, in raw_decode
    raise JSONDecodeError("Expecting value", s, err.value) from None
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)`,
		`- json.decoder.JSONDecodeError: "Expecting value: line 1 column 1 (char 0)"
 */app/a.py:5 in handle ""
  /usr/lib/python3.12/json/decoder.py:353 in raw_decode "raise JSONDecodeError(\"Expecting value\", s, err.value) from None"
`,
		"/usr/lib/python3.12/json/decoder.py:353 in raw_decode",
	},
	"direct cause": {
		`Traceback (most recent call last):
  File "app/jobs.py", line 26, in caused
    raise cause
OSError: disk 67

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "app/jobs.py", line 28, in caused
    raise kind(text) from low
app.jobs.QuotaExceeded: while window_drift`,
		`- OSError: "disk 67"
 *app/jobs.py:26 in caused "raise cause"
from app.jobs.QuotaExceeded: "while window_drift"
 *app/jobs.py:28 in caused "raise kind(text) from low"
`,
		"app/jobs.py:28 in caused",
	},
	"during handling, all of the last one installed": {
		`Traceback (most recent call last):
  File "/a/g.py", line 4, in boom
ValueError

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/.venv/lib/python3.12/site-packages/x.py", line 26, in h
KeyError: 'x'`,
		`- ValueError: ""
 */a/g.py:4 in boom ""
during KeyError: "'x'"
  /app/.venv/lib/python3.12/site-packages/x.py:26 in h ""
`,
		"",
	},
	"message of many lines, notes and a sentence of a chain's": {
		`Traceback (most recent call last):
  File "a.py", line 4, in boom
app.E: first

The above exception is no chain
  File "b.py", line 4, in message
Traceback (most recent call last):
a note
`,
		`- app.E: "first\n\nThe above exception is no chain\n  File \"b.py\", line 4, in message\nTraceback (most recent call last):\na note"
 *a.py:4 in boom ""
`,
		"a.py:4 in boom",
	},
	"recursion": {
		`Traceback (most recent call last):
  File "/a/g.py", line 21, in rec
    def rec(n): rec(n+1)
                ^^^^^^^^
  [Previous line repeated 994 more times]
RecursionError: maximum recursion depth exceeded`,
		`- RecursionError: "maximum recursion depth exceeded"
 */a/g.py:21 in rec "def rec(n): rec(n+1)" x995
`,
		"/a/g.py:21 in rec",
	},
	"syntax error": {
		`Traceback (most recent call last):
  File "/a/g.py", line 23, in <module>
    compile("a b")
  File "x.py", line 1
    a b
      ^
SyntaxError: invalid syntax`,
		`- SyntaxError: "invalid syntax"
 */a/g.py:23 in <module> "compile(\"a b\")"
 *x.py:1 "a b"
`,
		"x.py:1",
	},
	"syntax error without a traceback": {
		"  File \"<string>\", line 1\n    a b\n      ^\nSyntaxError: invalid syntax",
		"- SyntaxError: \"invalid syntax\"\n  <string>:1 \"a b\"\n",
		"<string>:1",
	},
	"code of several lines": {
		"Traceback (most recent call last):\n  File \"a.py\", line 33, in ml\n    boom(\n    ~~~~^\n      1,\n      ^^\n    )\n    ^\nlower: x",
		"- lower: \"x\"\n *a.py:33 in ml \"boom(\\n  1,\\n)\"\n",
		"a.py:33 in ml",
	},
	"local class":             {"Traceback (most recent call last):\n  File \"a.py\", line 31, in loc\nloc.<locals>.L: x", "- loc.<locals>.L: \"x\"\n *a.py:31 in loc \"\"\n", "a.py:31 in loc"},
	"windows":                 {"Traceback (most recent call last):\r\n  File \"C:\\app\\Lib\\site-packages\\x.py\", line 31, in f\r\nE: x\r\n", "- E: \"x\"\n  C:\\app\\Lib\\site-packages\\x.py:31 in f \"\"\n", ""},
	"no traceback":            {"ValueError: bad", "- ValueError: \"bad\"\n", ""},
	"no traceback, no text":   {"asyncio.exceptions.CancelledError", "- asyncio.exceptions.CancelledError: \"\"\n", ""},
	"a sentence":              {"read config: open x: no such file", "- : \"read config: open x: no such file\"\n", ""},
	"a word":                  {"open: no such file", "- : \"open: no such file\"\n", ""},
	"nothing":                 {" \n", "", ""},
	"nothing, as 24.1 has it": {"NoneType: None", "", ""},
	"cut in a frame":          {"Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n    x(", "- : \"\"\n *a.py:3 in f \"x(\"\n", "a.py:3 in f"},
	"cut in a frame's line":   {"Traceback (most recent call last):\n  File \"a.py\", line 3, in f\n  File \"b.p", "- : \"\"\n *a.py:3 in f \"\"\n", "a.py:3 in f"},
	"line beyond integers":    {"Traceback (most recent call last):\n  File \"a.py\", line 99999999999999999999, in f\nE: x", "- E: \"x\"\n", ""},
	"stack": {
		"Stack (most recent call last):\n  File \"a.py\", line 3, in f\n    x()\n  File \"b.py\", line 4, in g\n    log()",
		"- : \"\"\n *a.py:3 in f \"x()\"\n *b.py:4 in g \"log()\"\n", "b.py:4 in g",
	},
	"group": {
		`Traceback (most recent call last):
  File "/a/g.py", line 4, in boom
ValueError: 1

The above exception was the direct cause of the following exception:

  + Exception Group Traceback (most recent call last):
  |   File "/a/g.py", line 11, in grp
  |     raise ExceptionGroup("eg",[a,cap(inner),KeyError("k")])
  | ExceptionGroup: eg (3 sub-exceptions)
  | a note
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/a/g.py", line 4, in boom
    |     def boom(x): raise ValueError(x)
    |                  ^^^^^^^^^^^^^^^^^^^
    | ValueError: a
    | multi
    +---------------- 2 ----------------
    | Exception Group Traceback (most recent call last):
    |   File "/a/g.py", line 10, in inner
    | ExceptionGroup: inner (2 sub-exceptions)
    +-+---------------- 1 ----------------
      | Traceback (most recent call last):
      |   File "/a/g.py", line 4, in boom
      | ValueError: b
      +---------------- 2 ----------------
      | TypeError: t
      +------------------------------------
    | 
    | During handling of the above exception, another exception occurred:
    | 
    | Traceback (most recent call last):
    |   File "/a/g.py", line 15, in chained
    | RuntimeError: outer
    +---------------- ... ----------------
    | and 5 more exceptions
    +------------------------------------

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/a/z.py", line 1, in last
E: end`,
		`- ValueError: "1"
 */a/g.py:4 in boom ""
from ExceptionGroup: "eg (3 sub-exceptions)\na note"
 */a/g.py:11 in grp "raise ExceptionGroup(\"eg\",[a,cap(inner),KeyError(\"k\")])"
  #1
  - ValueError: "a\nmulti"
   */a/g.py:4 in boom "def boom(x): raise ValueError(x)"
  #2
  - ExceptionGroup: "inner (2 sub-exceptions)"
   */a/g.py:10 in inner ""
    #1
    - ValueError: "b"
     */a/g.py:4 in boom ""
    #2
    - TypeError: "t"
  during RuntimeError: "outer"
   */a/g.py:15 in chained ""
  #3
  - : "and 5 more exceptions"
during E: "end"
 */a/z.py:1 in last ""
`,
		"/a/z.py:1 in last",
	},
	"group without a traceback": {
		`  | ExceptionGroup: g (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | ValueError: 1
    +---------------- 2 ----------------
    | ExceptionGroup: h (1 sub-exception)
    +-+---------------- 1 ----------------
      | OSError: 2
      +------------------------------------`,
		`- ExceptionGroup: "g (2 sub-exceptions)"
  #1
  - ValueError: "1"
  #2
  - ExceptionGroup: "h (1 sub-exception)"
    #1
    - OSError: "2"
`, "",
	},
	"panic": {
		`panic: runtime error: index out of range [5] with length 0 [recovered]
	panic: again
in two lines
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]

goroutine 1 [running]:
main.rec.func1()
	/src/p/main.go:5 +0x6a
panic({0x4bb840?, 0x35382d220000?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
main.(*T).boom(...)
	/src/p/main.go:4
net/http.(*conn).serve(0xc0001)
	/usr/local/go/src/net/http/server.go:6 +0x65
go.uber.org/zap.(*Logger).Check(0xc0001)
	/root/go/pkg/mod/go.uber.org/zap@v1.27.0/logger.go:6 +0x65
created by main.main in goroutine 7
	/src/p/main.go:6 +0x5f

goroutine 19 [chan receive, 2 minutes]:
main.main.func1()
	/src/p/main.go:7 +0x19
...additional frames elided...
exit status 2`,
		`- panic: "runtime error: index out of range [5] with length 0"
during panic: "again\nin two lines\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]"
 */src/p/main.go:6 in created by main.main ""
  /root/go/pkg/mod/go.uber.org/zap@v1.27.0/logger.go:6 in go.uber.org/zap.(*Logger).Check ""
  /usr/local/go/src/net/http/server.go:6 in net/http.(*conn).serve ""
 */src/p/main.go:4 in main.(*T).boom ""
  /usr/local/go/src/runtime/panic.go:860 in panic ""
  #1
  - goroutine 19: "chan receive, 2 minutes"
   */src/p/main.go:7 in main.main.func1 ""
`,
		"/src/p/main.go:4 in main.(*T).boom",
	},
	"debug.Stack": {
		"goroutine 1 [running]:\nruntime/debug.Stack()\n\t/usr/local/go/src/runtime/debug/stack.go:26 +0x5e\nexample.com/p/q.F[...](0x1)\n\texample.com/p/q/f.go:5 +0x79\nmain.main()\n\t/src/p/main.go:6 +0x65\n",
		"- : \"\"\n */src/p/main.go:6 in main.main \"\"\n *example.com/p/q/f.go:5 in example.com/p/q.F[...] \"\"\n  /usr/local/go/src/runtime/debug/stack.go:26 in runtime/debug.Stack \"\"\n",
		"example.com/p/q/f.go:5 in example.com/p/q.F[...]",
	},
	"a message before the goroutine": {
		"http: panic serving 127.0.0.1:80: boom\ngoroutine 34 [running]:\nmain.main()\n\t/src/p/main.go:6 +0x65",
		"- : \"http: panic serving 127.0.0.1:80: boom\"\n */src/p/main.go:6 in main.main \"\"\n", "/src/p/main.go:6 in main.main",
	},
	"deadlock": {
		"fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [select (no cases)]:\nmain.main()\n\t/src/p/main.go:6 +0x65",
		"- fatal error: \"all goroutines are asleep - deadlock!\"\n */src/p/main.go:6 in main.main \"\"\n", "/src/p/main.go:6 in main.main",
	},
	"panic alone": {"panic: boom", "- panic: \"boom\"\n", ""},
	"stack below each message": {
		"boom\nmain.f\n\t/src/x.go:10\nruntime.main\n\t/usr/local/go/src/runtime/proc.go:271\nwrapped\nmain.g\n\t/src/x.go:20",
		"- : \"boom\"\n  /usr/local/go/src/runtime/proc.go:271 in runtime.main \"\"\n */src/x.go:10 in main.f \"\"\nfrom : \"wrapped\"\n */src/x.go:20 in main.g \"\"\n",
		"/src/x.go:20 in main.g",
	},
}

func TestParse(t *testing.T) {
	for name, c := range parseCases {
		t.Run(name, func(t *testing.T) {
			trace := stack.Parse(c.text)
			if diff := cmp.Diff(c.want, dump(trace)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			innermost := ""
			if f := trace.Innermost(); f != nil {
				innermost = f.String()
			}
			if innermost != c.innermost {
				t.Errorf("innermost = %q, want %q", innermost, c.innermost)
			}
		})
	}
}

func TestLongTextsKeepWhatMatters(t *testing.T) {
	frame := "  File \"a.py\", line 1, in f\n    f()\n"
	python := "Traceback (most recent call last):\n" + strings.Repeat(frame, 50_000) + "ValueError: bad"
	if got := stack.Parse(python); got.Last().Type != "ValueError" || len(got.Causes) != 1 || len(got.Last().Frames) < 1000 {
		t.Errorf("Python: %d causes, last %q, %d frames", len(got.Causes), got.Last().Type, len(got.Last().Frames))
	}
	golang := "panic: bad\n\ngoroutine 1 [running]:\n" + strings.Repeat("main.f()\n\t/src/x.go:10 +0x1\n", 50_000)
	if got := stack.Parse(golang); got.Last().Type != "panic" || len(got.Last().Frames) < 1000 {
		t.Errorf("Go: last %q, %d frames", got.Last().Type, len(got.Last().Frames))
	}
}

func TestGroupsInGroupsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		b.WriteString(strings.Repeat("  ", i+1) + "| ExceptionGroup: g\n" + strings.Repeat("  ", i+1) + "+-+---------------- 1 ----------------\n")
	}
	depth, trace := 0, stack.Parse(b.String())
	for c := trace.Last(); len(c.Members) > 0; c = c.Members[0].Last() {
		depth++
	}
	if depth < 10 || depth > 20 {
		t.Errorf("%d levels, want between Python's ten and a bound", depth)
	}
}
