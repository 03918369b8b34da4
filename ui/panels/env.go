package panels

import (
	"strings"
	"time"

	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
)

func (e *Env) set() safe.Charset { return safe.Charset(e.ASCII) }

func (e *Env) look() chart.Look { return chart.Look{Styles: e.Styles, ASCII: e.ASCII} }

func (e *Env) line(w int) line.Builder { return line.New(w, e.set()) }

func (e *Env) location() *time.Location {
	if e.Location == nil {
		return time.UTC
	}
	return e.Location
}

// hidden stands for an amount nobody should see.
const hidden = "$***"

// money is an amount in at most w cells.
func (e *Env) money(usd *float64, w int) string {
	if e.HideMoney && usd != nil {
		return hidden[:min(len(hidden), max(w, 0))]
	}
	return format.OptIn(usd, w, format.MoneyIn)
}

// hides tells whether the field of a log line is an amount nobody should see.
func (e *Env) hides(key string) bool { return e.HideMoney && strings.HasSuffix(key, "_usd") }

// moneyPaint is Money, or Faint for an amount that isn't there.
func (e *Env) moneyPaint(usd *float64) themes.Paint {
	if usd == nil {
		return e.Styles.Faint
	}
	return e.Styles.Money
}
