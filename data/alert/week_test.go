package alert_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/demo"
)

// fullness is how full the simulated week's two disks are: one fills slowly and is
// tidied up, the other breathes.
func fullness(t time.Time) map[string]float64 {
	hours := t.Sub(noon).Hours()
	return map[string]float64{"/": 60 + math.Mod(hours, 60)/2, "/mnt/donna": 79 + 2*math.Sin(hours/5)}
}

// TestWeek lets an engine look every minute of a week, with a restart now and
// then, and holds what fires to a loop of our own over the raw containers and
// disks. What rows and lines make fire is checked in the same way through
// `watch --rehearse`, by internal/contracttest.
func TestWeek(t *testing.T) {
	sim, err := demo.New(context.Background(), demo.Options{Dir: filepath.Join(t.TempDir(), "demo"), Seed: 1, Start: noon, History: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	clock := clockwork.NewFakeClockAt(noon)
	o := alert.Options{
		Clock: clock, Store: &memory{},
		Rules: []alert.Rule{
			{ID: alert.ServiceDown, For: 5 * time.Minute, Clear: time.Minute, Unhealthy: true},
			{ID: alert.DiskUsage, Threshold: 80, Clear: 5 * time.Minute},
		},
	}
	hub := data.NewHub(data.HubOptions{Clock: clock})
	live := data.SourceState{State: data.StateLive, Loaded: true}
	hub.SetState(data.SourceDocker, live)
	hub.SetState(data.SourceHost, live)

	const minutes = 7 * 24 * 60
	var got []string
	engine, err := alert.New(o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range minutes {
		now := clock.Now()
		hub.SetContainers(sim.ContainersAt(now))
		v := &data.HostView{At: now}
		for mount, pct := range fullness(now) {
			v.Mounts = append(v.Mounts, data.MountUsage{Mount: mount, TotalBytes: 1e9, UsedBytes: int64(pct * 1e7), AvailBytes: 1e9 - int64(pct*1e7)})
		}
		hub.SetHost(v)
		_, notices, err := engine.Evaluate(hub.Publish())
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range notices {
			for _, s := range n.Subjects {
				got = append(got, fmt.Sprint(now.Format(time.RFC3339), " ", n.Kind, " ", s.Subject))
			}
		}
		clock.Advance(time.Minute)
		if i%97 == 0 {
			if engine, err = alert.New(o); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := weekByHand(sim, minutes)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("happened\n%q\nwant\n%q", got, want)
	}
	if len(want) < 20 {
		t.Errorf("only %d things happen in this week", len(want))
	}
}

// memory is a store without a disk, which would have to be waited for ten thousand times.
type memory struct{ text []byte }

func (m *memory) Load() (*alert.State, error) {
	if m.text == nil {
		return nil, nil
	}
	s := &alert.State{}
	return s, json.Unmarshal(m.text, s)
}

func (m *memory) Save(s *alert.State) (err error) {
	m.text, err = json.Marshal(s)
	return err
}

// weekByHand looks at each subject by itself, over the whole week.
func weekByHand(sim *demo.Sim, minutes int) (out []string) {
	bad := make(map[string][]bool)
	for i := range minutes {
		now := noon.Add(time.Duration(i) * time.Minute)
		for _, c := range sim.ContainersAt(now).Containers {
			bad[c.Name] = append(bad[c.Name], c.State != "running" || c.Health == "unhealthy")
		}
		for mount, pct := range fullness(now) {
			bad[mount] = append(bad[mount], int64(pct*1e7) > 8e8)
		}
	}
	for subject, wrong := range bad {
		needs, clear := 0, 6 // minutes: more than 5 of them are 6 steps
		if subject[0] != '/' {
			needs, clear = 6, 2
		}
		run, gone, firing := 0, 0, false
		for i, w := range wrong {
			say := func(what alert.MessageKind) {
				out = append(out, fmt.Sprint(noon.Add(time.Duration(i)*time.Minute).Format(time.RFC3339), " ", what, " ", subject))
			}
			if w {
				run, gone = run+1, 0
				if !firing && run > needs {
					firing = true
					say(alert.Fired)
				}
				continue
			}
			if gone++; gone < clear {
				if run > 0 {
					run++ // time goes on for what is gone only for a moment
				}
				continue
			}
			run = 0
			if firing {
				firing = false
				say(alert.Resolved)
			}
		}
	}
	return out
}
