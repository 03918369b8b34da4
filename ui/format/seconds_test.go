package format_test

import (
	"math"
	"testing"

	"github.com/donna-project/donnatop/ui/format"
)

func TestSeconds(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   float64
		w    int
		want string
	}{
		{"nothing", 0, 9, "0ms"},
		{"less than a second", 0.84, 9, "840ms"},
		{"seconds", 1.24, 9, "1.24s"},
		{"minutes", 125, 9, "2m05s"},
		{"days", 367_200, 9, "4d06h"},
		{"little room", 367_200, 3, "4d"},
		{"before", -90, 9, "-1m30s"},
		{"NaN", math.NaN(), 9, "NaN"},
		{"infinite", math.Inf(1), 9, "+Inf"},
		{"infinite without room", math.Inf(-1), 2, "##"},
		{"out of bounds", 1e300, 12, "106751d23h"},
		{"out of bounds, negative", -1e300, 12, "-106751d23h"},
		{"no room", 5, 0, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := format.SecondsIn(tc.in, tc.w); got != tc.want {
				t.Errorf("SecondsIn(%v, %d) = %q, want %q", tc.in, tc.w, got, tc.want)
			}
		})
	}
	if got := format.Seconds(3600.4); got != "1h00m" {
		t.Errorf("Seconds = %q", got)
	}
	if got := format.Hours(1.5); got != "1h30m" {
		t.Errorf("Hours = %q", got)
	}
	if got := format.HoursIn(50.25, 3); got != "2d" {
		t.Errorf("HoursIn = %q", got)
	}
}
