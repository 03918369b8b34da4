package logfile_test

import (
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data/logfile"
)

func TestSurvey(t *testing.T) {
	d := newDir(t)
	good := d.write("good.log", lines("a"))
	d.write("old.log.1.gz", "\x1f\x8b\x08\x00 and so on")
	empty := d.write("empty.log", "")
	found, faults := logfile.Survey([]string{good, empty, d.join("old*"), d.join("none.log"), d.join("none*"), logfile.Stdin})
	if len(found) != 3 || found[0].Path != good || found[0].Bytes != 2 || found[0].Modified.IsZero() || found[0].Fault != "" || found[1].Fault != "" {
		t.Errorf("found %+v", found)
	}
	if !strings.Contains(found[2].Fault, "old.log.1.gz is compressed with gzip; ") {
		t.Errorf("fault %q", found[2].Fault)
	}
	if len(faults) != 2 || !strings.Contains(faults[0], "none.log: no such file; ") || !strings.Contains(faults[1], "no file matches") {
		t.Errorf("faults %q", faults)
	}
}
