package safe_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/donna-project/donnatop/ui/safe"
)

func TestText(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"plain", "route_task 12", "route_task 12"},
		{"escape sequence", "a\x1b[31mred", "a␛[31mred"},
		{"clipboard sequence", "\x1b]52;c;aGk=\a", "␛]52;c;aGk=␇"},
		{"tab and newline", "a\tb\nc\r\n", "a b↵c␍↵"},
		{"nul and delete", "\x00\x7f", "␀␡"},
		{"C1 as bytes", "a\x9b31mb", "a\uFFFD31mb"},
		{"C1 as text", "a\u009b31mb", "a\uFFFD31mb"},
		{"invalid UTF-8", "a\xff\xc3z", "a\uFFFD\uFFFDz"},
		{"truncated rune at the end", "a\xe4\xb8", "a\uFFFD\uFFFD"},
		{"bidi override", "abc\u202egnp.exe", "abc\uFFFDgnp.exe"},
		{"bidi isolate", "\u2066x\u2069", "\uFFFDx\uFFFD"},
		{"zero width space", "ad\u200bmin", "ad\uFFFDmin"},
		{"byte order mark", "\ufeffx", "\uFFFDx"},
		{"soft hyphen", "a\u00adb", "a\uFFFDb"},
		{"line separator", "a\u2028b\u2029c", "a\uFFFDb\uFFFDc"},
		{"Hangul filler", "a\u3164b", "a\uFFFDb"},
		{"noncharacter", "a\ufffeb\U0001ffffc", "a\uFFFDb\uFFFDc"},
		{"tag characters", "a\U000e0041b", "ab"},
		{"accent", "Ru\u0308hrei", "Ru\u0308hrei"},
		{"accent without a letter", "\u0308x", "\uFFFDx"},
		{"letter before invalid byte", "é\xff", "é\uFFFD"},
		{"CJK", "予算超過", "予算超過"},
		{"emoji", "ok 🚀", "ok 🚀"},
		{"emoji with variation selector", "\u2764\ufe0f", "\u2764"},
		{"family", "👨\u200d👩\u200d👧!", "👨!"},
		{"replacement itself", "\uFFFD", "\uFFFD"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := safe.Text(tc.in); got != tc.want {
				t.Errorf("Text(%q) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

func TestTextIsCapped(t *testing.T) {
	got := safe.Text(strings.Repeat("x", 10*safe.MaxBytes))
	if len(got) != safe.MaxBytes+len("…") || !strings.HasSuffix(got, "…") {
		t.Errorf("Text of a huge string has %d bytes", len(got))
	}
}

func TestTruncateAndPad(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		w        int
		cut, pad string
	}{
		{"fits", "abc", 3, "abc", "abc"},
		{"shorter", "abc", 5, "abc", "abc  "},
		{"longer", "abcdef", 4, "abc…", "abc…"},
		{"one cell", "abc", 1, "…", "…"},
		{"no room", "abc", 0, "", ""},
		{"negative", "abc", -3, "", ""},
		{"wide character does not fit", "日本語", 4, "日…", "日… "},
		{"wide character at the end", "a日", 2, "a…", "a…"},
		{"wide character without room", "日本", 1, "…", "…"},
		{"empty", "", 2, "", "  "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := safe.Truncate(tc.in, tc.w); got != tc.cut {
				t.Errorf("Truncate = %q, want %q", got, tc.cut)
			}
			if got := safe.Pad(tc.in, tc.w); got != tc.pad {
				t.Errorf("Pad = %q, want %q", got, tc.pad)
			}
		})
	}
}

func TestASCIIKeepsCells(t *testing.T) {
	for in, want := range map[string]string{
		"a – b…": "a - b~", "日本": "????", "é": "?", "\x1b[m": "?[m", "a\nb": "a|b", "█▌░": "#>.", "🚀": "??",
	} {
		got, cells, n := safe.Append(nil, in, 100, safe.ASCII)
		if string(got) != want || cells != len(want) || n != len(in) {
			t.Errorf("Append(%q) = %q, %d cells, %d bytes; want %q", in, got, cells, n, want)
		}
	}
}

// A megabyte costs what is visible of it.
func TestOnlyTheVisibleIsLookedAt(t *testing.T) {
	for name, s := range map[string]string{
		"ASCII": strings.Repeat("x", 1<<20), "marks": "e" + strings.Repeat("\u0301", 1<<19), "controls": strings.Repeat("\x1b", 1<<20),
	} {
		_, _, n := safe.Append(nil, s, 80, safe.Unicode)
		if n > 80*32 {
			t.Errorf("%s: %d bytes read for 80 cells", name, n)
		}
	}
}

func check(t *testing.T, in, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Fatalf("%q: not UTF-8: %q", in, out)
	}
	for _, r := range out {
		if r < ' ' || r >= 0x7f && r < 0xa0 || unicode.Is(unicode.Cf, r) || r == 0x2028 || r == 0x2029 {
			t.Fatalf("%q: %U got through: %q", in, r, out)
		}
	}
	if a, b := ansi.StringWidth(out), ansi.StringWidthWc(out); a != b {
		t.Fatalf("%q: %q is %d cells by grapheme, %d by code point", in, out, a, b)
	}
}

func FuzzAppend(f *testing.F) {
	for _, s := range []string{"abc", "\x1b]52;c;x\a", "日本🚀é", "\xff\xfe", "👨\u200d👩\u200d👧", "🇩🇪🇫", "कि नमस्ते", "\u1100\u1161\u11a8", "e\u0301\u0301\u0301", "\u0600\u0061", "1\ufe0f\u20e3", "\u0e33"} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		w %= 300
		for _, set := range []safe.Charset{safe.Unicode, safe.ASCII} {
			out, cells, n := safe.Append(nil, s, w, set)
			if n > len(s) || cells > max(w, 0) {
				t.Fatalf("Append(%q, %d) read %d bytes, %d cells", s, w, n, cells)
			}
			check(t, s, string(out))
			if got := ansi.StringWidth(string(out)); got != cells {
				t.Fatalf("Append(%q, %d) = %q: says %d cells, is %d", s, w, out, cells, got)
			}
			if set == safe.ASCII && len(out) != cells {
				t.Fatalf("Append(%q, ASCII) = %q", s, out)
			}
		}
		check(t, s, safe.Text(s))
		check(t, s, safe.Pad(s, w))
		if got := ansi.StringWidth(safe.Pad(s, w)); got != max(w, 0) {
			t.Fatalf("Pad(%q, %d) is %d cells", s, w, got)
		}
	})
}

func BenchmarkAppend(b *testing.B) {
	ascii := strings.Repeat("event=llm_invocation_logged ", 10)
	mixed := strings.Repeat("予算 event=über ", 20)
	for name, s := range map[string]string{"ascii": ascii, "mixed": mixed} {
		b.Run(name, func(b *testing.B) {
			buf := make([]byte, 0, 1024)
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				buf, _, _ = safe.Append(buf[:0], s, 1000, safe.Unicode)
			}
		})
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"":                           "",
		"plain":                      "plain",
		"two\nlines\tand\r\n":        "two\nlines\tand\n",
		"\x1b]52;c;ZXZpbA==\aa\x00b": "]52;c;ZXZpbA==ab",
		"\u009b31mC1\u0085\u2028x":   "31mC1x",
		"\u202egnp.\u2066exe\u2069":  "gnp.exe",
		"bad \xff byte":              "bad \uFFFD byte",
		"👨‍👩‍👧 é e\u0301 日本 कि \u200b": "👨‍👩‍👧 é e\u0301 日本 कि \u200b",
	} {
		if got := safe.Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}
