package loki

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/data/trace"
)

// textsPerQuery bounds the length of a query, which is part of an address.
const textsPerQuery = 40

// Search finds single lines of any age among those that a selector matches. Loki
// does the searching; nothing is remembered from one search to the next. It is
// safe for concurrent use.
type Search struct {
	client   *Client
	selector string
}

// NewSearch makes a Search over the streams of a selector.
func NewSearch(client *Client, selector string) *Search { return &Search{client, selector} }

// Source is what lines call Loki.
func (l *Search) Source() string { return logline.SourceLoki }

// Find hands the lines that hold one of the texts to yield, the newest pages
// first. A line that holds several may come several times. Where more lines share
// a nanosecond than Loki gives out, the answer has a gap.
func (l *Search) Find(ctx context.Context, q trace.LogQuery, yield func([]trace.Found) error) ([]data.Gap, error) {
	chunks := slices.Collect(slices.Chunk(q.Texts, textsPerQuery))
	var gaps []data.Gap
	for i, texts := range chunks {
		done := func(share float64) {
			if q.Progress != nil {
				q.Progress((float64(i) + share) / float64(len(chunks)))
			}
		}
		err := l.client.Lines(ctx, l.selector+holdingAny(texts), q.From, q.To, Backward, func(lines []Line) error {
			if len(lines) == 0 {
				return nil
			}
			done(float64(q.To.UnixNano()-lines[0].Time) / float64(q.To.Sub(q.From)))
			return yield(found(lines))
		})
		if e, ok := errors.AsType[*Error](err); ok && e.Kind == KindCrowded {
			gaps = append(gaps, data.Gap{From: q.From, To: q.To, Reason: e.Text})
			err = nil
		}
		if err != nil {
			return gaps, err
		}
		done(1)
	}
	return gaps, nil
}

// holdingAny lets lines through that hold one of the texts.
func holdingAny(texts []string) string {
	if len(texts) == 1 {
		return " |= " + strconv.Quote(texts[0])
	}
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = regexp.QuoteMeta(t)
	}
	return " |~ " + strconv.Quote(strings.Join(quoted, "|"))
}

// found are lines with their place: Loki keeps them in order of its own time.
func found(lines []Line) []trace.Found {
	out := make([]trace.Found, len(lines))
	for i, e := range Entries(lines) {
		out[i] = trace.Found{Entry: e, Place: lines[i].Time}
	}
	return out
}

// errEnough ends a reading that has what it was for.
var errEnough = errors.New("enough lines")

// Newest hands the lines of a range, and others, to take, the newest pages first,
// until take wants no more: Loki is asked only for lines that the filter may
// choose. All lines still to come are dated before the instant that take is told.
func (l *Search) Newest(ctx context.Context, q data.LineQuery, take func(lines []trace.Found, before time.Time) (more bool), progress func(float64)) error {
	from, to := q.From.Add(-ownTimeSlack), q.To.Add(ownTimeSlack)
	err := l.client.Lines(ctx, q.Filter.LogQL(l.selector), from, to, Backward, func(lines []Line) error {
		if len(lines) == 0 {
			return nil
		}
		progress(float64(to.UnixNano()-lines[0].Time) / float64(to.Sub(from)))
		if !take(found(lines), time.Unix(0, lines[0].Time).Add(ownTimeSlack)) {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}
