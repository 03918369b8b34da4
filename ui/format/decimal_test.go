package format_test

import (
	"math"
	"testing"

	"github.com/donna-project/donnatop/ui/format"
)

func TestDecimalIn(t *testing.T) {
	for _, tc := range []struct {
		name string
		v    float64
		w    int
		want string
	}{
		{"nothing", 0, 6, "0"},
		{"next to nothing", 0.0004, 6, "<0.01"},
		{"next to nothing without room", 0.0004, 3, "###"},
		{"a part", 0.4, 6, "0.40"},
		{"a part without its zero", 0.4, 3, ".40"},
		{"some", 12.344, 6, "12.34"},
		{"with a decimal less", 12.344, 4, "12.3"},
		{"whole", 12.344, 2, "12"},
		{"hundreds", 123.45, 6, "123.5"},
		{"thousands", 1234.5, 6, "1,234"},
		{"short", 1234.5, 4, "1.2k"},
		{"negative", -3.5, 6, "-3.50"},
		{"no room", 12.3, 0, ""},
		{"no number", math.NaN(), 6, "NaN"},
		{"no end", math.Inf(-1), 6, "-Inf"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := format.DecimalIn(tc.v, tc.w); got != tc.want {
				t.Errorf("%q, want %q", got, tc.want)
			}
		})
	}
	if got := format.Decimal(3.416); got != "3.42" {
		t.Errorf("%q", got)
	}
}
