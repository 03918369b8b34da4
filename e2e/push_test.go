package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

// streams is how many streams each push holds: more than a tail carries.
const streams = 20

// pusher pushes lines over 20 streams and, as promtail does, pushes again what wasn't accepted.
type pusher struct {
	addr, job string

	mu       sync.Mutex
	accepted map[string]bool // texts of lines that Loki answered 204 for
}

func newPusher(addr, job string) *pusher {
	return &pusher{addr: addr, job: job, accepted: make(map[string]bool)}
}

type stream struct {
	Stream map[string]string `json:"stream"`
	Values [][2]string       `json:"values"`
}

// lines makes n lines spread over the streams, timed from `at` on, one microsecond apart.
func (p *pusher) lines(first, n int, at time.Time) ([]stream, []string) {
	request := make([]stream, streams)
	for i := range request {
		request[i].Stream = map[string]string{"job": p.job, "container_name": "donna-orchestrator", "n": strconv.Itoa(i)}
	}
	texts := make([]string, n)
	for i := range n {
		seq := first + i
		texts[i] = fmt.Sprintf(`{"event":"e2e \"quoted\" <&>","seq":%d,"job":%q}`, seq, p.job)
		s := &request[seq%streams]
		stamp := at.Add(time.Duration(i) * time.Microsecond).UnixNano()
		s.Values = append(s.Values, [2]string{strconv.FormatInt(stamp, 10), texts[i]})
	}
	kept := request[:0]
	for _, s := range request {
		if len(s.Values) > 0 {
			kept = append(kept, s)
		}
	}
	return kept, texts
}

// push pushes once and says what Loki answered; 0 is no answer.
func (p *pusher) push(ctx context.Context, request []stream) (status int, text string) {
	body, err := json.Marshal(map[string]any{"streams": request})
	if err != nil {
		return 0, err.Error()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.addr+"/loki/api/v1/push", bytes.NewReader(body))
	if err != nil {
		return 0, err.Error()
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer)
}

// insist pushes until Loki accepts the lines, and notes them.
func (p *pusher) insist(t *testing.T, request []stream, texts []string) {
	t.Helper()
	waitFor(t, 60*time.Second, "a push to be accepted", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		status, text := p.push(ctx, request)
		if status == http.StatusNoContent {
			return true
		}
		if status == http.StatusBadRequest {
			t.Fatalf("push refused: %s", text)
		}
		return false
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range texts {
		p.accepted[text] = true
	}
}

// run pushes the lines number first to first+total at a rate, in pushes of equal size, calling between after each.
func (p *pusher) run(t *testing.T, first, rate, total int, between func(pushed int)) {
	t.Helper()
	every := max(time.Second*streams/time.Duration(rate), 100*time.Millisecond)
	size := int(float64(rate) * every.Seconds())
	tick := time.NewTicker(every)
	defer tick.Stop()
	for pushed := 0; pushed < total; {
		<-tick.C
		request, texts := p.lines(first+pushed, size, time.Now())
		p.insist(t, request, texts)
		pushed += size
		between(pushed)
	}
}
