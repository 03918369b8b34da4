package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/loki"
)

// expectedLabels are those of Donna's shipper that filters ask for
// (donna-data.md §4.1).
var expectedLabels = []string{"container_name", "service", "level"}

const (
	// quietLoki is how long no line may come before it is worth saying: health
	// checks alone make one every minute or so.
	quietLoki = 15 * time.Minute
	// lookBack is how far back the newest line is looked for.
	lookBack = 7 * 24 * time.Hour
	// maxSkew is what two clocks may differ without anybody noticing.
	maxSkew = 5 * time.Second
)

// CheckLoki looks at the Loki that client talks to; nil if none is configured.
// configErr is why no client could be made.
func CheckLoki(now time.Time, client *loki.Client, configErr error, selector string) Check {
	return Check{Name: "loki", Run: func(ctx context.Context, report func(Finding)) {
		switch {
		case configErr != nil:
			report(lokiFault("loki", Failed, configErr))
			return
		case client == nil:
			report(Warn("loki", "not configured", "give --loki URL (or LOKI_ADDR)"))
			return
		}
		defer client.Close()
		if err := client.Validate(ctx, selector); err != nil {
			report(lokiFault("loki", Failed, err))
			return
		}
		report(Good("loki", client.Addr()+" answers queries for "+selector))
		report(lokiVersion(ctx, client))
		report(lokiClock(client))
		report(lokiLabels(ctx, client, now))
		report(lokiLines(ctx, client, now, selector))
		report(lokiTail(ctx, client, selector))
	}}
}

// lokiFault is an error of the client as a finding.
func lokiFault(name string, s State, err error) Finding {
	if e := (*loki.Error)(nil); errors.As(err, &e) {
		return finding(name, s, e.Cause(), e.Hint())
	}
	return finding(name, s, err.Error(), "")
}

func lokiVersion(ctx context.Context, client *loki.Client) Finding {
	info, err := client.BuildInfo(ctx)
	if err != nil {
		return lokiFault("loki_version", Warning, err)
	}
	if info.Version == "" {
		return Warn("loki_version", "it doesn't say its version", "")
	}
	if major, minor, ok := version(info.Version); ok && (major < 2 || major == 2 && minor < 9) {
		return Warn("loki_version", info.Version+": donnatop is made for 2.9 and 3.x", "update Loki: docker pull grafana/loki:2.9.0")
	}
	return Good("loki_version", info.Version)
}

// version takes apart the beginning of a version such as 2.9.0 or v3.1.
func version(text string) (major, minor int, ok bool) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(text, "v"), ".")
	second, _, _ := strings.Cut(rest, ".")
	major, err1 := strconv.Atoi(first)
	minor, err2 := strconv.Atoi(second)
	return major, minor, err1 == nil && err2 == nil
}

func lokiClock(client *loki.Client) Finding {
	skew := client.ClockAhead()
	if skew.Abs() <= maxSkew {
		return Good("loki_clock", "its clock is right to some seconds")
	}
	word := "ahead of"
	if skew < 0 {
		word = "behind"
	}
	return Warn("loki_clock", fmt.Sprintf("its clock is %s %s this machine's", ago(skew.Abs()), word), "set both clocks: timedatectl set-ntp true")
}

func lokiLabels(ctx context.Context, client *loki.Client, now time.Time) Finding {
	labels, err := client.Labels(ctx, now.Add(-24*time.Hour), now)
	if err != nil {
		return lokiFault("loki_labels", Warning, err)
	}
	var missing []string
	for _, l := range expectedLabels {
		if !slices.Contains(labels, l) {
			missing = append(missing, l)
		}
	}
	if len(missing) > 0 {
		return Warn("loki_labels", "no line of the last 24 h has the label "+strings.Join(missing, " or "), "compare promtail's relabelling with Donna's: docker logs donna-promtail")
	}
	return Good("loki_labels", strings.Join(expectedLabels, ", ")+" are there")
}

func lokiLines(ctx context.Context, client *loki.Client, now time.Time, selector string) Finding {
	from := now.Add(-lookBack)
	lines, err := client.QueryRange(ctx, loki.Range{Query: selector, From: from.UnixNano(), To: now.Add(10 * time.Minute).UnixNano(), Limit: 1, Direction: loki.Backward})
	switch {
	case err != nil:
		return lokiFault("loki_lines", Warning, err)
	case len(lines) == 0:
		return Warn("loki_lines", fmt.Sprintf("no line of the last %s matches %s", ago(lookBack), selector), "give the right --selector, or see why nothing is shipped: docker logs donna-promtail")
	}
	age := max(now.Sub(time.Unix(0, lines[len(lines)-1].Time)), 0)
	if age > quietLoki {
		return Warn("loki_lines", "the newest line is "+ago(age)+" old", "see whether Donna runs and is shipped: docker logs donna-promtail")
	}
	return Good("loki_lines", "the newest line is "+ago(age)+" old")
}

// lokiTail tries the websocket. Without it lines come a second later.
func lokiTail(ctx context.Context, client *loki.Client, selector string) Finding {
	if err := client.TryTail(ctx, selector); err != nil {
		f := lokiFault("loki_tail", Warning, err)
		f.Detail += "; lines come by polling, within a second"
		if e := (*loki.Error)(nil); errors.As(err, &e) && e.Kind != loki.KindTailBusy {
			fix := "let a proxy before Loki pass websockets (Upgrade headers) at /loki/api/v1/tail"
			f.Fix = &fix
		}
		return f
	}
	return Good("loki_tail", "the tail websocket works")
}
