package logfile_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logfile"
)

func TestNew(t *testing.T) {
	clock := clockwork.NewFakeClock()
	for name, c := range map[string]struct {
		options logfile.Options
		want    string
	}{
		"no clock":      {logfile.Options{Paths: []string{"x"}}, "no clock"},
		"no path":       {logfile.Options{Clock: clock}, "no path given"},
		"empty path":    {logfile.Options{Clock: clock, Paths: []string{""}}, "empty path"},
		"broken glob":   {logfile.Options{Clock: clock, Paths: []string{"a[.log"}}, "a[.log"},
		"no stdin":      {logfile.Options{Clock: clock, Paths: []string{"-"}}, "standard input"},
		"missing files": {logfile.Options{Clock: clock, Paths: []string{"/nowhere/a.log", "/nowhere/*.log"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := logfile.New(c.options)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("New = %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("New = %v, want something of %q", err, c.want)
			case err == nil && s.Name() != data.SourceFiles:
				t.Errorf("Name = %q", s.Name())
			}
		})
	}
}

func TestReadText(t *testing.T) {
	megabyte := `{"event":"big","text":"` + strings.Repeat("x", 1<<20) + `"}`
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"lines":                    {"a\nb\n", []string{"a", "b"}},
		"last without newline":     {"a\nb", []string{"a", "b"}},
		"empty file":               {"", nil},
		"blank lines":              {"\na\n\n", []string{"", "a", ""}},
		"CRLF":                     {"a\r\nb\r\r\n\r\n", []string{"a", "b\r", ""}},
		"carriage return in line":  {"a\rb\n", []string{"a\rb"}},
		"NUL in a line":            {"a\x00b\nc\n", []string{"a\x00b", "c"}},
		"NULs of a hole":           {strings.Repeat("\x00", 300_000) + "a\n", []string{"a"}},
		"nothing but a hole":       {strings.Repeat("\x00", 1000), nil},
		"not UTF-8":                {"\xff\xfe\n", []string{"\xff\xfe"}},
		"escape sequences":         {"\x1b[2J\n", []string{"\x1b[2J"}},
		"1 MB":                     {megabyte + "\nb\n", []string{megabyte, "b"}},
		"4 MiB":                    {strings.Repeat("x", 4<<20) + "\r\nb\n", []string{strings.Repeat("x", 4<<20), "b"}},
		"JSON, not JSON, cut JSON": {lines(`{"event":"a"}`, "INFO x", `{"event":`), []string{`{"event":"a"}`, "INFO x", `{"event":`}},
	} {
		t.Run(name, func(t *testing.T) {
			got := readOnce(t, newDir(t).write("app.log", c.text))
			if diff := cmp.Diff(c.want, raws(got.take())); diff != "" {
				t.Errorf("-want +got\n%.2000s", diff)
			}
			if st := got.state(); st.State != data.StateLive || !st.Loaded || st.Lost != 0 || st.Detail != "" || st.Progress != 1 || st.AsOf.IsZero() {
				t.Errorf("state = %+v", st)
			}
		})
	}
}

func TestReadEntries(t *testing.T) {
	d := newDir(t)
	got := readOnce(t, d.write("donna-api.log.1", lines(
		"before any time",
		`{"event":"a","service":"own","level":"ERROR","timestamp":"2026-06-01T10:00:00Z"}`,
		"Traceback (most recent call last):",
		`{"event":"b"}`,
	))).take()
	at := time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC)
	type short struct {
		Time                   time.Time
		Service, Level, Source string
		JSON                   bool
	}
	var have []short
	for _, e := range got {
		have = append(have, short{e.Time, e.Service, e.Level, e.Source, e.JSON})
		if !e.Transport.IsZero() || e.Labels != nil || e.Late {
			t.Errorf("a file knows no transport time, labels or lateness: %+v", e)
		}
	}
	want := []short{{time.Time{}, "donna-api", "", "logs", false}, {at, "own", "error", "logs", true}, {at, "donna-api", "", "logs", false}, {at, "donna-api", "", "logs", true}}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestReadMergesByTime(t *testing.T) {
	d := newDir(t)
	d.write("app.log.1", lines(stamped(1, "a"), stamped(4, "d"), "of d"))
	d.write("app.log", lines(stamped(5, "e"), stamped(3, "late"), stamped(7, "g")))
	d.write("other.log", lines(stamped(2, "b"), stamped(4, "d2"), stamped(6, "f")))
	got := readOnce(t, d.join("app.log*"), d.join("other.log"))
	want := []string{stamped(1, "a"), stamped(2, "b"), stamped(4, "d"), "of d", stamped(4, "d2"), stamped(5, "e"), stamped(3, "late"), stamped(6, "f"), stamped(7, "g")}
	if diff := cmp.Diff(want, raws(got.take())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestReadOneFileOnce(t *testing.T) {
	d := newDir(t)
	path := d.write("real.log", lines("a"))
	d.must(os.Symlink(path, d.join("link.log")))
	d.must(os.Link(path, d.join("hard.log")))
	got := readOnce(t, path, path, d.join("link.log"), d.join("*.log"))
	if diff := cmp.Diff([]string{"a"}, raws(got.take())); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestReadBatches(t *testing.T) {
	const n = 20_345
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "%0100d\n", i)
	}
	got := readOnce(t, newDir(t).write("a.log", text.String()))
	for i, e := range got.take() {
		if e.Raw != fmt.Sprintf("%0100d", i) {
			t.Fatalf("line %d is %q", i, e.Raw)
		}
	}
	for _, size := range got.batches {
		if size > 1000 {
			t.Errorf("a batch of %d", size)
		}
	}
	progress := 0.0
	for i, st := range got.states {
		if st.Progress < progress || st.Loaded != (i == len(got.states)-1) {
			t.Errorf("state %d of %d: %+v after progress %v", i, len(got.states), st, progress)
		}
		progress = st.Progress
	}
	if len(got.states) < 10 || len(got.states) > 110 {
		t.Errorf("%d states: want some on the way, not one for each batch of a large file", len(got.states))
	}
}

func TestReadLongLines(t *testing.T) {
	const cap = 4 << 20
	long := strings.Repeat("x", 3*cap)
	for name, text := range map[string]string{
		"in the middle":       "a\n" + long + "\nb\n",
		"just over":           "a\n" + long[:cap+1] + "\nb\n",
		"at the end":          "a\n" + long + "\nb\n" + long,
		"much of it and CRLF": "a\r\n" + long + "\r\nb\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := readOnce(t, newDir(t).write("a.log", text))
			want := []string{"a", long[:cap], "b"}
			if strings.HasSuffix(text, "x") {
				want = append(want, long[:cap])
			}
			entries := got.take()
			if !cmp.Equal(want, raws(entries)) {
				t.Errorf("%d lines", len(entries))
			}
			st := got.state()
			if st.Lost != int64(len(want)-2) || !strings.Contains(st.Detail, "4 MiB") || st.State != data.StateLive {
				t.Errorf("state = %+v", st)
			}
		})
	}
}

func TestReadFaults(t *testing.T) {
	d := newDir(t)
	d.write("good.log", lines("a"))
	d.write("folder/x", "")
	d.write("old.log.2.gz", "\x1f\x8b\x08\x00 and so on")
	d.write("donna_tasks.db", "SQLite format 3\x00 and so on")
	d.write("random.bin", strings.Repeat("\x01\x02\x03abc", 100))
	d.must(os.Symlink(d.join("loop"), d.join("loop")))
	for name, c := range map[string]struct {
		path string
		want string // in the detail
	}{
		"missing":           {"none.log", "no such file"},
		"nothing matches":   {"none*.log", "no file matches"},
		"directory":         {"folder", "is a directory; name the files in it, such as " + d.join("folder/*.log")},
		"gzip":              {"old.log.2.gz", "gzip"},
		"database":          {"donna_tasks.db", "--db"},
		"binary":            {"random.bin", "binary"},
		"below a file":      {"good.log/x", "not a directory"},
		"link to itself":    {"loop", "loop"},
		"device":            {"../../../../../../../../dev/null", "not a regular file"},
		"glob of folders":   {"fold*", "no file matches"},
		"gzip among others": {"old*", "gzip"},
	} {
		t.Run(name, func(t *testing.T) {
			got := readOnce(t, d.join(c.path))
			if st := got.state(); st.State != data.StateFailed || st.Loaded || st.Transient || !strings.Contains(st.Detail, c.want) || strings.Contains(st.Detail, "\n") {
				t.Errorf("alone: %+v", st)
			}
			if l := got.take(); len(l) > 0 {
				t.Errorf("lines of it: %q", raws(l))
			}
			got = readOnce(t, d.join(c.path), d.join("good.log"))
			want := data.StateStale // read once, and not all of it
			if name == "gzip among others" {
				want = data.StateLive // a glob doesn't mean what rotation compressed
			}
			if st := got.state(); st.State != want || !st.Loaded || !strings.Contains(st.Detail, c.want) {
				t.Errorf("beside a good one: %+v", st)
			}
			if diff := cmp.Diff([]string{"a"}, raws(got.take())); diff != "" {
				t.Errorf("beside a good one: -want +got\n%s", diff)
			}
		})
	}
	t.Run("many", func(t *testing.T) {
		st := readOnce(t, d.join("1"), d.join("2"), d.join("3"), d.join("4"), d.join("5")).state()
		if !strings.HasSuffix(st.Detail, "and 2 more") {
			t.Errorf("Detail = %q", st.Detail)
		}
	})
}

func TestReadUnreadable(t *testing.T) {
	d := newDir(t)
	path := d.write("a.log", "a\n")
	d.must(os.Chmod(path, 0))
	if f, err := os.Open(path); err == nil {
		f.Close()
		t.Skip("this user may read everything")
	}
	if st := readOnce(t, path).state(); st.State != data.StateFailed || !strings.Contains(st.Detail, "permission denied; run donnatop as a user who may read it") {
		t.Errorf("state = %+v", st)
	}
}

func TestStdin(t *testing.T) {
	broken := errors.New("cable cut")
	for name, c := range map[string]struct {
		in     io.Reader
		want   []string
		state  data.State
		detail string
	}{
		"lines":        {in: strings.NewReader("a\nb\n"), want: []string{"a", "b"}, state: data.StateLive},
		"no newline":   {in: strings.NewReader("a\nb"), want: []string{"a", "b"}, state: data.StateLive},
		"byte by byte": {in: iotest.OneByteReader(strings.NewReader("a\r\nb\n\nc")), want: []string{"a", "b", "", "c"}, state: data.StateLive},
		"empty":        {in: strings.NewReader(""), state: data.StateLive},
		"compressed":   {in: strings.NewReader("\x1f\x8b\x08" + strings.Repeat("x\n", 100)), state: data.StateFailed, detail: "gzip"},
		"broken":       {in: io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), want: []string{"a", "b"}, state: data.StateFailed, detail: "cable cut"},
		"docker": {in: strings.NewReader(`{"log":"a\n","stream":"stdout","time":"2026-06-01T10:00:00Z"}` + "\n"),
			want: []string{"a"}, state: data.StateLive},
	} {
		t.Run(name, func(t *testing.T) {
			got := readFrom(t, c.in, "-")
			if diff := cmp.Diff(c.want, raws(got.take())); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if st := got.state(); st.State != c.state || st.Loaded != (c.state == data.StateLive) || !strings.Contains(st.Detail, c.detail) {
				t.Errorf("state = %+v", st)
			}
		})
	}
	t.Run("and a file", func(t *testing.T) {
		got := readFrom(t, strings.NewReader("a\n"), "-", newDir(t).write("b.log", "b\n"))
		if diff := cmp.Diff([]string{"a", "b"}, sorted(raws(got.take()))); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}
