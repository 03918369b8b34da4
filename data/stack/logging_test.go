package stack_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data/stack"
	"github.com/donna-project/donnatop/logging"
)

func openConfig() error {
	return logging.WithStack(&fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist})
}

func index(a []int, i int) int { return a[i] }

func panicking() (err error) {
	defer func() { err = logging.Recovered(recover()) }()
	index(nil, 7)
	return nil
}

// logged is the exception of the line that package logging prints of err.
func logged(t *testing.T, err error) stack.Trace {
	t.Helper()
	var b bytes.Buffer
	logging.Setup(logging.Options{JSON: true, Writer: &b}).Error("failed", "exc_info", err)
	var line struct{ Exception string }
	if err := json.Unmarshal(b.Bytes(), &line); err != nil || line.Exception == "" {
		t.Fatalf("%v: %s", err, b.String())
	}
	return stack.Parse(line.Exception)
}

func TestGoErrorsAsPackageLoggingPrintsThem(t *testing.T) {
	t.Run("wrapped", func(t *testing.T) {
		trace := logged(t, fmt.Errorf("read config: %w", openConfig()))
		var types []string
		for _, c := range trace.Causes {
			types = append(types, c.Type)
		}
		if got := strings.Join(types, " "); got != "errors.errorString fs.PathError fmt.wrapError" {
			t.Errorf("types %q", got)
		}
		if last := trace.Last(); last.Link != stack.DirectCause || last.Message != "read config: open x: file does not exist" {
			t.Errorf("last %+v", last)
		}
		if f := trace.Innermost(); f == nil || !f.App || !strings.HasSuffix(f.Function, "openConfig") || !strings.HasSuffix(f.File, "logging_test.go") {
			t.Errorf("innermost %+v", f)
		}
	})
	t.Run("joined", func(t *testing.T) {
		trace := logged(t, errors.Join(openConfig(), errors.Join(errors.New("one"), errors.New("two\nlines"))))
		last := trace.Last()
		if len(trace.Causes) != 1 || last.Type != "errors.joinError" || len(last.Members) != 2 {
			t.Fatalf("%s", dump(trace))
		}
		inner := last.Members[1].Last()
		if inner.Type != "errors.joinError" || len(inner.Members) != 2 || inner.Members[1].Last().Message != "two\nlines" {
			t.Errorf("%s", dump(trace))
		}
		if path := last.Members[0]; path.Last().Type != "fs.PathError" || len(path.Last().Frames) == 0 || path.Causes[0].Type != "errors.errorString" {
			t.Errorf("%s", dump(trace))
		}
	})
	t.Run("panic", func(t *testing.T) {
		trace := logged(t, panicking())
		last := trace.Last()
		if last.Type != "panic" || last.Message != "runtime error: index out of range [7] with length 0" {
			t.Errorf("last %s: %s", last.Type, last.Message)
		}
		if f := trace.Innermost(); f == nil || !strings.HasSuffix(f.Function, "index") {
			t.Errorf("innermost %+v", f)
		}
	})
}
