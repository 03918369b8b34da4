package main

import (
	"maps"
	"strings"
	"testing"
)

func TestSavedFilters(t *testing.T) {
	for _, c := range []struct {
		name, yaml string
		want       map[string]string
		problem    string
	}{
		{name: "none"},
		{name: "empty section", yaml: "filters:\n"},
		{
			name: "two", yaml: "theme: mono\nfilters:\n  noise: 'event:health_check | event:heartbeat'\n  \"my errors\": level>=error\n  42: 17\n",
			want: map[string]string{"noise": "event:health_check | event:heartbeat", "my errors": "level>=error", "42": "17"},
		},
		{name: "one", yaml: "filters:\n  a: b\n", want: map[string]string{"a": "b"}},
		{name: "wrong", yaml: "filters:\n  good: x\n  bad: '(level>=error'\n", problem: "line 3: filters: bad: column 1: this ( is not closed"},
		{name: "unknown level", yaml: "filters: {bad: level>=loud}", problem: `line 1: filters: bad: column 8: "loud" is no level`},
		{name: "empty filter", yaml: "filters:\n  all: ''\n", problem: "line 2: filters: all: an empty filter chooses all lines"},
		{name: "null", yaml: "filters:\n  all:\n", problem: "line 2: filters: all: a filter is text"},
		{name: "list", yaml: "filters: [a, b]\n", problem: "line 1: filters must be lines of the form `name: filter`"},
		{name: "nested", yaml: "filters:\n  a:\n    b: c\n", problem: "line 2: filters: a: a filter is text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, path := configured(t, c.yaml)
			got, err := o.savedFilters()
			if c.problem != "" {
				if err == nil || !strings.HasPrefix(err.Error(), path+" ") || !strings.Contains(err.Error(), c.problem) {
					t.Errorf("error %v, want %q", err, c.problem)
				}
				return
			}
			if err != nil || !maps.Equal(got, c.want) {
				t.Errorf("%v, %v; want %v", got, err, c.want)
			}
		})
	}
}
