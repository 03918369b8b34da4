package logfile_test

import (
	"io"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logfile"
)

func TestFollow(t *testing.T) {
	d := newDir(t)
	path := d.write("app.log", "a\nb")
	follow(t, []string{path}, func(f *following) {
		f.wantNow("a") // b has no newline yet
		if st := f.sink.state(); st.State != data.StateLive || !st.Loaded {
			t.Errorf("state = %+v", st)
		}
		d.add("app.log", "b\nc\n")
		f.want("bb", "c")
		f.want()
		d.add("app.log", strings.Repeat("x", 100_000))
		f.want()
		d.add("app.log", "\n\nd\n")
		f.want(strings.Repeat("x", 100_000), "", "d")
	})
}

func TestFollowIsQuiet(t *testing.T) {
	path := newDir(t).write("app.log", "a\n")
	follow(t, []string{path}, func(f *following) {
		before := len(f.sink.states)
		f.wait(20 * time.Second)
		if n := len(f.sink.states) - before; n < 3 || n > 5 {
			t.Errorf("%d states in 20 s without news", n)
		}
		if st := f.sink.state(); f.clock.Since(st.AsOf) > 5*time.Second {
			t.Errorf("AsOf is %v ago", f.clock.Since(st.AsOf))
		}
	})
}

func TestFollowMissingThenAppearing(t *testing.T) {
	d := newDir(t)
	follow(t, []string{d.join("app.log"), d.join("*.jsonl")}, func(f *following) {
		st := f.sink.state()
		if st.State != data.StateFailed || st.Loaded || !strings.Contains(st.Detail, "app.log: no such file; waiting") || !strings.Contains(st.Detail, "no file matches") {
			t.Errorf("state = %+v", st)
		}
		n := len(f.sink.states)
		f.wait(10 * time.Second)
		if len(f.sink.states) != n {
			t.Error("the same failure is reported again and again")
		}
		d.write("app.log", "a\n")
		f.want("a")
		if st := f.sink.state(); st.State != data.StateLive || !st.Loaded || !strings.Contains(st.Detail, "no file matches") {
			t.Errorf("state = %+v", st)
		}
		d.write("one.jsonl", "b\n")
		f.want("b")
		d.write("two.jsonl", "c\n")
		d.add("one.jsonl", "d\n")
		f.poll()
		if diff := cmp.Diff([]string{"c", "d"}, sorted(raws(f.sink.take()))); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if st := f.sink.state(); st.State != data.StateLive || st.Detail != "" {
			t.Errorf("state = %+v", st)
		}
	})
}

func TestFollowGone(t *testing.T) {
	d := newDir(t)
	path := d.write("app.log", "a\n")
	follow(t, []string{path}, func(f *following) {
		f.wantNow("a")
		d.remove("app.log")
		f.wait(2 * time.Minute)
		if st := f.sink.state(); st.State != data.StateStale || !st.Loaded || !strings.Contains(st.Detail, "no such file") {
			t.Errorf("state = %+v", st)
		}
		d.write("app.log", "b\n")
		f.want("b")
		if st := f.sink.state(); st.State != data.StateLive {
			t.Errorf("state = %+v", st)
		}
	})
}

func TestFollowRename(t *testing.T) {
	for name, paths := range map[string][]string{"glob matches both": {"app.log*"}, "only the new one": {"app.log"}} {
		t.Run(name, func(t *testing.T) {
			d := newDir(t)
			d.write("app.log", lines(stamped(1, "a")))
			follow(t, []string{d.join(paths[0])}, func(f *following) {
				f.wantNow(stamped(1, "a"))
				d.add("app.log", lines(stamped(5, "b")))
				d.rename("app.log", "app.log.1")
				d.add("app.log.1", lines(stamped(6, "c"))) // the writer was not told yet
				d.write("app.log", lines("of c", stamped(4, "older, but in the new file"), stamped(7, "d")))
				f.want(stamped(5, "b"), stamped(6, "c"), "of c", stamped(4, "older, but in the new file"), stamped(7, "d"))
				d.add("app.log.1", lines(stamped(8, "e")))
				d.add("app.log", lines(stamped(9, "f")))
				f.want(stamped(8, "e"), stamped(9, "f"))
				f.wait(10 * time.Second)
				f.wantNow()

				// A second rotation moves both names on.
				d.rename("app.log.1", "app.log.2")
				d.rename("app.log", "app.log.1")
				f.want()
				d.write("app.log", lines(stamped(10, "g")))
				f.want(stamped(10, "g"))
			})
		})
	}
}

func TestFollowRenameGivesTheTimeOn(t *testing.T) {
	d := newDir(t)
	d.write("app.log", lines(stamped(1, "a")))
	follow(t, []string{d.join("app.log")}, func(f *following) {
		f.wantNow(stamped(1, "a"))
		d.rename("app.log", "app.log.1")
		d.write("app.log", "of a\n")
		f.poll()
		got := f.sink.take()
		if len(got) != 1 || !got[0].Time.Equal(time.Date(2026, 6, 1, 10, 0, 1, 1000, time.UTC)) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestFollowRetiresQuietFiles(t *testing.T) {
	d := newDir(t)
	path := d.write("app.log", "a\nhalf a li")
	follow(t, []string{path}, func(f *following) {
		f.wantNow("a")
		d.rename("app.log", "app.log.1")
		d.write("app.log", "b\n")
		f.want("b")
		f.wait(50 * time.Second)
		d.add("app.log.1", "ne\nc")
		f.want("half a line")
		f.wait(50 * time.Second)
		f.wantNow()
		f.wait(20 * time.Second)
		f.wantNow("c") // no newline will come
	})
}

func TestFollowCopyAndTruncate(t *testing.T) {
	for name, rotate := range map[string]func(f *following, d dir){
		"between two polls": func(f *following, d dir) {
			d.add("app.log", lines(stamped(3, "c")))
			d.copy("app.log", "app.log.1")
			d.truncate("app.log")
			d.add("app.log", lines(stamped(4, "d")))
		},
		"seen before it is truncated": func(f *following, d dir) {
			d.add("app.log", lines(stamped(3, "c")))
			d.copy("app.log", "app.log.1")
			f.poll()
			d.truncate("app.log")
			f.poll()
			d.add("app.log", lines(stamped(4, "d")))
		},
		"while it is being copied": func(f *following, d dir) {
			d.add("app.log", lines(stamped(3, "c")))
			d.write("app.log.1", "")
			f.poll()
			d.add("app.log.1", stamped(1, "a")[:20])
			f.wait(1500 * time.Millisecond)
			d.copy("app.log", "app.log.1")
			f.wait(1500 * time.Millisecond)
			d.truncate("app.log")
			d.add("app.log", lines(stamped(4, "d")))
		},
		"more is written before it is truncated": func(f *following, d dir) {
			d.copy("app.log", "app.log.1")
			d.add("app.log", lines(stamped(3, "c")))
			f.poll()
			d.truncate("app.log")
			d.add("app.log", lines(stamped(4, "d")))
		},
		"and longer at once": func(f *following, d dir) {
			d.add("app.log", lines(stamped(3, "c")))
			d.copy("app.log", "app.log.1")
			d.truncate("app.log")
			d.add("app.log", lines(stamped(4, "d"), strings.Repeat("x", 5000)))
		},
		"in the middle of a line": func(f *following, d dir) {
			d.add("app.log", stamped(3, "c")[:9])
			f.poll()
			d.add("app.log", stamped(3, "c")[9:]+"\n")
			d.copy("app.log", "app.log.1")
			d.truncate("app.log")
			d.add("app.log", lines(stamped(4, "d")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDir(t)
			d.write("app.log", lines(stamped(1, "a"), stamped(2, "b")))
			follow(t, []string{d.join("app.log*")}, func(f *following) {
				rotate(f, d)
				f.wait(5 * time.Second)
				d.add("app.log", lines(stamped(5, "e")))
				f.poll()
				var got []string
				for _, raw := range raws(f.sink.take()) {
					if !strings.HasPrefix(raw, "x") {
						got = append(got, raw)
					}
				}
				want := []string{stamped(1, "a"), stamped(2, "b"), stamped(3, "c"), stamped(4, "d"), stamped(5, "e")}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-want +got\n%s", diff)
				}
			})
		})
	}
}

func TestFollowAlikeFiles(t *testing.T) {
	d := newDir(t)
	d.write("a.log", lines("the same"))
	follow(t, []string{d.join("*.log")}, func(f *following) {
		f.wantNow("the same")
		d.write("b.log", lines("the same"))
		f.wait(3 * time.Second)
		f.wantNow("the same") // nothing was truncated: it is a file of its own
		d.write("c.log", lines("the same", "and more"))
		f.wait(3 * time.Second)
		f.wantNow("the same", "and more")
		d.write("empty.log", "")
		f.wait(3 * time.Second)
		d.add("empty.log", "x\n")
		f.want("x")
	})
}

func TestFollowTruncated(t *testing.T) {
	d := newDir(t)
	path := d.write("app.log", lines(stamped(1, "a"), stamped(2, "b"))+"half")
	follow(t, []string{path}, func(f *following) {
		f.wantNow(stamped(1, "a"), stamped(2, "b"))
		before := f.clock.Now()
		d.truncate("app.log")
		d.add("app.log", lines(stamped(3, "c")))
		f.want(stamped(3, "c"))
		f.wait(3 * time.Second)
		f.wantNow("half")
		st := f.sink.state()
		want := []data.Gap{{From: before, To: before.Add(logfile.DefaultPoll), Reason: path + " was truncated; lines written just before may be missing"}}
		if diff := cmp.Diff(want, st.Gaps); diff != "" || st.State != data.StateLive {
			t.Errorf("gaps: -want +got\n%s", diff)
		}

		// Written over with something longer: only the content tells.
		d.write("app.log", lines(stamped(4, "d"), stamped(5, "e"), stamped(6, "f")))
		f.want(stamped(4, "d"), stamped(5, "e"), stamped(6, "f"))
		d.write("app.log", lines(stamped(7, "g"), stamped(8, "h"), stamped(9, "i"))) // and of the same length
		f.want(stamped(7, "g"), stamped(8, "h"), stamped(9, "i"))
	})
}

func TestFollowHole(t *testing.T) {
	d := newDir(t)
	path := d.write("app.log", strings.Repeat("a long line, twice\n", 2))
	follow(t, []string{path}, func(f *following) {
		f.wantNow("a long line, twice", "a long line, twice")
		// The writer does not append: it goes on where it was, behind a hole.
		d.truncate("app.log")
		w, err := os.OpenFile(path, os.O_WRONLY, 0)
		d.must(err)
		defer w.Close()
		_, err = w.WriteAt([]byte("next\n"), 38)
		d.must(err)
		f.want("next")
	})
}

func TestFollowReplacedByLongerCopy(t *testing.T) {
	d := newDir(t)
	path := d.write("app.log", lines(stamped(1, "a"), stamped(2, "b"))+stamped(3, "c")[:10])
	follow(t, []string{path}, func(f *following) {
		f.wantNow(stamped(1, "a"), stamped(2, "b"))
		d.write("app.log.tmp", lines(stamped(1, "a"), stamped(2, "b"), stamped(3, "c"), stamped(4, "d"))) // as rsync does
		d.rename("app.log.tmp", "app.log")
		f.want(stamped(3, "c"), stamped(4, "d"))
		f.wait(2 * time.Minute)
		f.wantNow()
	})
}

func TestFollowReplacedByLongerCopiesInARow(t *testing.T) {
	d := newDir(t)
	text := lines(stamped(1, "a"), stamped(2, "b"))
	path := d.write("app.log", text)
	follow(t, []string{path}, func(f *following) {
		f.wantNow(stamped(1, "a"), stamped(2, "b"))
		for second := range 4 { // the files replaced are not closed yet
			line := stamped(10+second, "next")
			text += line + "\n"
			d.write("app.log.tmp", text)
			d.rename("app.log.tmp", "app.log")
			f.want(line)
		}
		f.wait(2 * time.Minute)
		f.wantNow()
	})
}

func TestFollowLink(t *testing.T) {
	d := newDir(t)
	d.write("1.txt", "a\n")
	d.write("2.txt", "b\n")
	d.must(os.Symlink("1.txt", d.join("current.log")))
	follow(t, []string{d.join("current.log")}, func(f *following) {
		f.wantNow("a")
		d.remove("current.log")
		d.must(os.Symlink("2.txt", d.join("current.log")))
		d.add("1.txt", "c\n")
		f.poll()
		if diff := cmp.Diff([]string{"b", "c"}, sorted(raws(f.sink.take()))); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	})
}

func TestFollowLinesOfFilesByTime(t *testing.T) {
	d := newDir(t)
	d.write("a.log", "")
	d.write("b.log", "")
	follow(t, []string{d.join("*.log")}, func(f *following) {
		d.add("a.log", lines(stamped(1, "a"), stamped(4, "d")))
		d.add("b.log", lines(stamped(2, "b"), stamped(3, "c")))
		f.want(stamped(1, "a"), stamped(2, "b"), stamped(3, "c"), stamped(4, "d"))
	})
}

func TestFollowStdin(t *testing.T) {
	t.Run("to its end", func(t *testing.T) {
		followStdin(t, []string{"-"}, func(f *following, w io.WriteCloser) {
			if st := f.sink.state(); st.State != data.StateConnecting || st.Loaded {
				t.Errorf("state = %+v", st)
			}
			_, _ = w.Write([]byte("a\nb"))
			f.poll()
			f.wantNow("a")
			f.poll() // it has fallen silent
			if st := f.sink.state(); st.State != data.StateLive || !st.Loaded {
				t.Errorf("state = %+v", st)
			}
			_, _ = w.Write([]byte("b\n"))
			_ = w.Close()
			synctest.Wait()
			f.wantNow("bb")
			select {
			case err := <-f.done:
				f.done <- err
			default:
				t.Error("Run goes on after the only input ended")
			}
		})
	})
	t.Run("beside a file", func(t *testing.T) {
		d := newDir(t)
		path := d.write("a.log", "a\n")
		followStdin(t, []string{"-", path}, func(f *following, w io.WriteCloser) {
			_, _ = w.Write([]byte("b"))
			_ = w.Close()
			f.poll()
			if diff := cmp.Diff([]string{"a", "b"}, sorted(raws(f.sink.take()))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			d.add("a.log", "c\n")
			f.want("c")
		})
	})
}
