package panels

import (
	"cmp"
	"slices"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/chart"
	"github.com/donna-project/donnatop/ui/panels/line"
)

// diskWarnPct is from how full a disk on the screen warns: Donna's own
// diagnosis at start wants a fifth of it free.
const diskWarnPct = 80

// disksPanel shows how full the mounted file systems are.
func disksPanel() Panel {
	return Panel{
		ID: "disks", Title: "Disks", MinW: 24, MinH: 2,
		Status: hostStatus,
		Draw:   drawingOf(health, drawDisks),
	}
}

func drawDisks(v *view, f *data.Health) {
	if f.Disks == nil {
		v.say(hostLack(v.in, "no disk has been measured yet"))
		return
	}
	s := v.Styles
	t := &table{
		columns: []column{
			{head: "mount", w: 8, most: 28, flex: true},
			{head: "", w: 6, most: 60, bar: true, drop: 1},
			{head: "used", w: 7},
			{head: "", w: 8, drop: 2},
			{head: "of", w: 8, drop: 3},
			{head: "device", w: 10, most: 24, flex: true, drop: 4},
		},
		rows: len(f.Disks), list: true, item: func(row int) Item { return diskItem(&f.Disks[row]) },
		empty: lack{lackEmpty, "no disks", ""},
	}
	t.cell = func(row, col, w int) cell {
		d := &f.Disks[row]
		switch col {
		case 0:
			return cell{text: d.Mount, paint: s.Text}
		case 1:
			return cell{draw: func(b *line.Builder, w int) { chart.Gauge(b, v.look(), d.UsedPct, diskWarnPct, w) }}
		case 2:
			return v.fullCell(d.UsedPct, w)
		case 3:
			return cell{text: format.BytesIn(d.UsedBytes, w), paint: s.Text}
		case 4:
			return cell{text: format.BytesIn(d.TotalBytes, w), paint: s.Faint}
		}
		return cell{text: d.Device, paint: s.Faint}
	}
	v.out = v.table(t, v.w, v.h)
}

// fullCell is how full a disk is, with a sign where that is too much.
func (v *view) fullCell(pct *float64, w int) cell {
	text := format.OptIn(pct, w-2, format.PercentIn)
	switch {
	case pct == nil:
		return cell{text: text, paint: v.Styles.Faint}
	case *pct >= diskWarnPct:
		return cell{text: "! " + text, paint: v.Styles.Warning}
	}
	return cell{text: text, paint: v.Styles.Text}
}

// dataDirsPanel shows which of Donna's directories take the room.
func dataDirsPanel() Panel {
	return Panel{
		ID: "data_dirs", Title: "Data directories", MinW: 24, MinH: 2,
		Status: hostStatus,
		Draw:   drawingOf(health, drawDataDirs),
	}
}

func drawDataDirs(v *view, f *data.Health) {
	if f.DataDirs == nil {
		v.say(hostLack(v.in, "no directory has been measured yet"))
		return
	}
	dirs := slices.Clone(f.DataDirs)
	slices.SortStableFunc(dirs, func(a, b data.DataDir) int {
		return cmp.Or(cmp.Compare(value(b.Bytes), value(a.Bytes)), cmp.Compare(a.Path, b.Path))
	})
	most := 0.0
	for i := range dirs {
		most = max(most, value(dirs[i].Bytes))
	}
	t := &table{
		columns: []column{
			{head: "directory", w: 12, most: 44, flex: true},
			{head: "size", w: 8},
			{head: "", w: 6, most: 60, bar: true, drop: 2},
			{head: "age", w: 4, drop: 1},
		},
		rows: len(dirs), list: true, item: func(row int) Item { return v.dirItem(&dirs[row]) },
		empty: lack{lackEmpty, "no directories", ""},
	}
	t.cell = func(row, col, w int) cell {
		d := &dirs[row]
		switch col {
		case 0:
			return cell{text: d.Path, paint: v.Styles.Text}
		case 1:
			paint := v.Styles.Text
			if d.Bytes == nil {
				paint = v.Styles.Faint
			}
			return cell{text: format.OptIn(d.Bytes, w, format.BytesIn), paint: paint}
		case 2:
			if d.Bytes == nil {
				return cell{text: v.unmeasured(d.Path), paint: v.Styles.Faint}
			}
			return v.share(v.Styles.Series[0], value(d.Bytes), most)
		}
		age := v.ageIn(d.AsOf, w)
		age.paint = v.Styles.Faint
		return age
	}
	v.out = v.table(t, v.w, v.h)
}

// unmeasured is why a directory has no size.
func (v *view) unmeasured(path string) string {
	if h := v.in.Snapshot.Host; h != nil {
		for _, d := range h.Dirs {
			switch {
			case d.Path != path:
			case d.Missing:
				return "no such directory"
			case d.Problem != "":
				return d.Problem
			}
		}
	}
	return "being measured"
}
