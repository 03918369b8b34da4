package panels

import (
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// lack is why something isn't there, in words.
type lack struct {
	kind   lackKind
	head   string // two or three words
	detail string // what to do about it
}

type lackKind uint8

const (
	lackAbsent  lackKind = iota // not configured
	lackWaiting                 // on its way
	lackFailed                  // can't be had
	lackNone                    // the source has nothing of the kind
	lackEmpty                   // it is there, and there is nothing in it
)

// pending is why there are no figures at all.
func pending(in *Input) (lack, bool) {
	switch {
	case in.Snapshot == nil:
		return lack{lackWaiting, "starting", "no source has answered yet"}, true
	case in.Figures == nil || in.Figures.LLM == nil:
		return lack{lackWaiting, "computing", "the first figures are on their way"}, true
	case in.Window == data.WindowRange && in.Figures.Range == nil:
		return lack{lackWaiting, "computing", "the figures of the range are on their way"}, true
	}
	return lack{}, false
}

// dbLack is why a figure that comes from the database isn't there. columns are
// those of invocation_log it needs.
func dbLack(in *Input, columns ...string) lack {
	if l, ok := pending(in); ok {
		return l
	}
	if l, ok := sourceLack(in.Snapshot.Sources[data.SourceDB], "database", in.Snapshot.At); ok {
		return l
	}
	if db := in.Snapshot.DB; db != nil {
		missing := slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return !db.Missing[c] })
		if len(missing) > 0 {
			return lack{lackNone, "no data", "invocation_log of this database has no " + strings.Join(missing, ", ")}
		}
	}
	if r := in.Figures.Range; in.Window == data.WindowRange && !r.RowsFrom.IsZero() {
		return unknownBefore(in, r.RowsFrom.UTC().Format("2006-01-02 15:04"))
	}
	if db := in.Snapshot.DB; db != nil && !db.CoveredFrom.IsZero() {
		return lack{lackNone, "no data", "rows are read from " + db.CoveredFrom.UTC().Format("2006-01-02 15:04") + " UTC on"}
	}
	return lack{lackNone, "no data", "this database has nothing to tell it from"}
}

// logsLack is why a figure that comes from the log isn't there.
func logsLack(in *Input) lack {
	if l, ok := pending(in); ok {
		return l
	}
	st := in.Snapshot.LogState()
	if l, ok := sourceLack(st, "log", in.Snapshot.At); ok {
		return l
	}
	if r := in.Figures.Range; in.Window == data.WindowRange && !r.LinesFrom.IsZero() {
		return unknownBefore(in, r.LinesFrom.UTC().Format("2006-01-02 15:04"))
	}
	l := lack{lackNone, "no data", "the log does not reach back to the beginning of this window"}
	if !st.CoveredFrom.IsZero() {
		l.detail += ": it is counted from " + st.CoveredFrom.UTC().Format("2006-01-02 15:04") + " UTC on"
	}
	return l
}

// unfilled is why a figure is missing that a stock Donna never fills; otherwise it
// is missing for the other reason.
func unfilled(in *Input, key string, other lack) lack {
	if why := in.Figures.WhyNeverFilled(key); why != "" {
		return lack{lackNone, "no data", why}
	}
	return other
}

// sourceLack is what a source's state alone explains.
func sourceLack(st data.SourceState, name string, now time.Time) (lack, bool) {
	switch {
	case st.State == data.StateAbsent || st.State == "":
		head := "no " + name
		return lack{lackAbsent, head, strings.TrimPrefix(st.Detail, head+": ")}, true
	case st.State == data.StateFailed:
		return lack{lackFailed, name + " failed", st.Detail + nextTry(st, now)}, true
	case st.State == data.StateStale:
		return lack{lackFailed, name + " lost", st.Detail + nextTry(st, now)}, true
	case st.State == data.StateConnecting:
		return lack{lackWaiting, "connecting to the " + name + progress(st), st.Detail}, true
	case !st.Loaded:
		return lack{lackWaiting, "loading" + progress(st), st.Detail}, true
	}
	return lack{}, false
}

func progress(st data.SourceState) string {
	if st.Progress <= 0 || st.Progress > 1 {
		return ""
	}
	return " " + format.PercentIn(st.Progress*100, 4)
}

func nextTry(st data.SourceState, now time.Time) string {
	if !st.NextTry.After(now) {
		return ""
	}
	return "; next try in " + format.Duration(st.NextTry.Sub(now))
}

// dbStatus is the right end of a title: what is shown, or what is wrong with
// the database.
func dbStatus(in *Input, shown string) string {
	if in.Snapshot == nil {
		return "starting"
	}
	return sourceStatus(in, in.Snapshot.Sources[data.SourceDB], "database", shown)
}

func sourceStatus(in *Input, st data.SourceState, name, shown string) string {
	switch {
	case st.State == data.StateAbsent || st.State == "":
		return "no " + name
	case st.State == data.StateFailed:
		return name + " failed"
	case st.State == data.StateConnecting:
		return "connecting"
	case st.State == data.StateStale:
		return join("stale "+since(in, st), shown)
	case in.Figures == nil:
		return "computing"
	case !st.Loaded:
		return join("loading"+progress(st), shown)
	case in.Loading != "" && in.Window == data.WindowRange && strings.HasPrefix(shown, data.WindowRange):
		return join(shown, in.Loading)
	case name == "database" && in.Window == data.WindowRange && strings.HasPrefix(shown, data.WindowRange) && in.Figures.Range != nil && in.Figures.Range.Rough:
		return join(shown, "±1h at the edges")
	}
	return shown
}

// statusSep separates the parts of a status, the most important one first: where
// room is short, [Box] leaves the others out.
const statusSep = " · "

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + statusSep + b
}

// since is how old the last good data is.
func since(in *Input, st data.SourceState) string {
	at := st.AsOf
	if at.IsZero() {
		at = st.Since
	}
	return format.Age(in.Snapshot.At.Sub(at))
}

// say draws a lack over the whole panel.
func (v *view) say(l lack) {
	margin := 0
	if v.w >= 24 {
		margin = 1
	}
	var detail []string
	if l.detail != "" {
		detail = wrapWords(l.detail, v.w-2*margin-2, v.h-1, v.set())
	}
	for range (v.left() - 1 - len(detail)) / 3 {
		v.out = append(v.out, v.blank())
	}
	glyph, paint := l.kind.sign(v.Styles)
	b := v.row()
	b.Space(margin).Glyphs(paint, glyph).Space(1).Text(paint, l.head)
	v.add(&b)
	for _, d := range detail {
		b := v.row()
		b.Space(margin+2).Text(v.Styles.Faint, d)
		v.add(&b)
	}
}

// sayInLine draws a lack in the lines that are left, without centring it.
func (v *view) sayInLine(l lack) {
	glyph, paint := l.kind.sign(v.Styles)
	text := l.head
	if l.detail != "" {
		text += ": " + l.detail
	}
	for i, s := range wrapWords(text, v.w-2, v.left(), v.set()) {
		b := v.row()
		if i == 0 {
			b.Glyphs(paint, glyph)
		}
		b.To(2).Text(paint, s)
		v.add(&b)
	}
}

func (v *view) blank() string {
	b := v.row()
	return b.String()
}

func (k lackKind) sign(s *themes.Styles) (string, themes.Paint) {
	switch k {
	case lackAbsent:
		return "○", s.Faint
	case lackWaiting:
		return "◌", s.Accent
	case lackFailed:
		return "✗", s.Bad
	case lackNone:
		return "–", s.Faint
	}
	return "·", s.Faint
}
