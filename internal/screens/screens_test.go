package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/demo"
)

func TestPicturesAreTheSameEachTime(t *testing.T) {
	draw := func() map[string]string {
		dir := filepath.Join(t.TempDir(), "household")
		home, err := simulate(t.Context(), demo.Options{Dir: dir, Seed: 1, Start: present, History: 6 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		files := make(map[string]string)
		for _, p := range pictures() {
			svg, err := p.draw(home)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(svg), "household") {
				t.Errorf("%s shows where the simulator wrote", p.file())
			}
			files[p.file()] = string(svg)
		}
		return files
	}
	first, second := draw(), draw()
	for name, svg := range first {
		if svg != second[name] {
			t.Errorf("%s differs from one time to the next", name)
		}
		words := texts(t, []byte(svg))
		if _, ok := words["computing"]; ok {
			t.Errorf("%s was taken before there were figures", name)
		}
		if at, ok := words["data 13:37:42"]; !ok || at.y != baseline {
			t.Errorf("%s doesn't say when it is", name)
		}
	}
	if words := texts(t, []byte(first["trace_120x40.svg"])); words["task_created"].length == 0 {
		t.Errorf("the life of a task lacks its beginning: %v", words)
	}
	if words := texts(t, []byte(first["overview_80x24.svg"])); words["Spend & budget"].length == 0 {
		t.Errorf("the overview has no budget: %v", words)
	}
}

// A picture of a household that could not be read would look like one where nothing
// happens.
func TestReadFailsWithItsSource(t *testing.T) {
	hub := data.NewHub(data.HubOptions{Clock: clockwork.NewFakeClockAt(present)})
	_, err := read(t.Context(), hub, []data.Source{refusing{hub}})
	if err == nil || !strings.Contains(err.Error(), "no such household") {
		t.Errorf("error %v doesn't say what the source said", err)
	}
}

// refusing says that it can't be read.
type refusing struct{ hub *data.Hub }

func (refusing) Name() string { return data.SourceDB }

func (r refusing) Run(_ context.Context, sink data.Sink) error {
	sink.SetState(data.SourceDB, data.SourceState{State: data.StateFailed, Detail: "no such household"})
	r.hub.Publish()
	return nil
}
