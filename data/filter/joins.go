package filter

import (
	"slices"
	"strings"

	"github.com/donna-project/donnatop/data/logline"
)

// and holds if all of its nodes do, or if one of them does.
type (
	and struct{ nodes, byCost []node }
	or  struct{ nodes, byCost []node }
	not struct{ node }
)

// newAnd joins nodes, of which there is at least one; what is joined in the same way already is taken apart.
func newAnd(nodes []node) node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	var flat []node
	for _, n := range nodes {
		if inner, ok := n.(and); ok {
			flat = append(flat, inner.nodes...)
		} else {
			flat = append(flat, n)
		}
	}
	return and{flat, cheapestFirst(flat)}
}

func newOr(nodes []node) node {
	if len(nodes) == 1 {
		return nodes[0]
	}
	var flat []node
	for _, n := range nodes {
		if inner, ok := n.(or); ok {
			flat = append(flat, inner.nodes...)
		} else {
			flat = append(flat, n)
		}
	}
	return or{flat, cheapestFirst(flat)}
}

func newNot(n node) node {
	if inner, ok := n.(not); ok {
		return inner.node
	}
	return not{n}
}

func cheapestFirst(nodes []node) []node {
	nodes = slices.Clone(nodes)
	slices.SortStableFunc(nodes, func(a, b node) int { return a.cost() - b.cost() })
	return nodes
}

func (n and) match(e *logline.Entry) bool {
	for _, term := range n.byCost {
		if !term.match(e) {
			return false
		}
	}
	return true
}

func (n or) match(e *logline.Entry) bool {
	for _, term := range n.byCost {
		if term.match(e) {
			return true
		}
	}
	return false
}

func (n not) match(e *logline.Entry) bool { return !n.node.match(e) }

func (n and) cost() int { return total(n.nodes) }
func (n or) cost() int  { return total(n.nodes) }

func total(nodes []node) int {
	sum := 0
	for _, n := range nodes {
		sum += n.cost()
	}
	return sum
}

func (n and) write(b *strings.Builder) {
	for i, term := range n.nodes {
		if i > 0 {
			b.WriteByte(' ')
		}
		_, group := term.(or)
		writeGrouped(b, term, group)
	}
}

func (n or) write(b *strings.Builder) {
	for i, term := range n.nodes {
		if i > 0 {
			b.WriteString(" | ")
		}
		term.write(b)
	}
}

func (n not) write(b *strings.Builder) {
	b.WriteByte('-')
	group := false
	switch n.node.(type) {
	case and, or:
		group = true
	}
	writeGrouped(b, n.node, group)
}

func writeGrouped(b *strings.Builder, n node, group bool) {
	if group {
		b.WriteByte('(')
	}
	n.write(b)
	if group {
		b.WriteByte(')')
	}
}
