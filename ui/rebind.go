package ui

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/donna-project/donnatop/ui/keyname"
	"github.com/donna-project/donnatop/ui/views"
)

// KeyProblem is something wrong with the keys that a user chose.
type KeyProblem struct {
	Actions []string // that it is about: one, or the two that would share a key
	Text    string   // what is wrong, and what would be right
}

// CheckKeys lists all that is wrong with keys chosen by action: actions and keys
// that don't exist, and keys that would mean two things in the same place.
func CheckKeys(keys map[string][]string) []KeyProblem {
	var problems []KeyProblem
	known := actionNames()
	for _, action := range slices.Sorted(maps.Keys(keys)) {
		if !slices.Contains(known, action) {
			problems = append(problems, KeyProblem{[]string{action}, unknownAction(action, known)})
			continue
		}
		if len(keys[action]) == 0 {
			problems = append(problems, KeyProblem{[]string{action}, action + " needs a key"})
		}
		for _, k := range keys[action] {
			if err := keyname.Check(k); err != nil {
				problems = append(problems, KeyProblem{[]string{action}, fmt.Sprintf("%s: %v", action, err)})
			}
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return conflicts(keys)
}

// keysError is all that is wrong with keys as one error; nil if nothing is.
func keysError(keys map[string][]string) error {
	var errs []error
	for _, p := range CheckKeys(keys) {
		errs = append(errs, errors.New(p.Text))
	}
	return errors.Join(errs...)
}

// actionNames lists all actions, sorted.
func actionNames() []string {
	var names []string
	for _, s := range Bindings() {
		for _, b := range s.Bindings {
			names = append(names, b.Action)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// conflicts lists the keys that would mean two things in the same place. Two
// actions that share a key from the start are never possible at the same moment
// (opening a row, and the view a panel sums up) and may go on to share one.
func conflicts(keys map[string][]string) []KeyProblem {
	var problems []KeyProblem
	seen := make(map[string]bool)
	for _, s := range Bindings() {
		for i, a := range s.Bindings {
			for _, b := range slices.Concat(s.Bindings[i+1:], s.beside) {
				if a.Action == b.Action || shared(a.Keys(), b.Keys()) != "" {
					continue
				}
				k := shared(chosen(keys, a), chosen(keys, b))
				pair := []string{a.Action, b.Action}
				slices.Sort(pair)
				if id := strings.Join(append(pair, k), " "); k != "" && !seen[id] {
					seen[id] = true
					problems = append(problems, KeyProblem{pair, fmt.Sprintf("%s and %s would both be on key %s (%s): choose another one for either", pair[0], pair[1], k, s.Name)})
				}
			}
		}
	}
	return problems
}

// chosen are the keys of a binding after the user's choice.
func chosen(keys map[string][]string, b views.Binding) []string {
	if own, ok := keys[b.Action]; ok {
		return own
	}
	return b.Keys()
}

// shared is the first key in both; "" if there is none.
func shared(a, b []string) string {
	for _, k := range a {
		if slices.Contains(b, k) {
			return k
		}
	}
	return ""
}

// unknownAction names the actions that were perhaps meant.
func unknownAction(action string, known []string) string {
	var near []string
	for _, k := range known {
		_, last, _ := strings.Cut(k, ".")
		if distance(action, k) <= 2 || last == action || strings.HasSuffix(action, "."+last) {
			near = append(near, k)
		}
	}
	if len(near) == 0 {
		return fmt.Sprintf("unknown action %q: use one of %s", action, strings.Join(known, ", "))
	}
	return fmt.Sprintf("unknown action %q: did you mean %s?", action, strings.Join(near, " or "))
}

// distance is how many letters have to be changed, put in or left out to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
