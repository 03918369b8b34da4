package loki

import "time"

const (
	// maxKeys bounds the set of known lines; see the package documentation for what that costs and means.
	maxKeys = 2 << 20
	// maxReach is how far back it reaches at most: Loki takes lines up to an hour behind the newest of their stream.
	maxReach = 65 * time.Minute
	// slotWidth is how finely it is pruned. It divides a minute, the step of the audit.
	slotWidth = 10 * time.Second
)

// seen is the set of lines handed out, by time. It forgets the oldest ten seconds at a time, when it holds too many
// lines or reaches back too far; floor is the time from which on it knows every line handed out.
type seen struct {
	slots map[int64]map[uint64]struct{}
	n     int
	floor int64
	max   int // maxKeys, less in tests
}

func newSeen(floor int64) *seen {
	return &seen{slots: make(map[int64]map[uint64]struct{}), floor: floor, max: maxKeys}
}

// slot is the number of the ten seconds that t belongs to. They are open at their beginning and closed at their end, as
// the minutes of count_over_time are.
func slot(t int64) int64 {
	if t <= 0 {
		return 0 // lines from 1970: not worth more
	}
	return (t-1)/int64(slotWidth) + 1
}

// slotEnd is the last time of a slot.
func slotEnd(slot int64) int64 { return slot * int64(slotWidth) }

// add notes a line at t, which must not be below the floor, and says whether it was new.
func (s *seen) add(t int64, key uint64) bool {
	k := slot(t)
	keys := s.slots[k]
	if keys == nil {
		keys = make(map[uint64]struct{})
		s.slots[k] = keys
	}
	if _, known := keys[key]; known {
		return false
	}
	keys[key] = struct{}{}
	s.n++
	return true
}

// count is the number of lines known with from < time <= to, both multiples of ten seconds.
func (s *seen) count(from, to int64) int {
	n := 0
	for k := slot(from + 1); k <= slot(to); k++ {
		n += len(s.slots[k])
	}
	return n
}

// prune forgets lines below oldest, and as many of the oldest others as there are more than max. Nothing from the slot
// of keep on goes, which is where lines are being read.
func (s *seen) prune(oldest, keep int64) {
	for len(s.slots) > 0 {
		k := s.oldestSlot()
		if k >= slot(keep) || (slotEnd(k) >= oldest && s.n <= s.max) {
			return
		}
		s.n -= len(s.slots[k])
		delete(s.slots, k)
		s.floor = max(s.floor, slotEnd(k)+1)
	}
}

// oldestSlot looks at a few hundred slots at most.
func (s *seen) oldestSlot() int64 {
	first := true
	var oldest int64
	for k := range s.slots {
		if first || k < oldest {
			oldest, first = k, false
		}
	}
	return oldest
}
