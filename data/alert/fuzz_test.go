package alert_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
)

// FuzzState: whatever lies in the place of the watch's state, an engine goes on from
// it or begins anew, judges every rule, and writes down what the next one reads.
func FuzzState(f *testing.F) {
	for _, text := range []string{
		`{"version":1,"at":"2026-07-15T11:00:00Z","rules":{"disk":{"/":{"state":"firing","since":"2026-07-15T10:00:00Z","value":91,"detail":"x"}}},"outbox":null,"next_id":7,"routes":{}}`,
		`{"version":1,"rules":{"service_down":{"caddy":{"state":"resolved","seen":"9999-12-31T23:59:59Z"}},"mine":{}},"outbox":[{"id":1,"route":"sms","message":{}}]}`,
		`{"version":1,"rules":{"heartbeat":{"":{"state":"odd"}}},"routes":{"sms":null}}`, `{"version":1,"rules":{"disk":{"/":null}}}`, `{"version":2}`, `[]`, ``, `null`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "alerts.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		clock := clockwork.NewFakeClockAt(noon)
		hub := data.NewHub(data.HubOptions{Clock: clock})
		for _, source := range []string{data.SourceDB, data.SourceLoki, data.SourceDocker, data.SourceHost} {
			hub.SetState(source, data.SourceState{State: data.StateLive, Loaded: true})
		}
		hub.SetContainers(&data.ContainerView{At: noon, Containers: []data.ContainerStatus{{Name: "donna-api", State: "exited", ID: "1"}}})
		o := alert.Options{
			Clock: clock, Store: &alert.FileStore{Path: path, Now: clock.Now},
			Routes: map[string]alert.Route{"sms": {Notifier: &mailbox{}, PerDay: 3}},
		}
		for range 2 { // a watch, and the one after it
			e, err := alert.New(o)
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				clock.Advance(10 * time.Minute)
				judged, _, err := e.Evaluate(hub.Publish())
				if err != nil {
					t.Fatal(err)
				}
				if len(judged) != len(alert.RuleNames()) {
					t.Fatalf("%d rules are judged", len(judged))
				}
				if _, err := e.Deliver(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if err := e.Save(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
