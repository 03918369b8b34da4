package filter

import (
	"cmp"
	"regexp"
	"slices"
)

// A Span is a part of a text: bytes From to To, To excluded.
type Span struct{ From, To int }

// maxSpans bounds what is found in one text.
const maxSpans = 256

// Spans are the parts of a text that the filter looks for, in order and without overlaps, to be marked where a line it
// chose is shown: texts and expressions, also those asked of a field, but nothing that is negated, and no numbers or levels.
func (f *Filter) Spans(text string) []Span {
	if f.Empty() {
		return nil
	}
	spans := appendSpans(nil, f.root, text)
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Or(a.From-b.From, b.To-a.To) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.From <= out[n-1].To {
			out[n-1].To = max(out[n-1].To, s.To)
			continue
		}
		out = append(out, s)
	}
	return out
}

func appendSpans(spans []Span, n node, s string) []Span {
	switch n := n.(type) {
	case and:
		for _, inner := range n.nodes {
			spans = appendSpans(spans, inner, s)
		}
	case or:
		for _, inner := range n.nodes {
			spans = appendSpans(spans, inner, s)
		}
	case text:
		spans = n.spans(spans, s)
	case fieldContains:
		spans = n.needle.spans(spans, s)
	case fieldEquals:
		if n.text != "" {
			needle := newNeedle(n.text)
			spans = needle.spans(spans, s)
		}
	case lineRegex:
		spans = regexSpans(spans, n.compiled, s)
	case fieldRegex:
		spans = regexSpans(spans, n.re.compiled, s)
	}
	return spans
}

func regexSpans(spans []Span, re *regexp.Regexp, s string) []Span {
	for _, at := range re.FindAllStringIndex(s, maxSpans) {
		if at[1] > at[0] {
			spans = append(spans, Span{at[0], at[1]})
		}
	}
	return spans
}

func (n *needle) spans(spans []Span, s string) []Span {
	if n.re != nil {
		return regexSpans(spans, n.re, s)
	}
	for at := 0; at+len(n.lower) <= len(s) && len(spans) < maxSpans; {
		if !equalFold(s[at:at+len(n.lower)], n.lower) {
			at++
			continue
		}
		spans = append(spans, Span{at, at + len(n.lower)})
		at += len(n.lower)
	}
	return spans
}
