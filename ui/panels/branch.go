package panels

import (
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data"
)

// drawingOf is [drawing] for a panel of another branch of the figures.
func drawingOf[T any](branch func(*data.Figures) *T, draw func(v *view, f *T)) func(env *Env, in *Input, w, h int) []string {
	return drawing(func(v *view) {
		if f := branch(v.in.Figures); f != nil {
			draw(v, f)
			return
		}
		v.say(lack{lackWaiting, "computing", "the first figures are on their way"})
	})
}

// tableLack is why a figure that comes from a table other than invocation_log
// isn't there.
func tableLack(in *Input, table string) lack {
	if l, ok := pending(in); ok {
		return l
	}
	if l, ok := sourceLack(in.Snapshot.Sources[data.SourceDB], "database", in.Snapshot.At); ok {
		return l
	}
	db := in.Snapshot.DB
	if db == nil || db.Tables == nil {
		return lack{lackWaiting, "reading " + table, "the smaller tables are on their way"}
	}
	var missing []string
	for name := range db.Tables.MissingColumns {
		if column, ok := strings.CutPrefix(name, table+"."); ok {
			missing = append(missing, column)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return lack{lackNone, "no data", table + " of this database has no " + strings.Join(missing, ", ")}
	}
	return lack{lackNone, "no data", "this database has no table " + table}
}

// logsStatus is [dbStatus] for a panel whose figures come from the log.
func logsStatus(in *Input, shown string) string {
	if in.Snapshot == nil {
		return "starting"
	}
	return sourceStatus(in, in.Snapshot.LogState(), "log", shown)
}

// dbWindowStatus is the Status of a panel that follows the window.
func dbWindowStatus(in *Input) string { return dbStatus(in, in.Window) }

// logsWindowStatus is the same for a panel whose figures come from the log.
func logsWindowStatus(in *Input) string { return logsStatus(in, in.Window) }

// dbStatusOf is the Status of a panel that always shows the same stretch.
func dbStatusOf(shown string) func(in *Input) string {
	return func(in *Input) string { return dbStatus(in, fixed(in, shown)) }
}
