package loki

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// errNoStreams is a JSON answer that holds no log lines at all, not even none.
var errNoStreams = errors.New("no log streams in it")

// object is a JSON object whose members are read one by one. Structs won't do: encoding/json matches their names
// without regard to case and merges repeated ones.
type object map[string]json.RawMessage

// decodeJSON reads what the scanner left, with encoding/json.
func (d *decoder) decodeJSON(body []byte) error {
	var top object
	if err := json.Unmarshal(body, &top); err != nil {
		return err
	}
	if err := d.droppedJSON(top["dropped_entries"]); err != nil {
		return err
	}
	raw, ok := top["streams"]
	if !ok {
		var data object
		if raw, ok = top["data"]; ok {
			if err := json.Unmarshal(raw, &data); err != nil {
				return err
			}
		}
		var kind string
		if err := json.Unmarshal(data["resultType"], &kind); err != nil || kind != "streams" {
			return errNoStreams
		}
		if raw, ok = data["result"]; !ok {
			return errNoStreams
		}
	}
	var streams []object
	if err := json.Unmarshal(raw, &streams); err != nil {
		return err
	}
	for _, s := range streams {
		if err := d.streamJSON(s); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) droppedJSON(raw json.RawMessage) error {
	if raw == nil {
		return nil
	}
	var entries []json.RawMessage
	if err := json.Unmarshal(raw, &entries); err != nil {
		return err
	}
	d.dropped = len(entries)
	return nil
}

func (d *decoder) streamJSON(s object) error {
	raw := s["stream"]
	if raw == nil {
		raw = json.RawMessage("{}")
	}
	labels, err := d.streams.get(raw)
	if err != nil {
		return err
	}
	var values [][]json.RawMessage
	if raw := s["values"]; raw != nil {
		if err := json.Unmarshal(raw, &values); err != nil {
			return err
		}
	}
	for _, v := range values {
		l := rawLine{stream: labels}
		if err := d.valueJSON(&l, v); err != nil {
			return err
		}
		d.lines = append(d.lines, l)
	}
	return nil
}

func (d *decoder) valueJSON(l *rawLine, v []json.RawMessage) error {
	if len(v) < 2 || len(v) > 3 {
		return fmt.Errorf("a line of %d elements", len(v))
	}
	var stamp, text string
	if err := json.Unmarshal(v[0], &stamp); err != nil {
		return err
	}
	if err := json.Unmarshal(v[1], &text); err != nil {
		return err
	}
	var err error
	if l.time, err = strconv.ParseInt(stamp, 10, 64); err != nil {
		return err
	}
	l.text = []byte(text)
	if len(v) == 2 {
		return nil
	}
	var extra object
	if err := json.Unmarshal(v[2], &extra); err != nil {
		return err
	}
	if raw := extra["structuredMetadata"]; raw != nil {
		l.meta, err = d.meta.get(raw)
	}
	return err
}
