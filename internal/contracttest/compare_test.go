package contracttest

import (
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strconv"
	"time"
)

// differences lists, by JSON path, where what was printed (decoded with numbers
// as text) is not what the reference wants.
func differences(path string, want, got any) []string {
	wrong := func(format string, args ...any) []string {
		return []string{path + ": " + fmt.Sprintf(format, args...)}
	}
	number := func(tolerance float64, want float64) []string {
		n, ok := got.(json.Number)
		if !ok {
			return wrong("want %v, got %v", want, show(got))
		}
		f, err := n.Float64()
		if err != nil || math.Abs(f-want) > tolerance {
			return wrong("want %v, got %v (off by %g)", want, n, f-want)
		}
		return nil
	}
	switch want := want.(type) {
	case nil:
		if !absent(got) {
			return wrong("want null, got %v", show(got))
		}
		return nil
	case anything, given:
		return nil
	case oneOf:
		var out []string
		for _, w := range want {
			if out = differences(path, w, got); len(out) == 0 {
				return nil
			}
		}
		return out
	case string, bool:
		if got != want {
			return wrong("want %v, got %v", want, show(got))
		}
		return nil
	case exact:
		return number(1e-9*math.Max(1, math.Abs(float64(want))), float64(want))
	case bag:
		return bagDifferences(path, want, got)
	case atLeast:
		return atLeastDifferences(path, want, got)
	case verbatim:
		return verbatimDifferences(path, want, got)
	case int64:
		n, ok := got.(json.Number)
		if i, err := strconv.ParseInt(string(n), 10, 64); !ok || err != nil || i != want {
			return wrong("want %d, got %v", want, show(got))
		}
		return nil
	case sampled:
		return number(0.008*math.Abs(float64(want)), float64(want))
	case usd:
		return number(1e-6, float64(want))
	case ratio:
		return number(1e-6, float64(want))
	case time.Time:
		s, _ := got.(string)
		if t, err := time.Parse(time.RFC3339Nano, s); err != nil || !t.Equal(want) || s[len(s)-1] != 'Z' {
			return wrong("want %s, got %v", want.Format(time.RFC3339Nano), show(got))
		}
		return nil
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return wrong("want a list of %d, got %v", len(want), show(got))
		}
		var out []string
		for i := range want {
			out = append(out, differences(fmt.Sprintf("%s[%d]", path, i), want[i], list[i])...)
		}
		return out
	case object:
		return objectDifferences(path, want, got, false)
	case groups:
		return objectDifferences(path, want, got, true)
	}
	panic(fmt.Sprintf("%s: a reference of type %T", path, want))
}

func objectDifferences(path string, want map[string]any, got any, zerosMayMiss bool) []string {
	have, ok := got.(map[string]any)
	if !ok {
		if got == nil && len(want) > 0 && absentReference(want) {
			return nil // null stands in place of the branch
		}
		return []string{fmt.Sprintf("%s: want %d keys, got %v", path, len(want), show(got))}
	}
	var out []string
	for k, w := range want {
		g, ok := have[k]
		switch {
		case ok:
			out = append(out, differences(path+"."+k, w, g)...)
		case !zerosMayMiss || !zero(w):
			out = append(out, fmt.Sprintf("%s.%s: missing, want %v", path, k, w))
		}
	}
	for k, g := range have {
		if _, ok := want[k]; !ok && (!zerosMayMiss || !zeroPrinted(g)) {
			out = append(out, fmt.Sprintf("%s.%s: not in the contract, got %v", path, k, show(g)))
		}
	}
	sort.Strings(out)
	return out
}

// absent tells null, or an object of nothing but nulls: both are figures without a source.
func absent(got any) bool {
	o, ok := got.(map[string]any)
	if !ok {
		return got == nil
	}
	for _, v := range o {
		if !absent(v) {
			return false
		}
	}
	return len(o) > 0
}

func absentReference(want any) bool {
	o, ok := want.(object)
	if !ok {
		return want == nil
	}
	for _, v := range o {
		if !absentReference(v) {
			return false
		}
	}
	return true
}

// zero tells whether all figures of a reference are 0 or none.
func zero(want any) bool {
	switch w := want.(type) {
	case nil:
		return true
	case int64:
		return w == 0
	case usd:
		return w == 0
	case exact:
		return w == 0
	case oneOf:
		return zero(w[0])
	case groups:
		return zero(object(w))
	case object:
		for _, v := range w {
			if !zero(v) {
				return false
			}
		}
		return true
	}
	return false
}

func zeroPrinted(got any) bool {
	switch g := got.(type) {
	case nil:
		return true
	case json.Number:
		f, err := g.Float64()
		return err == nil && f == 0
	case map[string]any:
		for _, v := range g {
			if !zeroPrinted(v) {
				return false
			}
		}
		return true
	}
	return false
}

// The kinds of figures that the branches beyond llm need.
type (
	exact    float64 // a mean or a duration: to 1e-9 of it
	oneOf    []any   // readings of which the contract allows any
	anything struct{}
	// bag is a list in no set order, of objects with an id.
	bag []object
	// atLeast is a map that must have some keys and may have others, each with its figure.
	atLeast struct{ must, may object }
	// verbatim is an object that must hold these values as they are, and no others.
	verbatim map[string]any
)

func bagDifferences(path string, want bag, got any) []string {
	list, ok := got.([]any)
	if !ok || len(list) != len(want) {
		return []string{fmt.Sprintf("%s: want a list of %d, got one of %d: %v", path, len(want), len(list), show(got))}
	}
	key := func(v any) string {
		o, _ := v.(map[string]any)
		return fmt.Sprintf("%v|%v|%v|%v", o["id"], o["kind"], o["operation"], o["name"])
	}
	wanted := make([]any, len(want))
	for i := range want {
		wanted[i] = want[i]
	}
	list = append([]any(nil), list...)
	sort.SliceStable(wanted, func(i, j int) bool { return key(wanted[i]) < key(wanted[j]) })
	sort.SliceStable(list, func(i, j int) bool { return key(list[i]) < key(list[j]) })
	return differences(path, wanted, list)
}

func atLeastDifferences(path string, want atLeast, got any) []string {
	have, ok := got.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s: want a map, got %v", path, show(got))}
	}
	var out []string
	for k, w := range want.must {
		if g, ok := have[k]; ok {
			out = append(out, differences(path+"."+k, w, g)...)
		} else {
			out = append(out, fmt.Sprintf("%s.%s: missing, want %v", path, k, w))
		}
	}
	for k, g := range have {
		if _, ok := want.must[k]; ok {
			continue
		}
		if w, ok := want.may[k]; ok {
			out = append(out, differences(path+"."+k, w, g)...)
		} else if !zeroPrinted(g) {
			out = append(out, fmt.Sprintf("%s.%s: want nothing there, got %v", path, k, show(g)))
		}
	}
	sort.Strings(out)
	return out
}

func verbatimDifferences(path string, want verbatim, got any) []string {
	have, _ := got.(map[string]any)
	var out []string
	for k, w := range want {
		if g, ok := have[k]; !ok || show(g) != show(w) {
			out = append(out, fmt.Sprintf("%s.%s: want %v, got %v", path, k, show(w), show(g)))
		}
	}
	for k, g := range have {
		if _, ok := want[k]; !ok {
			out = append(out, fmt.Sprintf("%s.%s: want nothing there, got %v", path, k, show(g)))
		}
	}
	sort.Strings(out)
	return out
}

func show(got any) string {
	b, err := json.Marshal(got)
	if err != nil {
		return err.Error()
	}
	if len(b) > 120 {
		b = append(b[:120], "..."...)
	}
	return string(b)
}
