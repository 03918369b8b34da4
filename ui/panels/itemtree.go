package panels

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/format"
)

// Tree is text with parts that can be folded away: values, and below the ones that
// are objects, arrays or texts of many lines what they hold. It holds text as it
// came, which is made harmless when it is drawn.
type Tree struct{ nodes []treeNode }

// treeNode is a value and its place in the tree. The nodes below it come next.
type treeNode struct {
	depth int
	label string
	text  string
	paint func(*themes.Styles) themes.Paint
	below int        // how many nodes are below it, at any depth
	shut  bool       // folded at first
	long  bool       // its text is shown whole
	stack *LineStack // drawn in place of text
	mode  StackMode
}

// Bounds of a tree: what lies beyond is said to be there.
const (
	maxNodes     = 20000
	maxTreeDepth = 64
	shutFrom     = 40  // members from which a value is folded at first
	maxNodeLines = 400 // lines of one text
)

// ItemTree is all there is about a row of a trace, with its stack traces, read
// before, shown as mode says.
func ItemTree(env *Env, r *TraceRows, row int, stacks []LineStack, mode StackMode) *Tree {
	t := &Tree{}
	if i := r.Item(row); i != nil {
		t.about(env, r, i)
		for s := range stacks {
			at := t.open(stacks[s].Key, stacks[s].counted())
			t.add(treeNode{depth: 1, stack: &stacks[s], mode: mode})
			t.close(at, false)
		}
		t.itemFields(env, i, stacks)
		if i.Raw != nil {
			t.raw(env, *i.Raw)
		}
	}
	return t
}

// about says what an item is.
func (t *Tree) about(env *Env, r *TraceRows, i *trace.Item) {
	call := i.Call()
	kind := strings.ReplaceAll(string(i.Kind), "_", " ")
	if call.Class != data.ClassLLM {
		kind += ", " + call.Class.String()
	}
	t.leaf("what", TraceName(i), func(s *themes.Styles) themes.Paint { return s.Strong })
	t.leaf("kind", kind, textPaint)
	if i.Level != "" {
		level := i.Level
		glyph, _ := levelSign(level)
		t.leaf("level", glyph+" "+level, func(s *themes.Styles) themes.Paint { return s.Level(level) })
	}
	t.leaf("time", i.Time.In(env.location()).Format("2006-01-02 15:04:05.000000 MST")+"  "+offset(i.Time.Sub(r.axis.start)), textPaint)
	if wait := i.QueueWait(); wait > 0 {
		t.leaf("waited", format.Millis(wait.Milliseconds()), textPaint)
	}
	if i.DurationMS != nil {
		from, to := i.Span()
		t.leaf("took", format.Millis(to.Sub(from).Milliseconds()), textPaint)
	}
	if i.CostUSD != nil {
		t.leaf("cost", exactMoney(env, i.CostUSD), func(s *themes.Styles) themes.Paint { return s.Money })
	}
	if i.Service != "" {
		t.leaf("service", i.Service, textPaint)
	}
	t.leaf("source", strings.TrimSpace(i.Source+" "+i.Table), textPaint)
	if twin := r.Twin(i); twin != nil {
		t.leaf("twin", twinNote(twin), textPaint)
	}
	switch {
	case r.OnlyHere(i):
		t.leaf("belongs here", onlyHere, func(s *themes.Styles) themes.Paint { return s.Warning })
	case i.Inferred:
		t.leaf("belongs here", inferred, func(s *themes.Styles) themes.Paint { return s.Warning })
	case len(i.Matched) > 0:
		t.leaf("belongs here", "by "+strings.Join(i.Matched, ", "), textPaint)
	}
}

// twinNote says what a call's shadow, or the call a shadow repeats, was like.
func twinNote(i *trace.Item) string {
	c := i.Call()
	said := TraceName(i) + "  " + callNotes(&c)
	if i.DurationMS != nil {
		from, to := i.Span()
		said += " took " + format.Millis(to.Sub(from).Milliseconds())
	}
	return said
}

// itemFields adds the fields of an item but for the stack traces, those people look
// for first.
func (t *Tree) itemFields(env *Env, i *trace.Item, stacks []LineStack) {
	keys := itemKeys(i)
	if len(keys) == 0 {
		return
	}
	at := t.open("fields", "")
	for _, key := range keys {
		if i.Raw != nil && (shownElsewhere(key) || isStack(stacks, key)) {
			continue
		}
		t.value(env, 1, key, strings.TrimSpace(string(i.Fields[key])))
	}
	t.close(at, false)
}

// raw adds a line as it came, folded.
func (t *Tree) raw(env *Env, raw string) {
	if env.HideMoney && strings.Contains(raw, "_usd") {
		t.leaf("raw", "hidden together with the amounts in it", faintPaint)
		return
	}
	at := t.open("raw", format.Int(int64(len(raw)))+" bytes")
	t.add(treeNode{depth: 1, text: raw, paint: faintPaint, long: true})
	t.close(at, true)
}

func textPaint(s *themes.Styles) themes.Paint  { return s.Text }
func faintPaint(s *themes.Styles) themes.Paint { return s.Faint }
func valuePaint(s *themes.Styles) themes.Paint { return s.Accent }

func (t *Tree) leaf(label, text string, paint func(*themes.Styles) themes.Paint) {
	t.add(treeNode{label: label, text: text, paint: paint, long: true})
}

func (t *Tree) add(n treeNode) { t.nodes = append(t.nodes, n) }

// open begins a node with others below it.
func (t *Tree) open(label, text string) int {
	t.add(treeNode{label: label, text: text, paint: faintPaint})
	return len(t.nodes) - 1
}

func (t *Tree) close(at int, shut bool) {
	t.nodes[at].below = len(t.nodes) - 1 - at
	t.nodes[at].shut = shut
}

// value adds a JSON value. Text that is JSON itself, as Donna stores it in some
// columns, is taken apart too.
func (t *Tree) value(env *Env, depth int, key, src string) {
	switch {
	case len(t.nodes) > maxNodes:
		return
	case len(t.nodes) == maxNodes:
		t.add(treeNode{depth: depth, text: "… there is more", paint: faintPaint})
	case env.hides(key):
		t.add(treeNode{depth: depth, label: key, text: hidden, paint: faintPaint})
	case src == "":
		t.add(treeNode{depth: depth, label: key, text: format.Missing, paint: faintPaint})
	case depth < maxTreeDepth && (src[0] == '{' || src[0] == '['):
		t.members(env, depth, key, src, "")
	case src[0] == '"':
		t.textValue(env, depth, key, unquote(src))
	default:
		t.add(treeNode{depth: depth, label: key, text: src, paint: valuePaint, long: true})
	}
}

// textValue adds text, its lines below it if it has many.
func (t *Tree) textValue(env *Env, depth int, key, text string) {
	trimmed := strings.TrimSpace(text)
	if depth < maxTreeDepth && len(trimmed) > 1 && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid([]byte(trimmed)) {
		t.members(env, depth, key, trimmed, "JSON in text, ")
		return
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) == 1 {
		t.add(treeNode{depth: depth, label: key, text: text, paint: func(s *themes.Styles) themes.Paint { return fieldPaint(s, key) }, long: true})
		return
	}
	at := len(t.nodes)
	t.add(treeNode{depth: depth, label: key, text: format.Int(int64(len(lines))) + " lines", paint: faintPaint})
	for i, l := range lines {
		if i == maxNodeLines || len(t.nodes) >= maxNodes {
			t.add(treeNode{depth: depth + 1, text: "… and " + strconv.Itoa(len(lines)-i) + " more lines", paint: faintPaint})
			break
		}
		t.add(treeNode{depth: depth + 1, text: strings.TrimSuffix(l, "\r"), paint: textPaint, long: true})
	}
	t.close(at, false)
}

// members adds an object or array and what is in it.
func (t *Tree) members(env *Env, depth int, key, src, note string) {
	at, n := len(t.nodes), 0
	t.add(treeNode{depth: depth, label: key, paint: faintPaint})
	object := src[0] == '{'
	if object {
		for it := newFields(src); len(t.nodes) <= maxNodes; n++ {
			name, value, ok := it.next()
			if !ok {
				break
			}
			t.value(env, depth+1, cmp.Or(name, `""`), value)
		}
	} else {
		for it := (elements{src: src, at: 1}); len(t.nodes) <= maxNodes; n++ {
			value, ok := it.next()
			if !ok {
				break
			}
			label := strconv.Itoa(n)
			if env.hides(key) {
				label = key
			}
			t.value(env, depth+1, label, value)
		}
	}
	text := strconv.Itoa(n)
	if n == 1 {
		text = "one"
	}
	if object {
		text = "{" + note + text + "}"
	} else {
		text = "[" + note + text + "]"
	}
	t.nodes[at].text = text
	t.close(at, n >= shutFrom)
}

// elements walks the elements of a JSON array as fields does an object's.
type elements struct {
	src string
	at  int
}

func (e *elements) next() (value string, ok bool) {
	i := e.at
	for i < len(e.src) && strings.IndexByte(" \t\r\n,", e.src[i]) >= 0 {
		i++
	}
	end := valueEnd(e.src, i)
	if i >= len(e.src) || end <= i {
		return "", false
	}
	e.at = end
	return e.src[i:end], true
}

// Folds says which nodes of a tree are folded.
type Folds []bool

// Folds are those a tree has at first.
func (t *Tree) Folds() Folds {
	out := make(Folds, len(t.nodes))
	for i := range t.nodes {
		out[i] = t.nodes[i].shut
	}
	return out
}

// Foldable tells whether a node has something below it.
func (t *Tree) Foldable(node int) bool {
	return node >= 0 && node < len(t.nodes) && t.nodes[node].below > 0
}

// Above is the node that a node lies below; -1 for one at the top.
func (t *Tree) Above(node int) int {
	if node < 0 || node >= len(t.nodes) {
		return -1
	}
	depth := t.nodes[node].depth
	for node--; node >= 0; node-- {
		if t.nodes[node].depth < depth && t.nodes[node].below > 0 {
			return node
		}
	}
	return -1
}

// All gives folds in which everything that can be is folded or not.
func (t *Tree) All(folded bool) Folds {
	out := make(Folds, len(t.nodes))
	for i := range out {
		out[i] = folded && t.nodes[i].below > 0
	}
	return out
}

// Any tells whether anything is folded.
func (f Folds) Any() bool { return slices.Contains(f, true) }

// TreeLine is a drawn line and the node it is of.
type TreeLine struct {
	Node  int
	First bool // of its node
	Text  string
}

// Draw draws what is not folded away in lines of exactly w cells, [DetailLines] of
// them at most. The first cell of each is left free for the cursor.
func (t *Tree) Draw(env *Env, folded Folds, w int) []TreeLine {
	if w <= 0 {
		return nil
	}
	var out []TreeLine
	for i := 0; i < len(t.nodes); i++ {
		n := &t.nodes[i]
		lines := n.draw(env, i < len(folded) && folded[i], w)
		if len(out)+len(lines) > DetailLines {
			b := env.line(w)
			b.Space(2).Text(env.Styles.Warning, "… too long to show in full: folding shows what comes after")
			return append(out, TreeLine{i, true, b.String()})
		}
		for j, l := range lines {
			out = append(out, TreeLine{i, j == 0, l})
		}
		if i < len(folded) && folded[i] {
			i += n.below
		}
	}
	return out
}

// draw draws a node: its label, and its text behind it.
func (n *treeNode) draw(env *Env, folded bool, w int) []string {
	if n.stack != nil {
		d := newDetail(env, w)
		d.most = maxNodeLines
		d.stack(n.stack, n.mode, 2+treeStep*n.depth)
		return d.end()
	}
	most := 1
	if n.long {
		most = maxNodeLines
	}
	f := newFlow(env, w, most)
	s := env.Styles
	f.b.Space(2 + treeStep*min(n.depth, treeMost))
	switch {
	case n.below > 0 && folded:
		f.b.Glyphs(s.Key, "▸").Space(1)
	case n.below > 0:
		f.b.Glyphs(s.Key, "▾").Space(1)
	default:
		f.b.Space(2)
	}
	f.indent = f.b.Used()
	if n.label != "" {
		f.write(s.Faint, n.label[:min(len(n.label), f.budget())]+"  ")
		if n.depth == 0 {
			f.b.To(min(labelColumn, w/2))
		}
		f.indent = min(f.b.Used(), w/2)
	}
	f.write(n.paint(s), n.text[:min(len(n.text), f.budget())])
	return f.lines()
}

// labelColumn is where the texts behind labels begin.
const labelColumn = 18
