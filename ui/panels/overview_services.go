package panels

import (
	"cmp"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/safe"
)

// overviewServicesPanel shows at a glance whether everything runs.
func overviewServicesPanel() Panel {
	return Panel{
		ID: "overview_services", Title: "Services", MinW: 22, MinH: 3,
		Status: servicesStatus,
		Draw:   drawingOf(health, drawOverviewServices),
	}
}

func drawOverviewServices(v *view, f *data.Health) {
	// Below the containers: what the log and the host say, in a line each. Why
	// something isn't there stands in full in the view of its own.
	below := []func(){
		func() { v.heartbeat(f.Heartbeat) },
		func() { v.checksLine(f.Checks) },
		func() { v.breakersLine(f.Breakers) },
		func() { v.fullestDisk(f.Disks) },
	}
	if f.Heartbeat == nil && f.Checks == nil && f.Breakers == nil {
		below = append([]func(){func() { v.sayHead("checks", logsLack(v.in)) }}, below[3:]...)
	}
	room := max(v.h-len(below), (v.h+1)/2)
	if f.Containers == nil {
		v.sayHead("containers", dockerLack(v.in))
	} else {
		v.chips(f.Containers, room)
	}
	v.gap(len(below))
	for _, draw := range below {
		if v.left() > 0 {
			draw()
		}
	}
}

// sayHead says in one line that what isn't there, without what to do about it.
func (v *view) sayHead(what string, l lack) {
	glyph, paint := l.kind.sign(v.Styles)
	b := v.row()
	b.Glyphs(paint, glyph).Space(1).Text(v.Styles.Text, what+": ").Text(paint, l.head)
	v.add(&b)
}

// chips names the containers with the sign of their verdict, in columns, those
// that aren't well first.
func (v *view) chips(containers []data.Container, h int) {
	if len(containers) == 0 {
		v.sayHead("containers", lack{lackEmpty, "none", ""})
		return
	}
	sorted := slices.Clone(containers)
	rank := func(c *data.Container) int {
		return slices.Index([]string{data.VerdictOK, data.VerdictUnhealthy, data.VerdictMissing, data.VerdictDown}, c.Verdict)
	}
	slices.SortStableFunc(sorted, func(a, b data.Container) int { return cmp.Compare(rank(&b), rank(&a)) })

	const most = 30
	text := func(c *data.Container) string {
		if c.Verdict == data.VerdictOK {
			return serviceName(c)
		}
		return serviceName(c) + " " + c.Verdict
	}
	cw := 0
	for i := range sorted {
		cw = min(max(cw, safe.Width(safe.Truncate(text(&sorted[i]), most))+2), most)
	}
	columns := max((v.w+v.gapW())/(cw+v.gapW()), 1)
	for from := 0; from < len(sorted) && h > 0; from, h = from+columns, h-1 {
		b := v.row()
		for i := from; i < min(from+columns, len(sorted)); i++ {
			b.To((i - from) * (cw + v.gapW()))
			if rest := len(sorted) - i; h == 1 && i == from+columns-1 && rest > 1 {
				b.Text(v.Styles.Faint, "… "+format.Int(int64(rest))+" more")
				break
			}
			c := &sorted[i]
			m := v.verdictSign(c.Verdict)
			paint := v.Styles.Text
			if c.Verdict != data.VerdictOK {
				paint = m.paint
			}
			paint = v.picked(v.item(v.here(b.Used(), cw), func() Item { return containerItem(c) }), paint)
			b.Glyphs(m.paint, m.glyph).Space(1).Left(paint, text(c), cw-2)
		}
		v.add(&b)
	}
}

// checksLine names the checks that failed, if any did.
func (v *view) checksLine(c *data.HealthChecks) {
	if c == nil {
		v.signLine(sign{"–", "unknown", v.Styles.Faint}, "health checks", nil)
		return
	}
	failed, known := "", false
	for _, check := range []struct {
		name string
		ok   *bool
	}{{"sqlite", c.SQLite}, {"discord", c.Discord}, {"scheduler", c.Scheduler}, {"api freshness", c.APIFreshness}} {
		known = known || check.ok != nil
		if check.ok != nil && !*check.ok {
			failed += " " + check.name
		}
	}
	behind := func() Item { return v.checkItem("health checks", "") }
	switch {
	case failed != "":
		v.signLine(sign{"✗", "failed", v.Styles.Bad}, "checks:"+failed, behind)
	case !known:
		v.signLine(sign{"–", "unknown", v.Styles.Faint}, "health checks", behind)
	default:
		v.signLine(sign{"✓", "ok", v.Styles.Good}, "health checks", behind)
	}
}

// breakersLine names a circuit breaker that isn't closed, if there is one.
func (v *view) breakersLine(breakers []data.Breaker) {
	for _, state := range []string{"open", "half_open"} {
		i := slices.IndexFunc(breakers, func(b data.Breaker) bool { return b.State == state })
		if i < 0 {
			continue
		}
		m := v.breakerSign(state)
		name := "breaker " + breakers[i].Name
		if state != "open" {
			name += ", " + m.word
		}
		v.signLine(sign{m.glyph, "open", m.paint}, name, func() Item { return v.breakerItem(&breakers[i]) })
		return
	}
	if breakers == nil {
		v.signLine(sign{"–", "unknown", v.Styles.Faint}, "circuit breakers", nil)
		return
	}
	v.signLine(sign{"✓", "closed", v.Styles.Good}, "circuit breakers", v.breakersItem)
}

// fullestDisk shows the disk that has the least room.
func (v *view) fullestDisk(disks []data.Disk) {
	var fullest *data.Disk
	for i := range disks {
		if d := &disks[i]; d.UsedPct != nil && (fullest == nil || *d.UsedPct > *fullest.UsedPct) {
			fullest = d
		}
	}
	if fullest == nil {
		l := hostLack(v.in, "")
		if disks != nil {
			l = lack{lackEmpty, "none", ""}
		}
		v.sayHead("disks", l)
		return
	}
	m := sign{"✓", "fine", v.Styles.Good}
	if *fullest.UsedPct >= diskWarnPct {
		m = sign{"!", "full", v.Styles.Warning}
	}
	b := v.row()
	name := v.picked(v.item(v.here(0, v.w), func() Item { return diskItem(fullest) }), v.Styles.Text)
	b.Glyphs(m.paint, m.glyph).Space(1).Left(m.paint, m.word, signW).Space(1)
	b.Text(name, "disk ").Right(m.paint, format.PercentIn(*fullest.UsedPct, 5), 5).Space(1)
	if v.w >= 40 {
		chart.Gauge(&b, v.look(), fullest.UsedPct, diskWarnPct, min(20, b.Room()-8))
		b.Space(1)
	}
	b.Text(v.Styles.Faint, fullest.Mount)
	v.add(&b)
}
