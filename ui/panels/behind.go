package panels

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/panels/line"
	"github.com/donna-project/donnatop/ui/safe"
)

// List says how rows that stand behind a figure are drawn: only those that can be
// seen are given.
type List struct {
	Now    time.Time
	Cursor int // the selected one of the rows given; -1 for none
	// Signs are the first cells of the rows, "" for none: what the reader has
	// marked, or the row a quantile is the value of.
	Signs []string
}

func (l *List) sign(v *view, row int) cell {
	if row == l.Cursor {
		return cell{text: "›"}
	}
	if row < len(l.Signs) {
		return cell{text: l.Signs[row], paint: v.Styles.Accent}
	}
	return cell{}
}

// listView is a view to draw a list of rows with.
func listView(env *Env, w, h int) *view { return &view{Env: env, in: &Input{Cursor: -1}, w: w, h: h} }

// list draws a table whose rows all have room.
func (l *List) draw(v *view, t *table, w, h int) []string {
	w, h = max(w, 0), max(h, 0)
	if w == 0 || h == 0 {
		return line.Fit(nil, w, h)
	}
	if l.Cursor >= 0 {
		v.reg = &register{cursor: l.Cursor, w: w, h: h}
	}
	t.item = func(int) Item { return Item{} }
	return v.table(t, w, h)
}

// InvocationList draws rows of invocation_log below a line of headings, in h
// lines of w cells.
func InvocationList(env *Env, rows []data.InvocationRow, l List, w, h int) []string {
	v := listView(env, w, h)
	t := v.invocationTable(rows, l.Now)
	plain := t.cell
	t.cell = func(row, col, w int) cell {
		if col == 0 {
			return l.sign(v, row)
		}
		return plain(row, col, w)
	}
	return l.draw(v, t, w, h)
}

// LineList draws log lines below a line of headings, in h lines of w cells.
func LineList(env *Env, lines []*data.LogLine, l List, w, h int) []string {
	v := listView(env, w, h)
	s := v.Styles
	t := &table{
		columns: []column{
			{w: 1, left: true},
			{head: "time", w: 11, most: 14, flex: true, drop: 1},
			{head: "level", w: 7, left: true, drop: 3},
			{head: "service", w: 12, most: 18, flex: true, drop: 4},
			{head: "event", w: 16, most: 36, flex: true},
			{head: "fields", w: 12, most: 400, flex: true, drop: 2},
		},
		rows: len(lines), empty: lack{lackEmpty, "no line matches", ""},
	}
	t.cell = func(row, col, w int) cell {
		e := lines[row]
		switch col {
		case 0:
			return l.sign(v, row)
		case 1:
			return cell{text: format.StampIn(e.Time, l.Now, v.location(), w), paint: s.Faint}
		case 2:
			glyph, word := levelSign(e.Level)
			return cell{text: strings.TrimSpace(glyph + " " + word), paint: s.Level(e.Level)}
		case 3:
			return cell{text: e.Service, paint: s.Accent}
		case 4:
			return cell{text: cmp.Or(e.Event, e.Raw[:min(len(e.Raw), 400)]), paint: s.Text}
		}
		return cell{text: v.lineFields(e, w), paint: s.Faint}
	}
	return l.draw(v, t, w, h)
}

// lineFields is what a JSON line says beside its columns, as far as w cells may
// show it.
func (v *view) lineFields(e *data.LogLine, w int) string {
	if !e.JSON {
		return ""
	}
	var b strings.Builder
	for it := newFields(e.Raw[:min(len(e.Raw), 12*w+4096)]); b.Len() <= 12*w; {
		key, value, ok := it.next()
		if !ok {
			break
		}
		if plumbing(key) {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("  ")
		}
		if v.hides(key) {
			value = hidden
		}
		b.WriteString(key + "=" + value)
	}
	return b.String()
}

// RecordList draws records below a line of headings, in h lines of w cells. sample
// are rows by which the columns are made wide enough.
func RecordList(env *Env, columns []string, rows, sample []data.Record, l List, w, h int) []string {
	v := listView(env, w, h)
	t := &table{columns: []column{{w: 1, left: true}}, rows: len(rows), empty: lack{lackEmpty, "no row matches", ""}}
	for i, name := range columns {
		t.columns = append(t.columns, v.recordColumn(name, i, sample))
	}
	t.cell = func(row, col, w int) cell {
		if col == 0 {
			return l.sign(v, row)
		}
		return v.recordCell(columns[col-1], rows[row].Values[col-1], l.Now, w)
	}
	return l.draw(v, t, w, h)
}

// recordColumn is a column as wide as its values, those that come first stay
// longest.
func (v *view) recordColumn(name string, place int, sample []data.Record) column {
	const widest = 40
	c := column{head: Heading(name), left: true, drop: place}
	c.w = safe.Width(c.head)
	numbers := false
	for i := range sample {
		switch value := sample[i].Values[place].(type) {
		case nil:
		case time.Time:
			c.w = max(c.w, 14)
		case string:
			c.w = max(c.w, min(safe.Width(safe.Truncate(value, widest)), widest))
		default:
			numbers = true
			c.w = max(c.w, safe.Width(ValueText(v.Env, name, value)))
		}
	}
	c.left = !numbers
	if c.w > 16 && c.left {
		c.flex, c.w, c.most = true, 12, c.w
	}
	return c
}

// Heading is a column as people read it, without the unit its values are written
// with.
func Heading(name string) string {
	for _, unit := range []string{"_usd", "_s", "_h", "_pct", "_bytes", "_ms"} {
		if cut, ok := strings.CutSuffix(name, unit); ok && cut != "" {
			name = cut
			break
		}
	}
	return strings.ReplaceAll(name, "_", " ")
}

func (v *view) recordCell(name string, value any, now time.Time, w int) cell {
	paint := v.Styles.Text
	switch value := value.(type) {
	case nil:
		return cell{text: format.Missing, paint: v.Styles.Faint}
	case time.Time:
		return cell{text: format.StampIn(value, now, v.location(), w), paint: v.Styles.Faint}
	case string:
		if name == "id" || strings.HasSuffix(name, "_id") {
			paint = v.Styles.Faint
		}
	case float64:
		if strings.HasSuffix(name, "_usd") {
			paint = v.Styles.Money
		}
	}
	return cell{text: ValueText(v.Env, name, value), paint: paint}
}

// ValueText is a value of a column as people read it: the ending of the column's
// name tells the unit.
func ValueText(env *Env, column string, value any) string {
	switch value := value.(type) {
	case nil:
		return format.Missing
	case string:
		return value
	case bool:
		if value {
			return "yes"
		}
		return "no"
	case time.Time:
		return value.In(env.location()).Format(format.LayoutDay + " " + format.LayoutMillis + " MST")
	case int64:
		return numberText(env, column, float64(value), func() string {
			if column == "id" || strings.HasSuffix(column, "_id") {
				return strings.ReplaceAll(format.Int(value), ",", "")
			}
			return format.Int(value)
		})
	case float64:
		return numberText(env, column, value, func() string { return format.Decimal(value) })
	}
	return format.Missing
}

func numberText(env *Env, column string, f float64, otherwise func() string) string {
	for _, u := range []struct {
		suffix string
		text   func(float64) string
	}{
		{"_usd", func(usd float64) string { return env.money(&usd, moneyTextW) }}, {"_s", format.Seconds}, {"_h", format.Hours}, {"_pct", format.Percent},
		{"_bytes", func(n float64) string { return format.Bytes(int64(n)) }}, {"_ms", func(n float64) string { return format.Millis(int64(n)) }},
	} {
		if strings.HasSuffix(column, u.suffix) {
			return u.text(f)
		}
	}
	return otherwise()
}

// Stored is a row as it stands in the database, column by column.
type Stored map[string]json.RawMessage

// InvocationDiff draws two rows of invocation_log side by side, what differs
// standing out, in lines of exactly w cells. The columns that only the database
// has come last; nil if they have not been read.
func InvocationDiff(env *Env, a, b *data.InvocationRow, left, right Stored, w int) []string {
	if w <= 0 {
		return nil
	}
	v := listView(env, w, 0)
	pairs := append(diffFields(env, InvocationFields(a), InvocationFields(b)), diffStored(left, right)...)
	t := &table{
		columns: []column{
			{w: 1, left: true},
			{head: "", w: 10, most: 22, flex: true},
			{head: "a", w: 12, most: 44, flex: true},
			{head: "b", w: 12, most: 44, flex: true},
			{head: "change", w: 10, drop: 1},
		},
		rows: len(pairs),
	}
	t.cell = func(row, col, w int) cell {
		p := &pairs[row]
		paint := v.Styles.Strong
		if p.same {
			paint = v.Styles.Faint
		}
		switch {
		case col == 0 && p.same:
			return cell{}
		case col == 0:
			return cell{text: "≠", paint: v.Styles.Accent}
		case col == 1:
			return cell{text: Heading(p.name), paint: v.Styles.Column}
		case col == 2:
			return cell{text: p.left, paint: paint}
		case col == 3:
			return cell{text: p.right, paint: paint}
		}
		return cell{text: p.change, paint: v.changePaint(p.more)}
	}
	return v.table(t, w, len(pairs)+1)
}

// diffPair is a column of two rows.
type diffPair struct {
	name, left, right string
	same              bool
	change            string // of a number, in per cent
	more              int
}

func diffFields(env *Env, left, right []Field) []diffPair {
	pairs := make([]diffPair, len(left))
	for i, x := range left {
		y := right[i]
		p := diffPair{name: x.Name, left: ValueText(env, x.Name, x.Value), right: ValueText(env, y.Name, y.Value)}
		p.same = p.left == p.right
		p.change, p.more = change(x.Value, y.Value)
		pairs[i] = p
	}
	return pairs
}

// shownElsewhereInDiff are the columns that [InvocationFields] has.
func shownElsewhereInDiff(column string) bool {
	return column == "is_shadow" || slices.ContainsFunc(InvocationFields(&data.InvocationRow{}), func(f Field) bool { return f.Name == column })
}

func diffStored(left, right Stored) []diffPair {
	var pairs []diffPair
	for _, column := range slices.Sorted(maps.Keys(left)) {
		if shownElsewhereInDiff(column) {
			continue
		}
		x, y := left[column], right[column]
		pairs = append(pairs, diffPair{name: column, left: storedText(x), right: storedText(y), same: bytes.Equal(x, y)})
	}
	return pairs
}

// storedText is a value of a column; of a long text or an object its size.
func storedText(raw json.RawMessage) string {
	const longest = 60
	var text string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return format.Missing
	case json.Unmarshal(raw, &text) != nil:
		text = string(raw)
	}
	if len(text) > longest {
		return format.Bytes(int64(len(text)))
	}
	return text
}

// change is by how much of a number another one differs, in per cent of it; more
// is 1, less is -1.
func change(a, b any) (text string, more int) {
	x, ok := numeric(a)
	y, okay := numeric(b)
	switch {
	case !ok || !okay || x == y:
		return "", 0
	case x == 0:
		return "from nothing", 1
	}
	pct := (y - x) / x * 100
	if pct > 0 {
		return "+" + format.Percent(pct), 1
	}
	return format.Percent(pct), -1
}

func numeric(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// changePaint: more latency, tokens or money is worse.
func (v *view) changePaint(more int) themes.Paint {
	switch {
	case more > 0:
		return v.Styles.Warning
	case more < 0:
		return v.Styles.Good
	}
	return v.Styles.Faint
}
