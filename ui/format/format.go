// Package format is the one place where numbers, money and times become text.
//
// Each formatter has a form for any room: Money, Count, Millis and the others
// give the usual text, MoneyIn, CountIn, … the most exact one that fits into w
// cells. A number is never cut: what doesn't fit even in its shortest form
// becomes a row of #, as in a spreadsheet. A value that isn't there is [Missing].
//
// All results are ASCII but for [Missing], so bytes are cells.
package format

import (
	"math"
	"strconv"
	"strings"
)

// Missing stands for a value that isn't there, which is not zero.
const Missing = "–"

// Opt formats *v, or gives [Missing].
func Opt[T any](v *T, f func(T) string) string {
	if v == nil {
		return Missing
	}
	return f(*v)
}

// OptIn formats *v within w cells, or gives [Missing].
func OptIn[T any](v *T, w int, f func(T, int) string) string {
	if v == nil {
		if w <= 0 {
			return ""
		}
		return Missing
	}
	return f(*v, w)
}

// fit is the first of the forms that fits into w cells.
func fit(w int, forms ...string) string {
	for _, s := range forms {
		if len(s) <= w {
			return s
		}
	}
	return strings.Repeat("#", max(w, 0))
}

// odd is the text of a number that can't be formatted as one, "" for all others.
func odd(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	return ""
}

// fixed is v with the given number of decimals and thousands set apart; a
// result of zero has no sign.
func fixed(v float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	s = group(s)
	if v < 0 && strings.Trim(s, "0.,") != "" {
		return "-" + s
	}
	return s
}

// group sets the thousands of a plain decimal number apart by commas.
func group(s string) string {
	whole, fraction, dot := strings.Cut(s, ".")
	if len(whole) <= 3 {
		return s
	}
	b := make([]byte, 0, len(s)+len(whole)/3)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b = append(b, ',')
		}
		b = append(b, whole[i])
	}
	if dot {
		b = append(append(b, '.'), fraction...)
	}
	return string(b)
}

// units are the steps of large numbers.
var units = []string{"", "k", "M", "G", "T", "P", "E"}

// short is v with three significant digits and a unit: 999, 1.23k, 12.3k, 123k.
// digits 2 leaves away what is behind the point from 10 on: 1.2k, 12k.
func short(v float64, digits int) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	u := 0
	for {
		decimals := 0
		if u > 0 {
			switch {
			case v < 10:
				decimals = digits - 1
			case v < 100:
				decimals = max(digits-2, 0)
			}
		}
		s := strconv.FormatFloat(v, 'f', decimals, 64)
		// Rounding can carry into the next class: 9.996k is 10.0k, 999.95k is 1.00M.
		r, _ := strconv.ParseFloat(s, 64)
		if r >= 1000 && u < len(units)-1 {
			v, u = v/1000, u+1
			continue
		}
		if u > 0 && decimals > 0 && (r >= 100 || r >= 10 && v < 10) {
			v = r
			continue
		}
		return sign + s + units[u]
	}
}

// Int is n in full: 1,234,567.
func Int(n int64) string {
	return withSign(group(strings.TrimPrefix(strconv.FormatInt(n, 10), "-")), n < 0)
}

func withSign(s string, negative bool) string {
	if negative {
		return "-" + s
	}
	return s
}

// Count is n for people: 999, 1.23k, 45.6M.
func Count(n int64) string { return short(float64(n), 3) }

// CountIn is the most exact form of n that fits: 1,234,567 or 1234567, 1.23M, 1.2M, 1M.
func CountIn(n int64, w int) string {
	if full := Int(n); len(full) <= w {
		return full
	}
	v := float64(n)
	return fit(w, short(v, 3), short(v, 2), short(v, 1))
}

// Percent is p, from 0 to 100 and beyond: 12.3%, 100%, 1,234%. Something is
// never shown as 0%, and less than the whole never as 100%.
func Percent(p float64) string {
	if s := odd(p); s != "" {
		return s
	}
	a := math.Abs(p)
	switch {
	case a == 0:
		return "0%"
	case a < 0.1:
		if p < 0 {
			return ">-0.1%"
		}
		return "<0.1%"
	case a > 99.9 && a < 100:
		return withSign("99.9%", p < 0)
	case a < 99.95:
		return fixed(p, 1) + "%"
	}
	return fixed(p, 0) + "%"
}

// PercentIn is p within w cells.
func PercentIn(p float64, w int) string {
	if s := odd(p); s != "" {
		return fit(w, s)
	}
	full := Percent(p)
	if len(full) <= w {
		return full
	}
	a := math.Abs(p)
	whole := fixed(p, 0) + "%"
	switch { // the same two promises without decimals
	case a > 0 && a < 1:
		whole = withSign("<1%", p < 0)
	case a > 99 && a < 100:
		whole = withSign("99%", p < 0)
	}
	return fit(w, whole, withSign(short(a, 2)+"%", p < 0))
}

// Bytes is n in powers of 1024: 512 B, 1.50 KiB, 12.3 MiB.
func Bytes(n int64) string {
	names := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	v, u := math.Abs(float64(n)), 0
	for v >= 1023.5 && u < len(names)-1 {
		v, u = v/1024, u+1
	}
	decimals := 0
	if u > 0 {
		switch {
		case v < 9.995:
			decimals = 2
		case v < 99.95:
			decimals = 1
		}
	}
	return withSign(strconv.FormatFloat(v, 'f', decimals, 64)+" "+names[u], n < 0)
}

// BytesIn is n within w cells: 12.3 MiB, 12.3M, 12M.
func BytesIn(n int64, w int) string {
	full := Bytes(n)
	number, unit, _ := strings.Cut(full, " ")
	tight := number + strings.TrimSuffix(strings.TrimSuffix(unit, "iB"), "B")
	whole, _, hasPoint := strings.Cut(number, ".")
	if !hasPoint {
		return fit(w, full, tight)
	}
	return fit(w, full, tight, whole+unit[:1])
}
