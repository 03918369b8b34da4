package views

// direction is where an arrow key points.
type direction int

const (
	left direction = iota
	right
	up
	down
)

// neighbour is the index of the panel next to panel from in the direction: the
// one that shares the most of the edge among the nearest; -1 if there is none.
func neighbour(ps []placed, from int, d direction) int {
	best, bestGap, bestShared := -1, 0, 0
	a := ps[from].Rect
	for i := range ps {
		b := ps[i].Rect
		var gap, shared int
		switch d {
		case left:
			gap, shared = a.X-(b.X+b.W), overlap(a.Y, a.H, b.Y, b.H)
		case right:
			gap, shared = b.X-(a.X+a.W), overlap(a.Y, a.H, b.Y, b.H)
		case up:
			gap, shared = a.Y-(b.Y+b.H), overlap(a.X, a.W, b.X, b.W)
		case down:
			gap, shared = b.Y-(a.Y+a.H), overlap(a.X, a.W, b.X, b.W)
		}
		if i == from || gap < 0 || shared <= 0 {
			continue
		}
		if best < 0 || gap < bestGap || gap == bestGap && shared > bestShared {
			best, bestGap, bestShared = i, gap, shared
		}
	}
	return best
}

// overlap is how much of two stretches is common to both.
func overlap(a, aLen, b, bLen int) int { return min(a+aLen, b+bLen) - max(a, b) }
