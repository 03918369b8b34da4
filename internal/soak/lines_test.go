package soak

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/donna-project/donnatop/data/logline"
)

// The rhythm of the lines: a busy stretch, in which no tail keeps up, and a calm
// one, in which donnatop goes back to the tail.
const (
	busyFor   = 40 * time.Second
	calmFor   = 20 * time.Second
	busyStep  = 200 * time.Microsecond // 5,000 lines/s
	calmStep  = 10 * time.Millisecond
	busyLines = int64(busyFor / busyStep)
	period    = busyLines + int64(calmFor/calmStep)
)

// Some lines become visible later than the others: as often, and by so much.
const (
	lateEvery = 9973
	lateBy    = 40 * time.Second
)

// poolSize is how many of the simulator's lines are said again and again.
const poolSize = 20_000

// stream is all the lines that Donna ever prints: line n is a pure function of n, so
// that whoever knows n of the last line knows what must have arrived. Its texts are
// the simulator's, with the time of line n in them.
type stream struct {
	begin  time.Time // of line 0
	late   bool      // some lines come late
	pool   []poolLine
	labels []string // JSON, of each stream

	mu      sync.Mutex
	matches map[string][]bool // by filter: which lines of the pool match
}

// poolLine is one line in the form in which it stands in an answer: JSON, in two
// parts around its time.
type poolLine struct {
	raw           string
	before, after []byte
	stamped       bool
	stream        int
}

var stampInLine = regexp.MustCompile(`"timestamp": "[^"]*"`)

// readStream takes the newest lines of a log of the simulator's.
func readStream(path string, begin time.Time, late bool, seed uint64) (*stream, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	s := &stream{begin: begin, late: late, matches: make(map[string][]bool)}
	index := make(map[string]int)
	all := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	containers := []string{"donna-orchestrator", "donna-api"}
	rng := rand.New(rand.NewPCG(seed, 2))
	for _, raw := range all[max(0, len(all)-poolSize):] {
		if !utf8.ValidString(raw) {
			raw = strings.ToValidUTF8(raw, string(utf8.RuneError)) // as Loki answers
		}
		var e logline.Entry
		logline.Parse(&e, raw, begin, begin)
		labels := map[string]string{"container_name": containers[rng.IntN(len(containers))]}
		if e.Level != "" {
			labels["level"] = e.Level
		}
		key := string(marshal(labels))
		i, ok := index[key]
		if !ok {
			i = len(s.labels)
			index[key] = i
			s.labels = append(s.labels, key)
		}
		l := poolLine{raw: raw, stream: i}
		if at := stampInLine.FindStringIndex(raw); e.JSON && at != nil {
			l.stamped = true
			l.before = bytes.TrimSuffix(marshal(raw[:at[0]]+`"timestamp": "`), []byte(`"`))
			l.after = bytes.TrimPrefix(marshal(`"`+raw[at[1]:]), []byte(`"`))
		} else {
			l.before = marshal(raw)
		}
		s.pool = append(s.pool, l)
	}
	return s, nil
}

func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and maps of texts
	}
	return b
}

func (s *stream) of(n int64) *poolLine { return &s.pool[n%int64(len(s.pool))] }

// at is the instant of line n, no two of which are the same.
func (s *stream) at(n int64) time.Time {
	in := n % period
	at := s.begin.Add(time.Duration(n/period) * (busyFor + calmFor))
	if in < busyLines {
		return at.Add(time.Duration(in) * busyStep)
	}
	return at.Add(busyFor + time.Duration(in-busyLines)*calmStep)
}

// from is the first line that is not before t.
func (s *stream) from(t time.Time) int64 {
	limit := (int64(max(t.Sub(s.begin), 0)/(busyFor+calmFor)) + 1) * period
	return int64(sort.Search(int(limit), func(n int) bool { return !s.at(int64(n)).Before(t) }))
}

// indexOf is the line of an instant; false if there is none.
func (s *stream) indexOf(t time.Time) (int64, bool) {
	n := s.from(t)
	return n, s.at(n).Equal(t)
}

// pushed is when line n reaches Loki: each stream's lines come in batches of their own.
func (s *stream) pushed(n int64) time.Time {
	d := 100*time.Millisecond + time.Duration(s.of(n).stream%5)*250*time.Millisecond
	if s.late && n%lateEvery == 0 {
		d += lateBy
	}
	return s.at(n).Add(d)
}

// matching tells which lines of the pool a filter matches. Times are never searched for.
func (s *stream) matching(filter string) ([]bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m, ok := s.matches[filter]; ok {
		return m, nil
	}
	re, err := regexp.Compile(filter)
	if err != nil {
		return nil, err
	}
	m := make([]bool, len(s.pool))
	for i := range s.pool {
		m[i] = re.MatchString(s.pool[i].raw)
	}
	if len(s.matches) < 100 {
		s.matches[filter] = m
	}
	return m, nil
}

// appendValue appends ["time","text"] of line n.
func (s *stream) appendValue(b []byte, n int64) []byte {
	at, l := s.at(n), s.of(n)
	b = append(b, `["`...)
	b = strconv.AppendInt(b, at.UnixNano(), 10)
	b = append(b, `",`...)
	b = append(b, l.before...)
	if l.stamped {
		b = at.UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z")
		b = append(b, l.after...)
	}
	return append(b, ']')
}
