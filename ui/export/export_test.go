package export_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/donna-project/donnatop/ui/export"
)

var at = time.Date(2026, time.July, 15, 15, 37, 42, 500_000_000, time.FixedZone("CEST", 7200))

var table = export.Table{
	Columns: []string{"task type", "calls", "cost_usd", "ok", "last"},
	Rows: [][]any{
		{"parse_task", int64(12), 0.000125, true, at},
		{"=cmd|' /C calc'!A0", int64(-3), math.NaN(), false, nil},
		{"two\nlines, \"quoted\"\t\x1b[2J\u202eend", nil, 1e21, nil, nil},
	},
}

func encoded(t *testing.T, tb export.Table, f export.Format) string {
	t.Helper()
	b, err := export.Encode(tb, f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestCSV(t *testing.T) {
	got, err := csv.NewReader(strings.NewReader(encoded(t, table, export.CSV))).ReadAll()
	want := [][]string{
		{"task type", "calls", "cost_usd", "ok", "last"},
		{"parse_task", "12", "0.000125", "true", "2026-07-15T13:37:42.5Z"},
		{"'=cmd|' /C calc'!A0", "-3", "", "false", ""},
		{"two\nlines, \"quoted\"\t[2Jend", "", "1000000000000000000000", "", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v (-want +got)\n%s", err, diff)
	}
}

// Text that a spreadsheet would calculate is marked; numbers are numbers.
func TestCSVFormulas(t *testing.T) {
	for in, guarded := range map[string]bool{
		"=1+1": true, "+1": true, "-1": true, "@SUM(A1)": true, "\t=1": true, "\r=1": true, "  =1": true, "＝1": true, "－1": true,
		"": false, "a=1": false, "'=1": false, "1-1": false, "日本": false,
	} {
		b := encoded(t, export.Table{Columns: []string{"x"}, Rows: [][]any{{in}}}, export.CSV)
		rows, err := csv.NewReader(strings.NewReader(b)).ReadAll()
		if err != nil || len(rows) < 2 && in != "" {
			t.Fatalf("%q: %v, %v", in, rows, err)
		}
		if in != "" && strings.HasPrefix(rows[1][0], "'") != (guarded || in == "'=1") {
			t.Errorf("%q is written as %q", in, rows[1][0])
		}
	}
	if b := encoded(t, export.Table{Columns: []string{"=x"}, Rows: [][]any{{int64(-1)}, {-1.5}}}, export.CSV); b != "'=x\n-1\n-1.5\n" {
		t.Errorf("%q", b)
	}
}

func TestJSON(t *testing.T) {
	s := encoded(t, table, export.JSON)
	if !strings.Contains(s, `{"task type": "parse_task", "calls": 12, "cost_usd": 0.000125, "ok": true, "last": "2026-07-15T13:37:42.5Z"}`) {
		t.Errorf("the order of columns is lost: %s", s)
	}
	var got []map[string]any
	if err := json.Unmarshal([]byte(s), &got); err != nil {
		t.Fatal(err)
	}
	if got[1]["cost_usd"] != nil || got[1]["calls"] != -3.0 || got[2]["task type"] != "two\nlines, \"quoted\"\t[2Jend" {
		t.Errorf("%v", got)
	}
	if s := encoded(t, export.Table{Columns: []string{"x"}}, export.JSON); s != "[\n]\n" {
		t.Errorf("an empty table is %q", s)
	}
	if s := encoded(t, export.Table{Columns: []string{"x"}, Rows: [][]any{{"a<b>&c"}}}, export.JSON); !strings.Contains(s, "a<b>&c") {
		t.Errorf("%q", s)
	}
}

func TestText(t *testing.T) {
	want := "task type                           calls  cost_usd                ok     last\n" +
		"parse_task                          12     0.000125                true   2026-07-15T13:37:42.5Z\n" +
		"=cmd|' /C calc'!A0                  -3                             false  –\n" +
		"two↵lines, \"quoted\" [2Jend          –      1000000000000000000000  –      –\n"
	if diff := cmp.Diff(strings.Fields(want), strings.Fields(encoded(t, table, export.Text))); diff != "" {
		t.Error(diff)
	}
}

// No form carries what a terminal obeys.
func TestNothingToObey(t *testing.T) {
	hostile := "\x1b]52;c;eA==\a\x9b\u009b31m\u202e\x00\r"
	for _, f := range export.Formats {
		b := encoded(t, export.Table{Columns: []string{hostile}, Rows: [][]any{{hostile}}}, f)
		if i := strings.IndexFunc(b, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 || r == 0x202e }); i >= 0 {
			t.Errorf("%s: %q", f, b[i:])
		}
	}
}

func TestValuesWithoutAForm(t *testing.T) {
	for _, f := range export.Formats {
		if _, err := export.Encode(export.Table{Columns: []string{"x"}, Rows: [][]any{{3}}}, f); err == nil || !strings.Contains(err.Error(), "type int") {
			t.Errorf("%s: error %v", f, err)
		}
	}
	if _, err := export.Encode(export.Table{Columns: []string{"x"}, Rows: [][]any{{nil}, {nil, nil}}}, export.JSON); err == nil || !strings.Contains(err.Error(), "row 2 has 2 values for 1 columns") {
		t.Errorf("a row that is too long: %v", err)
	}
	if _, err := export.Encode(table, "xls"); err == nil {
		t.Error("an unknown format is written")
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	first, err := export.Save(dir, "LLM: Calls/hour", export.CSV, []byte("one"), at)
	if err != nil || first != filepath.Join(dir, "donnatop-llm--calls-hour-20260715-133742.csv") {
		t.Fatalf("%s, %v", first, err)
	}
	second, err := export.Save(dir, "LLM: Calls/hour", export.CSV, []byte("two"), at)
	if err != nil || filepath.Base(second) != "donnatop-llm--calls-hour-20260715-133742-2.csv" {
		t.Fatalf("%s, %v", second, err)
	}
	for path, want := range map[string]string{first: "one", second: "two"} {
		got, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(got, []byte(want)) {
			t.Errorf("%s holds %q, %v", path, got, err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
	}
	if path, err := export.Save(dir, "../../etc/passwd", export.Text, nil, at); err != nil || filepath.Dir(path) != dir {
		t.Errorf("%s, %v", path, err)
	}
	if path, err := export.Save(dir, "日本", export.Text, nil, at); err != nil || !strings.Contains(path, "donnatop-table-") {
		t.Errorf("%s, %v", path, err)
	}
	if _, err := export.Save(filepath.Join(dir, "none"), "x", export.Text, nil, at); err == nil || !strings.Contains(err.Error(), "export: ") {
		t.Errorf("no directory: %v", err)
	}
}

// A link in the way is no way to another file.
func TestSaveFollowsNoLink(t *testing.T) {
	dir, victim := t.TempDir(), filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victim, filepath.Join(dir, "donnatop-x-20260715-133742.csv")); err != nil {
		t.Skip(err)
	}
	path, err := export.Save(dir, "x", export.CSV, []byte("new"), at)
	if err != nil || !strings.HasSuffix(path, "-2.csv") {
		t.Errorf("%s, %v", path, err)
	}
	if got, _ := os.ReadFile(victim); string(got) != "mine" {
		t.Errorf("the file behind the link holds %q", got)
	}
}
