package main

import (
	"github.com/goccy/go-yaml/ast"

	"github.com/donna-project/donnatop/data/filter"
)

// savedFilters reads the section `filters` of the configuration file: filters by
// name. The error names the file, the line and the name of one that is wrong.
func (o *options) savedFilters() (map[string]string, error) {
	s, ok := o.sections["filters"]
	if !ok || s.node == nil || s.node.Type() == ast.NullType {
		return nil, nil
	}
	mapping, ok := s.node.(ast.MapNode)
	if !ok {
		return nil, usagef("%s line %d: filters must be lines of the form `name: filter`", s.file, lineOf(s.node))
	}
	saved := make(map[string]string)
	for pairs := mapping.MapRange(); pairs.Next(); {
		name, value := pairs.Key().GetToken().Value, pairs.Value()
		place := func(problem string, args ...any) error {
			return usagef("%s line %d: filters: %s: "+problem, append([]any{s.file, lineOf(pairs.Key()), name}, args...)...)
		}
		text, ok := value.(ast.ScalarNode)
		if !ok || value.Type() == ast.NullType {
			return nil, place("a filter is text, best in quotes: 'level>=error'")
		}
		word, ok := text.GetValue().(string)
		if !ok {
			word = value.GetToken().Value // a number, say, stands for its text
		}
		f, err := filter.Parse(word)
		switch {
		case err != nil:
			return nil, place("%w", err)
		case f.Empty():
			return nil, place("an empty filter chooses all lines: leave it out")
		}
		saved[name] = word
	}
	return saved, nil
}

// parseFilter reads a filter in which @name stands for a saved one; the saved
// ones are known to be right.
func parseFilter(text string, saved map[string]string) (*filter.Filter, error) {
	named := make(map[string]*filter.Filter, len(saved))
	for name, text := range saved {
		f, err := filter.Parse(text)
		if err != nil {
			return nil, err
		}
		named[name] = f
	}
	return filter.ParseNamed(text, named)
}
