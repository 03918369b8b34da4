package stack_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data/stack"
)

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"circuit_breaker_opened":     "circuit_breaker_opened",
		"job 17 of 20 failed":        "job <n> of <n> failed",
		"step_3_failed":              "step_<n>_failed",
		"job-7: worker12 after 1.5s": "job-<n>: worker<n> after <n>s",
		"delta -3, x=+0.25e-05":      "delta <n>, x=<n>",
		"1e-07 and 0.5":              "<n> and <n>",
		"3em":                        "<n>em",
		"10.0.0.1:8080":              "<n>:<n>",
		"2026-06-01T10:00:00.5Z":     "<n>-<n>-<n>T<n>:<n>:<n>Z",
		"task 0190a4b2-7c1d-7000-8000-00000000abcd gone": "task <id> gone",
		"0190A4B2-7C1D-7000-8000-00000000ABCD":           "<id>",
		"at 0xc0001a2b":                                  "at <id>",
		"commit deadbeef1, word deadbeef":                "commit <id>, word deadbeef",
		"12345678":                                       "<n>",
		"open /donna/db/x.db: no such":                   "open <path>: no such",
		`"~/x" (./y) ../z`:                               `"<path>" (<path>) <path>`,
		"see config/agents.yaml.":                        "see <path>.",
		"and/or read/write 1/2":                          "and/or read/write <n>/<n>",
		"http://loki:3100/x":                             "http:<path>:<n>/x",
		`C:\donna\x.db locked`:                           "<path> locked",
		"a / b // c":                                     "a / b // c",
		"größe3":                                         "größe<n>",
		"\xff7\x00":                                      "\xff<n>\x00",
	} {
		if got := stack.Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

const retryTrace = `Traceback (most recent call last):
  File "/app/src/donna/resilience/retry.py", line 187, in resilient_call
    return await fn(*args, **kwargs)
  File "/usr/local/lib/python3.12/site-packages/httpx/_client.py", line 11, in send
    raise
httpx.ConnectTimeout: after 30 s`

func TestFingerprint(t *testing.T) {
	of := func(event, text string) string {
		trace := stack.Parse(text)
		return stack.Fingerprint(event, &trace)
	}
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return hex.EncodeToString(sum[:])[:12]
	}
	if got, want := of("call 7 failed", retryTrace), hash("call <n> failed\nhttpx.ConnectTimeout\nresilience/retry.py:resilient_call"); got != want {
		t.Errorf("fingerprint = %s, want %s", got, want)
	}
	if got, want := of("x", ""), hash("x\n\n"); got != want {
		t.Errorf("without an exception: %s, want %s", got, want)
	}
	same := of("call 7 failed", retryTrace)
	for what, c := range map[string]struct {
		event, old, with string
		same             bool
	}{
		"another number":       {"call 8 failed", "", "", true},
		"another line":         {"call 7 failed", "line 187", "line 190", true},
		"another message":      {"call 7 failed", "after 30 s", "refused", true},
		"another root":         {"call 7 failed", "/app/src/donna/", "/srv/donna/", true},
		"another library":      {"call 7 failed", "_client.py", "_transport.py", true},
		"another event":        {"call 7 refused", "", "", false},
		"another type":         {"call 7 failed", "ConnectTimeout", "ReadTimeout", false},
		"another function":     {"call 7 failed", "resilient_call", "other_call", false},
		"another file":         {"call 7 failed", "retry.py", "router.py", false},
		"another package's":    {"call 7 failed", "resilience/", "models/", false},
		"a cause in between":   {"call 7 failed", "Traceback", "E: x\n\nThe above exception was the direct cause of the following exception:\n\nTraceback", true},
		"something afterwards": {"call 7 failed", "after 30 s", "x\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\nE: y", false},
	} {
		if got := of(c.event, strings.Replace(retryTrace, c.old, c.with, 1)) == same; got != c.same {
			t.Errorf("%s: same = %v", what, got)
		}
	}
}

func TestFingerprintOfAGoErrorIsWhereItsStackIs(t *testing.T) {
	trace := stack.Parse("Traceback (most recent call last):\n  File \"/src/app/x.go\", line 3, in main.f\n  File \"/usr/local/go/src/os/file.go\", line 3, in os.Open\nfs.PathError: open x\n\n" +
		"The above exception was the direct cause of the following exception:\n\nfmt.wrapError: read config: open x")
	sum := sha256.Sum256([]byte("e\nfmt.wrapError\napp/x.go:main.f"))
	if got := stack.Fingerprint("e", &trace); got != hex.EncodeToString(sum[:6]) {
		t.Errorf("fingerprint %s", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range parseCases {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		trace := stack.Parse(text)
		if len(stack.Fingerprint(text, &trace)) != 12 {
			t.Error("no fingerprint")
		}
		var size func(stack.Trace) int
		size = func(t stack.Trace) int {
			n := 0
			for _, c := range t.Causes {
				n += len(c.Type) + len(c.Message)
				for _, f := range c.Frames {
					n += len(f.File) + len(f.Function) + len(f.Code)
				}
				for _, m := range c.Members {
					n += size(m)
				}
			}
			return n
		}
		if n := size(trace); n > len(text) {
			t.Errorf("%d bytes out of %d", n, len(text))
		}
		if masked := stack.Mask(text); strings.ContainsAny(masked, "0123456789") {
			t.Errorf("Mask(%q) = %q has digits", text, masked)
		}
	})
}

func BenchmarkFingerprint(b *testing.B) {
	b.Run("with a traceback", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(retryTrace)))
		for b.Loop() {
			trace := stack.Parse(retryTrace)
			stack.Fingerprint("api_call_failed_all_retries", &trace)
		}
	})
	b.Run("without", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			stack.Fingerprint("api_call_failed_all_retries", &stack.Trace{})
		}
	})
	hostile := map[string]string{
		"hostile paths":  strings.Repeat("a-", 1<<17),
		"hostile bars":   strings.Repeat("  | +", 1<<15),
		"hostile lines":  "panic: x\n" + strings.Repeat("x\n", 1<<17),
		"hostile groups": "E: x\n" + strings.Repeat("+-+----\n  | E: x\n", 1<<14),
	}
	for name, text := range hostile {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				trace := stack.Parse(text)
				stack.Fingerprint(text, &trace)
			}
		})
	}
}
