package views

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/data/archive"
	"github.com/donna-project/donnatop/data/loki"
	"github.com/donna-project/donnatop/ui/format"
)

// minuteLoki answers query_range as Loki does, over HTTP, with a line every minute.
type minuteLoki struct {
	begin time.Time
	asked chan struct{} // gets a word for each request
	gate  chan struct{} // lets one request after another through
	gone  chan struct{} // gets a word when a request is given up that waits for the gate
}

func (l *minuteLoki) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.asked <- struct{}{}
	select {
	case <-l.gate:
	case <-r.Context().Done():
		l.gone <- struct{}{}
		return
	}
	number := func(name string) int64 {
		n, err := strconv.ParseInt(r.FormValue(name), 10, 64)
		if err != nil {
			http.Error(w, name+": "+err.Error(), http.StatusBadRequest)
		}
		return n
	}
	start, end, limit := number("start"), number("end"), int(number("limit"))
	values := [][2]string{}
	for at := time.Unix(0, end-1).Truncate(time.Minute); at.UnixNano() >= start && !at.Before(l.begin) && len(values) < limit; at = at.Add(-time.Minute) {
		line := fmt.Sprintf(`{"timestamp":%q,"level":"info","event":"minute_%d"}`, at.UTC().Format(time.RFC3339), at.Unix()/60)
		values = append(values, [2]string{strconv.FormatInt(at.UnixNano(), 10), line})
	}
	streams := []map[string]any{{"stream": map[string]string{"container_name": "donna-api"}, "values": values}}
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": map[string]any{"resultType": "streams", "result": streams}}); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// turns hands the answers of commands to a view as they come.
type turns struct {
	*reader
	answers chan tea.Msg
}

func (r *turns) start(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	go func() {
		switch msg := cmd().(type) {
		case nil:
		case tea.BatchMsg:
			for _, c := range msg {
				r.start(c)
			}
		default:
			r.answers <- msg
		}
	}()
}

// until hands answers over until the screen has a text.
func (r *turns) until(text string) {
	r.t.Helper()
	for !strings.Contains(r.screen(), text) {
		select {
		case msg := <-r.answers:
			_, cmd := r.v.Update(msg)
			r.start(cmd)
		case <-r.t.Context().Done():
			r.t.Fatalf("no %q in\n%s", text, r.screen())
		}
	}
}

// Reading a past range from a Loki shows how far it is; Esc ends the request itself,
// and what is asked for again comes whole.
func TestAPastRangeFromLoki(t *testing.T) {
	r := &turns{newReader(t), make(chan tea.Msg, 100)}
	to := r.v.all().At(0).Time.Add(-time.Hour).Truncate(time.Minute)
	from := to.Add(-9 * 24 * time.Hour) // more lines than one answer of Loki has
	l := &minuteLoki{begin: from.Add(-time.Hour), asked: make(chan struct{}, 1000), gate: make(chan struct{}), gone: make(chan struct{}, 1)}
	server := httptest.NewServer(l)
	defer server.Close()
	client, err := loki.NewClient(loki.Config{Addr: server.URL, Clock: r.clock, Timeout: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	r.v.ctx.Archive = archive.New(archive.Options{Clock: r.clock, Logs: []archive.Source{loki.NewSearch(client, `{container_name=~"donna-.+"}`)}})

	r.hold = true // its commands are started here
	r.look(from, to)
	r.must("Reading the range:", "esc stops")
	for _, cmd := range r.held {
		r.start(cmd)
	}
	l.gate <- struct{}{}
	r.until("░ ") // a bar, and how much that is
	r.must("%", "esc stops")
	<-l.asked // the first, and now the next
	<-l.asked
	r.press("esc")
	<-l.gone
	r.must("No line of the range is in memory", "loads older lines")
	if r.v.older.loading {
		t.Fatal("it still reads")
	}

	close(l.gate)
	r.held = nil
	r.press("k")
	for _, cmd := range r.held {
		r.start(cmd)
	}
	want := int(to.Sub(from)/time.Minute) + 1
	r.until(format.Int(int64(want)) + " older")
	lines := r.v.lines()
	if n := lines.Len(); n != want {
		t.Fatalf("%d lines, want %d", n, want)
	}
	for i := range lines.Len() {
		if at := lines.At(i); !at.Time.Equal(from.Add(time.Duration(i) * time.Minute)) {
			t.Fatalf("line %d is of %v", i, at.Time)
		}
	}
}
