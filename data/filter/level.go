package filter

import (
	"strings"

	"github.com/donna-project/donnatop/data/logline"
)

// levels are Donna's in order, each with the names other programs have for it.
var levels = [][]string{{"debug", "trace"}, {"info", "information", "notice"}, {"warning", "warn"}, {"error", "err"}, {"critical", "crit", "fatal", "panic"}}

// rank is the level's place in levels, -1 if it is unknown.
func rank(level string) int {
	for i, names := range levels {
		for _, name := range names {
			if level == name {
				return i
			}
		}
	}
	return -1
}

// levelTerm holds if the line has a known level for which the comparison does.
type levelTerm struct {
	op   string // "=" for ":" too
	rank int
}

func newLevelTerm(op, value string) (node, bool) {
	if op == ":" {
		op = "="
	}
	r := rank(strings.ToLower(value))
	return levelTerm{op, r}, r >= 0
}

func (n levelTerm) match(e *logline.Entry) bool {
	r := rank(e.Level)
	return r >= 0 && compare(r, n.op, n.rank)
}

func (n levelTerm) cost() int { return 10 }

func (n levelTerm) write(b *strings.Builder) {
	op := n.op
	if op == "=" {
		op = ":"
	}
	b.WriteString("level" + op + levels[n.rank][0])
}
