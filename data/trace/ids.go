package trace

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/donna-project/donnatop/data/logline"
)

// id is an id of which the key is known.
type id struct {
	key   key
	value string
}

// maxID is the longest id there can be; the longest Donna writes has 64 letters.
const maxID = 256

// CheckID says what is wrong with a text as an id.
func CheckID(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("the id is empty: give the id of a task, an invocation, an escalation, a correlation, a chat or a run")
	case len(text) > maxID:
		return fmt.Errorf("the id has %d bytes: Donna's have %d at most", len(text), maxID)
	case !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("the id holds control characters or is no UTF-8: no id of Donna's does")
	}
	return nil
}

// shortNumber is how many digits a number may have to stand for itself only under
// a name of its key: anything may be 22, but hardly anything is a Discord thread.
const shortNumber = 9

func isNumber(text string) bool {
	n, err := strconv.ParseUint(text, 10, 64)
	return err == nil && strconv.FormatUint(n, 10) == text
}

// givenID is what the id asked for stands for, as far as its form tells.
func givenID(text string) (id, bool) {
	if number, ok := strings.CutPrefix(text, toolHash); ok && isNumber(number) {
		return id{keyToolRequest, number}, true
	}
	if isNumber(text) && len(text) <= shortNumber {
		return id{keyEscalation, text}, true
	}
	return id{}, false
}

// nobody are texts that stand where an id is missing.
var nobody = map[string]bool{"": true, "none": true, "null": true, "nil": true, "unknown": true, "undefined": true, "n/a": true, "-": true}

// idSet are the ids of a trace.
type idSet struct {
	known map[id]bool
	order []id
	// plain are the ids that can stand under any name.
	plain map[string]bool
	limit int
	over  map[id]bool // found but not followed
}

func newIDSet(limit int) *idSet {
	return &idSet{known: make(map[id]bool), plain: make(map[string]bool), limit: limit, over: make(map[id]bool)}
}

// add takes an id in unless it is known, no id or one too many.
func (s *idSet) add(i id) {
	if s.known[i] || nobody[strings.ToLower(i.value)] || len(i.value) > maxID || i.key.numbered() && !isNumber(i.value) {
		return
	}
	if len(s.order) >= s.limit {
		s.over[i] = true
		return
	}
	s.known[i] = true
	s.order = append(s.order, i)
	if !i.key.numbered() {
		s.plain[i.value] = true
	}
}

// byKey are the ids in the contract's form. The first four keys are always there.
func (s *idSet) byKey() map[string][]string {
	out := map[string][]string{string(keyCorrelation): {}, string(keyTask): {}, string(keyInvocation): {}, string(keyEscalation): {}}
	for i := range maps.Keys(s.known) {
		out[string(i.key)] = append(out[string(i.key)], i.value)
	}
	for _, values := range out {
		slices.Sort(values)
	}
	return out
}

// value is a value of a line or row under its name: for "outer.inner" of a nested
// one.
type value struct {
	name, text string
}

// last is the name without those of the objects around it.
func (v value) last() string { return v.name[strings.LastIndexByte(v.name, '.')+1:] }

// values are the texts and numbers of a line.
func values(e *logline.Entry) (out []value) {
	e.Walk(func(f logline.Field) bool {
		switch f.Kind {
		case logline.String:
			out = append(out, value{f.Key, f.Value})
		case logline.Number:
			out = append(out, value{f.Key, strings.TrimSuffix(f.Value, ".0")})
		}
		return true
	})
	return out
}

// holds tells whether a value is one of the ids, and whether it stands where it
// leads on to others.
func (s *idSet) holds(v value) (is, leads bool) {
	name := v.last()
	k, joins := lineKeys[name]
	switch {
	case k.numbered():
		return s.known[id{k, v.text}], true
	case vocabulary[name] || !s.plain[v.text]:
		return false, false
	}
	return true, joins
}

// texts are how an id may stand in a line, so that a search for any of them
// finds all lines that hold it, and others. All but bare numbers begin with a quote.
func (i id) texts() []string {
	if i.key.numbered() {
		var out []string
		for name, k := range lineKeys {
			if k == i.key {
				out = append(out, `"`+name+`": `+i.value, `"`+name+`":`+i.value, `"`+name+`": "`+i.value+`"`, `"`+name+`":"`+i.value+`"`)
			}
		}
		slices.Sort(out)
		return out
	}
	// as Go writes it, and as Python does: with all but ASCII escaped
	plain, err := json.Marshal(i.value)
	if err != nil {
		plain = []byte(strconv.Quote(i.value))
	}
	out := []string{`"` + jsonEscape(i.value, false) + `"`, `"` + jsonEscape(i.value, true) + `"`, string(plain)}
	if isNumber(i.value) {
		out = append(out, `: `+i.value, `:`+i.value)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// jsonEscape writes a text as it stands in a JSON string.
func jsonEscape(text string, ascii bool) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r > 0xffff && ascii:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		case (r < ' ' || r > '~') && ascii:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// made is when an id was made, if it is a UUID of version 7, which says so.
func (i id) made() (time.Time, bool) {
	s := i.value
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[14] != '7' || s[18] != '-' || s[23] != '-' {
		return time.Time{}, false
	}
	b, err := hex.DecodeString(s[:8] + s[9:13])
	if err != nil {
		return time.Time{}, false
	}
	var ms int64
	for _, c := range b {
		ms = ms<<8 | int64(c)
	}
	return time.UnixMilli(ms).UTC(), true
}
