package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/inspect"
	"github.com/donna-project/donnatop/data/logline"
)

// inspectedLines are lines of everything the panels count, and some they must not.
func inspectedLines() []string {
	return []string{
		`{"event": "notification_sent", "level": "info", "channel": "discord", "notification_type": "digest"}`,
		`{"event": "x", "event_type": "notification.sent", "level": "info"}`,
		`{"event": "dm_send_failed", "event_type": "notification.sent", "level": "WARNING"}`,
		`{"event": "sms_blocked_blackout", "level": "info"}`,
		`{"event": "dedup_check_result", "verdict": "same", "level": "info"}`,
		`{"event": "dedup_check_result", "verdict": "new", "level": "info"}`,
		`{"event": "y", "event_type": "task.dedup_detected", "level": "info"}`,
		`{"event": "prep_agent_executing", "level": "debug"}`,
		`{"event": "memory_retrieval", "level": "info", "hits": 3}`,
		`{"event": "memory_ingest_task", "level": "info"}`,
		`{"event": "memory_ingest_failed", "source_type": "chat", "level": "error"}`,
		`{"event": "vault_autowrite_written", "template": "t", "level": "info"}`,
		`{"event": "vault_watch_event", "change": "added", "level": "info"}`,
		`{"event": "task_failed", "level": "error", "exception": "ValueError: no"}`,
		`{"event": "down", "level": "critical"}`,
		`{"event": "notification_sent_not", "error_count": 3, "level": "information"}`,
		`plain text with "level": "error" in it`,
		`{"event": "cut off", "level": "error`,
	}
}

// TestInspectCommands runs the LogQL of every panel's command on a real Loki and
// compares with what donnatop counted of the same lines.
func TestInspectCommands(t *testing.T) {
	s := newServer(t)
	now := time.Now().UTC().Truncate(time.Millisecond)
	hub := data.NewHub(data.HubOptions{Clock: clockwork.NewFakeClockAt(now)})
	hub.SetState(data.SourceLoki, data.SourceState{State: data.StateLive, Loaded: true})
	p := newPusher(s.addr, "inspect")
	var values [][2]string
	var entries []logline.Entry
	for i := range 300 {
		raw := inspectedLines()[i%len(inspectedLines())]
		at := now.Add(-time.Duration(300-i) * 17 * time.Second)
		values = append(values, [2]string{strconv.FormatInt(at.UnixNano(), 10), raw})
		var e logline.Entry
		logline.Parse(&e, raw, at, at)
		entries = append(entries, e)
	}
	hub.AppendHistory(entries)
	if status, text := p.push(t.Context(), []stream{{Stream: map[string]string{"job": "inspect"}, Values: values}}); status != http.StatusNoContent {
		t.Fatalf("Loki answers %d: %s", status, text)
	}
	snap := hub.Publish()
	target := inspect.Target{Loki: s.addr, Selector: `{job="inspect"}`}
	past := data.Window{Name: data.WindowRange, From: now.Add(-70 * time.Minute), To: now.Add(-20*time.Minute - 500*time.Millisecond)}
	compared := 0
	for _, view := range []struct {
		figures *data.Figures
		windows []string
	}{
		{snap.Figures(), []string{data.Window1h, data.Window24h}},
		{snap.FiguresIn(past, nil), []string{data.WindowRange}},
	} {
		for _, window := range view.windows {
			for _, id := range inspect.Panels() {
				r, _ := inspect.Of(id, snap, view.figures, window, target)
				if !strings.HasPrefix(r.Command, "logcli ") {
					continue
				}
				query := lastArgument(t, r.Command)
				if got := s.instant(t, query, r.Window.To); got != *r.Value {
					t.Errorf("%s in %s: %s is %v, Loki counts %v\n%s", id, window, r.Headline, *r.Value, got, query)
				}
				compared++
			}
		}
	}
	if compared < 30 {
		t.Errorf("%d commands compared: there are more", compared)
	}
}

// lastArgument is the query of a logcli command as a shell hands it over.
func lastArgument(t *testing.T, command string) string {
	t.Helper()
	out, err := exec.Command("sh", "-c", `logcli() { for a; do :; done; printf %s "$a"; }; `+command).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, command)
	}
	return string(out)
}

// instant is the sum of an instant query.
func (s *server) instant(t *testing.T, query string, at time.Time) float64 {
	t.Helper()
	address := s.addr + "/loki/api/v1/query?" + url.Values{"query": {query}, "time": {fmt.Sprint(at.UnixNano())}}.Encode()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Data struct {
			Result []struct {
				Value [2]any `json:"value"`
			} `json:"result"`
		} `json:"data"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("Loki answers %d (%v) to %s", resp.StatusCode, err, query)
	}
	total := 0.0
	for _, r := range answer.Data.Result {
		n, err := strconv.ParseFloat(fmt.Sprint(r.Value[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		total += n
	}
	return total
}
