package ui

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/ui/views"
)

// hostile is text that tries to leave its place.
var hostile = []string{
	"\x1b[2J\x1b[H\x1b[31mred\x1b]0;title\a\x1b]52;c;ZXZpbA==\x1b\\",
	"a\rb\nc\td\be\vf\fg\x00h\x7fi\u0085j\u009b31mk",
	"\u202eright to left\u2066isolate\u2069\u200b\u200d\u2060\ufeff",
	"\u2028line\u2029paragraph",
	"\xff\xfe\xc3(\xf0\x9f",
	"e\u0301\u0301\u0301\u0301 Z̸̢͎̲a̷̛l̶g̴o̸",
	"👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 ❤️ 日本語 한국어 क्षि",
	strings.Repeat("wide 漢", 400),
	`{"event": "\u001b[2J\u202e", "level": "\u0007err", "service": "\u001b]52;c;eA==\u0007", "x\n": {"deep": [1, NaN]}, "exception": "Traceback\n\u001b[31m\tE: x"}`,
	strings.Repeat("x", 1<<20),
}

// spoiled is a copy of v in which every third string is hostile.
func spoiled[T any](rng *rand.Rand, v T) T {
	return spoil(rng, reflect.ValueOf(&v).Elem()).Interface().(T)
}

func spoil(rng *rand.Rand, v reflect.Value) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		if rng.IntN(3) == 0 {
			return reflect.ValueOf(hostile[rng.IntN(len(hostile)-1)]).Convert(v.Type()) // not the megabyte
		}
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return v
		}
		if v.Kind() == reflect.Interface {
			return spoil(rng, v.Elem())
		}
		out := reflect.New(v.Type().Elem())
		out.Elem().Set(spoil(rng, v.Elem()))
		return out
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for i := range v.Len() {
			out.Index(i).Set(spoil(rng, v.Index(i)))
		}
		return out
	case reflect.Map:
		if v.IsNil() {
			return v
		}
		out := reflect.MakeMap(v.Type())
		for _, key := range v.MapKeys() {
			out.SetMapIndex(spoil(rng, key), spoil(rng, v.MapIndex(key)))
		}
		return out
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return v
		}
		out := reflect.New(v.Type()).Elem()
		for i := range v.NumField() {
			if out.Field(i).CanSet() {
				out.Field(i).Set(spoil(rng, v.Field(i)))
			}
		}
		return out
	}
	return v
}

// spoiledHub is the simulation with hostile text in all its tables, its calls,
// its containers and disks, and in the fields of every kind of line.
func spoiledHub(t testing.TB, clock clockwork.Clock) *data.Hub {
	t.Helper()
	from := simulatedHub(t).Snapshot()
	rng := rand.New(rand.NewPCG(3, 5))
	return hubWith(clock, func(h *data.Hub) {
		now := clock.Now()
		for _, source := range []string{data.SourceDB, data.SourceFiles, data.SourceDocker, data.SourceHost} {
			h.SetState(source, data.SourceState{State: data.StateLive, Loaded: true, AsOf: now})
		}
		db := &data.DB{Path: hostile[0], Recent: spoiled(rng, from.DB.Recent), Extensions: spoiled(rng, from.DB.Extensions), Tables: spoiled(rng, from.DB.Tables)}
		store := data.NewInvocationStore(now)
		for i := range 3000 {
			text := []byte(hostile[i%len(hostile)])
			store.Add(&data.Invocation{
				RowID: int64(i + 1), Time: now.Add(-time.Duration(i) * 13 * time.Minute).UnixNano(), Task: store.Task(text), Model: store.Model(text),
				HasLatency: true, LatencyMS: int64(i), TokensIn: int64(i), TokensOut: 3, CostUSD: 0.01, Shadow: i%5 == 0,
			})
		}
		db.Invocations = store.View()
		h.SetDB(db)
		h.SetContainers(spoiled(rng, from.Containers))
		h.SetHost(spoiled(rng, from.Host))
		h.AppendLines(spoiledLines(rng, from.Logs, now))
	})
}

// spoiledLines is one line of each event with hostile text in its fields.
func spoiledLines(rng *rand.Rand, logs *data.LogView, now time.Time) []logline.Entry {
	var out []logline.Entry
	seen := make(map[string]bool)
	for i := range logs.Len() {
		l := logs.At(i)
		if seen[l.Event] {
			continue
		}
		seen[l.Event] = true
		var fields map[string]any
		if json.Unmarshal([]byte(l.Raw), &fields) != nil {
			continue
		}
		evil := spoiled(rng, fields)
		evil["event"], evil["level"] = l.Event, []string{"info", "warning", "error", "critical"}[i%4]
		delete(evil, "timestamp")
		raw, err := json.Marshal(evil)
		if err != nil {
			continue
		}
		e := logline.Entry{Source: logline.SourceLogs}
		logline.Parse(&e, string(raw), now.Add(-time.Minute), now)
		out = append(out, e)
	}
	return out
}

// Hostile text stays in its place in every panel of every view and in every row
// opened from them.
func TestHostileDataStaysInItsPlace(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		name := map[bool]string{false: "unicode", true: "ascii"}[ascii]
		for _, tab := range tabs {
			t.Run(name+" "+string(tab.id), func(t *testing.T) {
				open := func(clock *clockwork.FakeClock) Options {
					return Options{Hub: spoiledHub(t, clock), View: string(tab.id), ASCII: ascii}
				}
				drive(t, 80, 24, open, func(d *driver) {
					check := func() {
						t.Helper()
						checkFrame(t, d.lines(), 80, 24)
						if ascii && strings.ContainsFunc(d.screen(), func(r rune) bool { return r >= 0x80 }) {
							t.Fatalf("not ASCII:\n%s", d.screen())
						}
					}
					check()
					if tab.id == views.IDLogs {
						d.press("enter")
						check()
						return
					}
					d.press("f")
					for first := d.focused(); ; {
						check()
						d.press("G")
						check()
						d.press("enter")
						check()
						if len(d.m.router.trail()) > 1 {
							d.press("esc")
						} else if d.m.router.top().ID() != tab.id {
							d.press("-")
						}
						d.press("n")
						if d.focused() == first {
							break
						}
					}
				})
			})
		}
	}
}
