package events_test

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"github.com/donna-project/donnatop/data/events"
	"github.com/donna-project/donnatop/data/logline"
)

// catalogue is every event that Donna's code can print, see its first lines.
//
//go:embed testdata/catalogue.txt
var catalogue string

// printed are the levels of each event in the catalogue.
func printed(t *testing.T) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for l := range strings.Lines(catalogue) {
		head, names, ok := strings.Cut(strings.TrimSpace(l), ": ")
		if strings.HasPrefix(l, "#") || !ok {
			continue
		}
		_, level, _ := strings.Cut(head, " ")
		for name := range strings.FieldsSeq(names) {
			name = strings.TrimSuffix(name, "*")
			out[name] = append(out[name], level)
		}
	}
	if len(out) != 926 {
		t.Fatalf("%d events: the catalogue was not read", len(out))
	}
	return out
}

// typesOfRows are the types that the rows of the data dictionary give to events.
func typesOfRows() map[string]string {
	out := map[string]string{}
	for row := range strings.Lines(rows) {
		typ, names, _ := strings.Cut(strings.TrimSpace(row), ":")
		for name := range strings.FieldsSeq(names) {
			out[name] = typ
		}
	}
	return out
}

// TestCatalogue: every event that can be printed has the type it is documented for,
// or none; and the table knows no event that can't be printed.
func TestCatalogue(t *testing.T) {
	can, types := printed(t), typesOfRows()
	for name := range can {
		if got := events.Type(name, ""); got != types[name] {
			t.Errorf("%s is %q, documented as %q", name, got, types[name])
		}
	}
	for name, typ := range types {
		if can[name] == nil {
			t.Errorf("%s, of type %s, is no event of the code", name, typ)
		}
	}
	counted, _ := events.CountedNames()
	telling, _ := events.TellingNames()
	for _, name := range slices.Concat(counted, telling) {
		if can[name] == nil {
			t.Errorf("%s counts, but is no event of the code", name)
		}
	}
}

// fallbackTyped are the events on which the code puts the event_type fallback_activated,
// which is no type of the specification.
const fallbackTyped = `
fallback_activated
invocation_log_write_failed calendar_client_unavailable calendar_sync_aborted_incomplete_read bg_task_exited_unexpectedly
output_template_render_failed output_voice_pass_failed output_renderer_unavailable owner_discord_link_no_user
owner_discord_link_conflict owner_discord_link_failed discord_view_edit_failed dedup_notes_parse_failed
automation_alert_render_failed morning_digest_config_read_failed reminder_scheduled_start_unparseable
task_context_vault_failed task_context_prefs_failed evolution_gate_no_evidence auto_moves_count_failed calendar_token_path_unresolved
bg_task_crashed dm_send_failed`

// TestFallbackType: that type changes nothing of what an event is and counts as, and
// is no fallback by itself.
func TestFallbackType(t *testing.T) {
	can, checked := printed(t), 0
	for name := range strings.FieldsSeq(fallbackTyped) {
		if can[name] == nil {
			t.Errorf("%s is no event of the code", name)
		}
		if got, want := events.Type(name, "fallback_activated"), events.Type(name, ""); got != want {
			t.Errorf("%s is %q with the type, %q without", name, got, want)
		}
		bare := events.Classify(nil, &logline.Entry{Event: name})
		if got := events.Classify(nil, &logline.Entry{Event: name, EventType: "fallback_activated"}); !slices.Equal(got, bare) {
			t.Errorf("%s counts as %v with the type, as %v without", name, got, bare)
		}
		fallback := slices.ContainsFunc(bare, func(s events.Series) bool { return s.Metric == events.LLMFallback })
		if fallback != (name == "fallback_activated") {
			t.Errorf("%s counts as a fallback: %v", name, fallback)
		}
		checked++
	}
	if checked != 23 {
		t.Errorf("%d events", checked)
	}
}

// TestCountedArePrinted: what counts is not printed at level debug,
// which the default level hides.
func TestCountedArePrinted(t *testing.T) {
	counted, _ := events.CountedNames()
	for _, name := range counted {
		for _, level := range printed(t)[name] {
			if level == "debug" {
				t.Errorf("%s counts, but is printed at level debug only", name)
			}
		}
	}
}
