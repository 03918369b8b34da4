package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data/demo"
)

// parityFile is the page whose tables are measured here; UPDATE_PARITY=1 rewrites them.
const parityFile = "../docs/grafana-parity.md"

// parityNow is the present of the simulated day: long past, whatever the clock of the machine says.
var parityNow = time.Date(2025, 6, 18, 16, 0, 0, 0, time.UTC)

// TestGrafanaParity gives a day of the simulator's lines to Loki, asks it what each of
// the panels in Donna's dashboards selects, asks donnatop for its figures of the same
// lines, and compares both with docs/grafana-parity.md.
func TestGrafanaParity(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	sim, err := demo.New(t.Context(), demo.Options{Dir: dir, Seed: 1, Start: parityNow, History: 25 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if err := sim.Close(); err != nil {
		t.Fatal(err)
	}
	s := newServer(t)
	lines := s.pushDay(t, filepath.Join(dir, "donna.log"))
	s.flush()
	waitFor(t, 60*time.Second, "all lines to be found", func() bool {
		return s.instant(t, `sum(count_over_time({container_name="donna-orchestrator"}[48h]))`, parityNow.Add(time.Second)) == float64(lines)
	})
	figures := s.snapshot(t, buildDonnatop(t), dir)

	page, err := os.ReadFile(parityFile)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, d := range dashboards {
		var table strings.Builder
		table.WriteString("| Panel in Grafana | What it selects | Shows | In donnatop | Shows | |\n| --- | --- | --- | --- | --- | --- |\n")
		for _, p := range d.panels {
			there, ours := s.ask(t, &p), figures.number(t, p.figure)
			if p.same && there != ours {
				t.Errorf("%s, %s: Grafana counts %s, donnatop %s", d.name, p.name, there, ours)
			}
			fmt.Fprintf(&table, "| %s | %s | %s | %s | %s | %s |\n", p.name, p.selects(), there, p.place, ours, p.note)
		}
		text = replaceTable(t, text, d.name, table.String())
	}
	if text == string(page) {
		return
	}
	if os.Getenv("UPDATE_PARITY") != "" {
		if err := os.WriteFile(parityFile, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("%s is not what was measured: look at it with UPDATE_PARITY=1 go test -run TestGrafanaParity", parityFile)
}

// replaceTable puts the table under a dashboard's heading in place of the one there.
func replaceTable(t *testing.T, page, heading, table string) string {
	t.Helper()
	before, rest, ok := strings.Cut(page, "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("%s has no heading %q", parityFile, heading)
	}
	intro, after := rest, ""
	if i := strings.Index(rest, "\n| "); i >= 0 {
		intro, after = rest[:i+1], rest[i+1:]
		for strings.HasPrefix(after, "| ") {
			_, after, _ = strings.Cut(after, "\n")
		}
	} else {
		t.Fatalf("%s: no table below %q", parityFile, heading)
	}
	return before + "\n## " + heading + "\n" + intro + table + after
}

// pushDay pushes the log as promtail does, and says how many lines it has: Donna's
// labels, of which those taken out of a line are there if the line has the key.
func (s *server) pushDay(t *testing.T, path string) int {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	p := newPusher(s.addr, "parity")
	at, total := parityNow.Add(-25*time.Hour), 0
	streams := map[string]*stream{}
	flush := func() {
		var request []stream
		for _, st := range streams {
			request = append(request, *st)
		}
		if status, text := p.push(t.Context(), request); status != http.StatusNoContent {
			t.Fatalf("Loki answers %d: %s", status, text)
		}
		clear(streams)
	}
	for raw := range strings.Lines(string(content)) {
		raw = strings.ToValidUTF8(strings.TrimSuffix(raw, "\n"), "?")
		labels := map[string]string{"container_name": "donna-orchestrator", "service": "donna-orchestrator"}
		var o map[string]any
		if json.Unmarshal([]byte(raw), &o) == nil {
			for _, key := range []string{"level", "event_type", "component", "skill_id", "task_type"} {
				if v, ok := o[key].(string); ok && v != "" {
					labels[key] = v
				}
			}
			if text, ok := o["timestamp"].(string); ok {
				if own, err := time.Parse(time.RFC3339Nano, text); err == nil {
					at = own
				}
			}
		}
		key := fmt.Sprint(labels)
		if streams[key] == nil {
			streams[key] = &stream{Stream: labels}
		}
		at = at.Add(1) // of equal lines at the same instant Loki keeps one
		streams[key].Values = append(streams[key].Values, [2]string{strconv.FormatInt(at.UnixNano(), 10), raw})
		if total++; total%2000 == 0 {
			flush()
		}
	}
	flush()
	return total
}

// snapshotFigures are the figures of `donnatop snapshot`.
type snapshotFigures map[string]any

func (s *server) snapshot(t *testing.T, exe, dir string) snapshotFigures {
	t.Helper()
	cmd := s.command(exe, "snapshot", "--json", "--now", parityNow.Format(time.RFC3339), "--db", dir, "--donna-config", filepath.Join(dir, "config"),
		"--selector", `{container_name="donna-orchestrator"}`, "--wait", "60s")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("donnatop snapshot: %v\n%s", err, &stderr)
	}
	var figures snapshotFigures
	if err := json.Unmarshal(out, &figures); err != nil {
		t.Fatal(err)
	}
	return figures
}

// number is the figure at a path, or the sum of those at several: a number as it is,
// of maps and lists the sum of their numbers. A part of a path that a map doesn't have
// is looked for in each of its values.
func (f snapshotFigures) number(t *testing.T, paths string) string {
	t.Helper()
	if paths == "" {
		return "–"
	}
	total, known := 0.0, false
	for path := range strings.SplitSeq(paths, " + ") {
		if v := f.at(path); v != nil {
			total, known = total+sum(v), true
		}
	}
	if !known {
		return "null"
	}
	return measure(total)
}

func (f snapshotFigures) at(path string) any {
	var at any = map[string]any(f)
	for key := range strings.SplitSeq(path, "/") {
		if o, ok := at.(map[string]any); ok && o[key] != nil {
			at = o[key]
			continue
		}
		if at = column(at, key); at == nil {
			return nil
		}
	}
	return at
}

// column is the figure of that name of everything in a list or map.
func column(of any, key string) any {
	var out []any
	each(of, func(v any) {
		if o, ok := v.(map[string]any); ok && o[key] != nil {
			out = append(out, o[key])
		}
	})
	if list, ok := of.([]any); out == nil && (!ok || len(list) > 0) {
		return nil
	}
	return out
}

func each(of any, do func(any)) {
	switch of := of.(type) {
	case map[string]any:
		for _, v := range of {
			do(v)
		}
	case []any:
		for _, v := range of {
			do(v)
		}
	}
}

func sum(v any) float64 {
	switch v := v.(type) {
	case float64:
		return v
	case []any, map[string]any:
		total := 0.0
		each(v, func(v any) { total += sum(v) })
		return total
	case string: // an entry of a list
		return 1
	}
	return 0
}

// measure writes a number with four digits after the point at most.
func measure(v float64) string {
	return strconv.FormatFloat(float64(int64(v*1e4+0.5))/1e4, 'f', -1, 64)
}
