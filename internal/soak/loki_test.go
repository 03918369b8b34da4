package soak

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// The limits of a Loki as Donna has it.
const (
	maxEntries  = 5000
	maxAnswer   = 4 << 20 // a larger answer never comes
	tailCycle   = 500 * time.Millisecond
	tailPerPoll = 1000 // lines that a tail passes on in a cycle; the others are dropped
	tailFrame   = 100
)

// imitation is a Loki that keeps a stream, in a process of its own so that it can be
// killed. It knows when the one before it was killed: what was pushed since then
// comes a moment after its own start, as promtail tries again.
type imitation struct {
	lines      *stream
	born, died time.Time
	end        atomic.Int64 // lines from this instant on don't exist; 0: no end yet
}

// serveLoki is the main function of that process. It prints its address.
func serveLoki() error {
	number := func(name string) int64 { n, _ := strconv.ParseInt(os.Getenv(name), 10, 64); return n }
	lines, err := readStream(os.Getenv(envLines), time.Unix(0, number(envBegin)), os.Getenv(envLate) != "", uint64(number(envSeed)))
	if err != nil {
		return err
	}
	l := &imitation{lines: lines, born: time.Now()}
	if n := number(envDied); n != 0 {
		l.died = time.Unix(0, n)
	} else {
		l.died = l.born
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /loki/api/v1/query_range", l.queryRange)
	mux.HandleFunc("GET /loki/api/v1/tail", l.tail)
	mux.HandleFunc("POST /end", func(_ http.ResponseWriter, r *http.Request) {
		n, _ := strconv.ParseInt(r.URL.Query().Get("at"), 10, 64)
		l.end.Store(n)
	})
	listener, err := net.Listen("tcp", os.Getenv(envAddr))
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return (&http.Server{Handler: mux}).Serve(listener)
}

// visible is when line n can be read.
func (l *imitation) visible(n int64) time.Time {
	at := l.lines.pushed(n)
	if at.After(l.died) && at.Before(l.born) {
		return l.born.Add(time.Second + time.Duration(l.lines.of(n).stream%3)*500*time.Millisecond)
	}
	return at
}

// kept tells whether line n is there now.
func (l *imitation) kept(n int64, now time.Time) bool {
	end := l.end.Load()
	return (end == 0 || l.lines.at(n).UnixNano() < end) && !l.visible(n).After(now)
}

var (
	lineFilter = regexp.MustCompile("\\|([=~]) (\"(?:[^\"\\\\]|\\\\.)*\"|`[^`]*`)")
	counting   = regexp.MustCompile(`^sum\(count_over_time\(\{[^}]*\}\[1m\]\)\)$`)
)

func (l *imitation) queryRange(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	instant := func(name string) time.Time {
		n, _ := strconv.ParseInt(q.Get(name), 10, 64)
		return time.Unix(0, n)
	}
	from, to, now := instant("start"), instant("end"), time.Now()
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	if counting.MatchString(q.Get("query")) {
		l.count(w, from, to, now)
		return
	}
	limit, _ := strconv.Atoi(q.Get("limit"))
	switch {
	case limit < 1 || limit > maxEntries:
		http.Error(w, fmt.Sprintf("max entries limit per query exceeded, limit > max_entries_limit_per_query (%d > %d)", limit, maxEntries), http.StatusBadRequest)
		return
	case to.Before(from):
		http.Error(w, "end timestamp must not be before or equal to start time", http.StatusBadRequest)
		return
	case to.Sub(from) > 721*time.Hour:
		http.Error(w, "the query time range exceeds the limit (query length: "+to.Sub(from).String()+", limit: 30d1h)", http.StatusBadRequest)
		return
	}
	var filters [][]bool
	for _, m := range lineFilter.FindAllStringSubmatch(q.Get("query"), -1) {
		text, err := strconv.Unquote(m[2])
		if m[1] == "=" {
			text = regexp.QuoteMeta(text)
		}
		matching, matchErr := l.lines.matching(text)
		if err != nil || matchErr != nil {
			http.Error(w, "parse error at line 1, col 1: syntax error", http.StatusBadRequest)
			return
		}
		filters = append(filters, matching)
	}
	body := l.answer(l.choose(filters, from, to, now, limit, q.Get("direction") == "backward"))
	if len(body) > maxAnswer {
		<-r.Context().Done()
		return
	}
	_, _ = w.Write(body)
}

// choose gives the lines of [from, to) that are there and match, from one end on.
func (l *imitation) choose(filters [][]bool, from, to, now time.Time, limit int, backward bool) []int64 {
	if to.After(now) {
		to = now // nothing is dated in the future
	}
	first, last, step := l.lines.from(from), l.lines.from(to)-1, int64(1)
	if last < first {
		return nil
	}
	n := first
	if backward {
		n, step = last, -1
	}
	var chosen []int64
	for ; n >= first && n <= last && len(chosen) < limit; n += step {
		in := n % int64(len(l.lines.pool))
		if l.kept(n, now) && !slices.ContainsFunc(filters, func(m []bool) bool { return !m[in] }) {
			chosen = append(chosen, n)
		}
	}
	return chosen
}

// answer writes lines as query_range does, grouped by stream.
func (l *imitation) answer(chosen []int64) []byte {
	groups := make([][]byte, len(l.lines.labels))
	for _, n := range chosen {
		g := &groups[l.lines.of(n).stream]
		if len(*g) > 0 {
			*g = append(*g, ',')
		}
		*g = l.lines.appendValue(*g, n)
	}
	b := []byte(`{"status":"success","data":{"resultType":"streams","result":[`)
	sep := ""
	for i, g := range groups {
		if len(g) > 0 {
			b = append(b, sep+`{"stream":`+l.lines.labels[i]+`,"values":[`...)
			b = append(append(b, g...), `]}`...)
			sep = ","
		}
	}
	return append(b, `],"stats":{"summary":{}}}}`...)
}

// count answers how many lines there are in each minute.
func (l *imitation) count(w http.ResponseWriter, from, to, now time.Time) {
	var points []string
	for t := from.Truncate(time.Minute); t.Before(to.Add(time.Minute)); t = t.Add(time.Minute) {
		sum := 0
		for n := l.lines.from(t.Add(-time.Minute + 1)); !l.lines.at(n).After(t) && !l.lines.at(n).After(now); n++ {
			if l.kept(n, now) {
				sum++
			}
		}
		if sum > 0 {
			points = append(points, fmt.Sprintf(`[%d,"%d"]`, t.Unix(), sum))
		}
	}
	result := "[]"
	if len(points) > 0 {
		result = `[{"metric":{},"values":[` + strings.Join(points, ",") + `]}]`
	}
	fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":%s,"stats":{}}}`, result)
}

// tail passes lines on as they come, and loses what is too much for it, as Loki does.
func (l *imitation) tail(w http.ResponseWriter, r *http.Request) {
	conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		defer cancel()
		for {
			if _, _, err := conn.NextReader(); err != nil {
				return
			}
		}
	}()
	cycle := time.NewTicker(tailCycle)
	defer cycle.Stop()
	since, dropped := time.Now(), 0
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-cycle.C:
			if conn.WriteControl(websocket.PingMessage, nil, now.Add(time.Second)) != nil {
				return
			}
			var fresh []int64
			for n := l.lines.from(since.Add(-5 * time.Second)); l.lines.at(n).Before(now); n++ { // what comes later still it doesn't tell
				if l.kept(n, now) && l.visible(n).After(since) {
					fresh = append(fresh, n)
				}
			}
			since = now
			dropped = max(0, len(fresh)-tailPerPoll)
			for part := range slices.Chunk(fresh[:len(fresh)-dropped], tailFrame) {
				if conn.WriteMessage(websocket.TextMessage, l.frame(part, dropped)) != nil {
					return
				}
				dropped = 0
			}
		}
	}
}

// frame writes lines as a tail does, each an element of its own.
func (l *imitation) frame(lines []int64, dropped int) []byte {
	b := []byte(`{"streams":[`)
	for i, n := range lines {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"stream":`+l.lines.labels[l.lines.of(n).stream]+`,"values":[`...)
		b = append(l.lines.appendValue(b, n), `]}`...)
	}
	b = append(b, ']')
	if dropped > 0 {
		b = append(b, `,"dropped_entries":[`...)
		b = append(b, strings.TrimSuffix(strings.Repeat(`{"timestamp":"1","labels":{}},`, min(dropped, 1000)), ",")...)
		b = append(b, ']')
	}
	return append(b, '}')
}
