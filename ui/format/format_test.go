package format_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/ui/format"
)

func TestMoney(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   float64
		want string
	}{
		{"zero", 0, "$0.00"},
		{"negative zero", math.Copysign(0, -1), "$0.00"},
		{"half a cent", 0.005, "$0.0050"},
		{"a cheap call", 0.0042, "$0.0042"},
		{"next to nothing", 0.00001, "<$0.0001"},
		{"rounds up to the smallest", 0.00005, "$0.0001"},
		{"rounds up to a cent", 0.00996, "$0.01"},
		{"just below", 0.00994, "$0.0099"},
		{"a cent", 0.01, "$0.01"},
		{"carries", 0.999, "$1.00"},
		{"carries into thousands", 999.995, "$1,000.00"},
		{"dollars", 12.345, "$12.35"},
		{"thousands", 1234.5, "$1,234.50"},
		{"millions", 1234567.891, "$1,234,567.89"},
		{"negative", -3.5, "-$3.50"},
		{"negative fraction", -0.0042, "-$0.0042"},
		{"negative next to nothing", -0.00001, ">-$0.0001"},
		{"NaN", math.NaN(), "NaN"},
		{"infinite", math.Inf(1), "+Inf"},
		{"minus infinite", math.Inf(-1), "-Inf"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := format.Money(tc.in); got != tc.want {
				t.Errorf("Money(%v) = %q, want %q", tc.in, got, tc.want)
			}
		})
	}
}

// Every bounded form, from ample room down to none.
func TestBoundedForms(t *testing.T) {
	type form struct {
		w    int
		want string
	}
	for _, tc := range []struct {
		name  string
		f     func(w int) string
		forms []form
	}{
		{"money", func(w int) string { return format.MoneyIn(1234.56, w) },
			[]form{{20, "$1,234.56"}, {9, "$1,234.56"}, {8, "$1,235"}, {6, "$1,235"}, {5, "$1.2k"}, {4, "$1k"}, {3, "$1k"}, {2, "##"}, {0, ""}, {-1, ""}}},
		{"negative money", func(w int) string { return format.MoneyIn(-41.8, w) },
			[]form{{7, "-$41.80"}, {6, "-$42"}, {4, "-$42"}, {3, "###"}}},
		{"cents", func(w int) string { return format.MoneyIn(0.42, w) }, []form{{5, "$0.42"}, {4, ".42"}, {3, ".42"}, {2, "##"}}},
		{"less than a cent", func(w int) string { return format.MoneyIn(0.0042, w) }, []form{{7, "$0.0042"}, {6, "<1c"}, {2, "##"}}},
		{"no money", func(w int) string { return format.MoneyIn(0, w) }, []form{{5, "$0.00"}, {4, ".00"}}},
		{"much money", func(w int) string { return format.MoneyIn(999_950, w) },
			[]form{{11, "$999,950.00"}, {10, "$999,950"}, {7, "$1.00M"}, {5, "$1.0M"}, {4, "$1M"}}},
		{"count", func(w int) string { return format.CountIn(1_234_567, w) },
			[]form{{9, "1,234,567"}, {8, "1.23M"}, {4, "1.2M"}, {3, "1M"}, {2, "1M"}, {1, "#"}}},
		{"tens of thousands", func(w int) string { return format.CountIn(45_678, w) }, []form{{6, "45,678"}, {5, "45.7k"}, {4, "46k"}, {3, "46k"}}},
		{"small count", func(w int) string { return format.CountIn(42, w) }, []form{{2, "42"}, {1, "#"}}},
		{"negative count", func(w int) string { return format.CountIn(-1234, w) }, []form{{6, "-1,234"}, {5, "-1.2k"}}},
		{"percent", func(w int) string { return format.PercentIn(17.14, w) }, []form{{5, "17.1%"}, {4, "17%"}, {2, "##"}}},
		{"almost none", func(w int) string { return format.PercentIn(0.03, w) }, []form{{5, "<0.1%"}, {4, "<1%"}}},
		{"almost all", func(w int) string { return format.PercentIn(99.97, w) }, []form{{5, "99.9%"}, {4, "99%"}}},
		{"far beyond", func(w int) string { return format.PercentIn(1_234_567, w) }, []form{{10, "1,234,567%"}, {9, "1.2M%"}}},
		{"bytes", func(w int) string { return format.BytesIn(12_900_000, w) }, []form{{8, "12.3 MiB"}, {5, "12.3M"}, {4, "12M"}, {2, "##"}}},
		{"few bytes", func(w int) string { return format.BytesIn(12, w) }, []form{{4, "12 B"}, {3, "12"}, {1, "#"}}},
		{"milliseconds", func(w int) string { return format.MillisIn(840, w) }, []form{{5, "840ms"}, {4, "0.8s"}, {3, "###"}}},
		{"seconds", func(w int) string { return format.MillisIn(1240, w) }, []form{{5, "1.24s"}, {4, "1.2s"}, {3, "1s"}}},
		{"minutes", func(w int) string { return format.MillisIn(125_000, w) }, []form{{5, "2m05s"}, {4, "2m"}}},
		{"days", func(w int) string { return format.DaysIn(13.66, w) }, []form{{9, "13.7 days"}, {8, "13.7d"}, {4, "14d"}, {2, "##"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, f := range tc.forms {
				if got := tc.f(f.w); got != f.want {
					t.Errorf("in %d cells: %q, want %q", f.w, got, f.want)
				}
			}
		})
	}
}

func TestCount(t *testing.T) {
	for in, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1.00k", 1234: "1.23k", 9_994: "9.99k", 9_996: "10.0k", 12_345: "12.3k",
		99_949: "99.9k", 99_950: "100k", 123_456: "123k", 999_499: "999k", 999_500: "1.00M", 999_950: "1.00M",
		1_234_567: "1.23M", -45_600: "-45.6k", math.MaxInt64: "9.22E", math.MinInt64: "-9.22E",
	} {
		if got := format.Count(in); got != want {
			t.Errorf("Count(%d) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[int64]string{0: "0", -1: "-1", 999: "999", 1000: "1,000", -1234567: "-1,234,567", math.MinInt64: "-9,223,372,036,854,775,808"} {
		if got := format.Int(in); got != want {
			t.Errorf("Int(%d) = %q, want %q", in, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for in, want := range map[float64]string{
		0: "0%", 0.04: "<0.1%", 0.1: "0.1%", 12.34: "12.3%", 99.94: "99.9%", 99.99: "99.9%", 100: "100%", 100.4: "100%", 1234.5: "1,234%",
		-12.34: "-12.3%", -0.01: ">-0.1%", math.Inf(1): "+Inf",
	} {
		if got := format.Percent(in); got != want {
			t.Errorf("Percent(%v) = %q, want %q", in, got, want)
		}
	}
}

func TestBytes(t *testing.T) {
	for in, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1.00 KiB", 1536: "1.50 KiB", 1<<20 - 1: "1.00 MiB", 10_235: "10.0 KiB", 12_900_000: "12.3 MiB", -2048: "-2.00 KiB"} {
		if got := format.Bytes(in); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", in, got, want)
		}
	}
}

func TestDurations(t *testing.T) {
	for in, want := range map[int64]string{
		0: "0ms", 999: "999ms", 1000: "1.00s", 9_994: "9.99s", 9_995: "10.0s", 59_949: "59.9s", 59_950: "1m00s", 3_599_400: "59m59s", 3_599_600: "1h00m",
		-840: "-840ms", math.MaxInt64: "106751d23h",
	} {
		if got := format.Millis(in); got != want {
			t.Errorf("Millis(%d) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[time.Duration]string{0: "0s", 61 * time.Second: "1m01s", 3*time.Hour + 10*time.Minute: "3h10m", 102 * time.Hour: "4d06h", -time.Minute: "-1m00s"} {
		if got := format.Duration(in); got != want {
			t.Errorf("Duration(%v) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[time.Duration]string{-2 * time.Minute: "in 2m", -time.Second: "now", 0: "now", 999 * time.Millisecond: "now", 59 * time.Second: "59s", 60 * time.Second: "1m", 25 * time.Hour: "1d", 800 * time.Hour: "33d"} {
		if got := format.Age(in); got != want {
			t.Errorf("Age(%v) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[float64]string{0: "0.0 days", 13.66: "13.7 days", 120.4: "120 days", 99.96: "100 days", math.NaN(): "NaN"} {
		if got := format.Days(in); got != want {
			t.Errorf("Days(%v) = %q, want %q", in, got, want)
		}
	}
}

func TestStamp(t *testing.T) {
	now := time.Date(2026, 7, 2, 1, 0, 0, 0, time.UTC)
	berlin := time.FixedZone("CEST", 2*3600)
	for _, tc := range []struct {
		name, want string
		t          time.Time
		loc        *time.Location
		w          int
	}{
		{"today", "00:30:00", now.Add(-30 * time.Minute), time.UTC, 20},
		{"another day", "07-01 23:00:00", now.Add(-2 * time.Hour), time.UTC, 20},
		{"the same day elsewhere", "01:00:00", now.Add(-2 * time.Hour), berlin, 20},
		{"another year", "2025-07-02 01:00:00", now.AddDate(-1, 0, 0), time.UTC, 20},
		{"less room", "07-01 23:00", now.Add(-2 * time.Hour), time.UTC, 13},
		{"little room", "23:00", now.Add(-2 * time.Hour), time.UTC, 8},
		{"no room", "###", now.Add(-2 * time.Hour), time.UTC, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := format.StampIn(tc.t, now, tc.loc, tc.w); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestMissingIsNotZero(t *testing.T) {
	zero := 0.0
	if got := format.Opt(&zero, format.Money); got != "$0.00" {
		t.Errorf("zero = %q", got)
	}
	if got := format.Opt(nil, format.Money); got != format.Missing {
		t.Errorf("nil = %q", got)
	}
	if got := format.OptIn(nil, 0, format.MoneyIn); got != "" {
		t.Errorf("nil without room = %q", got)
	}
	if got := format.OptIn(&zero, 3, format.MoneyIn); got != ".00" {
		t.Errorf("zero in three cells = %q", got)
	}
}

// Whatever the number, a bounded form keeps to its room.
func FuzzBounds(f *testing.F) {
	f.Add(0.005, int64(999_950), 5)
	f.Add(math.Inf(1), int64(math.MinInt64), 1)
	f.Fuzz(func(t *testing.T, v float64, n int64, w int) {
		w %= 30
		for name, got := range map[string]string{
			"money": format.MoneyIn(v, w), "percent": format.PercentIn(v, w), "days": format.DaysIn(v, w),
			"count": format.CountIn(n, w), "millis": format.MillisIn(n, w), "bytes": format.BytesIn(n, w), "duration": format.DurationIn(time.Duration(n), w),
		} {
			if len(got) > max(w, 0) {
				t.Errorf("%s: %q is wider than %d", name, got, w)
			}
			if w > 0 && strings.TrimSpace(got) == "" {
				t.Errorf("%s: nothing in %d cells", name, w)
			}
		}
	})
}

func TestAgeOfTheExtremes(t *testing.T) {
	for _, d := range []time.Duration{math.MinInt64, math.MinInt64 + 1, math.MaxInt64} {
		if got := format.Age(d); !strings.HasSuffix(got, "106751d") {
			t.Errorf("Age(%d) = %q, want 106751 days", d, got)
		}
	}
}
