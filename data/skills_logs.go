package data

import (
	"encoding/json"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// nightlyLines is the newest lines of the nightly jobs, newest first, each with
// all its fields but event and timestamp; nil without logs.
func nightlyLines(s *Snapshot) []NightlyLine {
	if s.LogState().State == StateAbsent {
		return nil
	}
	out := make([]NightlyLine, 0, len(s.Facts.nightly))
	for _, l := range s.Facts.nightly {
		n := NightlyLine{Event: l.event, At: time.Unix(0, l.at).UTC(), Fields: map[string]any{}}
		e := logline.Entry{Raw: l.raw}
		for _, f := range e.Fields() {
			if f.Key != "event" && f.Key != "timestamp" {
				n.Fields[f.Key] = fieldValue(f)
			}
		}
		out = append(out, n)
	}
	return out
}

// fieldValue is a field's value as encoding/json writes it again: numbers keep
// their digits, and what is no JSON (a bare NaN, also inside a list) becomes its text.
func fieldValue(f logline.Field) any {
	switch f.Kind {
	case logline.String:
		return f.Value
	case logline.Number:
		return json.Number(f.Value)
	case logline.Bool:
		return f.Value == "true"
	case logline.Null:
		return nil
	}
	if json.Valid([]byte(f.Value)) {
		return json.RawMessage(f.Value)
	}
	return f.Value
}
