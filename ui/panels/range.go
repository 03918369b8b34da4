package panels

import (
	"slices"

	"github.com/donna-project/donnatop/data"
)

// past is the range shown if it has ended; nil if what is shown ends now.
func (in *Input) past() *data.RangeInfo {
	if in.Window != data.WindowRange || in.Figures == nil || in.Figures.Range == nil || !in.Figures.Range.Past {
		return nil
	}
	return in.Figures.Range
}

// windows are the windows in the order of tables, the range first if one is shown.
func (in *Input) windows() []string {
	if in.Window != data.WindowRange {
		return data.WindowNames
	}
	return slices.Insert(slices.Clone(data.WindowNames), 0, data.WindowRange)
}

// fixed is the status of what doesn't follow a range into the past, but says how
// things are now.
func fixed(in *Input, shown string) string {
	if in.past() == nil || shown == "now" {
		return shown
	}
	return join(shown, "as of now")
}

// followed is the status of a series of that length, which ends with the range.
func followed(in *Input, length string) string {
	if in.past() == nil {
		return length
	}
	return length + " to range end"
}

// ofRange is the status of what is of that length now, and of a range that is past
// when there is one.
func ofRange(in *Input, length string) string {
	if in.past() == nil {
		return length
	}
	return in.Window
}

// in24Hours ends a sentence about what [ofRange] is of.
func (in *Input) in24Hours() string {
	if in.past() == nil {
		return "in 24 hours"
	}
	return "in the range"
}

// rangeLack is why what has to be read of a range that is past isn't there; false
// if none is shown.
func rangeLack(in *Input, what string) (lack, bool) {
	if in.past() == nil {
		return lack{}, false
	}
	if in.Loading != "" {
		return lack{lackWaiting, in.Loading, what + " of the range are being read"}, true
	}
	return lack{lackNone, "not read", what + " of the range have not been read"}, true
}

// unknownBefore is why a figure of the whole range isn't there that needs what
// happened before an instant.
func unknownBefore(in *Input, from string) lack {
	if in.Loading != "" {
		return lack{lackWaiting, in.Loading, "known from " + from + " UTC on so far"}
	}
	return lack{lackNone, "no data", "known from " + from + " UTC on only, and the range begins before"}
}
