package format

import "math"

// Money is an amount in USD: cents from one cent on, four decimals below, so
// that a single cheap call doesn't look free. Zero alone is $0.00.
func Money(usd float64) string {
	if s := odd(usd); s != "" {
		return s
	}
	a := math.Abs(usd)
	switch {
	case a == 0:
		return "$0.00"
	case a < 0.00005:
		if usd < 0 {
			return ">-$0.0001"
		}
		return "<$0.0001"
	case a < 0.00995:
		return withSign("$"+fixed(a, 4), usd < 0)
	}
	return withSign("$"+fixed(a, 2), usd < 0)
}

// MoneyIn is the most exact form of an amount that fits: $1,234.56, $1,235,
// $1.23k, $1k; $0.0042, <1c.
func MoneyIn(usd float64, w int) string {
	if s := odd(usd); s != "" {
		return fit(w, s)
	}
	full := Money(usd)
	if len(full) <= w {
		return full
	}
	a := math.Abs(usd)
	if a > 0 && a < 0.00995 {
		return fit(w, withSign("<1c", usd < 0))
	}
	if a < 0.995 { // without its cents nothing would be left of it
		return fit(w, withSign(fixed(a, 2)[1:], usd < 0))
	}
	negative := usd < 0
	return fit(w,
		withSign("$"+fixed(a, 0), negative),
		withSign("$"+short(a, 3), negative),
		withSign("$"+short(a, 2), negative),
		withSign("$"+short(a, 1), negative))
}
