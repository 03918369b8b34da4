package logging

import (
	"sync/atomic"
	"time"
)

// appendTimestamp appends t as the wire writes time: UTC, microseconds cut
// off below, six digits or no fraction at all, Z.
func appendTimestamp(dst []byte, t time.Time) []byte {
	t = t.UTC()
	dst = t.AppendFormat(dst, "2006-01-02T15:04:05")
	return appendMicros(dst, t.Nanosecond()/1000)
}

func appendMicros(dst []byte, micros int) []byte {
	if micros == 0 {
		return append(dst, 'Z')
	}
	u := uint32(micros)
	a, b, c := u/10000*2, u/100%100*2, u%100*2
	return append(dst, '.', digitPairs[a], digitPairs[a+1], digitPairs[b], digitPairs[b+1], digitPairs[c], digitPairs[c+1], 'Z')
}

// secondCache keeps the text of the last second printed: lines come in order,
// and formatting the date anew each time would cost more than the rest of the
// time stamp.
type secondCache struct {
	last atomic.Pointer[second]
}

type second struct {
	unix int64
	text string
}

func (c *secondCache) append(dst []byte, t time.Time) []byte {
	unix := t.Unix()
	s := c.last.Load()
	if s == nil || s.unix != unix {
		s = &second{unix, t.UTC().Format("2006-01-02T15:04:05")}
		c.last.Store(s)
	}
	return appendMicros(append(dst, s.text...), t.Nanosecond()/1000)
}
