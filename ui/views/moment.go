package views

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/donna-project/donnatop/ui/panels/line"
)

// momentHint says what can be typed.
const momentHint = "13:05  13:05:30  2026-07-01 13:05  -15m"

// momentPrompt is where a moment to go to is typed.
type momentPrompt struct {
	ctx *Context
	prompt
	problem string
}

func (p *momentPrompt) open() { p.prompt, p.problem = newPrompt(""), "" }

// moment handles a key while a moment is being typed.
func (v *Logs) moment(press tea.KeyPressMsg) Intent {
	switch k := &v.keys; {
	case key.Matches(press, k.Cancel.Binding):
		v.mode = logsReading
	case key.Matches(press, k.Go.Binding):
		at, err := parseMoment(v.going.value(), v.data.Snapshot.At, v.ctx.location())
		if err != nil {
			v.going.problem = err.Error()
			return nil
		}
		v.mode = logsReading
		return v.goToMoment(at)
	default:
		if v.going.update(press) {
			v.going.problem = ""
		}
	}
	return nil
}

// goToMoment selects the first line that is not before t.
func (v *Logs) goToMoment(t time.Time) Intent {
	lines := v.lines()
	i, _ := lines.Find(t, 0)
	v.goTo(min(i, lines.Len()-1))
	if i == 0 && lines.Len() > 0 && lines.At(0).Time.After(t) {
		said := "the oldest line here"
		if v.canLoad() {
			said += "; " + v.keys.Up.Help().Key + " loads older ones"
		}
		return Say{Text: said}
	}
	return nil
}

// momentLayouts are the forms of a moment, with what of it is today's.
var momentLayouts = []struct {
	layout string
	today  bool
}{
	{"15:04", true}, {"15:04:05", true}, {"2006-01-02 15:04", false}, {"2006-01-02 15:04:05", false}, {"2006-01-02", false},
	{"2006-01-02T15:04:05", false}, {time.RFC3339, false},
}

// parseMoment reads a moment as people write it, in their zone: a clock time is
// the last one there was, a negative duration counts back from now.
func parseMoment(text string, now time.Time, loc *time.Location) (time.Time, error) {
	text = strings.TrimSpace(text)
	if back, ok := strings.CutPrefix(text, "-"); ok {
		if d, err := time.ParseDuration(back); err == nil && d >= 0 {
			return now.Add(-d), nil
		}
	}
	for _, l := range momentLayouts {
		t, err := time.ParseInLocation(l.layout, text, loc)
		if err != nil {
			continue
		}
		if l.today {
			local := now.In(loc)
			t = time.Date(local.Year(), local.Month(), local.Day(), t.Hour(), t.Minute(), t.Second(), 0, loc)
			if t.After(now) {
				t = t.AddDate(0, 0, -1)
			}
		}
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%q is no time: write it like one of these", text)
}

// lines draws the prompt and what is wrong or can be typed.
func (p *momentPrompt) lines(w int) []string {
	env := &p.ctx.Env
	const label = "go to: "
	hint := line.New(w, charset(env))
	hint.To(len(label))
	if p.problem != "" {
		hint.Text(env.Styles.Bad, p.problem).Space(2)
	}
	hint.Text(env.Styles.Faint, momentHint)
	if w <= len(label) {
		return []string{blanks(w), hint.String()}
	}
	return []string{env.Styles.Key.String(label) + p.line(w-len(label), charset(env), env.Styles.Selected.String), hint.String()}
}
