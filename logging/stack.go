package logging

import (
	"log/slog"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// maxFrames bounds a rendered stack.
const maxFrames = 64

const (
	thisPackage = "github.com/donna-project/donnatop/logging."
	slogPackage = "log/slog."
	stackHead   = "Stack (most recent call last):\n"
)

// stacked adds a stack to an error.
type stacked struct {
	error
	pcs []uintptr
}

// WithStack returns err with the stack of the caller, which the line's
// exception shows above the error. errors.Is and errors.As see through it. A
// nil err stays nil.
func WithStack(err error) error {
	if err == nil {
		return nil
	}
	return &stacked{err, callers(1)}
}

func (s *stacked) Unwrap() error { return s.error }

func (s *stacked) Callers() []uintptr { return s.pcs }

// Stack returns a pair that adds the stack of the log call to the line, as
// stack_info=True does in Python.
func Stack() slog.Attr { return slog.Bool(keyStackInfo, true) }

// callers returns the stack above its caller, skip further frames left out.
func callers(skip int) []uintptr {
	pcs := make([]uintptr, maxFrames)
	return pcs[:runtime.Callers(skip+2, pcs)]
}

// panicCallers returns the stack below the panic that is being handled: the
// frame that panicked is its innermost.
func panicCallers() []uintptr {
	pcs := callers(1)
	for i, pc := range pcs {
		if name := functionName(pc); name == "runtime.gopanic" {
			for i++; i < len(pcs) && strings.HasPrefix(functionName(pcs[i]), "runtime."); i++ {
			}
			return pcs[i:]
		}
	}
	return pcs
}

func functionName(pc uintptr) string {
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return frame.Function
}

// callStack returns the text of the stack down to the log call: the record's
// pc if it has one that is on the stack, else the first frame outside the
// library.
func callStack(pc uintptr) string {
	pcs := callers(1)
	if i := slices.Index(pcs, pc); i >= 0 {
		pcs = pcs[i:]
	}
	for len(pcs) > 0 && inLibrary(pcs[0]) {
		pcs = pcs[1:]
	}
	return stackHead + strings.TrimSuffix(formatStack(pcs), "\n")
}

func inLibrary(pc uintptr) bool {
	frame, _ := runtime.CallersFrames([]uintptr{pc}).Next()
	return strings.HasPrefix(frame.Function, slogPackage) ||
		strings.HasPrefix(frame.Function, thisPackage) && !strings.HasSuffix(frame.File, "_test.go")
}

// stackOf returns the formatted stack err itself carries, or "". Errors offer
// theirs as Callers() []uintptr (go-errors and this package) or as StackTrace
// with a slice of program counters under some named type (pkg/errors).
func stackOf(err error) string {
	pcs, failed := guarded(func() ([]uintptr, error) {
		if c, ok := err.(interface{ Callers() []uintptr }); ok {
			return c.Callers(), nil
		}
		return stackTrace(err), nil
	})
	if failed != nil {
		return ""
	}
	return formatStack(pcs)
}

func stackTrace(err error) []uintptr {
	method := reflect.ValueOf(err).MethodByName("StackTrace")
	if !method.IsValid() {
		return nil
	}
	t := method.Type()
	if t.NumIn() != 0 || t.NumOut() != 1 || t.Out(0).Kind() != reflect.Slice || t.Out(0).Elem().Kind() != reflect.Uintptr {
		return nil
	}
	frames := method.Call(nil)[0]
	pcs := make([]uintptr, min(frames.Len(), maxFrames))
	for i := range pcs {
		pcs[i] = uintptr(frames.Index(i).Uint())
	}
	return pcs
}

// formatStack formats frames as Python does, the innermost last, each line
// ended.
func formatStack(pcs []uintptr) string {
	if len(pcs) == 0 {
		return ""
	}
	var lines []string
	for frames := runtime.CallersFrames(pcs); ; {
		frame, more := frames.Next()
		if frame.Function != "" && frame.Function != "runtime.goexit" && frame.Function != "runtime.main" {
			lines = append(lines, "  File \""+frame.File+"\", line "+strconv.Itoa(frame.Line)+", in "+frame.Function+"\n")
		}
		if !more {
			break
		}
	}
	var b strings.Builder
	for i := len(lines) - 1; i >= 0; i-- {
		b.WriteString(lines[i])
	}
	return b.String()
}
