package logging

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// referenceString is the rule for text written the slow way: each UTF-16 code
// unit, each undecodable byte as U+DC00 plus the byte.
func referenceString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	short := map[uint16]string{'"': `\"`, '\\': `\\`, '\n': `\n`, '\r': `\r`, '\t': `\t`, '\b': `\b`, '\f': `\f`}
	for i, r := range s {
		units := utf16.AppendRune(nil, r)
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			units = []uint16{0xdc00 + uint16(s[i])}
		}
		for _, u := range units {
			switch {
			case short[u] != "":
				b.WriteString(short[u])
			case u >= 0x20 && u < 0x7f:
				b.WriteByte(byte(u))
			default:
				fmt.Fprintf(&b, `\u%04x`, u)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}

// referenceFloat is the rule for floats, from the digits and the exponent.
func referenceFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.Replace(fmt.Sprint(f), "Inf", "Infinity", 1), "+")
	}
	scientific := strconv.FormatFloat(f, 'e', -1, 64)
	_, exponent, _ := strings.Cut(scientific, "e")
	if x, _ := strconv.Atoi(exponent); x < -4 || x >= 16 {
		return scientific
	}
	positional := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(positional, ".") {
		positional += ".0"
	}
	return positional
}

// FuzzLine logs arbitrary text, keys and numbers: there is always one line,
// and it is what the rules say.
func FuzzLine(f *testing.F) {
	f.Add("task_created", "channel", "discord", int64(3), 3.0)
	f.Add("", "", "\xff\xfe é \u2028 \U0001f600 \x7f\x00\n\"\\", int64(math.MinInt64), 1e-7)
	f.Add("level", "level", "timestamp", int64(0), math.Copysign(0, -1))
	f.Add("x", "exc_info", "user_id", int64(1), math.NaN())
	f.Add("a\"b", "stack_info", "12345678\xf0\x9f\x98", int64(1), 9999999999999998.0)
	f.Fuzz(func(t *testing.T, event, key, text string, n int64, x float64) {
		var out bytes.Buffer
		h := NewHandler(Options{JSON: true, Writer: &out}).WithAttrs([]slog.Attr{slog.String("bound", text)})
		r := slog.NewRecord(time.Date(2026, 7, 1, 12, 0, 0, 123456789, time.UTC), slog.LevelInfo, event, 0)
		r.AddAttrs(slog.String(key, text), slog.Int64("n", n), slog.Float64("x", x))
		if err := h.Handle(WithChannel(context.Background(), text), r); err != nil {
			t.Fatal(err)
		}
		line := out.String()
		if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "}\n") || !utf8.ValidString(line) {
			t.Fatalf("not one line: %q", line)
		}
		if !math.IsNaN(x) && !math.IsInf(x, 0) && !json.Valid([]byte(line)) {
			t.Fatalf("not JSON: %s", line)
		}
		for _, c := range []byte(line[:len(line)-1]) {
			if c < 0x20 || c > 0x7e {
				t.Fatalf("byte %#x in %q", c, line)
			}
		}
		var want []string
		switch key {
		case "bound", "n", "x", "channel", "user_id", "event", "level", "timestamp", "stack_info", "exc_info":
			return // the rules of clashes have tests of their own
		}
		want = append(want, `"bound": `+referenceString(text), referenceString(key)+": "+referenceString(text),
			`"n": `+strconv.FormatInt(n, 10), `"x": `+referenceFloat(x), `"event": `+referenceString(event), `"user_id": "system"`)
		if text != "" {
			want = append(want, `"channel": `+referenceString(text))
		}
		want = append(want, `"level": "info"`, `"timestamp": "2026-07-01T12:00:00.123456Z"`)
		if got := strings.TrimSuffix(line, "\n"); got != "{"+strings.Join(want, ", ")+"}" {
			t.Errorf("got  %s\nwant {%s}", got, strings.Join(want, ", "))
		}
	})
}

// FuzzTranscode brings arbitrary JSON to the wire style: the value stays the
// same, and a second pass changes nothing.
func FuzzTranscode(f *testing.F) {
	f.Add([]byte(` {"a" : [1, 2.50, -0, 1e400, "\u00E9\/\ud83d\ude00\udc80<é"], "b":{ }, "c":null} `))
	f.Fuzz(func(t *testing.T, src []byte) {
		if !json.Valid(src) {
			return
		}
		once := appendJSON(nil, src)
		if bytes.Contains(once, []byte("Infinity")) {
			return // a float out of range, as Python reads it
		}
		if !json.Valid(once) {
			t.Fatalf("%q became %q", src, once)
		}
		if twice := appendJSON(nil, once); !bytes.Equal(once, twice) {
			t.Errorf("%q, then %q", once, twice)
		}
		if utf8.Valid(src) && !equalJSON(src, once) {
			t.Errorf("%q is not %q", src, once)
		}
	})
}

// equalJSON compares what encoding/json reads, numbers as floats.
func equalJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return true // a number out of range
	}
	return reflect.DeepEqual(x, y)
}

func TestFloatsLikePython(t *testing.T) {
	for range 200_000 {
		f := math.Float64frombits(rand.Uint64())
		if rand.IntN(2) == 0 {
			f = (rand.Float64() - 0.5) * math.Pow(10, float64(rand.IntN(30)-8))
		}
		if got, want := string(appendFloat(nil, f)), referenceFloat(f); got != want {
			t.Fatalf("%x prints %s, want %s", math.Float64bits(f), got, want)
		}
	}
}

// TestDirectEqualsMerge makes random calls and compares the two encoders: the
// direct one may only be faster.
func TestDirectEqualsMerge(t *testing.T) {
	keys := []string{"a", "b", "c", "event", "level", "timestamp", "task_id", "user_id", "error", "err", "exc_info", "exception", "g", "event_type", "", "a long key of several words", "é", `"`, `a": 1, "b`, "a\": \"b"}
	texts := []string{"text \xff", `"a": 1`, `a": `, "b", ": "}
	random := rand.New(rand.NewPCG(1, 2))
	key := func() string { return keys[random.IntN(len(keys))] }
	value := func() slog.Value {
		switch random.IntN(8) {
		case 0:
			return slog.StringValue(texts[random.IntN(len(texts))])
		case 1:
			return slog.Float64Value(random.Float64())
		case 2:
			return slog.AnyValue(nil)
		case 3:
			return slog.GroupValue(slog.Int("in", 1))
		case 4:
			return slog.GroupValue()
		case 5:
			return slog.AnyValue(fmt.Errorf("e%d", random.IntN(3)))
		case 6:
			return slog.AnyValue(Secret("s"))
		}
		return slog.IntValue(random.IntN(100))
	}
	attrs := func(most int) []slog.Attr {
		list := make([]slog.Attr, random.IntN(most+1))
		for i := range list {
			list[i] = slog.Attr{Key: key(), Value: value()}
		}
		return list
	}
	direct := 0
	for range 50_000 {
		h := NewHandler(Options{JSON: true}).WithAttrs(attrs(2)).(*handler)
		for range random.IntN(2) {
			h = h.WithGroup(key()).WithAttrs(attrs(2)).(*handler)
		}
		ctx := Bind(context.Background(), attrs(1)...)
		if random.IntN(2) == 0 {
			ctx = WithTaskID(ctx, "t")
		}
		l := line{time: time.Unix(random.Int64N(1<<32), random.Int64N(1e9)), level: "info", event: "x", scope: scopeOf(ctx)}
		if random.IntN(3) == 0 {
			l.eventType = "task.created"
		}
		p := callPairs{list: attrs(4)}
		got := &encoder{}
		if !h.direct(got, &l, &p) {
			continue
		}
		direct++
		want := &encoder{}
		want.object(h.merge(&l, &p))
		if string(got.buf) != string(want.buf)+"\n" {
			t.Fatalf("direct %smerge  %s", got.buf, want.buf)
		}
	}
	if direct < 1000 {
		t.Errorf("only %d of the calls were direct", direct)
	}
}
