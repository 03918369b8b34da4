package logging_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/logging"
)

type (
	colour   string
	rank     int
	point    struct{ X, Y int }
	Embedded struct {
		Inner  int `json:"inner"`
		Hidden int
	}
	record struct {
		Name    string `json:"name"`
		Skipped string `json:"-"`
		Empty   []int  `json:"empty,omitempty"`
		Zero    point  `json:"zero,omitzero"`
		*Embedded
		Hidden float64
		_      int
	}
	node struct {
		Name string
		Next *node
	}
	stringer        struct{ _ int }
	marshaler       struct{ text string }
	panickingValue  struct{}
	failing         struct{}
	panickingJSON   struct{}
	panickingError  struct{}
	endlessValuer   struct{}
	groupOfItself   struct{}
	pointerReceiver struct{ n int }
)

func (rank) String() string                        { return "never printed" }
func (stringer) String() string                    { return "a string" }
func (m marshaler) MarshalJSON() ([]byte, error)   { return []byte(m.text), nil }
func (panickingValue) LogValue() slog.Value        { panic("boom") }
func (failing) MarshalJSON() ([]byte, error)       { return nil, errors.New("no form") }
func (panickingJSON) MarshalJSON() ([]byte, error) { panic("boom") }
func (panickingError) Error() string               { panic("boom") }
func (v endlessValuer) LogValue() slog.Value       { return slog.AnyValue(v) }
func (v groupOfItself) LogValue() slog.Value       { return slog.GroupValue(slog.Any("g", v)) }
func (p *pointerReceiver) LogValue() slog.Value    { return slog.IntValue(p.n) }

func TestValues(t *testing.T) {
	loop := &node{Name: "a"}
	loop.Next = loop
	ring := map[string]any{"n": 1}
	ring["self"] = ring
	list := []any{1, nil}
	list[1] = list
	huge, _ := new(big.Int).SetString("-18446744073709551617", 10)
	tests := []struct {
		name  string
		value any
		want  string
	}{
		{"int", 3, "3"}, {"float", 3.0, "3.0"}, {"float32", float32(0.5), "0.5"}, {"uint64", uint64(math.MaxUint64), "18446744073709551615"},
		{"big", huge, "-18446744073709551617"}, {"negative zero", math.Copysign(0, -1), "-0.0"}, {"NaN", math.NaN(), "NaN"},
		{"infinity", math.Inf(-1), "-Infinity"}, {"small", 1e-5, "1e-05"}, {"large", 1e16, "1e+16"}, {"number", json.Number("1e2"), "100.0"},
		{"broken number", json.Number("1x"), `"1x"`}, {"text of a kind", colour("red"), `"red"`}, {"number of a kind", rank(2), "2"},
		{"complex", 1 + 2i, `"(1+2i)"`},
		{"time", time.Date(2026, 7, 1, 12, 0, 0, 1999, time.FixedZone("", 3600)), `"2026-07-01T11:00:00.000001Z"`},
		{"time by pointer", &time.Time{}, `"0001-01-01T00:00:00Z"`}, {"duration", 1500 * time.Millisecond, `"1.5s"`},
		{"bytes", []byte("it's \\ \x00\n\xff"), `"b\"it's \\\\ \\x00\\n\\xff\""`}, {"bytes of both quotes", []byte(`'"`), `"b'\\'\"'"`},
		{"raw JSON", json.RawMessage(`{"a":[1,2.50,1e3,"\u00e9\/<"],"b":null}`), `{"a": [1, 2.5, 1000.0, "\u00e9/<"], "b": null}`},
		{"broken raw JSON", json.RawMessage(`{`), `"{"`}, {"marshaler", marshaler{`"\ud83d\ude00"`}, `"\ud83d\ude00"`},
		{"text marshaler", &url.URL{Host: "x"}, `"//x"`}, {"error", errors.New("bad"), `"bad"`}, {"stringer", stringer{}, `"a string"`},
		{"channel", make(chan int), `"<chan int>"`}, {"nil channel", (chan int)(nil), "null"}, {"function", func() {}, `"<func()>"`}, {"nil pointer", (*node)(nil), "null"},
		{"array", [2]bool{true, false}, "[true, false]"}, {"nil slice", []string(nil), "[]"}, {"nil map", map[string]int(nil), "{}"},
		{"map", map[string]any{"b": 1, "a": []any{}}, `{"a": [], "b": 1}`}, {"map of ints", map[int]string{2: "b", 1: "a"}, `{"1": "a", "2": "b"}`},
		{"map of any", map[any]int{true: 1, 1.5: 2, nil: 3}, `{"1.5": 2, "null": 3, "true": 1}`},
		{"dict", logging.Dict{{"b", 1}, {2, 2.0}, {"a", logging.Dict{}}}, `{"b": 1, "2": 2.0, "a": {}}`},
		{"struct", record{Name: "é", Embedded: &Embedded{Inner: 1, Hidden: 2}, Hidden: 3}, `{"name": "\u00e9", "inner": 1, "Hidden": 3.0}`},
		{"struct without its embedded one", record{}, `{"name": "", "Hidden": 0.0}`},
		{"attrs", []slog.Attr{slog.Int("a", 1), slog.Group("g", "b", 2)}, `{"a": 1, "g": {"b": 2}}`}, {"slog value", []any{slog.StringValue("a"), slog.GroupValue()}, `["a", {}]`},
		{"secret", logging.Secret("hunter2"), `"[redacted]"`}, {"secret inside", struct {
			K logging.Secret
			M map[string]any
		}{"hunter2", map[string]any{"a": []logging.Secret{"hunter2"}}}, `{"K": "[redacted]", "M": {"a": ["[redacted]"]}}`},
		{"secret key", map[logging.Secret]int{"hunter2": 1}, `{"[redacted]": 1}`},
		{"pointer cycle", loop, `{"Name": "a", "Next": "!CYCLE"}`}, {"map cycle", ring, `{"n": 1, "self": "!CYCLE"}`}, {"slice cycle", list, `[1, "!CYCLE"]`},
		{"the same twice is no cycle", []any{ring["n"], []*point{{1, 2}}, point{1, 2}}, `[1, [{"X": 1, "Y": 2}], {"X": 1, "Y": 2}]`},
		{"failing marshaler", failing{}, `"no form"`}, {"panicking marshaler", []any{1, panickingJSON{}}, `[1, "!PANIC: boom"]`},
		{"panicking error", []error{panickingError{}}, `["!PANIC: boom"]`}, {"nil pointer of a value method", (*url.URL)(nil), "null"},
		{"nil pointer of a valuer", struct{ P *pointerReceiver }{}, `{"P": null}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			logger, out := capture(logging.Options{})
			logger.Info("x", "v", tt.value)
			if want := `{"v": ` + tt.want + `, "event": "x"` + tail; out.String() != want {
				t.Errorf("got  %swant %s", out, want)
			}
		})
	}
}

// TestHostileValues logs what cannot be printed faithfully: there must be one
// line, valid JSON, with the rest of the pairs.
func TestHostileValues(t *testing.T) {
	deep := any("bottom")
	for range 100_000 {
		deep = []any{deep}
	}
	graph := make([]map[string]any, 12)
	for i := range graph {
		graph[i] = map[string]any{}
	}
	for i := range graph {
		for j := range graph {
			graph[i][fmt.Sprint(j)] = graph[j]
		}
	}
	for name, value := range map[string]any{
		"deep": deep, "graph": graph, "panicking valuer": panickingValue{}, "endless valuer": endlessValuer{}, "group of itself": groupOfItself{},
		"list of a valuer of itself": []any{groupOfItself{}},
	} {
		t.Run(name, func(t *testing.T) {
			logger, out := capture(logging.Options{})
			logger.Info("x", "a", 1, "v", value, "b", 2)
			line := out.String()
			if strings.Count(line, "\n") != 1 || !strings.HasPrefix(line, `{"a": 1, "v": `) || !strings.HasSuffix(line, `, "b": 2, "event": "x"`+tail) {
				t.Errorf("got %.300s", line)
			}
		})
	}
}

func TestMarshal(t *testing.T) {
	got, err := logging.Marshal(logging.Dict{{"b", 1.0}, {"a", []any{"é", nil, math.NaN()}}})
	if want := `{"b": 1.0, "a": ["\u00e9", null, NaN]}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	loop := map[string]any{}
	loop["self"] = loop
	for name, value := range map[string]any{
		"time": time.Now(), "duration": time.Second, "bytes": []byte("x"), "error": errors.New("x"), "channel": make(chan int), "cycle": loop,
		"nested": []any{1, map[string]any{"f": func() {}}}, "key": logging.Dict{{[2]int{}, 1}}, "failing": failing{}, "panicking": panickingJSON{},
	} {
		if got, err := logging.Marshal(value); err == nil {
			t.Errorf("%s: no error, but %s", name, got)
		}
	}
}

func TestSecretEverywhere(t *testing.T) {
	s := logging.Secret("hunter2")
	for _, verb := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%X", "%d", "%t", "%10s"} {
		if got := fmt.Sprintf(verb, s); got != "[redacted]" {
			t.Errorf("%s prints %q", verb, got)
		}
	}
	encoded, err := json.Marshal(map[string]any{"s": s})
	if err != nil || !bytes.Equal(encoded, []byte(`{"s":"[redacted]"}`)) {
		t.Errorf("encoding/json prints %s, %v", encoded, err)
	}
	if s.Reveal() != "hunter2" || s.String() != "[redacted]" {
		t.Errorf("Reveal %q, String %q", s.Reveal(), s.String())
	}
}
