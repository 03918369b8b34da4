package logfile_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const id = "0123456789ab0123456789ab0123456789ab0123456789ab0123456789abcdef"

// wrap is how the json-file driver writes text.
func wrap(text, stream string, second int) string {
	quoted, _ := json.Marshal(text)
	return `{"log":` + string(quoted) + `,"stream":"` + stream + `","time":"` + dockerTime(second).Format(time.RFC3339Nano) + `"}`
}

func dockerTime(second int) time.Time {
	return time.Date(2026, 6, 1, 10, 1, second, 123456789, time.UTC)
}

func TestDockerLines(t *testing.T) {
	own := stamped(1, "a")
	long := strings.Repeat("x", 16<<10)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"usual":                {lines(wrap(own+"\n", "stdout", 1), wrap("Traceback \x1b[1mé\n", "stderr", 2)), []string{own, "Traceback \x1b[1mé"}},
		"blank":                {lines(wrap("\n", "stdout", 1)), []string{""}},
		"terminal":             {lines(wrap("a\r\n", "stdout", 1)), []string{"a"}},
		"in three parts":       {lines(wrap(long, "stdout", 1), wrap(long, "stdout", 1), wrap("end\n", "stdout", 1), wrap("b\n", "stdout", 2)), []string{long + long + "end", "b"}},
		"parts of two streams": {lines(wrap("a1", "stdout", 1), wrap("b1", "stderr", 1), wrap("a2\n", "stdout", 1), wrap("b2\n", "stderr", 1)), []string{"a1a2", "b1b2"}},
		"part and newline":     {lines(wrap("a", "stdout", 1), wrap("\n", "stdout", 1)), []string{"a"}},
		"no last part":         {lines(wrap("a", "stdout", 1), wrap("b", "stderr", 1)), []string{"a", "b"}},
		"with attrs":           {`{"log":"a\n","stream":"stdout","attrs":{"tag":"x"},"time":"2026-06-01T10:00:00Z"}` + "\n", []string{"a"}},
		"cut off":              {`{"log":"a\n","stream":"stdout","time":"2026-06-01T1`, []string{`{"log":"a\n","stream":"stdout","time":"2026-06-01T1`}},
		"wrapped twice":        {lines(wrap(wrap("a\n", "stdout", 1)+"\n", "stdout", 2)), []string{wrap("a\n", "stdout", 1)}},
	} {
		t.Run(name, func(t *testing.T) {
			got := readOnce(t, newDir(t).write(id+"/"+id+"-json.log", c.text))
			if diff := cmp.Diff(c.want, raws(got.take())); diff != "" {
				t.Errorf("-want +got\n%.1000s", diff)
			}
		})
	}
}

func TestDockerIsNotAnyLogKey(t *testing.T) {
	for name, line := range map[string]string{
		"log and more":       `{"log":"a\n","stream":"stdout","time":"2026-06-01T10:00:00Z","event":"x"}`,
		"no stream":          `{"log":"a\n","time":"2026-06-01T10:00:00Z"}`,
		"no time":            `{"log":"a\n","stream":"stdout"}`,
		"another stream":     `{"log":"a\n","stream":"kafka","time":"2026-06-01T10:00:00Z"}`,
		"a time that is not": `{"log":"a\n","stream":"stdout","time":"noon"}`,
		"time is a number":   `{"log":"a\n","stream":"stdout","time":1}`,
		"log is an object":   `{"log":{"a":1},"stream":"stdout","time":"2026-06-01T10:00:00Z"}`,
		"log is the only":    `{"log":"a\n"}`,
		"text after":         `{"log":"a\n","stream":"stdout","time":"2026-06-01T10:00:00Z"} x`,
	} {
		t.Run(name, func(t *testing.T) {
			got := readOnce(t, newDir(t).write("app.log", line+"\n"))
			if diff := cmp.Diff([]string{line}, raws(got.take())); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestDockerTimes(t *testing.T) {
	d := newDir(t)
	path := d.write("x/"+id+"-json.log", lines(
		wrap(stamped(1, "a")+"\n", "stdout", 5),
		wrap("no time of its own\n", "stdout", 6),
		wrap("in two ", "stdout", 7), wrap("parts\n", "stdout", 8),
	))
	want := []time.Time{time.Date(2026, 6, 1, 10, 0, 1, 1000, time.UTC), dockerTime(6), dockerTime(7)}
	for i, e := range readOnce(t, path).take() {
		if !e.Time.Equal(want[i]) || !e.Transport.Equal(dockerTime(5+i)) {
			t.Errorf("%s: time %v, transport %v", e.Raw, e.Time, e.Transport)
		}
	}
}

func TestServiceNames(t *testing.T) {
	for name, c := range map[string]struct {
		file, config string
		want         string
	}{
		"container":             {id + "-json.log", `{"ID":"x","Name":"/donna-api","Config":{}}`, "donna-api"},
		"rotated":               {id + "-json.log.1", `{"Name":"/donna-api"}`, "donna-api"},
		"no configuration":      {id + "-json.log", "", id[:12]},
		"broken configuration":  {id + "-json.log", `{"Name":`, id[:12]},
		"nameless":              {id + "-json.log", `{}`, id[:12]},
		"a file":                {"donna-orchestrator.log", `{"Name":"/not-mine"}`, "donna-orchestrator"},
		"rotated file":          {"donna.log.12", "", "donna"},
		"rotated by date":       {"donna.log-20260601", "", "donna"},
		"rotated without .log":  {"syslog.1", "", "syslog"},
		"JSON lines":            {"donna.jsonl", "", "donna"},
		"number in its name":    {"donna-2.log", "", "donna-2"},
		"no ending":             {"messages", "", "messages"},
		"nothing but an ending": {".log", "", ".log"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDir(t)
			if c.config != "" {
				d.write("config.v2.json", c.config)
			}
			got := readOnce(t, d.write(c.file, lines("plain", `{"service":"own"}`))).take()
			if got[0].Service != c.want || got[1].Service != "own" {
				t.Errorf("services %q, %q; want %q, own", got[0].Service, got[1].Service, c.want)
			}
		})
	}
}

func TestDockerRotatesInTheMiddleOfALine(t *testing.T) {
	d := newDir(t)
	d.write("json.log", lines(wrap("a\n", "stdout", 1)))
	follow(t, []string{d.join("json.log*")}, func(f *following) {
		f.wantNow("a")
		d.add("json.log", lines(wrap("first ", "stdout", 2)))
		f.want()
		d.add("json.log", lines(wrap("second ", "stdout", 2)))
		d.rename("json.log", "json.log.1")
		d.write("json.log", lines(wrap("third\n", "stdout", 2), wrap("b\n", "stdout", 3)))
		f.want("first second third", "b")
	})
}

func TestDockerLongLine(t *testing.T) {
	part := strings.Repeat("x", 1<<20)
	var text string
	for range 6 {
		text += wrap(part, "stdout", 1) + "\n"
	}
	got := readOnce(t, newDir(t).write("json.log", text+lines(wrap("end\n", "stdout", 1), wrap("b\n", "stdout", 2))))
	entries := got.take()
	if len(entries) != 2 || entries[0].Raw != strings.Repeat(part, 4) || entries[1].Raw != "b" {
		t.Errorf("%d lines", len(entries))
	}
	if st := got.state(); st.Lost != 1 || !strings.Contains(st.Detail, "4 MiB") {
		t.Errorf("state = %+v", st)
	}
}
