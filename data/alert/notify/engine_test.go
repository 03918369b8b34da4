package notify_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/alert/notify"
)

// TestThroughTrouble: one alert on its way to Discord and a phone, through 429,
// 500, no answer and a restart after each, is told exactly once by each.
func TestThroughTrouble(t *testing.T) {
	clock := clockwork.NewFakeClockAt(now)
	s := newService(t, nil)
	webhook, err := notify.NewURL("discord://"+webhookToken+"@"+webhookID, s.client(), clock)
	if err != nil {
		t.Fatal(err)
	}
	phone, err := notify.NewTwilio(twilioOptions(s.client()))
	if err != nil {
		t.Fatal(err)
	}
	o := alert.Options{
		Clock: clock, Store: &alert.FileStore{Path: filepath.Join(t.TempDir(), "alerts.json"), Now: clock.Now},
		Routes: map[string]alert.Route{alert.RouteDiscord: {Notifier: webhook}},
	}
	hub := data.NewHub(data.HubOptions{Clock: clock})
	hub.SetState(data.SourceDocker, data.SourceState{State: data.StateLive, Loaded: true})
	hub.SetContainers(&data.ContainerView{Containers: []data.ContainerStatus{{Name: "donna-vault", ID: "1", State: "exited"}}})
	var e *alert.Engine
	restart := func() {
		t.Helper()
		if e, err = alert.New(o); err != nil {
			t.Fatal(err)
		}
		if _, _, err := e.Evaluate(hub.Publish()); err != nil {
			t.Fatal(err)
		}
	}
	// deliver sends what is due, and says when it is to be tried again.
	deliver := func(wantErr string) time.Duration {
		t.Helper()
		next, err := e.Deliver(t.Context())
		if (err == nil) != (wantErr == "") || err != nil && !strings.Contains(err.Error(), wantErr) {
			t.Fatalf("deliver: %v, want %q", err, wantErr)
		}
		if next.IsZero() {
			return 0
		}
		return next.Sub(clock.Now())
	}
	restart()
	clock.Advance(5*time.Minute + time.Second)
	restart()

	s.says(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "64.5")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	if d := deliver("429"); d != 64500*time.Millisecond {
		t.Errorf("after 429 the next try is in %v", d)
	}
	restart()
	clock.Advance(64 * time.Second)
	if deliver(""); len(s.seen()) != 1 {
		t.Errorf("%d requests: Retry-After was not waited for", len(s.seen()))
	}
	clock.Advance(500 * time.Millisecond)

	s.says(status(http.StatusInternalServerError))
	d := deliver("500")
	if d < 5*time.Second || d > 15*time.Second {
		t.Errorf("after the second failure the next try is in %v", d)
	}
	restart()
	clock.Advance(d)

	asked, release := make(chan struct{}), make(chan struct{})
	s.says(func(http.ResponseWriter, *http.Request) { close(asked); <-release })
	done := make(chan error, 1)
	go func() {
		_, err := e.Deliver(t.Context())
		done <- err
	}()
	<-asked
	clock.Advance(20 * time.Second)
	if err := <-done; err == nil || !strings.Contains(err.Error(), "deadline") {
		t.Fatalf("no answer within the time there is, and yet %v", err)
	}
	close(release)
	restart()

	if n := len(s.seen()); n != 3 {
		t.Fatalf("%d requests, want 3", n)
	}
	s.says(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Host, "twilio") {
			w.WriteHeader(http.StatusCreated)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	clock.Advance(time.Minute)
	deliver("")
	restart()
	clock.Advance(time.Minute)
	deliver("")
	if n := len(s.seen()); n != 4 {
		t.Errorf("%d requests, want 4: told exactly once", n)
	}
	for i, r := range s.seen() {
		_, body, _ := strings.Cut(r, "\n\n")
		_, first, _ := strings.Cut(s.seen()[0], "\n\n")
		if body != first {
			t.Errorf("request %d says something else:\n%s\n%s", i, body, first)
		}
	}

	// The phone's route is configured now: it hears of what comes next.
	o.Routes[alert.RouteSMS] = alert.Route{Notifier: phone}
	hub.SetContainers(&data.ContainerView{Containers: []data.ContainerStatus{{Name: "donna-vault", ID: "1", State: "running"}}})
	clock.Advance(2 * time.Minute)
	restart()
	s.forget()
	deliver("")
	if len(s.seen()) != 2 || e.Waiting() != 0 {
		t.Fatalf("%d requests and %d waiting, want one to each", len(s.seen()), e.Waiting())
	}
}
