package loki

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Direction is the end of a range at which a limit cuts: Forward gives its oldest lines, Backward its newest.
type Direction string

const (
	Forward  Direction = "forward"
	Backward Direction = "backward"
)

// Range is one query_range for log lines.
type Range struct {
	Query     string
	From, To  int64 // nanoseconds since 1970: From inclusive, To exclusive
	Limit     int   // over all streams; Loki allows 5000 by default
	Direction Direction
}

// QueryRange returns one page of lines, oldest first whatever the direction. See [Client.Lines] for all of a range.
func (c *Client) QueryRange(ctx context.Context, r Range) ([]Line, error) {
	var p page
	if err := c.fetch(ctx, &p, r); err != nil {
		return nil, err
	}
	lines := make([]Line, len(p.lines))
	for i, l := range p.lines {
		lines[i] = l.line()
	}
	return lines, nil
}

// page holds the answer to a query_range and the buffers it was read with.
type page struct {
	decoder
	body bytes.Buffer
}

// fetch reads one page into p, replacing what is there.
func (c *Client) fetch(ctx context.Context, p *page, r Range) error {
	p.reset()
	return c.fetchMore(ctx, p, r)
}

// fetchMore adds one page to p. The lines it adds are in order of time; lines of one stream that share a nanosecond are
// in the order in which they were pushed.
func (c *Client) fetchMore(ctx context.Context, p *page, r Range) error {
	const op = "query Loki"
	params := url.Values{
		"query":     {r.Query},
		"start":     {strconv.FormatInt(r.From, 10)},
		"end":       {strconv.FormatInt(r.To, 10)},
		"limit":     {strconv.Itoa(r.Limit)},
		"direction": {string(r.Direction)},
	}
	if err := c.get(ctx, op, "/loki/api/v1/query_range", params, &p.body); err != nil {
		return err
	}
	before := len(p.lines)
	if err := p.decodeMore(p.body.Bytes()); err != nil {
		return c.answerError(op, p.body.Bytes(), err)
	}
	added := p.lines[before:]
	if r.Direction == Backward {
		slices.Reverse(added)
	}
	slices.SortStableFunc(added, func(a, b rawLine) int { return cmp.Compare(a.time, b.time) })
	return nil
}

// Validate asks Loki whether it accepts query as one for log lines. The error of one it rejects has [KindQuery] and
// Loki's own explanation. (The tail would tell as well, but 2.9 does so after accepting the connection, and drops
// explanations of more than 123 bytes.)
func (c *Client) Validate(ctx context.Context, query string) error {
	var p page
	now := c.lokiNow()
	return c.fetch(ctx, &p, Range{Query: query, From: now.Add(-time.Second).UnixNano(), To: now.UnixNano(), Limit: 1, Direction: Backward})
}

// Sample is one value of a metric query.
type Sample struct {
	Time  time.Time
	Value float64
}

// Series is what a metric query gives for one set of labels.
type Series struct {
	Labels  map[string]string
	Samples []Sample // oldest first
}

// Query evaluates a metric query at one instant; each series has one sample. Loki refuses queries for log lines here.
// Loki 2.9 misses a line whose time is exactly at.
func (c *Client) Query(ctx context.Context, query string, at time.Time) ([]Series, error) {
	return c.metric(ctx, "/loki/api/v1/query", url.Values{"query": {query}, "time": {nanos(at)}})
}

// QueryMetricRange evaluates a metric query at the multiples of step from the one at or before from to the one at or
// after to. A range in the query looks back from each: (t-range, t]. Instants without a value are left out.
func (c *Client) QueryMetricRange(ctx context.Context, query string, from, to time.Time, step time.Duration) ([]Series, error) {
	return c.metric(ctx, "/loki/api/v1/query_range", url.Values{
		"query": {query},
		"start": {nanos(from)},
		"end":   {nanos(to)},
		"step":  {strconv.FormatFloat(step.Seconds(), 'f', -1, 64)},
	})
}

func (c *Client) metric(ctx context.Context, path string, params url.Values) ([]Series, error) {
	const op = "query Loki for figures"
	var answer struct {
		Data struct {
			Type   string `json:"resultType"`
			Result json.RawMessage
		}
	}
	if err := c.getJSON(ctx, op, path, params, &answer); err != nil {
		return nil, err
	}
	var result []struct {
		Metric map[string]string
		Value  *sample  // vector
		Values []sample // matrix
	}
	switch answer.Data.Type {
	case "vector", "matrix":
		if err := json.Unmarshal(answer.Data.Result, &result); err != nil {
			return nil, c.answerError(op, nil, fmt.Errorf("read figures: %w", err))
		}
	case "streams":
		return nil, &Error{Kind: KindQuery, Op: op, Addr: c.cfg.Addr, Text: "the query gives log lines, not figures"}
	default:
		return nil, &Error{Kind: KindNotLoki, Op: op, Addr: c.cfg.Addr, Text: "a result of type " + strconv.Quote(clean(answer.Data.Type))}
	}
	series := make([]Series, 0, len(result))
	for _, r := range result {
		s := Series{Labels: r.Metric}
		if r.Value != nil {
			r.Values = []sample{*r.Value}
		}
		for _, v := range r.Values {
			s.Samples = append(s.Samples, Sample(v))
		}
		series = append(series, s)
	}
	return series, nil
}

// sample is [seconds, "value"] on the wire.
type sample Sample

func (s *sample) UnmarshalJSON(b []byte) error {
	var pair []json.RawMessage
	if err := json.Unmarshal(b, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("a sample of %d elements", len(pair))
	}
	var (
		seconds float64
		text    string
		err     error
	)
	if err := json.Unmarshal(pair[0], &seconds); err != nil {
		return err
	}
	if seconds < 0 || seconds > math.MaxInt64/1e9 {
		return errors.New("a sample's time is out of range")
	}
	if err := json.Unmarshal(pair[1], &text); err != nil {
		return err
	}
	if s.Value, err = strconv.ParseFloat(text, 64); err != nil { // "NaN" and "+Inf" are values
		return err
	}
	s.Time = time.UnixMilli(int64(math.Round(seconds * 1000))).UTC()
	return nil
}
