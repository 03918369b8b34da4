package data

import "time"

// budgetFigures sets what was spent against the caps, and says how much goes a
// day: spend of the last 7 days / 7; nil if it isn't known.
func budgetFigures(s *Snapshot) (b Budget, usdPerDay7d *float64) {
	b = budgetCaps(s)
	if s.DB == nil || s.DB.Invocations == nil || s.DB.Missing[colCost] {
		return b, nil
	}
	p := llmPass{s: s, v: s.DB.Invocations}
	if from := dayStart(s.At); s.dbCovers(from) {
		spent := p.spent(from, true)
		b.DailySpentUSD, b.DailyRemainingUSD = &spent, ptr(b.DailyEffectiveUSD-spent)
		b.DailyUsedPct = share(spent, b.DailyEffectiveUSD)
	}
	if from := monthStart(s.At); s.dbCovers(from) {
		spent := p.spent(from, true)
		b.MonthlySpentUSD, b.MonthlyRemainingUSD = &spent, ptr(b.MonthlyUSD-spent)
		b.MonthlyUsedPct = share(spent, b.MonthlyUSD)
	}
	if from := s.At.Add(-7 * 24 * time.Hour); s.dbCovers(from) {
		usdPerDay7d = ptr(p.spent(from, false) / 7)
	}
	b.RunwayDays = runway(b.MonthlyRemainingUSD, usdPerDay7d)
	return b, usdPerDay7d
}

// budgetCaps is the part of the budget that needs no rows of invocation_log.
func budgetCaps(s *Snapshot) Budget {
	b := Budget{DailyUSD: s.Config.DailyUSD, MonthlyUSD: s.Config.MonthlyUSD, DailyEffectiveUSD: s.Config.DailyUSD}
	if s.DB == nil || s.DB.Extensions == nil {
		return b
	}
	today := s.At.UTC().Format(time.DateOnly)
	granted := 0.0
	for _, e := range s.DB.Extensions {
		if e.Date == today && !e.Voided && !e.GrantedAt.After(s.At) {
			granted += e.AmountUSD
		}
	}
	b.ExtensionsTodayUSD = &granted
	b.DailyEffectiveUSD += granted
	return b
}

// runway is how many days remaining lasts at the daily rate: 0 when nothing
// remains, nil when it would last for ever or either is unknown.
func runway(remaining, rate *float64) *float64 {
	switch {
	case remaining == nil || rate == nil:
		return nil
	case *remaining <= 0:
		return ptr(0.0)
	case *rate <= 0:
		return nil
	}
	return ptr(*remaining / *rate)
}

// monthDaysLeft is how many days the UTC month still has, fractions included.
func monthDaysLeft(now time.Time) float64 { return nextMonthStart(now).Sub(now).Hours() / 24 }
