package loki

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
)

// serve answers each path with a text and notes the last request.
func serve(t *testing.T, answers map[string]string) (*Client, *http.Request) {
	t.Helper()
	last := new(http.Request)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*last = *r.Clone(t.Context())
		body, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return newTestClient(t, Config{Addr: server.URL + "/prefix/loki/api/v1/"}), last
}

func TestLabelsAndValues(t *testing.T) {
	c, last := serve(t, map[string]string{
		"/prefix/loki/api/v1/labels":                      `{"status":"success","data":["container_name","level"]}`,
		"/prefix/loki/api/v1/label/container_name/values": `{"status":"success","data":["donna-api"]}`,
		"/prefix/loki/api/v1/label/nothing/values":        `{"status":"success"}`,
	})
	from, to := time.Unix(0, 1795439474088807743), time.Unix(0, 1795439474088807744)
	labels, err := c.Labels(t.Context(), from, to)
	if err != nil || !slices.Equal(labels, []string{"container_name", "level"}) {
		t.Errorf("labels %q, %v", labels, err)
	}
	if q := last.URL.Query(); q.Get("start") != "1795439474088807743" || q.Get("end") != "1795439474088807744" {
		t.Errorf("asked for %v", q)
	}
	values, err := c.LabelValues(t.Context(), "container_name", from, to)
	if err != nil || !slices.Equal(values, []string{"donna-api"}) {
		t.Errorf("values %q, %v", values, err)
	}
	if values, err = c.LabelValues(t.Context(), "nothing", from, to); err != nil || len(values) != 0 {
		t.Errorf("values %q, %v", values, err)
	}
	_, err = c.LabelValues(t.Context(), "../x", from, to)
	checkError(t, err, KindQuery, []string{"no label name"})
}

func TestBuildInfo(t *testing.T) {
	c, _ := serve(t, map[string]string{"/prefix/loki/api/v1/status/buildinfo": `{"version":"2.9.0","revision":"2feb64f69"}`})
	if info, err := c.BuildInfo(t.Context()); err != nil || info != (BuildInfo{"2.9.0", "2feb64f69"}) {
		t.Errorf("%v, %v", info, err)
	}
	checkError(t, c.Ready(t.Context()), KindNotLoki, []string{"404"})
}

func TestMetricQueries(t *testing.T) {
	answers := map[string]string{
		"/prefix/loki/api/v1/query":       `{"status":"success","data":{"resultType":"vector","result":[{"metric":{"level":"error"},"value":[1795442220.5,"2"]},{"metric":{},"value":[1795442220,"NaN"]}]}}`,
		"/prefix/loki/api/v1/query_range": `{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"level":"info"},"values":[[1795442220,"2"],[1795442280,"+Inf"]]}],"stats":{}}}`,
	}
	c, last := serve(t, answers)
	at := time.UnixMilli(1795442220500)
	series, err := c.Query(t.Context(), "q", at)
	if err != nil || len(series) != 2 || series[0].Labels["level"] != "error" || !series[0].Samples[0].Time.Equal(at) || series[0].Samples[0].Value != 2 {
		t.Errorf("%v, %v", series, err)
	}
	series, err = c.QueryMetricRange(t.Context(), "q", at, at.Add(time.Minute), 90*time.Second)
	if err != nil || len(series) != 1 || len(series[0].Samples) != 2 || series[0].Samples[1].Time.Unix() != 1795442280 {
		t.Errorf("%v, %v", series, err)
	}
	if step := last.URL.Query().Get("step"); step != "90" {
		t.Errorf("step %s", step)
	}
	for name, bad := range map[string]struct {
		body string
		kind Kind
	}{
		"lines":            {`{"data":{"resultType":"streams","result":[]}}`, KindQuery},
		"a scalar":         {`{"data":{"resultType":"scalar","result":[1795442263000,"2"]}}`, KindNotLoki},
		"half of it":       {answers["/prefix/loki/api/v1/query"][:80], KindCut},
		"a sample of one":  {`{"data":{"resultType":"vector","result":[{"metric":{},"value":[1]}]}}`, KindNotLoki},
		"a time of no use": {`{"data":{"resultType":"vector","result":[{"metric":{},"value":[1e300,"2"]}]}}`, KindNotLoki},
		"a word":           {`{"data":{"resultType":"vector","result":[{"metric":{},"value":[1,"two"]}]}}`, KindNotLoki},
	} {
		answers["/prefix/loki/api/v1/query"] = bad.body
		_, err := c.Query(t.Context(), "q", at)
		t.Run(name, func(t *testing.T) { checkError(t, err, bad.kind, nil) })
	}
}

// TestLines reads ranges completely, in both directions, whatever the size of pages.
func TestLines(t *testing.T) {
	for _, direction := range []Direction{Forward, Backward} {
		for _, sharing := range []int{1, 7, 999, 1000, 1001, 2500} {
			t.Run(fmt.Sprintf("%s, %d lines share a time", direction, sharing), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := newFakeLoki(t, true)
					base := clockwork.NewRealClock().Now().Add(-40 * 24 * time.Hour)
					for i := range 4000 {
						// Five weeks, and a page of lines within one nanosecond at times.
						at := base.Add(time.Duration(i/sharing*sharing) * 12 * time.Minute)
						f.lines = append(f.lines, fakeLine{time: at.UnixNano(), labels: fmt.Sprintf("n=%d", i%3), text: fmt.Sprint(i)})
					}
					count := make(map[string]int)
					var last int64
					err := f.client().Lines(t.Context(), testSelector, base, base.Add(40*24*time.Hour), direction, func(lines []Line) error {
						for _, l := range lines {
							count[l.Text]++
						}
						first, final := lines[0].Time, lines[len(lines)-1].Time
						if last != 0 && (direction == Forward && first < last || direction == Backward && final > last) {
							t.Error("pages out of order")
						}
						last = final
						if direction == Backward {
							last = first
						}
						return nil
					})
					if err != nil {
						t.Fatal(err)
					}
					if len(count) != 4000 || slices.Max(slices.Collect(maps.Values(count))) != 1 {
						t.Errorf("%d of 4000 lines, one of them %d times", len(count), slices.Max(slices.Collect(maps.Values(count))))
					}
				})
			})
		}
	}
}

func TestLinesStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLoki(t, true)
		f.lines = []fakeLine{{time: 5, text: "x"}}
		want := fmt.Errorf("enough")
		if err := f.client().Lines(t.Context(), testSelector, time.Unix(0, 0), time.Unix(0, 9), Forward, func([]Line) error { return want }); err != want {
			t.Errorf("error %v", err)
		}
	})
}

func TestLinesCrowded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFakeLoki(t, false)
		f.maxLimit = 500
		for i := range 2*f.maxLimit + 1 {
			f.lines = append(f.lines, fakeLine{time: 5, text: fmt.Sprint(i)})
		}
		n := 0
		err := f.client().Lines(t.Context(), testSelector, time.Unix(0, 0), time.Unix(0, 9), Forward, func(lines []Line) error {
			n += len(lines)
			return nil
		})
		checkError(t, err, KindCrowded, []string{"1970-01-01T00:00:00.000000005Z"})
		if n != 2*f.maxLimit {
			t.Errorf("%d lines", n)
		}
	})
}

// TestForeignLines: a server that doesn't heed the range must not be asked for ever.
func TestForeignLines(t *testing.T) {
	c, _ := serve(t, map[string]string{
		"/prefix/loki/api/v1/query_range": `{"data":{"resultType":"streams","result":[{"stream":{},"values":[["99","x"]]}]}}`,
	})
	err := c.Lines(t.Context(), testSelector, time.Unix(0, 0), time.Unix(0, 9), Forward, func([]Line) error { return nil })
	checkError(t, err, KindNotLoki, []string{"outside the range"})
}

// TestCompression: between two programs of one machine it costs more than it saves.
func TestCompression(t *testing.T) {
	c, last := serve(t, map[string]string{"/prefix/loki/api/v1/status/buildinfo": `{}`})
	if _, err := c.BuildInfo(t.Context()); err != nil || last.Header.Get("Accept-Encoding") != "" {
		t.Errorf("on this machine: Accept-Encoding %q, %v", last.Header.Get("Accept-Encoding"), err)
	}
	for host, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "127.8.0.1": true, "::1": true, "loki": false, "10.0.0.1": false, "localhost.example": false} {
		if isLoopback(host) != want {
			t.Errorf("isLoopback(%q) = %v", host, !want)
		}
	}
	f := newFakeLoki(t, true)
	encoding := make(chan string, 1)
	f.intercept = func(_ http.ResponseWriter, r *http.Request) bool {
		encoding <- r.Header.Get("Accept-Encoding")
		return false
	}
	if err := f.client().Validate(t.Context(), "{}"); err != nil {
		t.Error(err)
	}
	if got := <-encoding; got != "gzip" {
		t.Errorf("elsewhere: Accept-Encoding %q", got)
	}
}
