package panels

import (
	"math"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
)

// spendPanel shows what was spent, what is left of the budgets, and where it is heading.
func spendPanel() Panel {
	return Panel{
		ID: "spend", Title: "Spend & budget", MinW: 24, MinH: 4,
		Status: func(in *Input) string { return dbStatus(in, fixed(in, "UTC")) },
		Draw:   drawing(drawSpend),
	}
}

func drawSpend(v *view) {
	f, b := v.llm, &v.llm.Budget
	if f.SpendUSD == nil || b.DailySpentUSD == nil && b.MonthlySpentUSD == nil && f.SpendUSD[data.WindowToday] == nil {
		v.say(dbLack(v.in, "cost_usd"))
		return
	}
	today, month := v.window(data.WindowToday), data.MonthOf(v.now())
	gauges := []gauge{
		{"day", b.DailyUsedPct, b.DailySpentUSD, &b.DailyEffectiveUSD, b.DailyRemainingUSD, v.in.Snapshot.Config.AlertPct, today},
		{"month", b.MonthlyUsedPct, b.MonthlySpentUSD, &b.MonthlyUSD, b.MonthlyRemainingUSD, v.in.Snapshot.Config.MonthlyWarningPct, month},
	}
	for i := range gauges {
		v.gauge(&gauges[i])
	}
	spent := v.spendPairs()
	outlook := v.outlookPairs()
	if v.left() >= 5 && v.w >= 34 {
		v.gap(4)
		v.pairs(spent, v.left()-2)
		v.gap(2)
		v.pairs(outlook, v.left())
		return
	}
	v.pairs(append(spent, outlook...), v.left())
}

// gauge is one budget.
type gauge struct {
	name                    string
	pct, spent, limit, left *float64
	warnPct                 float64
	window                  data.Window
}

// item is what Donna's guard counts against the budget.
func (g *gauge) item(v *view) Item {
	it := v.moneyItem("budget of the "+g.name, "", g.spent, data.BehindBudget(g.window))
	it.Text += " of " + v.money(g.limit, moneyTextW) + " · " + format.OptIn(g.pct, 6, format.PercentIn)
	return it
}

func (v *view) gauge(g *gauge) {
	s := v.Styles
	paint, sign := s.Good, " "
	switch {
	case g.pct == nil:
		paint = s.Faint
	case *g.pct > 100:
		paint, sign = s.Bad, "✗"
	case *g.pct >= g.warnPct:
		paint, sign = s.Warning, "!"
	}
	rest, word := g.left, "left"
	if g.left != nil && *g.left < 0 {
		over := -*g.left
		rest, word = &over, "over"
	}
	b := v.row()
	name := v.picked(v.item(v.here(0, v.w), func() Item { return g.item(v) }), s.Text)
	const nameW, pctW, moneyW = 5, 6, 10
	switch {
	case v.w >= 66:
		b.Left(name, g.name, nameW).Space(1)
		chart.Gauge(&b, v.look(), g.pct, g.warnPct, v.w-nameW-1-1-pctW-2-2*moneyW-4-2-moneyW-1-4)
		b.Space(1).Glyphs(paint, sign).Right(paint, format.OptIn(g.pct, pctW-1, format.PercentIn), pctW-1)
		b.Space(2).Right(s.Strong, v.money(g.spent, moneyW), moneyW).Text(s.Faint, " of ").Left(s.Text, v.money(g.limit, moneyW), moneyW)
		b.Space(2).Right(paint, v.money(rest, moneyW), moneyW).Space(1).Text(s.Faint, word)
	case v.w >= 40:
		b.Left(name, g.name, nameW).Space(1)
		chart.Gauge(&b, v.look(), g.pct, g.warnPct, v.w-nameW-1-1-pctW-2-moneyW-1-4)
		b.Space(1).Glyphs(paint, sign).Right(paint, format.OptIn(g.pct, pctW-1, format.PercentIn), pctW-1)
		b.Space(2).Right(s.Text, v.money(rest, moneyW), moneyW).Space(1).Text(s.Faint, word)
	default:
		const tightMoney = 7
		gaugeW := v.w - nameW - 1 - 5 - 1 - tightMoney
		named := gaugeW-1-len(word) >= 6
		if named {
			gaugeW -= 1 + len(word)
		} else {
			rest = g.left // the sign says it
		}
		b.Left(name, g.name, nameW).Space(1)
		chart.Gauge(&b, v.look(), g.pct, g.warnPct, max(gaugeW, 0))
		b.Glyphs(paint, sign).Right(paint, format.OptIn(g.pct, 4, format.PercentIn), 4)
		b.Space(1).Right(v.overPaint(word), v.money(rest, tightMoney), tightMoney)
		if named {
			b.Space(1).Text(s.Faint, word)
		}
	}
	v.add(&b)
}

func (v *view) overPaint(word string) themes.Paint {
	if word == "over" {
		return v.Styles.Bad
	}
	return v.Styles.Text
}

func (v *view) spendPairs() []pair {
	rank := map[string]int{data.WindowToday: 0, data.WindowMonth: 1, data.Window24h: 4, data.Window7d: 5, data.Window30d: 9, data.Window1h: 10}
	var ps []pair
	for _, w := range v.in.windows() {
		if w == data.Window1h && v.h < 8 {
			continue
		}
		usd := v.llm.SpendUSD[w]
		ps = append(ps, pair{
			label: w, value: v.money(usd, v.moneyW()), paint: v.moneyPaint(usd), rank: rank[w], strong: w == v.in.Window,
			item: func() Item { return v.moneyItem(w, "spent", usd, data.BehindSpend(v.window(w), data.InvocationKeys{})) },
		})
	}
	return ps
}

// oneOutlookW is the width below which there is one rate and one projection:
// there is no room for the words that would tell two of them apart.
const oneOutlookW = 44

func (v *view) outlookPairs() []pair {
	f, b := v.llm, &v.llm.Budget
	usd := func(label, short string, amount *float64, suffix string, rank int, behind func() data.Behind) pair {
		return pair{
			label: label, short: short, value: v.money(amount, v.moneyW()-len(suffix)) + suffixOf(amount, suffix), paint: v.moneyPaint(amount), rank: rank,
			item: func() Item { return v.moneyItem(label, "", amount, behind()) },
		}
	}
	over := func(name string) func() data.Behind {
		return func() data.Behind { return data.BehindSpend(v.window(name), data.InvocationKeys{}).As(data.Derived) }
	}
	hourly := usd("rate of 24h", "hourly", f.BurnRate.USDPerHour24h, "/h", 3, over(data.Window24h))
	daily := usd("rate of 7d", "daily", f.BurnRate.USDPerDay7d, "/d", 6, over(data.Window7d))
	projected := usd("month at 7d rate", "proj.", f.ProjectedMonthUSD.MonthToDatePlus7dRate, "", 2, over(data.WindowMonth))
	byDonna := usd("month by Donna", "Donna's", f.ProjectedMonthUSD.Donna, "", 7, func() data.Behind {
		return data.BehindSpend(data.DonnaWeek(v.now()), data.InvocationKeys{}).As(data.Derived)
	})
	ps := []pair{hourly, daily, projected, byDonna, v.runwayPair()}
	if v.w < oneOutlookW {
		hourly.short = "rate"
		ps = []pair{hourly, projected, v.runwayPair()}
	}
	extension := usd("cap extended by", "ext.", b.ExtensionsTodayUSD, "", 8, func() data.Behind { return data.BehindExtensions(v.now()) })
	if b.ExtensionsTodayUSD != nil && *b.ExtensionsTodayUSD == 0 {
		extension.paint = v.Styles.Faint
	}
	limit := usd("configured cap", "cap", &b.DailyUSD, "", 11, nil)
	limit.item = nil // it comes from no row
	return append(ps, extension, limit)
}

// moneyW is the room for an amount among others.
func (v *view) moneyW() int {
	if v.tight() {
		return 6
	}
	return 12
}

func suffixOf(amount *float64, suffix string) string {
	if amount == nil {
		return ""
	}
	return suffix
}

// runwayPair is how long the month's budget lasts. There is none at rate 0: then it lasts.
func (v *view) runwayPair() pair {
	days, paint := v.llm.Budget.RunwayDays, v.Styles.Text
	p := pair{label: "budget lasts", short: "lasts", value: format.OptIn(days, v.moneyW()-2, format.DaysIn), rank: 2}
	rate := v.llm.BurnRate.USDPerDay7d
	switch {
	case days == nil && rate != nil && *rate == 0:
		p.value, paint = "no spend", v.Styles.Faint
	case days == nil:
		paint = v.Styles.Faint
	case *days == 0:
		p.value, paint = "used up", v.Styles.Bad
	case *days < v.daysLeftInMonth():
		paint = v.Styles.Warning
		p.value = "! " + p.value
	}
	p.paint = paint
	p.item = func() Item {
		behind := data.BehindSpend(v.window(data.Window7d), data.InvocationKeys{}).As(data.Derived)
		it := optItem(p.label, "", days, format.Decimal, behind)
		it.Text = p.value
		return it
	}
	return p
}

// daysLeftInMonth is how long the monthly budget has to last.
func (v *view) daysLeftInMonth() float64 {
	now := v.in.Snapshot.At.UTC()
	next := now.AddDate(0, 1, 1-now.Day()).Truncate(24 * time.Hour)
	return math.Max(next.Sub(now).Hours()/24, 0)
}
