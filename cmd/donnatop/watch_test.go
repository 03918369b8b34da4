package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// outside stands for all services on the net.
type outside struct {
	mu       sync.Mutex
	requests []string
	status   int
}

func (o *outside) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.requests = append(o.requests, req.URL.Host+" "+string(body))
	status := o.status
	if status == 0 {
		status = map[string]int{"discord.com": http.StatusNoContent}[req.URL.Host]
		if status == 0 {
			status = http.StatusCreated
		}
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: req}, nil
}

// seen are the requests since the last call.
func (o *outside) seen() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := o.requests
	o.requests = nil
	return out
}

const discordToken = "the-discord-token"

// watching is a place to run watch in.
type watching struct {
	t              *testing.T
	dir            string
	net            outside
	vars           map[string]string
	stdout, stderr bytes.Buffer
}

func newWatching(t *testing.T) *watching {
	dir := t.TempDir()
	return &watching{t: t, dir: dir, vars: map[string]string{
		"XDG_STATE_HOME": dir, "DOCKER_HOST": dockerOff, "DONNATOP_DISCORD_WEBHOOK": "https://discord.com/api/webhooks/1/" + discordToken,
	}}
}

func (w *watching) path(name string) string { return filepath.Join(w.dir, name) }

func (w *watching) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// run runs `donnatop watch` with the configuration alerts.yaml, if there is one.
func (w *watching) run(ctx context.Context, args ...string) int {
	w.stdout.Reset()
	w.stderr.Reset()
	all := []string{"watch", "--logs", w.path("donna.log")}
	if _, err := os.Stat(w.path("alerts.yaml")); err == nil {
		all = append(all, "--config", w.path("alerts.yaml"))
	}
	getenv := func(name string) (string, bool) { v, ok := w.vars[name]; return v, ok }
	return run(ctx, append(all, args...), env{stdin: strings.NewReader(""), stdout: &w.stdout, stderr: &w.stderr, getenv: getenv, transport: &w.net})
}

// errorLines are n errors of an instant.
func errorLines(n int, at time.Time) string {
	return strings.Repeat(fmt.Sprintf(`{"event": "x", "level": "error", "timestamp": %q}`+"\n", at.UTC().Format(time.RFC3339Nano)), n)
}

// TestWatchOnce is cron's use: every run is a process of its own.
func TestWatchOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatching(t)
		w.write("donna.log", errorLines(11, time.Now()))
		want := func(requests ...string) {
			t.Helper()
			got := w.net.seen()
			if len(got) != len(requests) {
				t.Fatalf("requests %q, want %q\n%s", got, requests, w.stderr.String())
			}
			for i := range got {
				if !strings.Contains(got[i], requests[i]) {
					t.Errorf("request %q, want %q", got[i], requests[i])
				}
			}
		}
		once := func(code int) {
			t.Helper()
			if got := w.run(t.Context(), "--once"); got != code {
				t.Fatalf("code %d, want %d\n%s", got, code, w.stderr.String())
			}
		}
		once(0)
		want(`discord.com {"username":"donnatop","content":"**FIRING: Errors in 5 min**\n` + "```" + `\nlog: 11 errors in 5 minutes\n`)
		once(0)
		want()
		time.Sleep(4 * time.Hour) // of the bubble's clock
		w.write("donna.log", errorLines(12, time.Now()))
		once(0)
		want("STILL FIRING: Errors in 5 min")
		time.Sleep(time.Hour)
		w.net.status = http.StatusInternalServerError
		once(1) // nobody could be told
		if len(w.net.seen()) == 0 {
			t.Error("nobody was asked")
		}
		w.net.status = 0
		time.Sleep(time.Hour)
		once(0)
		want("RESOLVED: Errors in 5 min")
		if strings.Contains(w.stderr.String()+w.stdout.String(), discordToken) {
			t.Error("the token is in the output")
		}
	})
}

func TestWatchDryRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatching(t)
		w.vars = map[string]string{"XDG_STATE_HOME": w.dir, "DOCKER_HOST": dockerOff}
		w.write("donna.log", errorLines(11, time.Now())+fmt.Sprintf(`{"event": "circuit_breaker_opened", "level": "critical", "timestamp": %q}`+"\n", time.Now().UTC().Format(time.RFC3339)))
		if code := w.run(t.Context(), "--once", "--dry-run"); code != 0 {
			t.Fatalf("code %d: %s", code, w.stderr.String())
		}
		for _, want := range []string{
			"breaker_open    firing   1                        donna: open\n",
			"error_burst     firing   12 (most 10)             log: 12 errors in 5 minutes\n",
			"service_down    unknown  -", "supabase_sync   ok       0s (most 1h0m0s)         no push seen\n",
			"would send to discord:\n  FIRING: Breaker opened\n  donna: open\n  since 2000-01-01 00:00 UTC\n\n  FIRING: Errors in 5 min\n",
			"would send to sms:\n  FIRING: Breaker opened\n  donna: open\n",
		} {
			if !strings.Contains(w.stdout.String(), want) {
				t.Errorf("no %q in\n%s", want, w.stdout.String())
			}
		}
		if len(w.net.seen()) > 0 {
			t.Error("a dry run sent something")
		}
		if _, err := os.Stat(w.path("donnatop")); err == nil {
			t.Error("a dry run remembers")
		}
	})
}

// TestWatchRuns lets a watch live for a day, and asks it to end.
func TestWatchRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatching(t)
		w.write("donna.log", "")
		ctx, terminate := context.WithCancel(t.Context())
		ended := make(chan int)
		go func() { ended <- w.run(ctx) }()
		live := func(d time.Duration) []string {
			time.Sleep(d)
			synctest.Wait()
			return w.net.seen()
		}
		if got := live(time.Hour); len(got) > 0 {
			t.Errorf("sent %q", got)
		}
		w.write("donna.log", errorLines(11, time.Now()))
		if got := live(2 * time.Minute); len(got) != 1 || !strings.Contains(got[0], "FIRING") {
			t.Errorf("sent %q", got)
		}
		w.net.mu.Lock()
		w.net.status = http.StatusTooManyRequests
		w.net.mu.Unlock()
		if got := live(11 * time.Minute); len(got) == 0 || !strings.Contains(got[0], "RESOLVED") {
			t.Errorf("sent %q", got)
		}
		w.net.mu.Lock()
		w.net.status = 0
		w.net.mu.Unlock()
		if got := live(30 * time.Minute); len(got) != 1 || !strings.Contains(got[0], "RESOLVED") {
			t.Errorf("sent %q", got)
		}
		terminate()
		if code := <-ended; code != 0 {
			t.Errorf("code %d\n%s", code, w.stderr.String())
		}
		if got := live(24 * time.Hour); len(got) > 0 {
			t.Errorf("it sends though it has ended: %q", got)
		}
		var events []string // of the two that fire one is the heartbeat, which nobody is told of
		for line := range strings.Lines(w.stderr.String()) {
			var e struct{ Event, Timestamp, Level, Service string }
			if err := json.Unmarshal([]byte(line), &e); err != nil || e.Timestamp == "" || e.Level == "" {
				t.Errorf("no line of Donna's: %s", line)
			}
			if e.Event != "source_state" {
				events = append(events, e.Event)
			}
		}
		got := strings.Join(events, " ")
		if !strings.HasPrefix(got, "alert_route_missing watch_started alert_fired alert_fired alert_sent alert_resolved alert_send_failed") || !strings.HasSuffix(got, "alert_sent watch_stopped") {
			t.Errorf("log: %s", got)
		}
	})
}

// TestTwoWatches: two with one state would tell everything twice.
func TestTwoWatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, other := newWatching(t), newWatching(t)
		w.write("donna.log", "")
		other.write("donna.log", "")
		other.vars["XDG_STATE_HOME"] = w.dir
		ctx, terminate := context.WithCancel(t.Context())
		ended := make(chan int)
		go func() { ended <- w.run(ctx) }()
		time.Sleep(time.Minute)
		synctest.Wait()
		if code := other.run(t.Context(), "--once"); code != 1 || !strings.Contains(other.stderr.String(), "another donnatop watch") {
			t.Errorf("code %d: %s", code, other.stderr.String())
		}
		terminate()
		<-ended
	})
}

// TestAlertConfiguration: what is wrong is said with its line, and what was meant.
func TestAlertConfiguration(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"rules:\n    error_burts: {threshold: 5}", `line 3: unknown key "error_burts" in alerts.rules: did you mean "error_burst"?`},
		{"rules:\n    error_burst: {treshold: 5}", `line 3: unknown key "treshold" in alerts.rules.error_burst: did you mean "threshold"?`},
		{"rules:\n    service_down:\n      for: 5m\n      threshold: 3", `line 5: unknown key "threshold" in alerts.rules.service_down`},
		{"rules:\n    error_burst: {unhealthy: true}", `unknown key "unhealthy"`},
		{"rules:\n    error_burst: {threshold: 0}", "line 3: a threshold must be over 0"},
		{"rules:\n    error_burst: {threshold: many}", "line 3: many is no number"},
		{"rules:\n    error_burst: {threshold: .nan}", "line 3: a threshold must be over 0"},
		{"rules:\n    error_burst: {for: 5}", `line 3: "5" is no length of time`},
		{"rules:\n    error_burst: {for: -5m}", `"-5m" is no length of time`},
		{"rules:\n    error_burst: {enabled: maybe}", "maybe is neither true nor false"},
		{"rules:\n    error_burst: {severity: crtical}", `did you mean "critical"?`},
		{"rules:\n    error_burst: {routes: [discrod]}", `no route is called "discrod": did you mean "discord"?`},
		{"rules:\n    error_burst: {routes: [1]}", "1 is no list of names"},
		{"rules:\n    error_burst:\n      for: 5m\n      for: 6m", "already"},
		{"rules: [1]", "alerts.rules must be lines of the form"},
		{"quiet_hours: {from: \"22:00\"}", "need `from` and `to`"},
		{"quiet_hours: {from: \"22:00\", to: \"25:00\"}", `"25:00" is no time of day`},
		{"quiet_hours: {from: \"22:00\", to: \"7:00\", tz: Berlin}", `unknown time zone "Berlin"`},
		{"quiet_hours: {from: \"22:00\", to: \"7:00\", routes: [mail]}", `no route is called "mail"`},
		{"routes:\n    slack: {url_env: X}", "line 3: route slack needs `type: shoutrrr`"},
		{"routes:\n    slack: {type: shoutrr, url_env: X}", `did you mean "shoutrrr"?`},
		{"routes:\n    discord: {url: \"https://discord.com/api/webhooks/1/" + discordToken + "\"}", "line 3: url is secret and has no place in this file"},
		{"routes:\n    sms: {auth_token: " + discordToken + "}", "auth_token is secret"},
		{"routes:\n    sms: {max_per_day: 1.5}", "max_per_day must be a whole number"},
		{"routes:\n    discord: {url_env: NOT_SET_AT_ALL}", "line 3: route discord: its URL: $NOT_SET_AT_ALL: not set"},
		{"routes:\n    discord: {url_file: /nonexistent/secret}", "route discord: its URL: open /nonexistent/secret"},
		{"repeat: often", `"often" is no length of time`},
		{"nonsense: 1", `unknown key "nonsense" in alerts`},
	} {
		w := newWatching(t)
		w.write("donna.log", "")
		w.write("alerts.yaml", "alerts:\n  "+c.text+"\n")
		code := w.run(t.Context(), "--once")
		if code != 2 || !strings.Contains(w.stderr.String(), c.want) {
			t.Errorf("%s\ncode %d: %swant %s", c.text, code, w.stderr.String(), c.want)
		}
		if strings.Contains(w.stderr.String(), discordToken) {
			t.Errorf("%s: the token is in the error", c.text)
		}
	}
}

// TestAlertConfigurationHolds: what is set is what is done.
func TestAlertConfigurationHolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatching(t)
		w.write("token", "fedcba9876543210\n")
		w.vars["MY_HOOK"] = "discord://other@2"
		w.vars["TO"] = "+4915112345678"
		w.write("alerts.yaml", `alerts:
  repeat: 1h
  quiet_hours: {from: "00:00", to: "06:00", critical_passes: true}
  routes:
    chat: {type: shoutrrr, url_env: MY_HOOK}
    sms:
      account_sid: AC0123456789abcdef0123456789abcdef
      auth_token_file: `+w.path("token")+`
      from: "+15005550006"
      to_env: TO
      max_per_day: 5
  rules:
    error_burst: {threshold: 2, severity: critical, routes: [chat, sms]}
    breaker_open: {routes: []}
    supabase_sync: {enabled: false}
    disk_usage: {threshold: 95}
    service_down: {for: 90s, unhealthy: true}
    heartbeat: {for: 1m, routes: chat}
`)
		w.write("donna.log", errorLines(3, time.Now()))
		if code := w.run(t.Context(), "--once"); code != 0 {
			t.Fatalf("code %d: %s", code, w.stderr.String())
		}
		got := strings.Join(w.net.seen(), "\n")
		if !strings.Contains(got, "discord.com") || !strings.Contains(got, "api.twilio.com Body=Donna+FIRING%3A+Errors") {
			t.Errorf("sent %s", got)
		}
		if code := w.run(t.Context(), "--once", "--dry-run"); code != 0 {
			t.Fatalf("code %d: %s", code, w.stderr.String())
		}
		for _, want := range []string{"error_burst     firing   3 (most 2)", "supabase_sync   unknown  -                        switched off", "(most 1m0s)"} {
			if !strings.Contains(w.stdout.String(), want) {
				t.Errorf("no %q in\n%s", want, w.stdout.String())
			}
		}
		time.Sleep(time.Hour)
		w.write("donna.log", errorLines(3, time.Now()))
		w.run(t.Context(), "--once")
		if got := w.net.seen(); len(got) != 2 || !strings.Contains(got[0]+got[1], "STILL FIRING") {
			t.Errorf("critical alerts pass the quiet hours, but sent was %q", got)
		}
	})
}

// TestSendTest has the doctor send to every route, and say which can't be reached.
func TestSendTest(t *testing.T) {
	w := newWatching(t)
	w.vars["TWILIO_ACCOUNT_SID"] = "AC" + strings.Repeat("0", 32)
	w.vars["TWILIO_AUTH_TOKEN"], w.vars["TWILIO_PHONE_NUMBER"], w.vars["DONNATOP_SMS_TO"] = "secret", "+15005550006", "+4915112345678"
	doctor := func(want int, args ...string) string {
		t.Helper()
		w.stdout.Reset()
		getenv := func(name string) (string, bool) { v, ok := w.vars[name]; return v, ok }
		e := env{stdin: strings.NewReader(""), stdout: &w.stdout, stderr: &w.stderr, getenv: getenv, transport: &w.net}
		if code := run(t.Context(), append([]string{"doctor", "--logs", w.path("donna.log")}, args...), e); code != want {
			t.Errorf("exit code %d, want %d: %s", code, want, &w.stdout)
		}
		return w.stdout.String()
	}
	w.write("donna.log", "{}\n")
	if doctor(exitOK); len(w.net.seen()) != 0 {
		t.Error("a doctor who wasn't asked to sends")
	}
	if said := doctor(exitOK, "--send-test"); !strings.Contains(said, "ok      send_discord") || !strings.Contains(said, "ok      send_sms") {
		t.Errorf("it says %s", said)
	}
	if got := w.net.seen(); len(got) != 2 || strings.Count(strings.Join(got, "\n"), "TEST") != 2 {
		t.Errorf("requests: %q", got)
	}
	w.net.status = http.StatusNotFound
	if said := doctor(exitFailed, "--send-test"); strings.Count(said, "answered 404 Not Found") != 2 || strings.Contains(said, discordToken) {
		t.Errorf("it says %s", said)
	}
	w.vars = map[string]string{"DOCKER_HOST": dockerOff}
	if said := doctor(exitFailed, "--send-test"); !strings.Contains(said, "there is nobody to send a test message to") {
		t.Errorf("it says %s", said)
	}
}

func TestWatchUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--interval", "10ms"}, "--interval"},
		{[]string{"--rehearse", "7x"}, "--rehearse"},
		{[]string{"--rehearse", "0"}, "--rehearse 0"},
		{[]string{"--rehearse", "90d"}, "at most 24d"},
		{[]string{"--rehearse", "20d", "--interval", "1s"}, "longer --interval"},
		{[]string{"--rehearse", "7d", "--once"}, "don't go with it"},
		{[]string{"--rehearse", "7d", "--now", "noon"}, "RFC 3339"},
		{[]string{"--now", "2026-01-01T00:00:00Z"}, "--rehearse only"},
		{[]string{"extra"}, "extra"},
	} {
		w := newWatching(t)
		w.write("donna.log", "")
		if code := w.run(t.Context(), c.args...); code != 2 || !strings.Contains(w.stderr.String(), c.want) {
			t.Errorf("%v: code %d: %s", c.args, code, w.stderr.String())
		}
	}
	w := newWatching(t)
	delete(w.vars, "DONNATOP_DISCORD_WEBHOOK")
	w.write("donna.log", "")
	if code := w.run(t.Context(), "--once"); code != 2 || !strings.Contains(w.stderr.String(), "nobody to tell") {
		t.Errorf("code %d: %s", code, w.stderr.String())
	}
}
