// Package export writes tables for other programs: CSV for spreadsheets, JSON for
// scripts, text for people.
//
// What a table holds comes from logs and rows, so none of the forms lets it do
// anything: CSV marks text that a spreadsheet would take for a formula, and no
// form holds control characters that a terminal would obey when the file is
// printed. Beyond that values are whole: nothing is rounded or cut.
package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/donna-project/donnatop/ui/safe"
)

// Format is a form of a table.
type Format string

// The formats. Their names are the extensions of files.
const (
	CSV  Format = "csv"
	JSON Format = "json"
	Text Format = "txt"
)

// Formats lists all of them.
var Formats = []Format{CSV, JSON, Text}

// Table is what is exported. A row has a value for each column: string, int64,
// float64, bool, time.Time or nil.
type Table struct {
	Columns []string
	Rows    [][]any
}

// Encode gives the table in a format. The error is about a value that has no
// form, or a row that doesn't fit the columns.
func Encode(t Table, f Format) ([]byte, error) {
	for i, row := range t.Rows {
		if len(row) != len(t.Columns) {
			return nil, fmt.Errorf("export: row %d has %d values for %d columns", i+1, len(row), len(t.Columns))
		}
	}
	switch f {
	case CSV:
		return encodeCSV(t)
	case JSON:
		return encodeJSON(t)
	case Text:
		return encodeText(t)
	}
	return nil, fmt.Errorf("export: unknown format %q", f)
}

// encodeCSV follows RFC 4180, with lines that end in LF as all tools here have
// them. nil is empty.
func encodeCSV(t Table) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	record := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		record[i] = guarded(safe.Plain(c))
	}
	if err := w.Write(record); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	for _, row := range t.Rows {
		record = record[:0]
		for _, v := range row {
			s, err := text(v)
			if err != nil {
				return nil, err
			}
			if _, ok := v.(string); ok {
				s = guarded(s)
			}
			record = append(record, s)
		}
		if err := w.Write(record); err != nil {
			return nil, fmt.Errorf("export: %w", err)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// guarded puts ' in front of text that a spreadsheet would calculate: what begins,
// blanks aside, with one of the signs OWASP lists under CSV injection.
func guarded(s string) string {
	trimmed := strings.TrimLeft(s, " ")
	if trimmed != "" && (strings.ContainsRune("=+-@\t\r\n", rune(trimmed[0])) || strings.HasPrefix(trimmed, "＝") ||
		strings.HasPrefix(trimmed, "＋") || strings.HasPrefix(trimmed, "－") || strings.HasPrefix(trimmed, "＠")) {
		return "'" + s
	}
	return s
}

// encodeJSON is an array with an object for each row, whose keys are in the order
// of the columns.
func encodeJSON(t Table) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, row := range t.Rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  {")
		for j, v := range row {
			if j > 0 {
				b.WriteString(", ")
			}
			value, err := jsonValue(v)
			if err != nil {
				return nil, err
			}
			key, err := marshal(safe.Plain(t.Columns[j]))
			if err != nil {
				return nil, err
			}
			b.Write(key)
			b.WriteString(": ")
			b.Write(value)
		}
		b.WriteByte('}')
	}
	b.WriteString("\n]\n")
	return b.Bytes(), nil
}

func jsonValue(v any) ([]byte, error) {
	switch v := v.(type) {
	case string:
		return marshal(safe.Plain(v))
	case time.Time:
		return marshal(v.UTC().Format(time.RFC3339Nano))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return []byte("null"), nil
		}
	case nil, bool, int64:
	default:
		return nil, fmt.Errorf("export: a value of type %T", v)
	}
	return marshal(v)
}

// marshal is JSON with <, > and & as they are: no browser reads it.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// encodeText sets the columns below one another. Line breaks inside of a value
// become ↵, as a row is a line.
func encodeText(t Table) ([]byte, error) {
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	put := func(cells []string) {
		for i, c := range cells {
			c = strings.NewReplacer("\n", "↵", "\t", " ").Replace(c)
			if i < len(cells)-1 {
				c += "\t"
			}
			fmt.Fprint(w, c)
		}
		fmt.Fprintln(w)
	}
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = safe.Plain(c)
	}
	put(head)
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, v := range row {
			s, err := text(v)
			if err != nil {
				return nil, err
			}
			if cells[i] = s; v == nil {
				cells[i] = "–"
			}
		}
		put(cells)
	}
	if err := w.Flush(); err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return b.Bytes(), nil
}

// text is a value as text; "" for nil.
func text(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return safe.Plain(v), nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return "", nil
		}
		return strconv.FormatFloat(v, 'f', -1, 64), nil
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), nil
	}
	return "", fmt.Errorf("export: a value of type %T", v)
}
