// Package doctor looks at everything donnatop depends on and says what is wrong
// and how to mend it.
//
// Checks run side by side, each within the same time: one that hangs, in the
// kernel or at a server, has failed and keeps nobody waiting. A check may find
// several things; what it had found before it hung still counts. Nothing is
// written or changed, and no finding holds a secret.
//
// Failed means that donnatop doesn't get what it was told to use. What it was
// not told to use, and what is merely old or odd, is a warning.
package doctor

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// State says how bad a finding is.
type State string

// The states of findings.
const (
	OK      State = "ok"
	Warning State = "warning"
	Failed  State = "failed"
)

// A Finding is one thing that was looked at, in the form of the JSON contract.
type Finding struct {
	Name   string  `json:"name"`
	State  State   `json:"state"`
	Detail string  `json:"detail"` // what was found
	Fix    *string `json:"fix"`    // what to do, if possible a command; null if nothing is to be done
}

// Good is a finding with which all is well.
func Good(name, detail string) Finding { return Finding{Name: name, State: OK, Detail: detail} }

// Warn is a finding that doesn't keep donnatop from its work. A fix of "" is none.
func Warn(name, detail, fix string) Finding { return finding(name, Warning, detail, fix) }

// Fail is a finding that does. A fix of "" is none.
func Fail(name, detail, fix string) Finding { return finding(name, Failed, detail, fix) }

func finding(name string, s State, detail, fix string) Finding {
	f := Finding{Name: name, State: s, Detail: detail}
	if fix != "" {
		f.Fix = &fix
	}
	return f
}

// A Check looks at one thing and reports what it finds, in order, from one
// goroutine. Its name is that of its first finding.
type Check struct {
	Name string
	Run  func(ctx context.Context, report func(Finding))
}

// Run runs the checks and gives their findings in the order of the checks. After
// limit by the clock, or when ctx ends, whatever has not ended has failed.
func Run(ctx context.Context, clock clockwork.Clock, limit time.Duration, checks []Check) []Finding {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	runs := make([]*run, len(checks))
	for i, c := range checks {
		runs[i] = &run{check: c, done: make(chan struct{})}
		go runs[i].run(ctx)
	}
	timer := clock.NewTimer(limit)
	defer timer.Stop()
	over := timer.Chan()
	late := false
	var all []Finding
	for _, r := range runs {
		if !late {
			select {
			case <-r.done:
			case <-ctx.Done():
				late = true
			case <-over:
				late = true
			}
		}
		all = append(all, r.end(limit)...)
	}
	return all
}

// A run is a check under way.
type run struct {
	check Check
	done  chan struct{} // closed at its end

	mu       sync.Mutex
	findings []Finding
	ended    bool // nothing is reported any more
}

func (r *run) run(ctx context.Context) {
	defer close(r.done)
	defer func() {
		if p := recover(); p != nil {
			stack := strings.Fields(string(debug.Stack()))
			r.report(Fail(r.check.Name, fmt.Sprintf("internal error in this check: %v", p), "please report it, with: "+strings.Join(stack[:min(len(stack), 40)], " ")))
		}
	}()
	r.check.Run(ctx, r.report)
}

func (r *run) report(f Finding) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.findings = append(r.findings, f)
	}
}

// end takes what was found. A check that goes on has failed.
func (r *run) end(limit time.Duration) []Finding {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
	select {
	case <-r.done:
		if len(r.findings) == 0 {
			return []Finding{Fail(r.check.Name, "the check ended without finding anything out", "")}
		}
		return r.findings
	default:
	}
	name, what := r.check.Name, "no answer"
	if len(r.findings) > 0 {
		name, what = name+"_rest", "no answer to the rest"
	}
	return append(r.findings, Fail(name, fmt.Sprintf("%s within %v", what, limit), "see whether it hangs, or give it longer with --wait"))
}

// Report is what `doctor --json` prints.
type Report struct {
	Schema int       `json:"schema"`
	Checks []Finding `json:"checks"`
}

// Count is how many findings have the state.
func (r *Report) Count(s State) (n int) {
	for _, f := range r.Checks {
		if f.State == s {
			n++
		}
	}
	return n
}

// split takes apart a message of the form "what happened: what to do", where the
// colon stands outside of parentheses and before a blank.
func split(message, separator string) (detail, fix string) {
	depth := 0
	for i, r := range message {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case depth == 0 && strings.HasPrefix(message[i:], separator):
			return message[:i], message[i+len(separator):]
		}
	}
	return message, ""
}
