package demo

import (
	"math/rand/v2"
	"time"
	_ "time/tzdata" // the household's zone must be there on a machine without zone files
)

// householdZone is calendar.yaml's time zone: blackout hours, digests and the working day follow it.
const householdZone = "America/New_York"

// hourly is how busy the user is over the local day, relative to the mean of a weekday.
var hourly = [24]float64{
	0.20, 0.08, 0.04, 0.04, 0.04, 0.10, 0.45, 1.10, 1.65, 2.05, 2.00, 1.80,
	1.35, 1.50, 1.85, 1.95, 1.75, 1.35, 1.05, 1.10, 1.30, 1.20, 0.80, 0.45,
}

const (
	weekendShare = 0.55
	heavyDay     = 1.55 // one weekday in seven is a day of deadlines
	busiest      = 2.05 * heavyDay * 1.2
)

// load is how busy Donna is at t, 1 on the mean of an ordinary weekday.
func (l *life) load(t time.Time) float64 {
	return hourly[t.In(l.zone).Hour()] * l.dayFactor(t)
}

// dayFactor is fixed by the seed and the local date, so that a day is of one piece.
func (l *life) dayFactor(t time.Time) float64 {
	local := t.In(l.zone)
	day := local.Year()*1000 + local.YearDay()
	if day == l.factorDay {
		return l.factor
	}
	r := rand.New(rand.NewPCG(l.opt.Seed, uint64(day)))
	f := 0.8 + 0.4*r.Float64()
	if r.IntN(7) == 0 {
		f *= heavyDay
	}
	if wd := local.Weekday(); wd == time.Saturday || wd == time.Sunday {
		f *= weekendShare
	}
	l.factorDay, l.factor = day, f
	return f
}

// arrivals runs body again and again, on average perDay times a day, following the rhythm of the household
// (a Poisson process of varying rate, by thinning).
func (l *life) arrivals(k kind, perDay float64, body func(p *proc)) {
	mean := time.Duration(float64(24*time.Hour) / (perDay * busiest))
	l.spawn(l.now, durable, func(p *proc) {
		for {
			next := p.now
			for {
				next = next.Add(p.rng.exp(mean))
				if p.rng.Float64()*busiest < p.load(next) {
					break
				}
			}
			p.until(next)
			p.spawn(p.now, k, body)
		}
	})
}

// roundTheClock is arrivals without rhythm.
func (l *life) roundTheClock(k kind, perDay float64, body func(p *proc)) {
	mean := time.Duration(float64(24*time.Hour) / perDay)
	l.spawn(l.now, durable, func(p *proc) {
		for {
			p.sleep(p.rng.exp(mean))
			p.spawn(p.now, k, body)
		}
	})
}

// every runs body in one process at fixed intervals, a little late like every polling loop.
func (l *life) every(k kind, interval, late time.Duration, body func(p *proc)) {
	l.spawn(l.now, k, func(p *proc) {
		for due := p.now.Add(interval); ; due = due.Add(interval) {
			p.until(due.Add(p.rng.between(0, late)))
			body(p)
		}
	})
}

// daily runs body each day at a time of the given zone.
func (l *life) daily(zone *time.Location, hour, minute int, body func(p *proc)) {
	l.spawn(l.now, durable, func(p *proc) {
		for {
			local := p.now.In(zone)
			due := time.Date(local.Year(), local.Month(), local.Day(), hour, minute, 0, 0, zone)
			if !due.After(p.now) {
				due = time.Date(local.Year(), local.Month(), local.Day()+1, hour, minute, 0, 0, zone)
			}
			p.until(due.UTC().Add(p.rng.between(50*time.Millisecond, 2*time.Second)))
			body(p)
		}
	})
}

// blackout reports calendar.yaml's silent hours (0 to 6 local) and quiet its evening (22 to 24).
func (l *life) blackout() bool { return l.now.In(l.zone).Hour() < 6 }
func (l *life) quiet() bool    { return l.now.In(l.zone).Hour() >= 22 }
