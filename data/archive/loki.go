package archive

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
	"github.com/donna-project/donnatop/data/loki"
	"github.com/donna-project/donnatop/data/trace"
)

// textsPerQuery bounds the length of a query, which is part of an address.
const textsPerQuery = 40

// lokiLines are the lines of Loki's streams that a selector matches. It
// implements [trace.Logs].
type lokiLines struct {
	client   *loki.Client
	selector string
}

func (l *lokiLines) Source() string { return logline.SourceLoki }

// Find searches for lines that hold one of the texts. Loki does the searching.
func (l *lokiLines) Find(ctx context.Context, q trace.LogQuery, yield func([]trace.Found) error) ([]data.Gap, error) {
	chunks := slices.Collect(slices.Chunk(q.Texts, textsPerQuery))
	var gaps []data.Gap
	for i, texts := range chunks {
		done := func(share float64) {
			if q.Progress != nil {
				q.Progress((float64(i) + share) / float64(len(chunks)))
			}
		}
		err := l.client.Lines(ctx, l.selector+lineFilter(texts), q.From, q.To, loki.Backward, func(lines []loki.Line) error {
			if len(lines) == 0 {
				return nil
			}
			done(float64(q.To.UnixNano()-lines[0].Time) / float64(q.To.Sub(q.From)))
			return yield(found(lines))
		})
		if e, ok := errors.AsType[*loki.Error](err); ok && e.Kind == loki.KindCrowded {
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

// lineFilter lets lines through that hold one of the texts.
func lineFilter(texts []string) string {
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
func found(lines []loki.Line) []trace.Found {
	out := make([]trace.Found, len(lines))
	for i, e := range loki.Entries(lines) {
		out[i] = trace.Found{Entry: e, Place: lines[i].Time}
	}
	return out
}

// ownTimeSlack is how far a line's own time, which is what counts, may be from
// the one Loki goes by: Docker and promtail stamp a line when they see it.
const ownTimeSlack = time.Minute

// errEnough ends a reading that has what it was for.
var errEnough = errors.New("enough lines")

// newest adds the newest lines of the range that the filter chooses.
func (l *lokiLines) newest(ctx context.Context, q data.LineQuery, into *newestLines, progress func(float64)) error {
	from, to := q.From.Add(-ownTimeSlack), q.To.Add(ownTimeSlack)
	err := l.client.Lines(ctx, q.Filter.LogQL(l.selector), from, to, loki.Backward, func(lines []loki.Line) error {
		if len(lines) == 0 {
			return nil
		}
		for _, f := range found(lines) {
			into.add(f)
		}
		progress(float64(to.UnixNano()-lines[0].Time) / float64(to.Sub(from)))
		// older pages hold lines that Loki dates earlier, and they themselves too
		if into.fullBefore(time.Unix(0, lines[0].Time).Add(ownTimeSlack)) {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}
