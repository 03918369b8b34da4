package loki

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// decoded is what a test compares of a line.
type decoded struct {
	time         int64
	labels, meta string
	text         string
}

func (d *decoder) decoded() []decoded {
	var all []decoded
	for _, l := range d.lines {
		one := decoded{time: l.time, labels: labelText(l.stream.labels), text: string(l.text)}
		if l.meta != nil {
			one.meta = labelText(l.meta.labels)
		}
		all = append(all, one)
	}
	return all
}

func labelText(labels map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		fmt.Fprintf(&b, "%s=%s ", k, labels[k])
	}
	return strings.TrimSpace(b.String())
}

var frameCases = []struct {
	name    string
	body    string
	want    []decoded
	dropped int
	slow    bool // left to encoding/json
}{
	{
		name: "tail of 2.9.0",
		body: `{"streams":[{"stream":{"level":"error","service":"api","container_name":"donna-api"},"values":[["1795445082446114192","dup"]]}]}`,
		want: []decoded{{1795445082446114192, "container_name=donna-api level=error service=api", "", "dup"}},
	},
	{
		name: "tail of 3.x with metadata and parsed labels",
		body: `{"streams":[{"stream":{"service":"api"},"values":[["17","{\"a\":\u003c\"\u00e9\ud83d\ude00\"\u0026\n}",{"structuredMetadata":{"trace_id":"abc","detected_level":"info"},"parsed":{"event":"a"}}]]}],"encodingFlags":["categorize-labels"]}`,
		want: []decoded{{17, "service=api", "detected_level=info trace_id=abc", "{\"a\":<\"é😀\"&\n}"}},
	},
	{
		name: "tail with dropped entries only",
		body: `{"streams":[],"dropped_entries":[{"timestamp":"1795439761420773605","labels":{"job":"b29"}},{"timestamp":"1","labels":{}}]}`, dropped: 2,
	},
	{
		name: "tail with null streams", slow: true,
		body: `{"streams":null,"dropped_entries":[{"timestamp":"1","labels":{}}]}`, dropped: 1,
	},
	{
		name: "query_range of 3.x, two streams",
		body: `{"status":"success","data":{"resultType":"streams","result":[{"stream":{"n":"1"},"values":[["3","c"],["1","a"]]},{"stream":{"n":"2"},"values":[["2","b",{}]]}],"stats":{"summary":{"execTime":0.019152,"x":-1.5e+3,"y":[true,false,null,{"z":[]}]}}}}`,
		want: []decoded{{3, "n=1", "", "c"}, {1, "n=1", "", "a"}, {2, "n=2", "", "b"}},
	},
	{
		name: "empty result",
		body: `{"status":"success","data":{"resultType":"streams","result":[],"stats":{}}}`,
	},
	{
		name: "white space everywhere",
		body: " { \"streams\" : [ { \"stream\" : { } , \"values\" : [ [ \"1\" , \"a\" ] , [ \"2\" , \"b\" ] ] } ] } \n",
		want: []decoded{{1, "", "", "a"}, {2, "", "", "b"}},
	},
	{
		name: "a lone surrogate becomes a replacement character", slow: true,
		body: `{"streams":[{"stream":{},"values":[["1","x\ud800y"]]}]}`,
		want: []decoded{{1, "", "", "x\ufffdy"}},
	},
	{
		name: "bytes that are not UTF-8", slow: true,
		body: "{\"streams\":[{\"stream\":{},\"values\":[[\"1\",\"x\xffy\"]]}]}",
		want: []decoded{{1, "", "", "x\ufffdy"}},
	},
	{
		name: "values before the labels", slow: true,
		body: `{"streams":[{"values":[["1","a"]],"stream":{"n":"1"}}]}`,
		want: []decoded{{1, "n=1", "", "a"}},
	},
	{
		name: "a key written with escapes", slow: true,
		body: `{"\u0073treams":[{"stream":{},"values":[["1","a"]]}]}`,
		want: []decoded{{1, "", "", "a"}},
	},
	{
		name: "control characters and quotes",
		body: `{"streams":[{"stream":{"k\"":"v\u001b[31m"},"values":[["1","\u001b]0;x\u0007 \b\f\n\r\t\/\\\""]]}]}`,
		want: []decoded{{1, "k\"=v\x1b[31m", "", "\x1b]0;x\a \b\f\n\r\t/\\\""}},
	},
}

func TestDecode(t *testing.T) {
	for _, c := range frameCases {
		t.Run(c.name, func(t *testing.T) {
			d := decoder{}
			if err := d.decode([]byte(c.body)); err != nil {
				t.Fatal(err)
			}
			if got := d.decoded(); !slices.Equal(got, c.want) {
				t.Errorf("lines\n got %#v\nwant %#v", got, c.want)
			}
			if d.dropped != c.dropped {
				t.Errorf("%d dropped, want %d", d.dropped, c.dropped)
			}
			d.reset()
			d.text = slices.Grow(d.text, len(c.body))
			s := scanner{b: []byte(c.body), d: &d}
			if fast := s.answer(); fast == c.slow {
				t.Errorf("the scanner accepts it: %t", fast)
			}
		})
	}
}

func TestDecodeRejects(t *testing.T) {
	whole := frameCases[1].body
	cases := map[string]string{
		"nothing":                 ``,
		"half a frame":            whole[:len(whole)/2],
		"a frame without its end": whole[:len(whole)-1],
		"two frames":              whole + whole,
		"a web page":              `<html>`,
		"another JSON":            `{"status":"success"}`,
		"a matrix":                `{"status":"success","data":{"resultType":"matrix","result":[]}}`,
		"a time that is no time":  `{"streams":[{"stream":{},"values":[["now","a"]]}]}`,
		"a time out of range":     `{"streams":[{"stream":{},"values":[["9223372036854775808","a"]]}]}`,
		"a line without a text":   `{"streams":[{"stream":{},"values":[["1"]]}]}`,
		"a label that is no text": `{"streams":[{"stream":{"n":1},"values":[["1","a"]]}]}`,
		"a raw control character": "{\"streams\":[{\"stream\":{},\"values\":[[\"1\",\"a\x01\"]]}]}",
		"a number with a zero":    `{"streams":[],"x":01}`,
		"a bad escape":            `{"streams":[],"x":"\x"}`,
		"a comma too many":        `{"streams":[],}`,
	}
	for name, body := range cases {
		t.Run(name, func(t *testing.T) {
			var d decoder
			if err := d.decode([]byte(body)); err == nil {
				t.Errorf("accepted, with lines %#v", d.decoded())
			}
			if len(d.lines) != 0 {
				t.Errorf("%d lines remain of a frame that was rejected", len(d.lines))
			}
		})
	}
}

// TestKeyIdentity checks what makes two lines the same, whichever way they come.
func TestKeyIdentity(t *testing.T) {
	key := func(body string) uint64 {
		var d decoder
		if err := d.decode([]byte(body)); err != nil {
			t.Fatal(err)
		}
		return d.lines[0].key()
	}
	const base = `{"streams":[{"stream":{"a":"1","b":"2"},"values":[["5","x"]]}]}`
	same := map[string]string{
		"labels in another order":   `{"streams":[{"stream":{"b":"2","a":"1"},"values":[["5","x"]]}]}`,
		"in a query":                `{"data":{"resultType":"streams","result":[{"stream":{"a":"1","b":"2"},"values":[["5","x"]]}]}}`,
		"empty metadata":            `{"streams":[{"stream":{"a":"1","b":"2"},"values":[["5","x",{"structuredMetadata":{}}]]}]}`,
		"labels parsed by a query":  `{"streams":[{"stream":{"a":"1","b":"2"},"values":[["5","x",{"parsed":{"p":"1"}}]]}]}`,
		"text written with escapes": `{"streams":[{"stream":{"a":"1","b":"2"},"values":[["5","\u0078"]]}]}`,
	}
	for name, body := range same {
		if key(body) != key(base) {
			t.Errorf("%s: another key", name)
		}
	}
	other := map[string]string{
		"another time":        `{"streams":[{"stream":{"a":"1","b":"2"},"values":[["6","x"]]}]}`,
		"another text":        `{"streams":[{"stream":{"a":"1","b":"2"},"values":[["5","y"]]}]}`,
		"swapped values":      `{"streams":[{"stream":{"a":"2","b":"1"},"values":[["5","x"]]}]}`,
		"a label less":        `{"streams":[{"stream":{"a":"1"},"values":[["5","x"]]}]}`,
		"with metadata":       `{"streams":[{"stream":{"a":"1","b":"2"},"values":[["5","x",{"structuredMetadata":{"t":"1"}}]]}]}`,
		"a label as metadata": `{"streams":[{"stream":{"a":"1"},"values":[["5","x",{"structuredMetadata":{"b":"2"}}]]}]}`,
	}
	for name, body := range other {
		if key(body) == key(base) {
			t.Errorf("%s: the same key", name)
		}
	}
}

func TestInternerIsBounded(t *testing.T) {
	var in interner
	for i := range 3 * maxInterned {
		if _, err := in.get(fmt.Appendf(nil, `{"trace_id":"%d"}`, i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(in.byRaw) > maxInterned || len(in.byHash) > maxInterned {
		t.Errorf("%d and %d sets, want at most %d", len(in.byRaw), len(in.byHash), maxInterned)
	}
}

// FuzzDecode: what the scanner accepts, encoding/json reads the same.
func FuzzDecode(f *testing.F) {
	for _, c := range frameCases {
		f.Add([]byte(c.body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var fast, slow decoder
		fast.text = slices.Grow(fast.text, len(body))
		s := scanner{b: body, d: &fast}
		if !s.answer() {
			return
		}
		if err := slow.decodeJSON(body); err != nil {
			t.Fatalf("the scanner accepts %q, encoding/json says %v", body, err)
		}
		if got, want := fast.decoded(), slow.decoded(); !slices.Equal(got, want) {
			t.Errorf("of %q\n    scanner %#v\nencoding/json %#v", body, got, want)
		}
		if fast.dropped != slow.dropped {
			t.Errorf("of %q: %d and %d dropped", body, fast.dropped, slow.dropped)
		}
		for i := range fast.lines {
			if fast.lines[i].key() != slow.lines[i].key() {
				t.Errorf("of %q: line %d has two keys", body, i)
			}
		}
	})
}

// FuzzAnswer: an answer that is broken leaves what was read before as it was, and
// lines that are read have an identity and a time.
func FuzzAnswer(f *testing.F) {
	for _, c := range frameCases {
		f.Add([]byte(c.body))
		f.Add([]byte(c.body[:len(c.body)/2]))
	}
	f.Add([]byte(`{"streams":[{"values":[["1","x"]],"stream":{"a":"b"}},{"stream":3}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var d decoder
		if err := d.decode([]byte(frameCases[0].body)); err != nil {
			t.Fatal(err)
		}
		before := d.decoded()
		err := d.decodeMore(body)
		after := d.decoded()
		if len(after) < len(before) || !slices.Equal(after[:len(before)], before) {
			t.Fatalf("%q changed what was read before it", body)
		}
		if err != nil && len(after) != len(before) {
			t.Fatalf("%q is refused (%v) and gives %d lines", body, err, len(after)-len(before))
		}
		for i := range d.lines {
			_ = d.lines[i].key()
		}
	})
}

// FuzzSample: a figure of Loki's has a time between 1970 and 2262, or is refused.
func FuzzSample(f *testing.F) {
	for _, text := range []string{`[1795442220,"2"]`, `[1795442263.123,"NaN"]`, `[-1,"1"]`, `[1e300,"1"]`, `[9223372036.9,"+Inf"]`, `[1]`, `{}`, `[null,null]`, `["1","1"]`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var s sample
		if json.Unmarshal(b, &s) != nil || string(b) == "null" {
			return
		}
		if ns := s.Time.UnixNano(); ns < 0 || !time.Unix(0, ns).Equal(s.Time) {
			t.Errorf("%s is at %v", b, s.Time)
		}
	})
}
