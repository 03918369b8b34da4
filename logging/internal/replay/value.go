package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/donna-project/donnatop/logging"
)

// none stands for Python's None. It is no untyped nil, because slog takes a
// pair of an empty key and nil for no pair at all.
var none = (*struct{})(nil)

// decodePairs reads an object as attributes, in file order.
func decodePairs(text json.RawMessage) ([]slog.Attr, error) {
	if len(text) == 0 {
		return nil, nil
	}
	v, err := decodeValue(text)
	if err != nil {
		return nil, err
	}
	if v == any(none) {
		return nil, nil
	}
	pairs, ok := v.(logging.Dict)
	if !ok {
		return nil, errors.New("not an object")
	}
	attrs := make([]slog.Attr, 0, len(pairs))
	for _, p := range pairs {
		key, ok := p.Key.(string)
		if !ok {
			return nil, fmt.Errorf("key %v is no text", p.Key)
		}
		attrs = append(attrs, slog.Any(key, p.Value))
	}
	return attrs, nil
}

func decodeText(text json.RawMessage) (string, error) {
	if len(text) == 0 {
		return "", errors.New("missing")
	}
	v, err := decodeValue(text)
	if err != nil {
		return "", err
	}
	s, ok := v.(string)
	if !ok {
		return "", errors.New("not a text")
	}
	return s, nil
}

// decodeValue reads one value: objects as Dict, integers of any size, floats
// apart from integers, tagged objects as what they stand for.
func decodeValue(text json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := decode(d)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one value")
	}
	return v, nil
}

func decode(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case nil:
		return none, nil
	case json.Number:
		return decodeNumber(string(t))
	case json.Delim:
		if t == '[' {
			return decodeList(d)
		}
		return decodeObject(d)
	}
	return token, nil
}

func decodeNumber(token string) (any, error) {
	if strings.ContainsAny(token, ".eE") {
		f, err := strconv.ParseFloat(token, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) { // out of range is an infinity in Python too
			return nil, err
		}
		return f, nil
	}
	if n, err := strconv.ParseInt(token, 10, 64); err == nil {
		return n, nil
	}
	n, ok := new(big.Int).SetString(token, 10)
	if !ok {
		return nil, fmt.Errorf("%q is no number", token)
	}
	return n, nil
}

func decodeList(d *json.Decoder) (any, error) {
	list := []any{}
	for d.More() {
		v, err := decode(d)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := d.Token()
	return list, err
}

func decodeObject(d *json.Decoder) (any, error) {
	dict := logging.Dict{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		v, err := decode(d)
		if err != nil {
			return nil, err
		}
		dict = append(dict, logging.Item{Key: key, Value: v})
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	return untag(dict)
}

// untag returns what a tagged object stands for, and any other as it is.
func untag(dict logging.Dict) (any, error) {
	if len(dict) == 0 {
		return dict, nil
	}
	switch tagged := dict[0].Value; dict[0].Key {
	case "$float":
		return decodeFloat(tagged)
	case "$tuple":
		if _, ok := tagged.([]any); !ok {
			return nil, errors.New("$tuple is no list")
		}
		return tagged, nil
	case "$map":
		return decodeMap(tagged)
	case "$str_bytes":
		s, _ := tagged.(string)
		b, err := hex.DecodeString(s)
		if err != nil {
			return nil, fmt.Errorf("$str_bytes: %w", err)
		}
		return string(b), nil
	case "$py":
		return decodePython(dict)
	}
	return dict, nil
}

func decodeFloat(v any) (any, error) {
	switch v {
	case "nan":
		return math.NaN(), nil
	case "inf":
		return math.Inf(1), nil
	case "-inf":
		return math.Inf(-1), nil
	}
	return nil, fmt.Errorf("$float %v is none of nan, inf, -inf", v)
}

// decodeMap reads a dict whose keys need not be text.
func decodeMap(v any) (any, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, errors.New("$map is no list")
	}
	dict := logging.Dict{}
	for _, entry := range list {
		pair, ok := entry.([]any)
		if !ok || len(pair) != 2 {
			return nil, errors.New("$map has an entry that is no pair")
		}
		key := pair[0]
		if key == any(none) {
			key = nil
		}
		dict = append(dict, logging.Item{Key: key, Value: pair[1]})
	}
	return dict, nil
}

// decodePython reads an object of Python's: the JSON value it prints as, or
// else the text of its repr.
func decodePython(dict logging.Dict) (any, error) {
	for _, name := range []string{"json", "repr"} {
		for _, item := range dict {
			if item.Key == name {
				return item.Value, nil
			}
		}
	}
	return nil, errors.New("$py has neither json nor repr")
}
