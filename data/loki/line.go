package loki

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"math/bits"
)

// A Line is one log line as Loki stores it.
type Line struct {
	Time   int64             // Loki's timestamp, nanoseconds since 1970
	Labels map[string]string // labels of the stream; shared between lines, read-only
	Text   string
	Late   bool // handed out after a younger line; only [Client.Follow] sets it
}

// rawLine is a line that still lies in the buffer of the decoder that read it.
type rawLine struct {
	time   int64
	stream *labelSet
	meta   *labelSet // structured metadata, nil if there is none
	text   []byte
}

// line copies l out of the decoder's buffer.
func (l rawLine) line() Line {
	return Line{Time: l.time, Labels: l.stream.labels, Text: string(l.text)}
}

// hashSeed differs between runs, so that nobody can write lines that collide.
var hashSeed = maphash.MakeSeed()

// key identifies a line among those of the same ten seconds or so. `parsed` labels are no part of it: they depend on
// the query, not on the line.
func (l rawLine) key() uint64 {
	h := mix(maphash.Bytes(hashSeed, l.text), uint64(l.time))
	h = mix(h, l.stream.hash)
	if l.meta != nil && l.meta.hash != 0 { // empty metadata is none
		h = mix(h, l.meta.hash)
	}
	return h
}

// mix folds b into the hash a; the order of calls matters.
func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd1b54a32d192ed03)
	return hi ^ lo ^ bits.RotateLeft64(a, 23)
}

// labelSet is a set of labels and its hash, the same for every order of the keys.
type labelSet struct {
	labels map[string]string
	hash   uint64
}

func newLabelSet(raw []byte) (*labelSet, error) {
	s := &labelSet{}
	if err := json.Unmarshal(raw, &s.labels); err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	for k, v := range s.labels {
		s.hash += mix(maphash.String(hashSeed, k), maphash.String(hashSeed, v))
	}
	return s, nil
}

// interner gives equal label sets the same labelSet. Loki repeats the labels with every line of a tail, and 2.9 with
// the keys in random order.
type interner struct {
	byRaw  map[string]*labelSet
	byHash map[uint64]*labelSet
}

// maxInterned bounds an interner: a cluster of structured metadata (a trace id on each line) would grow it for ever.
const maxInterned = 8192

func (in *interner) get(raw []byte) (*labelSet, error) {
	if s := in.byRaw[string(raw)]; s != nil {
		return s, nil
	}
	s, err := newLabelSet(raw)
	if err != nil {
		return nil, err
	}
	if in.byRaw == nil || len(in.byRaw) >= maxInterned {
		in.byRaw = make(map[string]*labelSet)
		in.byHash = make(map[uint64]*labelSet)
	}
	if same := in.byHash[s.hash]; same != nil {
		s = same
	} else {
		in.byHash[s.hash] = s
	}
	in.byRaw[string(raw)] = s
	return s, nil
}
