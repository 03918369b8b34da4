package logfile

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
)

// refresh is how often a state is reported that differs from the last one only in how recent it is.
const refresh = 5 * time.Second

// report tells the sink how things are, if that is news.
func (t *tail) report() {
	now := t.clock.Now()
	st := t.state(now)
	last := &t.last
	news := st.State != last.State || st.Detail != last.Detail || st.Loaded != last.Loaded || st.Lost != last.Lost ||
		len(st.Gaps) != len(last.Gaps) || math.Abs(st.Progress-last.Progress) >= 0.01 ||
		st.State == data.StateLive && (t.lines || now.Sub(last.AsOf) >= refresh)
	if !news {
		return
	}
	t.last, t.lines = st, false
	t.sink.SetState(data.SourceFiles, st)
}

func (t *tail) state(now time.Time) data.SourceState {
	st := data.SourceState{State: data.StateConnecting, Loaded: t.loaded, Gaps: t.gaps[:len(t.gaps):len(t.gaps)], Lost: t.cuts}
	faults := t.faults
	readable := 0
	incomplete := len(faults) > 0
	var done, size int64
	for _, f := range t.files {
		st.Lost += f.cuts()
		switch {
		case f.fault != "":
			faults = append(faults, f.path+" "+f.fault)
			// Rotation leaves compressed files beside the log: a glob that matches
			// them did not mean them.
			incomplete = incomplete || slices.Contains(t.paths, f.path)
			continue
		case f.err != nil:
			faults = append(faults, describe(f.path, f.err))
			incomplete = true
			continue
		}
		readable++
		done += f.content.read - f.firstByte
		size += f.limit - f.firstByte
	}
	if t.pipe != nil {
		cuts, fault := t.pipe.status()
		st.Lost += cuts
		if fault == "" {
			readable++
		} else {
			faults = append(faults, fault)
			incomplete = true
		}
	}

	switch {
	case t.rounds == 0 && len(t.files) == 0: // nothing was tried yet
	case readable == 0 && !t.last.AsOf.IsZero():
		st.State, st.AsOf = data.StateStale, t.last.AsOf
	case readable == 0:
		st.State, st.Loaded = data.StateFailed, false
	case t.loaded:
		st.State, st.AsOf, st.Progress = data.StateLive, now, 1
		if incomplete && !t.follow {
			// What is missing won't come any more: whoever reads once must not
			// take this for everything.
			st.State = data.StateStale
		}
	case size > 0:
		st.Progress = float64(done) / float64(size)
	}
	st.Detail = detail(faults, st.Lost)
	return st
}

// detail puts what is wrong into one line.
func detail(faults []string, cut int64) string {
	const most = 3
	if more := len(faults) - most; more > 0 {
		faults = append(faults[:most:most], fmt.Sprintf("and %d more", more))
	}
	if cut > 0 {
		faults = append(faults[:len(faults):len(faults)], fmt.Sprintf("cut at %d MiB: %d lines", maxLine>>20, cut))
	}
	return strings.Join(faults, "; ")
}
