package trace

import (
	"cmp"
	"encoding/json"
	"hash/maphash"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// lineItem is a line of a trace.
type lineItem struct {
	Found
	values []value
	item   Item // without what depends on the rest of the trace
}

func newLineItem(f Found) *lineItem {
	l := &lineItem{Found: f, values: values(&f.Entry)}
	e := &l.Entry
	source := e.Source
	if source == "" {
		source = logline.SourceLogs
	}
	l.item = Item{
		Time: e.Time.UTC(), Kind: ItemLog, Source: source, Service: e.Service, Level: e.Level, Event: e.Event,
		Raw: &l.Raw, IDs: make(map[string]string), Matched: []string{},
	}
	for _, v := range l.values {
		// only of the line itself: what is nested speaks of something else
		if k, ok := lineKeys[v.name]; ok && !nobody[strings.ToLower(v.text)] {
			name := string(k)
			if v.name == "parent_task_id" {
				name = v.name
			}
			l.item.IDs[name] = v.text
		}
	}
	return l
}

// matched names the keys where one of the ids stands; leads tells whether one of
// them leads on to the other ids of the line.
func (l *lineItem) matched(ids *idSet) (names []string, leads bool) {
	names = []string{}
	for _, v := range l.values {
		is, joins := ids.holds(v)
		leads = leads || is && joins
		if is && !slices.Contains(names, v.name) {
			names = append(names, v.name)
		}
	}
	slices.Sort(names)
	return names, leads
}

// ids are those that the line leads to.
func (l *lineItem) ids() (out []id) {
	for _, v := range l.values {
		if k, ok := lineKeys[v.last()]; ok {
			out = append(out, id{k, v.text})
		}
	}
	return out
}

// fields are the line's top-level fields. What JSON can't write is text.
func (l *lineItem) fields() map[string]json.RawMessage {
	fields := l.Entry.Fields()
	out := make(map[string]json.RawMessage, len(fields))
	for _, f := range fields {
		name := strings.ToValidUTF8(f.Key, "\ufffd")
		switch f.Kind {
		case logline.String, logline.NaN:
			out[name] = data.TextJSON(f.Value)
		case logline.Object, logline.Array:
			if utf8.ValidString(f.Value) && json.Valid([]byte(f.Value)) {
				out[name] = json.RawMessage(f.Value)
			} else { // a NaN inside, or broken text
				out[name] = data.TextJSON(f.Value)
			}
		default:
			out[name] = json.RawMessage(f.Value)
		}
	}
	return out
}

// origin is where lines come from: the same line comes from several.
type origin struct {
	source string // logline.SourceLoki or SourceLogs
	ring   bool   // from memory, else read from the source
}

// lineStore holds the lines found so far, each source's by themselves.
type lineStore struct {
	of    map[origin][]*lineItem
	known map[origin]map[uint64]int // of each line's identity, how often it came in this search
	seen  map[origin]map[uint64]int // and in all searches
	limit int
	bytes int
	seed  maphash.Seed
}

func newLineStore(limit int) *lineStore {
	return &lineStore{
		of: make(map[origin][]*lineItem), known: make(map[origin]map[uint64]int), seen: make(map[origin]map[uint64]int),
		limit: limit, seed: maphash.MakeSeed(),
	}
}

// begin begins a new search in a source: lines found before come again.
func (s *lineStore) begin(o origin) {
	s.known[o] = make(map[uint64]int)
	if s.seen[o] == nil {
		s.seen[o] = make(map[uint64]int)
	}
}

// identity is what tells a line from others in its source: in Loki its labels
// and nanosecond too, which it stores once; in a file the same text may stand
// any number of times.
func (s *lineStore) identity(e *logline.Entry) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	_, _ = h.WriteString(e.Raw)
	if e.Source == logline.SourceLoki {
		maphash.WriteComparable(&h, e.Transport.UnixNano())
		names := make([]string, 0, len(e.Labels))
		for name := range e.Labels {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			maphash.WriteComparable(&h, [2]string{name, e.Labels[name]})
		}
	}
	return h.Sum64()
}

// add takes a line in unless it came before. Of a text that stands several times
// in a source, each search finds all.
func (s *lineStore) add(o origin, l *lineItem) bool {
	key := s.identity(&l.Entry)
	s.known[o][key]++
	again := s.known[o][key] <= s.seen[o][key]
	if o.source == logline.SourceLoki {
		again = s.seen[o][key] > 0
	}
	if again {
		return false
	}
	s.seen[o][key]++
	s.of[o] = append(s.of[o], l)
	s.bytes += len(l.Raw)
	return true
}

// merged are all lines, each once. A line that Loki has and a file has as well is
// Loki's, whose labels name the container.
func (s *lineStore) merged() []*lineItem {
	loki := s.union(origin{logline.SourceLoki, false}, origin{logline.SourceLoki, true})
	files := s.surplus(s.of[origin{logline.SourceLogs, false}], s.of[origin{logline.SourceLogs, true}])
	return s.surplus(loki, files)
}

// union are the lines of both, by their identity.
func (s *lineStore) union(a, b origin) []*lineItem {
	all := slices.Clone(s.of[a])
	known := s.seen[a]
	for _, l := range s.of[b] {
		if known[s.identity(&l.Entry)] == 0 {
			all = append(all, l)
		}
	}
	return all
}

// surplus are the lines of a and, of each text, as many of b as a has less.
func (s *lineStore) surplus(a, b []*lineItem) []*lineItem {
	if len(b) == 0 {
		return a
	}
	have := make(map[string]int, len(a))
	for _, l := range a {
		have[l.Raw]++
	}
	all := slices.Clone(a)
	for _, l := range b {
		if have[l.Raw] > 0 {
			have[l.Raw]--
			continue
		}
		all = append(all, l)
	}
	return all
}

// trim drops the oldest lines of a source that has far too many, and tells how many.
func (s *lineStore) trim(o origin) (dropped int) {
	lines := s.of[o]
	if len(lines) <= 2*s.limit {
		return 0
	}
	slices.SortStableFunc(lines, byPlace)
	dropped = len(lines) - s.limit
	for _, l := range lines[:dropped] {
		s.bytes -= len(l.Raw)
	}
	s.of[o] = slices.Clone(lines[dropped:])
	return dropped
}

// byPlace orders lines as they happened: by time, then source, then place in it.
func byPlace(a, b *lineItem) int {
	return cmp.Or(a.item.Time.Compare(b.item.Time), strings.Compare(a.item.Source, b.item.Source), cmp.Compare(a.Place, b.Place))
}
