package main

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml/ast"

	"github.com/donna-project/donnatop/ui"
)

// boundKey is what the section keys says of one action.
type boundKey struct {
	line int
	keys []string
}

// keys reads the keys of the configuration file by action. The error lists all
// that is wrong with them, each with its line.
func (o *options) keys() (map[string][]string, error) {
	s, ok := o.sections["keys"]
	if !ok {
		return nil, nil
	}
	bound, err := readKeys(s)
	if err != nil {
		return nil, usageError{err}
	}
	keys := make(map[string][]string, len(bound))
	for action, b := range bound {
		keys[action] = b.keys
	}
	var errs []error
	for _, p := range ui.CheckKeys(keys) {
		errs = append(errs, fmt.Errorf("%s: keys: %s", placeOf(s.file, bound, p.Actions), p.Text))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, usageError{err}
	}
	return keys, nil
}

// placeOf names the lines that bind the actions; one of two may be a default.
func placeOf(file string, bound map[string]boundKey, actions []string) string {
	var lines []int
	for _, a := range actions {
		if b, ok := bound[a]; ok {
			lines = append(lines, b.line)
		}
	}
	if len(lines) == 2 && lines[0] != lines[1] {
		return fmt.Sprintf("%s lines %d and %d", file, min(lines[0], lines[1]), max(lines[0], lines[1]))
	}
	return fmt.Sprintf("%s line %d", file, lines[0])
}

func readKeys(s section) (map[string]boundKey, error) {
	out := make(map[string]boundKey)
	if s.node.Type() == ast.NullType {
		return out, nil
	}
	mapping, ok := s.node.(ast.MapNode)
	if !ok {
		return nil, fmt.Errorf("%s line %d: keys are lines of the form `action: key`", s.file, lineOf(s.node))
	}
	for it := mapping.MapRange(); it.Next(); {
		action := it.Key().GetToken().Value
		b := boundKey{line: lineOf(it.Key())}
		if _, ok := out[action]; ok {
			return nil, fmt.Errorf("%s line %d: keys: %s is there twice", s.file, b.line, action)
		}
		values := []ast.Node{it.Value()}
		if list, ok := it.Value().(*ast.SequenceNode); ok {
			values = list.Values
		}
		for _, v := range values {
			scalar, ok := v.(ast.ScalarNode)
			if !ok || v.Type() == ast.NullType {
				return nil, fmt.Errorf("%s line %d: keys: %s: write a key or a list of keys, in quotes if it is a sign: \"-\"", s.file, lineOf(it.Key()), action)
			}
			b.keys = append(b.keys, scalar.GetToken().Value) // as it is written: 1 is a key, not a number
		}
		out[action] = b
	}
	return out, nil
}

func lineOf(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 1
}
