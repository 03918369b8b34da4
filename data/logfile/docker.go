package logfile

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/timestamp"
)

// A dockerLine is one line of a file of Docker's json-file logging driver.
type dockerLine struct {
	text   string // what the container wrote, its newline included unless there is more to come
	stream int    // index into dockerStreams
	time   time.Time
}

var dockerStreams = [...]string{"stdout", "stderr"}

// dockerPrefix is how the driver begins each line. It writes the keys in a fixed order, without blanks.
const dockerPrefix = `{"log":"`

// parseDocker reads a line of the driver. An application's own line is not mistaken for one though it may have a key
// `log`: there must be a `stream` of stdout or stderr and an RFC 3339 `time` too, and nothing else but `attrs`.
func parseDocker(line string) (d dockerLine, ok bool) {
	rest, ok := strings.CutPrefix(line, dockerPrefix)
	if !ok {
		return d, false
	}
	if d.text, rest, ok = logline.Unquote(rest); !ok {
		return d, false
	}
	for i, name := range dockerStreams {
		after, ok := strings.CutPrefix(rest, `,"stream":"`+name+`","time":"`)
		if !ok {
			continue
		}
		stamp, ok := strings.CutSuffix(after, `"}`)
		if !ok {
			break
		}
		d.stream = i
		d.time, ok = timestamp.TimeRFC3339(stamp)
		return d, ok
	}
	return parseDockerAttrs(line)
}

// parseDockerAttrs reads the rarer lines: those with `attrs`, which daemons add on request.
func parseDockerAttrs(line string) (d dockerLine, ok bool) {
	const hasLog, hasStream, hasTime = 1, 2, 4
	seen := 0
	for _, f := range (&logline.Entry{Raw: line}).Fields() {
		switch {
		case f.Key == "log" && f.Kind == logline.String:
			d.text = f.Value
			seen |= hasLog
		case f.Key == "stream" && f.Kind == logline.String:
			for i, name := range dockerStreams {
				if f.Value == name {
					d.stream = i
					seen |= hasStream
				}
			}
		case f.Key == "time" && f.Kind == logline.String:
			if d.time, ok = timestamp.TimeRFC3339(f.Value); ok {
				seen |= hasTime
			}
		case f.Key == "attrs" && f.Kind == logline.Object:
		default:
			return d, false
		}
	}
	return d, seen == hasLog|hasStream|hasTime
}

// A dockerJoiner puts lines together again that the driver split: it writes at most 16 KiB at a time and ends all parts
// but the last without a newline. The two streams of a container split independently.
type dockerJoiner struct {
	parts [len(dockerStreams)]dockerPart
	cuts  int64 // lines longer than maxLine, cut there
}

type dockerPart struct {
	text []byte
	time time.Time // of the first part
	over bool      // more than maxLine came
}

// add takes one line of the driver and returns the container's line that it completes, if it does.
func (j *dockerJoiner) add(d dockerLine) (text string, at time.Time, ok bool) {
	text, whole := strings.CutSuffix(d.text, "\n")
	p := &j.parts[d.stream]
	if whole && p.time.IsZero() { // the usual line: in one part
		return strings.TrimSuffix(text, "\r"), d.time, true
	}
	if p.time.IsZero() {
		p.time = d.time
	}
	if room := maxLine - len(p.text); len(text) > room {
		text, p.over = text[:room], true
	}
	p.text = append(p.text, text...)
	if !whole {
		return "", time.Time{}, false
	}
	return j.take(d.stream)
}

// take returns what has come of a line that no last part will complete.
func (j *dockerJoiner) take(stream int) (text string, at time.Time, ok bool) {
	p := j.parts[stream]
	j.parts[stream] = dockerPart{}
	if p.time.IsZero() {
		return "", time.Time{}, false
	}
	if p.over {
		j.cuts++
	}
	return strings.TrimSuffix(string(p.text), "\r"), p.time, true
}

var dockerFile = regexp.MustCompile(`^([0-9a-f]{12})[0-9a-f]{52}-json\.log`)

// rotated is the usual ending of a log's name with what rotation adds to it.
var rotated = regexp.MustCompile(`(\.(log|jsonl|json|ndjson|txt|out)([.-][0-9]{1,14})*|\.[0-9]{1,3})$`)

// serviceName names the service of a file whose lines do not: the container's name for Docker's files, read from the
// configuration beside them, or the first 12 digits of its id where that cannot be read; of other files their name
// without ending, so that app.log and app.log.1 are one service.
func serviceName(path string) string {
	base := filepath.Base(path)
	if m := dockerFile.FindStringSubmatch(base); m != nil {
		if name := containerName(path); name != "" {
			return name
		}
		return m[1]
	}
	if name := rotated.ReplaceAllString(base, ""); name != "" {
		return name
	}
	return base
}

// containerName reads the name of the container whose log is at path, or "".
func containerName(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target // /var/log/containers has links
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(path), "config.v2.json"))
	if err != nil {
		return "" // usually readable by root only; the id will do
	}
	var config struct{ Name string }
	if json.Unmarshal(text, &config) != nil {
		return ""
	}
	return strings.TrimPrefix(config.Name, "/")
}
