package panels_test

import (
	"fmt"

	"github.com/donna-project/donnatop/data"
)

func samplePreferences() *data.Preferences {
	f := noPreferences()
	for i, w := range data.WindowNames {
		f.Corrections[w] = p(int64(i * i * 3))
	}
	f.ByField = map[string]int64{"priority": 61, "deadline": 34, "domain": 22, "title": 9, "tags": 3, "(none)": 1}
	for i := range 12 {
		week := fmt.Sprintf("2026-W%02d", 18+i)
		f.CorrectionsPerWeek[week] = int64(max(22-3*i, i%3))
		f.RulesPerWeek[week] = data.RuleWeek{Extracted: int64(i * 5 % 4), Disabled: int64(i % 5 / 4)}
	}
	f.CorrectionsPerWeek["2026-W14"] = 31 // and none in the weeks between
	f.Rules = &data.RuleCounts{Extracted: 17, Enabled: 14, Disabled: 3}
	f.Survival30d = &data.RuleSurvival{Rules: 11, Active: 9, Pct: p(81.8182)}
	return f
}

func noPreferences() *data.Preferences {
	f := &data.Preferences{
		Corrections: map[string]*int64{}, CorrectionsPerWeek: map[string]int64{}, ByField: map[string]int64{},
		Rules: &data.RuleCounts{}, RulesPerWeek: map[string]data.RuleWeek{}, Survival30d: &data.RuleSurvival{},
	}
	for _, w := range data.WindowNames {
		f.Corrections[w] = p(int64(0))
	}
	for i := range 12 {
		week := fmt.Sprintf("2026-W%02d", 18+i)
		f.CorrectionsPerWeek[week], f.RulesPerWeek[week] = 0, data.RuleWeek{}
	}
	return f
}

func hostilePreferences(h *hostility) *data.Preferences {
	f := &data.Preferences{
		Corrections: perWindow(p(h.whole(0))), CorrectionsPerWeek: h.counts(), ByField: h.counts(), RulesPerWeek: map[string]data.RuleWeek{},
		Rules: &data.RuleCounts{Extracted: h.whole(1), Enabled: h.whole(2), Disabled: h.whole(0)}, Survival30d: &data.RuleSurvival{Rules: h.whole(3), Active: h.whole(4), Pct: p(h.real(1))},
	}
	for i, n := range h.names {
		f.RulesPerWeek[n] = data.RuleWeek{Extracted: h.whole(i), Disabled: h.whole(i + 1)}
	}
	f.CorrectionsPerWeek["2026-W29"], f.RulesPerWeek["2026-W29"] = h.whole(0), data.RuleWeek{Extracted: h.whole(0), Disabled: -1}
	return f
}
