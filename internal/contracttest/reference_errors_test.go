package contracttest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// troubles are the lines that errors.groups and errors.facets are about.
func (a *auditor) troubles() (out []*entry) {
	for i := range a.lines {
		e := &a.lines[i]
		if e.known && !e.at.After(a.now) && !e.at.Before(a.now.Add(-day)) && slices.Contains(countedLevels, e.level) {
			out = append(out, e)
		}
	}
	return out
}

// lineService is the line's own, else that of where the line came from.
func (a *auditor) lineService(e *entry) string { return cmp.Or(e.service, a.service) }

// facets counts the troubles by what a line says of itself.
func (a *auditor) facets() any {
	if !a.haveLogs {
		return nil
	}
	out := map[string]groups{"service": {}, "component": {}, "event_type": {}, "level": {}}
	for _, e := range a.troubles() {
		for facet, value := range map[string]string{
			"service": a.lineService(e), "component": e.text("component"), "event_type": e.eventType, "level": e.level,
		} {
			n, _ := out[facet][cmp.Or(value, "(none)")].(int64)
			out[facet][cmp.Or(value, "(none)")] = n + 1
		}
	}
	return object{"service": out["service"], "component": out["component"], "event_type": out["event_type"], "level": out["level"]}
}

// fault is what a line reports, as docs/errors.md tells faults apart.
type fault struct{ event, exception, place, frame string }

func (f fault) fingerprint() string {
	sum := sha256.Sum256([]byte(masked(f.event) + "\n" + f.exception + "\n" + f.place))
	return hex.EncodeToString(sum[:])[:12]
}

// errorGroups gathers the troubles by fingerprint.
func (a *auditor) errorGroups() any {
	if !a.haveLogs {
		return nil
	}
	gathered := map[string][]*entry{}
	for _, e := range a.troubles() {
		key := e.fault().fingerprint()
		gathered[key] = append(gathered[key], e)
	}
	type group struct {
		fingerprint string
		count       int
		last        time.Time
		want        any
	}
	var all []group
	for key, lines := range gathered {
		first, last := lines[0].at, lines[0].at
		for _, e := range lines {
			if e.at.Before(first) {
				first = e.at
			}
			if e.at.After(last) {
				last = e.at
			}
		}
		var readings oneOf // of lines as new as each other any may describe the group
		for _, e := range lines {
			if e.at.Equal(last) {
				readings = append(readings, a.group(key, e, len(lines), first))
			}
		}
		all = append(all, group{key, len(lines), last.Truncate(time.Microsecond), readings})
	}
	slices.SortFunc(all, func(a, b group) int {
		return cmp.Or(b.count-a.count, b.last.Compare(a.last), cmp.Compare(a.fingerprint, b.fingerprint))
	})
	out := []any{}
	for _, g := range all {
		out = append(out, g.want)
	}
	return out
}

func (a *auditor) group(key string, newest *entry, count int, first time.Time) object {
	f := newest.fault()
	orNull := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	return object{
		"fingerprint": key, "event": f.event, "exception_type": orNull(f.exception), "frame": orNull(f.frame),
		"service": a.lineService(newest), "level": newest.level, "count": int64(count),
		"first": first.Truncate(time.Microsecond), "last": newest.at.Truncate(time.Microsecond), "sample_id": newest.sampleID(),
	}
}

// sampleID is by what a line is found again.
func (e *entry) sampleID() string {
	sum := sha256.Sum256([]byte(e.raw))
	return cmp.Or(e.text("correlation_id"), e.text("task_id"), e.text("invocation_id"), e.at.Format(time.RFC3339Nano)+"#"+hex.EncodeToString(sum[:])[:8])
}

var frameLine = regexp.MustCompile(`^  File "(.*)", line (\d+), in (.+)$`)

// fault reads the line's event and Python's traceback: each exception is a header,
// its frames, and at the margin its type and message.
func (e *entry) fault() fault {
	f := fault{event: e.event}
	begun := true // a text without a traceback begins with the type
	for l := range strings.SplitSeq(e.text("exception"), "\n") {
		if l == "Traceback (most recent call last):" {
			begun, f.exception, f.place, f.frame = true, "", "", ""
			continue
		}
		if m := frameLine.FindStringSubmatch(l); m != nil && begun {
			if !strings.Contains(m[1], "/site-packages/") && !strings.Contains(m[1], "/dist-packages/") {
				f.place = path.Join(path.Base(path.Dir(m[1])), path.Base(m[1])) + ":" + m[3]
				f.frame = m[1] + ":" + m[2] + " in " + m[3]
			}
			continue
		}
		if begun && l != "" && l[0] != ' ' {
			f.exception, _, _ = strings.Cut(l, ":")
			begun = false // what follows is more of its message
		}
	}
	return f
}

// masks are the rules of docs/errors.md, tried in this order wherever one may begin.
var masks = []struct {
	form *regexp.Regexp
	as   string
}{
	{regexp.MustCompile(`^(\.\.?/|~/|/)[\w.+@%/-]+`), "<path>"},
	{regexp.MustCompile(`^[A-Za-z]:\\[\w.+@%/\\-]+`), "<path>"},
	{regexp.MustCompile(`^[\w.-]+/[\w./-]*\w\.\w+`), "<path>"},
	{regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b`), "<id>"},
	{regexp.MustCompile(`^0[xX][0-9a-fA-F]+`), "<id>"},
	{regexp.MustCompile(`^[0-9a-fA-F]{8,}\b`), "<id>"},
	{regexp.MustCompile(`^[-+]?\d+(\.\d+)*([eE][-+]?\d+\b)?`), "<n>"},
}

// masked replaces paths, ids and numbers.
func masked(event string) string {
	var out strings.Builder
	before := byte(' ')
	for i := 0; i < len(event); {
		n, as := 0, ""
		for _, m := range masks {
			found := m.form.FindString(event[i:])
			switch word := isWordByte(before); {
			case found == "" || as != "":
				continue
			case m.as == "<path>" && (word || strings.IndexByte("./-", before) >= 0), m.as == "<id>" && word:
				continue
			case m.as == "<id>" && !strings.ContainsAny(found, "0123456789"), m.as == "<id>" && !strings.ContainsAny(found, "abcdefxABCDEFX"):
				continue
			case m.as == "<n>" && word && (found[0] == '-' || found[0] == '+'):
				continue
			}
			n, as = len(found), m.as
		}
		if n == 0 {
			out.WriteByte(event[i])
			n = 1
		}
		out.WriteString(as)
		i += n
		before = event[i-1]
	}
	return out.String()
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
