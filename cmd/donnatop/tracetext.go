package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/trace"
	"github.com/donna-project/donnatop/ui/format"
	"github.com/donna-project/donnatop/ui/safe"
)

// detailWidth is how much of an item's details is printed: a line of a log may
// have megabytes.
const detailWidth = 160

// writeTrace prints a trace for people: what it is and its sums, then a line for
// each item.
func writeTrace(w io.Writer, o *options, t *trace.Trace) error {
	out := bufio.NewWriter(w)
	tt := t.Totals
	fmt.Fprintf(out, "%s %s\n", t.Kind, safe.Text(t.ID))
	if t.Start != nil {
		from, to := t.Extent()
		fmt.Fprintf(out, "time     %s to %s (%s)\n", stamp(from, o), stamp(to, o), format.Seconds(*t.Took))
	}
	fmt.Fprintf(out, "totals   %d items, %d log lines, %d LLM calls, %s, tokens %s in %s out, %d errors\n",
		tt.Items, tt.LogLines, tt.LLMCalls, format.Money(tt.CostUSD), format.Count(tt.TokensIn), format.Count(tt.TokensOut), tt.Errors)
	if len(tt.Services) > 0 {
		fmt.Fprintf(out, "services %s\n", safe.Text(strings.Join(tt.Services, ", ")))
	}
	for _, key := range slices.Sorted(maps.Keys(t.IDs)) {
		writeIDs(out, key, t.IDs[key])
	}
	for _, name := range slices.Sorted(maps.Keys(t.Sources)) {
		s := t.Sources[name]
		fmt.Fprintf(out, "%-8s %s  %s\n", name, s.State, safe.Text(s.Detail))
	}
	if c := t.Capped; c != nil {
		fmt.Fprintf(out, "capped   at %d %s: at least %d more were left out\n", c.Limit, c.Of, c.Dropped)
	}
	for _, g := range t.Gaps {
		fmt.Fprintf(out, "gap      %s %s to %s: %s\n", safe.Text(g.Source), stamp(g.From, o), stamp(g.To, o), safe.Text(g.Reason))
	}
	if len(t.Items) > 0 {
		fmt.Fprintln(out)
	}
	for i := range t.Items {
		writeItem(out, o, &t.Items[i])
	}
	return out.Flush()
}

// idsShown is how many ids of a key are listed.
const idsShown = 3

func writeIDs(out io.Writer, key string, ids []string) {
	if len(ids) == 0 {
		return
	}
	more := ""
	if n := len(ids) - idsShown; n > 0 {
		ids, more = ids[:idsShown], fmt.Sprintf(" and %d more", n)
	}
	fmt.Fprintf(out, "id       %s %s%s\n", safe.Text(key), safe.Text(strings.Join(ids, ", ")), more)
}

func stamp(t time.Time, o *options) string { return t.In(o.location).Format("2006-01-02 15:04:05.000") }

func writeItem(out io.Writer, o *options, i *trace.Item) {
	mark := " "
	if i.Inferred {
		mark = "~" // joined by time, not by an id
	}
	event := i.Event
	if event == "" && i.Raw != nil {
		event = *i.Raw
	}
	line := fmt.Sprintf("%s %s%-10s %-8s %s  %s", stamp(i.Time, o), mark, i.Kind, safe.Truncate(i.Level, 8), safe.Truncate(event, 60), details(i))
	fmt.Fprintln(out, strings.TrimRight(line, " "))
}

// details are what an item tells beside its event.
func details(i *trace.Item) string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+value)
		}
	}
	if i.Class != nil {
		add("class", i.Class.String())
	}
	if i.DurationMS != nil {
		add("took", format.Millis(int64(*i.DurationMS)))
	}
	if i.CostUSD != nil && *i.CostUSD != 0 {
		add("cost", format.Money(*i.CostUSD))
	}
	if i.Twin != nil {
		add("twin", fmt.Sprint(*i.Twin))
	}
	add("service", i.Service)
	for _, name := range slices.Sorted(maps.Keys(i.Fields)) {
		if !told[name] && !strings.HasSuffix(name, "_id") && name != "id" {
			add(name, fieldText(i.Fields[name]))
		}
	}
	return safe.Truncate(strings.Join(parts, " "), detailWidth)
}

// told are fields that are in the line already, or the same in every line.
var told = map[string]bool{
	"event": true, "level": true, "timestamp": true, "user_id": true, "service": true, "task_type": true,
	"latency_ms": true, "cost_usd": true, "created_at": true, "is_shadow": true,
}

// fieldText is a field as short text; nothing for null, empty, false and 0.
func fieldText(v json.RawMessage) string {
	switch string(v) {
	case "null", `""`, "false", "0", "[]", "{}":
		return ""
	}
	const most = 60
	var text string
	if json.Unmarshal(v, &text) != nil {
		text = string(v)
	}
	return safe.Truncate(text, most)
}
