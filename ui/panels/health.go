package panels

import (
	"math"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// Health lists the panels of the System Health view, the most important first.
func Health() []Panel {
	return []Panel{
		servicesPanel(),
		lastOKPanel(),
		vitalsPanel(),
		breakersPanel(),
		disksPanel(),
		errorRatePanel(),
		dataDirsPanel(),
	}
}

func health(f *data.Figures) *data.Health { return f.Health }

// dockerLack is why a figure that comes from the Docker engine isn't there.
func dockerLack(in *Input) lack {
	return engineLack(in, data.SourceDocker, "Docker engine", "give --docker HOST or set DOCKER_HOST", "it lists no containers")
}

// hostLack is why a figure that comes from Donna's host isn't there.
func hostLack(in *Input, nothing string) lack {
	return engineLack(in, data.SourceHost, "host data", "give --data-path DIR or set DONNA_DATA_PATH", nothing)
}

func engineLack(in *Input, source, name, absent, nothing string) lack {
	if l, ok := pending(in); ok {
		return l
	}
	st := in.Snapshot.Sources[source]
	if st.Detail == "" && (st.State == data.StateAbsent || st.State == "") {
		st.Detail = absent
	}
	if l, ok := sourceLack(st, name, in.Snapshot.At); ok {
		return l
	}
	return lack{lackNone, "no data", nothing}
}

func dockerStatus(in *Input, shown string) string {
	if in.Snapshot == nil {
		return "starting"
	}
	return sourceStatus(in, in.Snapshot.Sources[data.SourceDocker], "Docker", shown)
}

func hostStatus(in *Input) string {
	if in.Snapshot == nil {
		return "starting"
	}
	return sourceStatus(in, in.Snapshot.Sources[data.SourceHost], "host data", "")
}

// sign is how a state looks without its colour: a glyph and a word.
type sign struct {
	glyph, word string
	paint       themes.Paint
}

func (m sign) cell() cell { return cell{text: m.glyph + " " + m.word, paint: m.paint} }

// ageIn is how long before the snapshot t was, within w cells.
func (v *view) ageIn(t *time.Time, w int) cell {
	if t == nil {
		return cell{text: format.Missing, paint: v.Styles.Faint}
	}
	age := max(v.in.Snapshot.At.Sub(*t), -math.MaxInt64) // the least there is has no opposite
	text := format.Age(age)
	if len(text) > w {
		text = format.DurationIn(age, w)
	}
	return cell{text: text, paint: v.Styles.Text}
}
