package data

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/stack"
)

const (
	// errorWindow is how far back groups and facets reach.
	errorWindow = 24 * time.Hour
	// maxErrorGroups and maxFacetValues bound what is told apart: under a flood of lines that are all different, the
	// rarest quarter is counted together under Other.
	maxErrorGroups = 4096
	maxFacetValues = 1024
	// maxErrorsAhead bounds the lines that wait for the clock to reach them.
	maxErrorsAhead = 1 << 16
	// maxSampleID is the length beyond which an id is none that anybody would type or search for.
	maxSampleID = 128
)

// errorFamily is one of the ways errors are counted.
type errorFamily int

const (
	byFingerprint errorFamily = iota
	byService
	byComponent
	byEventType
	byLevel
	numErrorFamilies
)

// facetNames are the keys of the contract's errors.facets.
var facetNames = map[errorFamily]string{byService: "service", byComponent: "component", byEventType: "event_type", byLevel: "level"}

// errorLine is what is kept of a line.
type errorLine struct {
	at            time.Time
	keys          [numErrorFamilies]string
	event         string
	exceptionType string
	frame         string
	sampleID      string
}

// errorStore counts the warnings, errors and criticals of the last 24 h by fault and by the facets of the Errors view.
// It holds at most maxErrorGroups+4*maxFacetValues series and maxErrorMoments numbers however many lines arrive.
type errorStore struct {
	families   [numErrorFamilies]map[string]*errorSeries
	limits     [numErrorFamilies]int
	waiting    []errorLine // lines dated after the clock
	numbers    int         // kept in all series
	maxNumbers int
	lost       int64 // lines that could not wait
	generation uint32
	trimmed    int64       // index of the oldest hour kept
	current    *ErrorLines // the last view; nil when something has changed
}

func newErrorStore() *errorStore {
	s := &errorStore{maxNumbers: maxErrorMoments, generation: 1}
	for f := range s.families {
		s.families[f] = make(map[string]*errorSeries)
		s.limits[f] = maxFacetValues
	}
	s.limits[byFingerprint] = maxErrorGroups
	return s
}

// add counts the line if its level means trouble. Lines that are older than the window don't count, nor do lines more
// than maxAhead after now, which the counts of events report.
func (s *errorStore) add(e *logline.Entry, now time.Time) {
	if !IsTrouble(e) {
		return
	}
	if e.Time.Before(now.Add(-errorWindow)) || e.Time.After(now.Add(maxAhead)) {
		return
	}
	line := readErrorLine(e)
	if !e.Time.After(now) {
		s.count(&line)
		return
	}
	if len(s.waiting) >= maxErrorsAhead {
		s.lost++
		s.current = nil
		return
	}
	line.own()
	s.waiting = append(s.waiting, line)
}

// readErrorLine takes from the line what is counted and shown.
func readErrorLine(e *logline.Entry) errorLine {
	trace := stack.Parse(stack.Exception(e))
	line := errorLine{at: e.Time, event: e.Event, sampleID: SampleID(e)}
	line.keys = [numErrorFamilies]string{
		byFingerprint: stack.Fingerprint(e.Event, &trace), byService: orNoneText(e.Service), byComponent: orNoneText(e.Component),
		byEventType: orNoneText(e.EventType), byLevel: e.Level,
	}
	if c := trace.Last(); c != nil {
		line.exceptionType = c.Type
	}
	if f := trace.Innermost(); f != nil {
		line.frame = f.String()
	}
	for _, text := range []*string{&line.event, &line.exceptionType, &line.frame} {
		if len(*text) > maxKeyBytes {
			*text = strings.ToValidUTF8((*text)[:maxKeyBytes], "")
		}
	}
	return line
}

// own makes the line independent of the text it was read from.
func (l *errorLine) own() {
	for i := range l.keys {
		l.keys[i] = strings.Clone(l.keys[i])
	}
	l.event, l.exceptionType = strings.Clone(l.event), strings.Clone(l.exceptionType)
	l.frame, l.sampleID = strings.Clone(l.frame), strings.Clone(l.sampleID)
}

// IsTrouble tells whether the line counts as an error: its level is warning, error or critical.
func IsTrouble(e *logline.Entry) bool { return stack.IsTrouble(e) }

// ErrorFingerprint is the fingerprint the line is grouped by in errors.groups; "" for lines that are in none.
func ErrorFingerprint(e *logline.Entry) string { return stack.LineFingerprint(e) }

// SampleID is the text by which a line is found again: its correlation, task or invocation id, the first that it has,
// else its time and the first eight hex digits of the SHA-256 of its text: "2026-06-01T10:00:00.5Z#90a3ed9e".
func SampleID(e *logline.Entry) string {
	for _, id := range []string{e.CorrelationID, e.TaskID, e.InvocationID} {
		if id != "" && len(id) <= maxSampleID {
			return id
		}
	}
	sum := sha256.Sum256([]byte(e.Raw))
	return e.Time.UTC().Format(time.RFC3339Nano) + "#" + hex.EncodeToString(sum[:4])
}

func (s *errorStore) count(line *errorLine) {
	s.current = nil
	for f, key := range line.keys {
		series := s.series(errorFamily(f), key)
		s.numbers += series.add(line.at, s.generation)
		if errorFamily(f) == byFingerprint && (series.newest == nil || !line.at.Before(series.newest.at)) {
			newest := *line
			newest.own()
			series.newest = &newest
		}
	}
	for s.numbers > s.maxNumbers {
		s.forget()
	}
}

// series is the one of that key, ready to be changed: a copy if a view shares it.
func (s *errorStore) series(f errorFamily, key string) *errorSeries {
	if len(key) > maxKeyBytes {
		key = Other
	}
	all := s.families[f]
	if all[key] == nil {
		if len(all) >= s.limits[f] {
			s.fold(f)
		}
		s.create(f, key)
	}
	return s.owned(f, key)
}

func (s *errorStore) create(f errorFamily, key string) {
	key = strings.Clone(key)
	s.families[f][key] = &errorSeries{key: key, generation: s.generation}
}

func (s *errorStore) owned(f errorFamily, key string) *errorSeries {
	series := s.families[f][key]
	if series.generation != s.generation {
		series = &errorSeries{key: series.key, generation: s.generation, hours: slices.Clone(series.hours), newest: series.newest}
		s.families[f][series.key] = series
	}
	return series
}

// fold counts the rarest quarter of a family under Other, so that what begins during a flood still gets a series of its
// own.
func (s *errorStore) fold(f errorFamily) {
	all := s.families[f]
	ranking := make([]*errorSeries, 0, len(all))
	for key, series := range all {
		if key != Other {
			ranking = append(ranking, series)
		}
	}
	slices.SortFunc(ranking, func(a, b *errorSeries) int {
		return cmp.Or(cmp.Compare(a.total(), b.total()), cmp.Compare(a.latestHour(), b.latestHour()), cmp.Compare(a.key, b.key))
	})
	if all[Other] == nil {
		s.create(f, Other)
	}
	other := s.owned(f, Other)
	for _, r := range ranking[:max(1, len(ranking)/4)] {
		s.numbers += other.merge(r, s.generation)
		delete(all, r.key)
	}
}

// forget drops the moments of the oldest hour that has any.
func (s *errorStore) forget() {
	oldest, found := int64(0), false
	for _, all := range s.families {
		for _, series := range all {
			for i := range series.hours {
				if h := &series.hours[i]; h.numbers() > 0 && (!found || h.index < oldest) {
					oldest, found = h.index, true
				}
			}
		}
	}
	for f, all := range s.families {
		for key, series := range all {
			if i, ok := series.find(oldest); ok && series.hours[i].numbers() > 0 {
				h := &s.owned(errorFamily(f), key).hours[i]
				s.numbers -= h.numbers()
				h.micros, h.seconds = nil, nil
			}
		}
	}
}

// view is what has been counted up to now, immutable; the same one as before if that is no more and no less.
func (s *errorStore) view(now time.Time) *ErrorLines {
	s.admit(now)
	s.trim(now)
	if s.current != nil {
		return s.current
	}
	v := &ErrorLines{lost: s.lost}
	for f, all := range s.families {
		v.families[f] = make([]*errorSeries, 0, len(all))
		for _, series := range all {
			v.families[f] = append(v.families[f], series)
		}
	}
	s.generation++
	s.current = v
	return v
}

// all is everything that has been counted, however old; the store is not to be
// used any more.
func (s *errorStore) all() *ErrorLines {
	v := &ErrorLines{lost: s.lost}
	for f, all := range s.families {
		for _, series := range all {
			v.families[f] = append(v.families[f], series)
		}
	}
	return v
}

// admit counts the lines that the clock has reached.
func (s *errorStore) admit(now time.Time) {
	s.waiting = slices.DeleteFunc(s.waiting, func(l errorLine) bool {
		if l.at.After(now) {
			return false
		}
		s.count(&l)
		return true
	})
}

// trim drops what the window no longer reaches.
func (s *errorStore) trim(now time.Time) {
	first := floorDiv(now.Add(-errorWindow).UnixNano(), int64(time.Hour))
	if first <= s.trimmed {
		return
	}
	s.trimmed = first
	for f, all := range s.families {
		for key, series := range all {
			if series.hours[0].index >= first {
				continue
			}
			s.current = nil
			series = s.owned(errorFamily(f), key)
			s.numbers -= series.trim(first)
			if len(series.hours) == 0 {
				delete(all, key)
			}
		}
	}
}

// ErrorLines is an immutable view of the troubles of the last 24 h.
type ErrorLines struct {
	families [numErrorFamilies][]*errorSeries
	lost     int64
}

// errorGroups computes errors.groups and errors.facets from the view of s.At; both are nil without a log source and
// while the day's lines have not all been counted. Of a range they are of all its lines, and nil without v. A group is described by its newest line. The lines of groups that
// were too many to tell apart are one group whose fingerprint and event are Other.
func errorGroups(s *Snapshot, v *ErrorLines, notes *[]string) (groups []ErrorGroup, facets map[string]map[string]int64) {
	from := s.At.Add(-errorWindow)
	if s.span != nil {
		from = s.span.From // v holds the range's lines, all of them
	} else if !s.logsCover(from) {
		return nil, nil
	}
	if s.LogState().State == StateAbsent || v == nil {
		return nil, nil
	}
	groups = []ErrorGroup{}
	precision := exactMoment
	for _, series := range v.families[byFingerprint] {
		n, first, p := series.within(from, s.At)
		precision = max(precision, p)
		if n == 0 {
			continue
		}
		g := series.newest.group(series.key)
		g.Count, g.First = n, first
		groups = append(groups, g)
		if series.key == Other {
			*notes = append(*notes, fmt.Sprintf("%d lines of rare errors are counted as one group: there are more kinds than are told apart", n))
		}
	}
	slices.SortFunc(groups, compareGroups)
	facets = make(map[string]map[string]int64, len(facetNames))
	for f, name := range facetNames {
		values := make(map[string]int64)
		for _, series := range v.families[f] {
			n, _, p := series.within(from, s.At)
			precision = max(precision, p)
			if n > 0 {
				values[series.key] = n
			}
		}
		facets[name] = values
	}
	if precision != exactMoment {
		*notes = append(*notes, "errors by group and facet are right to the "+precision.String()+": there are more lines than single moments are kept of")
	}
	if v.lost > 0 {
		*notes = append(*notes, fmt.Sprintf("%d errors dated ahead of the clock are in no group: too many were", v.lost))
	}
	return groups, facets
}

// group describes the group that l is the newest line of.
func (l *errorLine) group(key string) ErrorGroup {
	g := ErrorGroup{
		Fingerprint: key, Event: l.event, ExceptionType: nonEmpty(l.exceptionType), Frame: nonEmpty(l.frame),
		Service: l.keys[byService], Level: l.keys[byLevel], Last: l.at.UTC().Truncate(time.Microsecond), SampleID: l.sampleID,
	}
	if key == Other {
		g.Event, g.ExceptionType, g.Frame = Other, nil, nil
	}
	return g
}
