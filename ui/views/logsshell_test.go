package views

import (
	"log/slog"
	"maps"
	"testing"
)

// A view is the next time as it was left, whatever a file says.
func TestStateIsKept(t *testing.T) {
	ctx := testContext(t, slog.New(slog.DiscardHandler))
	for _, state := range []map[string]string{
		{}, {"filter": "level>=error | x"}, {"wrap": "on", "columns": "time,event"}, {"columns": "", "filter": "a b"},
	} {
		v := NewLogs(ctx)
		v.Restore(state)
		if got := v.State(); !maps.Equal(got, state) {
			t.Errorf("%v was restored as %v", state, got)
		}
	}
	for _, state := range []map[string]string{nil, {"filter": "("}, {"filter": "@gone", "wrap": "perhaps", "other": "x"}} {
		v, e := NewLogs(ctx), NewErrors(ctx)
		v.Restore(state)
		e.Restore(state)
		if f := v.State()["filter"]; f != "" && f != "@gone" || v.wrap {
			t.Errorf("%v was restored as %v", state, v.State())
		}
	}
	e := NewErrors(ctx)
	e.Restore(map[string]string{"filter": "level>=error"})
	if got := e.State(); !maps.Equal(got, map[string]string{"filter": "level>=error"}) {
		t.Errorf("the Errors view was restored as %v", got)
	}
	if _, err := e.SetFilter("level>=loud"); err == nil || e.bar.text != "level>=error" {
		t.Errorf("a wrong filter: %v, %q", err, e.bar.text)
	}
}
