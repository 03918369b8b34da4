package logline

// maxWalk is how deep [Entry.Walk] looks: far deeper than anything a service logs
// on purpose, and shallow enough that a line of a million brackets costs nothing.
const maxWalk = 32

// Walk calls fn for every value of the line that is no object or array, at any
// depth down to 32, with the key it stands under: of a value inside an object of
// another key that is "outer.inner"; elements of an array stand under the array's
// key. Of two equal keys the last counts. A line that is not one whole JSON object
// has no values. Walk ends when fn returns false.
func (e *Entry) Walk(fn func(f Field) bool) {
	if e.JSON {
		walkObject("", e.Raw, 1, fn)
	}
}

func walkObject(prefix, src string, depth int, fn func(Field) bool) bool {
	for _, f := range (&Entry{Raw: src}).Fields() {
		f.Key = prefix + f.Key
		if !walkValue(f, depth, fn) {
			return false
		}
	}
	return true
}

func walkValue(f Field, depth int, fn func(Field) bool) bool {
	switch {
	case f.Kind != Object && f.Kind != Array:
		return fn(f)
	case depth >= maxWalk:
		return true
	case f.Kind == Object:
		return walkObject(f.Key+".", f.Value, depth+1, fn)
	}
	// src was checked when the line was: what is left is to find the elements
	s := scanner{src: f.Value, pos: 1}
	for {
		i := skipSpace(s.src, s.pos)
		if s.src[i] == ',' {
			i = skipSpace(s.src, i+1)
		}
		if s.src[i] == ']' || !s.readValue(i) {
			return true
		}
		element := Field{Key: f.Key, Value: s.value, Kind: s.kind}
		if s.kind == String {
			element.Value = s.text()
		}
		if !walkValue(element, depth+1, fn) {
			return false
		}
	}
}
