package format

import "math"

// Decimal is a number that need not be whole, to two decimals: 0.40, 3.42,
// 1,234. Something is never shown as 0.
func Decimal(v float64) string { return DecimalIn(v, math.MaxInt) }

// DecimalIn is v within w cells: 12.34, 12.3, 12; 1,234, 1.23k.
func DecimalIn(v float64, w int) string {
	if s := odd(v); s != "" {
		return fit(w, s)
	}
	a := math.Abs(v)
	sign := func(s string) string { return withSign(s, v < 0) }
	switch {
	case a == 0:
		return fit(w, "0")
	case a < 0.01:
		return fit(w, sign("<0.01"))
	case a < 0.95:
		return fit(w, fixed(v, 2), sign(fixed(a, 2)[1:]))
	case a < 99.95:
		return fit(w, fixed(v, 2), fixed(v, 1), fixed(v, 0))
	case a < 999.5:
		return fit(w, fixed(v, 1), fixed(v, 0))
	}
	return fit(w, fixed(v, 0), sign(short(a, 3)), sign(short(a, 2)), sign(short(a, 1)))
}
