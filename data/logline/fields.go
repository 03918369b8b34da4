package logline

// Kind is the JSON type of a field's value.
type Kind uint8

const (
	String Kind = iota
	Number
	Bool
	Null
	Object
	Array
	NaN // NaN, Infinity or -Infinity: numbers to Python, no JSON to the standard
)

var kindNames = [...]string{"string", "number", "bool", "null", "object", "array", "NaN"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// A Field is one member of a line's object.
type Field struct {
	Key   string // unescaped
	Value string // of a String its text, unescaped; of every other kind the JSON text as it stands in the line
	Kind  Kind
}

// Fields returns the top-level fields in the order of the line. A key that is there twice keeps its first place and has
// its last value, as in a Python dict. A line that is not one whole JSON object has no fields. The line is parsed at
// each call; Fields is for the few entries somebody looks at.
func (e *Entry) Fields() []Field {
	s := scanner{src: e.Raw}
	if !s.open() {
		return nil
	}
	var fields []Field
	place := make(map[string]int)
	for s.next() {
		f := Field{Key: s.key, Value: s.value, Kind: s.kind}
		if s.keyEscaped {
			f.Key = unescape(s.key)
		}
		if s.kind == String {
			f.Value = s.text()
		}
		if i, ok := place[f.Key]; ok {
			fields[i] = f
			continue
		}
		place[f.Key] = len(fields)
		fields = append(fields, f)
	}
	if !s.done() {
		return nil
	}
	return fields
}

// Field returns the top-level field of a key, as it stands among [Entry.Fields]. It reads the line once and allocates
// only for text written with escapes.
func (e *Entry) Field(key string) (f Field, ok bool) {
	s := scanner{src: e.Raw}
	if !s.open() {
		return Field{}, false
	}
	for s.next() {
		if s.keyEscaped && unescape(s.key) != key || !s.keyEscaped && s.key != key {
			continue
		}
		f, ok = Field{Key: key, Value: s.value, Kind: s.kind}, true
		if s.kind == String {
			f.Value = s.text()
		}
	}
	if !s.done() {
		return Field{}, false
	}
	return f, ok
}
