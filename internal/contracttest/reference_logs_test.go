package contracttest

import (
	"encoding/json"
	"slices"
)

// linesKept is how many lines there are at hand at most, and bytesKept how long they
// may be; the program drops the oldest in pieces.
const (
	linesKept = 50_000
	bytesKept = 16 << 20 // whatever else a line costs
)

// logs computes the logs branch of files of which nothing was lost. How many of a
// great many lines are at hand is taken from what was printed.
func (a *auditor) logs(printed any) any {
	if !a.haveLogs {
		return nil
	}
	lines := slices.Clone(a.lines)
	slices.SortStableFunc(lines, func(a, b entry) int { return a.at.Compare(b.at) })
	bytes := 0
	for _, e := range lines {
		bytes += len(e.raw)
	}
	all := len(lines)
	lines = slices.DeleteFunc(lines, func(e entry) bool { return e.at.After(a.now) })
	if all > linesKept || bytes > bytesKept {
		branch, _ := printed.(map[string]any)
		n, _ := branch["lines"].(json.Number)
		if kept, err := n.Int64(); err == nil && kept > 0 && kept <= linesKept && int(kept) <= len(lines) {
			lines = lines[len(lines)-int(kept):]
		}
	}
	out := object{"lines": int64(len(lines)), "oldest": nil, "newest": nil, "lost": int64(0), "gaps": []any{}}
	levels, recent := groups{}, []any{}
	for i, e := range lines {
		level := "(none)"
		if e.level != "" {
			level = e.level
		}
		increase(levels, level)
		if i >= len(lines)-50 {
			recent = append(recent, a.record(&e))
		}
	}
	out["levels"], out["recent"] = levels, recent
	if len(lines) > 0 {
		out["oldest"], out["newest"] = lines[0].when(), lines[len(lines)-1].when()
	}
	return out
}

// record is a line of a file as `logs --json` has it.
func (a *auditor) record(e *entry) object {
	o := object{"time": e.when(), "level": nil, "service": a.lineService(e), "labels": object{}, "raw": string([]rune(e.raw))}
	if e.level != "" {
		o["level"] = e.level
	}
	return o
}

// when is the line's time, nil if no line up to it has one.
func (e *entry) when() any {
	if !e.known {
		return nil
	}
	return e.at
}
