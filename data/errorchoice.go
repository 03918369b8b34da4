package data

import (
	"cmp"
	"slices"
	"time"
)

// Faults makes the figures of the Errors view from single lines: those that a reader has chosen, where the counts of all
// lines don't help. It remembers what each line reports, so that a line is read once however often it is counted. It is
// not safe for concurrent use.
type Faults struct{ known map[uint64]*errorLine } // by Seq

// Errors are the groups, the facets and the five-minute counts of those of lines, which are in order of time, that are in
// the window; all mean what they mean in [Errors], with these lines alone. Counts is nil: the windows reach further back
// than single lines do. Per5m ends with the window and leaves out the stretches that end before it, or before from, of
// which there are no lines.
func (f *Faults) Errors(lines []*LogLine, w Window, from time.Time) *Errors {
	if from.Before(w.From) {
		from = w.From
	}
	f.forget(lines)
	out := &Errors{Per5m: bucketsFrom(from, w.To), Groups: []ErrorGroup{}, Facets: make(map[string]map[string]int64, len(facetNames))}
	for _, name := range facetNames {
		out.Facets[name] = make(map[string]int64)
	}
	groups := make(map[string]*faultLines)
	for _, l := range lines {
		if l.Time.Before(w.From) || l.Time.After(w.To) {
			continue
		}
		line := f.fault(l)
		line.countIn(out.Per5m)
		for family, name := range facetNames {
			out.Facets[name][shortKey(line.keys[family])]++
		}
		g := groups[line.keys[byFingerprint]]
		if g == nil {
			g = &faultLines{oldest: line}
			groups[line.keys[byFingerprint]] = g
		}
		g.newest = line
		g.n++
	}
	for key, lines := range groups {
		g := lines.newest.group(key)
		g.Count, g.First = lines.n, lines.oldest.at.UTC().Truncate(time.Microsecond)
		out.Groups = append(out.Groups, g)
	}
	slices.SortFunc(out.Groups, compareGroups)
	return out
}

// faultLines are the lines of one fingerprint.
type faultLines struct {
	oldest, newest *errorLine
	n              int64
}

// fault is what the line reports.
func (f *Faults) fault(l *LogLine) *errorLine {
	if line := f.known[l.Seq]; line != nil {
		return line
	}
	line := readErrorLine(&l.Entry)
	f.known[l.Seq] = &line
	return &line
}

// forget drops what is known of lines that are no longer counted, once that is most.
func (f *Faults) forget(lines []*LogLine) {
	const spare = 1024
	if f.known != nil && len(f.known) <= 2*len(lines)+spare {
		return
	}
	known := make(map[uint64]*errorLine, len(lines))
	for _, l := range lines {
		if line := f.known[l.Seq]; line != nil {
			known[l.Seq] = line
		}
	}
	f.known = known
}

// bucketsFrom are the stretches of errors.per_5m, without those that end before from.
func bucketsFrom(from, now time.Time) []LevelBucket {
	start := now.UTC().Truncate(levelStep).Add(-(levelBuckets - 1) * levelStep)
	out := make([]LevelBucket, 0, levelBuckets)
	for i := range levelBuckets {
		if at := start.Add(time.Duration(i) * levelStep); at.Add(levelStep).After(from) || i == levelBuckets-1 {
			out = append(out, LevelBucket{Start: at})
		}
	}
	return out
}

// countIn counts the line in its bucket, if there is one.
func (l *errorLine) countIn(buckets []LevelBucket) {
	i := int(l.at.Sub(buckets[0].Start) / levelStep)
	if l.at.Before(buckets[0].Start) || i >= len(buckets) {
		return
	}
	switch l.keys[byLevel] {
	case "warning":
		buckets[i].Warning++
	case "error":
		buckets[i].Error++
	case "critical":
		buckets[i].Critical++
	}
}

// shortKey is a value as facets name it.
func shortKey(key string) string {
	if len(key) > maxKeyBytes {
		return Other
	}
	return key
}

// compareGroups is the order of errors.groups: the most frequent first, of those the one seen last.
func compareGroups(a, b ErrorGroup) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), b.Last.Compare(a.Last), cmp.Compare(a.Fingerprint, b.Fingerprint))
}
