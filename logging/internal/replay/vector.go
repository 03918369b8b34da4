package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/donna-project/donnatop/logging"
)

// vector is one recorded call and the line it printed.
type vector struct {
	id       string
	logLevel string
	now      time.Time
	level    slog.Level
	event    string
	context  []slog.Attr // of the four context variables, those that were set
	binds    [][]slog.Attr
	kwargs   []slog.Attr
	locals   []slog.Attr
	err      error
	stack    bool
	line     string
}

// load reads the vectors of a file.
func load(path string) ([]vector, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read vectors: %w", err)
	}
	var vectors []vector
	for i, text := range bytes.Split(data, []byte("\n")) {
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		v, err := parseVector(text)
		if err != nil {
			return nil, fmt.Errorf("read vectors: %s line %d: %w", path, i+1, err)
		}
		vectors = append(vectors, v)
	}
	if len(vectors) == 0 {
		return nil, fmt.Errorf("read vectors: %s has none; expected one JSON object per line", path)
	}
	return vectors, nil
}

// raw is the part of a vector that needs no order.
type raw struct {
	ID     string `json:"id"`
	Config struct {
		LogLevel string `json:"log_level"`
	} `json:"config"`
	Now  string `json:"now"`
	Call *struct {
		Level       string            `json:"level"`
		Event       json.RawMessage   `json:"event"`
		Context     json.RawMessage   `json:"context"`
		Bound       json.RawMessage   `json:"bound"`
		BindSteps   []json.RawMessage `json:"bind_steps"`
		Kwargs      json.RawMessage   `json:"kwargs"`
		Contextvars json.RawMessage   `json:"contextvars"`
		Exception   bool              `json:"exception"`
		Exc         *pythonError      `json:"exc"`
		StackInfo   bool              `json:"stack_info"`
	} `json:"call"`
	Line string `json:"line"`
}

var levels = map[string]slog.Level{
	"debug":    slog.LevelDebug,
	"info":     slog.LevelInfo,
	"warning":  slog.LevelWarn,
	"error":    slog.LevelError,
	"critical": logging.LevelCritical,
}

func parseVector(text []byte) (vector, error) {
	var r raw
	if err := json.Unmarshal(text, &r); err != nil {
		return vector{}, fmt.Errorf("decode vector: %w", err)
	}
	if r.Call == nil {
		return vector{}, errors.New("decode vector: no call")
	}
	v := vector{id: r.ID, logLevel: r.Config.LogLevel, stack: r.Call.StackInfo, line: r.Line}
	var known bool
	if v.level, known = levels[r.Call.Level]; !known {
		return vector{}, fmt.Errorf("decode level: %q is none of debug, info, warning, error, critical", r.Call.Level)
	}
	var err error
	if v.now, err = parseClock(r.Now); err != nil {
		return vector{}, err
	}
	if v.event, err = decodeText(r.Call.Event); err != nil {
		return vector{}, fmt.Errorf("decode event: %w", err)
	}
	if r.Call.Exception {
		if r.Call.Exc == nil {
			return vector{}, errors.New("decode exception: no exc")
		}
		v.err = r.Call.Exc
	}
	steps := r.Call.BindSteps
	if len(steps) == 0 {
		steps = []json.RawMessage{r.Call.Bound}
	}
	for _, step := range steps {
		pairs, err := decodePairs(step)
		if err != nil {
			return vector{}, fmt.Errorf("decode bound: %w", err)
		}
		v.binds = append(v.binds, pairs)
	}
	for _, part := range []struct {
		name string
		from json.RawMessage
		to   *[]slog.Attr
	}{
		{"context", r.Call.Context, &v.context},
		{"kwargs", r.Call.Kwargs, &v.kwargs},
		{"contextvars", r.Call.Contextvars, &v.locals},
	} {
		if *part.to, err = decodePairs(part.from); err != nil {
			return vector{}, fmt.Errorf("decode %s: %w", part.name, err)
		}
	}
	return v, v.checkContext()
}

func parseClock(s string) (time.Time, error) {
	t, err := time.Parse("2006-01-02T15:04:05", s) // accepts a fraction
	if err != nil {
		return t, fmt.Errorf("decode now: %q is no UTC time such as 2026-07-01T10:11:12.123456", s)
	}
	return t, nil
}

// contextHelpers has the function that sets each context variable.
var contextHelpers = map[string]func(context.Context, string) context.Context{
	logging.KeyCorrelationID: logging.WithCorrelationID,
	logging.KeyUserID:        logging.WithUserID,
	logging.KeyChannel:       logging.WithChannel,
	logging.KeyTaskID:        logging.WithTaskID,
}

func (v *vector) checkContext() error {
	for _, a := range v.context {
		if contextHelpers[a.Key] == nil {
			return fmt.Errorf("decode context: %q is no context variable", a.Key)
		}
		if a.Value.Kind() != slog.KindString {
			return fmt.Errorf("decode context: %s is no text", a.Key)
		}
	}
	return nil
}

// replay makes the call on a handler of its own and returns what it wrote.
func (v *vector) replay() string {
	var out bytes.Buffer
	logger := logging.Setup(logging.Options{Level: v.logLevel, JSON: true, Writer: &out})
	for _, pairs := range v.binds {
		logger = slog.New(logger.Handler().WithAttrs(pairs))
	}
	ctx := logging.Bind(context.Background(), v.locals...)
	for _, a := range v.context {
		ctx = contextHelpers[a.Key](ctx, a.Value.String())
	}
	if !logger.Enabled(ctx, v.level) {
		return ""
	}
	r := slog.NewRecord(v.now, v.level, v.event, 0)
	r.AddAttrs(v.kwargs...)
	if v.stack {
		r.AddAttrs(logging.Stack())
	}
	if v.err != nil {
		r.AddAttrs(slog.Any("exc_info", v.err))
	}
	_ = logger.Handler().Handle(ctx, r) // a bytes.Buffer takes every line
	return out.String()
}

// pythonError is an error relayed from Python with the traceback it had there.
type pythonError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Text    string `json:"text"`
}

func (e *pythonError) Error() string { return e.Message }

// Traceback is what the exception of a line shows for such an error.
func (e *pythonError) Traceback() string {
	switch {
	case e.Text != "":
		return e.Text
	case e.Message != "":
		return e.Type + ": " + e.Message
	}
	return e.Type
}
