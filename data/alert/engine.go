package alert

import (
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

const (
	// resolvedFor is how long a rule is shown as resolved after it was over.
	resolvedFor = time.Hour
	// forgetPending is how long nobody may have looked for a condition to be
	// taken for one that has held all the time.
	forgetPending = time.Hour
	// saveEvery is how often the state is written though nothing happened, so that
	// the time of the newest look is not forgotten.
	saveEvery = time.Minute
)

// Options set up an [Engine]. Zero values mean what is said of them.
type Options struct {
	Rules []Rule // Defaults() if nil
	Quiet Quiet  // none
	// Clock tells when messages are due; required. Rules are judged by the time of
	// the snapshot.
	Clock clockwork.Clock
	// Store keeps the state; nil keeps it in memory.
	Store Store
	// ReadOnly takes the state from the store and never writes it.
	ReadOnly bool
	// Acks is where others acknowledge; nil if nobody does.
	Acks *Acks
	// Routes are where messages can go, by name. Messages for others are not made.
	Routes   map[string]Route
	Location *time.Location // of times in messages; UTC if nil
	Log      *slog.Logger   // discarded if nil
}

// Store keeps a [State] over restarts.
type Store interface {
	// Load gives what was saved last; nil if nothing ever was.
	Load() (*State, error)
	Save(*State) error
}

// Engine judges the rules and remembers. It is safe for concurrent use.
type Engine struct {
	opts  Options
	rules []Rule

	mu    sync.Mutex
	state *State
	dirty bool      // something happened that is not saved yet
	saved time.Time // when it was saved last

	send sending
}

// New is an engine that goes on where the store's state ends. The error says why
// that can't be read.
func New(o Options) (*Engine, error) {
	if o.Rules == nil {
		o.Rules = Defaults()
	}
	if o.Location == nil {
		o.Location = time.UTC
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	e := &Engine{opts: o, rules: slices.Clone(o.Rules), state: newState()}
	for i := range e.rules {
		if kindOf(e.rules[i].ID) == nil {
			return nil, fmt.Errorf("unknown alert rule %q: use one of %s", e.rules[i].ID, strings.Join(RuleNames(), ", "))
		}
	}
	if o.Store != nil {
		s, err := o.Store.Load()
		if err != nil {
			return nil, err
		}
		if s != nil {
			e.adopt(s)
		}
	}
	return e, nil
}

// adopt goes on from a state that was saved, without what is not configured any more.
func (e *Engine) adopt(s *State) {
	if s.Rules == nil {
		s.Rules = make(map[string]map[string]*Instance)
	}
	if s.Routes == nil {
		s.Routes = make(map[string]*RouteState)
	}
	for id := range s.Rules {
		if i := e.rule(id); i < 0 || e.rules[i].Off {
			delete(s.Rules, id)
		}
	}
	e.state = s
}

func (e *Engine) rule(id string) int {
	return slices.IndexFunc(e.rules, func(r Rule) bool { return r.ID == id })
}

// Evaluate judges every rule by the snapshot, moves their subjects on, puts the
// messages that follow into the outbox, and saves. It gives every rule as it is
// now, and what happened. The error is that the state could not be saved: what
// happened then still holds for this process.
func (e *Engine) Evaluate(s *data.Snapshot) ([]data.Alert, []Notice, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.takeAcks()
	alerts := make([]data.Alert, 0, len(kinds))
	var notices []Notice
	for i := range kinds {
		k := &kinds[i]
		at := e.rule(k.id)
		if at < 0 || e.rules[at].Off {
			alerts = append(alerts, switchedOff(k))
			continue
		}
		r := &e.rules[at]
		l := &look{snap: s, rule: r, last: e.state.At}
		got := k.judge(l)
		if got.unknown == "" {
			notices = append(notices, e.move(k, r, &got, s.At)...)
		}
		alerts = append(alerts, e.row(k, r, &got, s.At))
	}
	if s.At.After(e.state.At) {
		e.state.At = s.At
	}
	for i := range notices {
		e.tell(&notices[i])
	}
	return alerts, notices, e.save()
}

// switchedOff is a rule that is not judged.
func switchedOff(k *kind) data.Alert {
	return data.Alert{
		Rule: k.id, Title: k.title, State: data.AlertUnknown, Unit: k.unit, Below: k.below,
		Detail: "switched off in the configuration", Routes: []string{},
	}
}

// move moves the subjects of a rule on to now and says what happened.
func (e *Engine) move(k *kind, r *Rule, got *reading, now time.Time) []Notice {
	all := e.state.Rules[r.ID]
	if all == nil {
		all = make(map[string]*Instance)
	}
	holds := make(map[string]bool, len(got.cases))
	told := map[MessageKind][]NoticeSubject{}
	tell := func(kind MessageKind, subject string, i *Instance) {
		i.Told, e.dirty = now, true
		told[kind] = append(told[kind], NoticeSubject{Subject: subject, Since: i.Since, Value: i.Value, Detail: i.Detail})
	}
	for _, f := range got.cases {
		if holds[f.subject] {
			continue // of two of one name the first stands for both
		}
		holds[f.subject] = true
		i := all[f.subject]
		if i == nil || i.State == data.AlertResolved || i.State == data.AlertPending && now.Sub(i.Seen) > forgetPending {
			i = &Instance{State: data.AlertPending, Since: now}
			all[f.subject], e.dirty = i, true
		}
		if !f.since.IsZero() && i.State == data.AlertPending {
			i.Since = f.since
		}
		i.Seen, i.Value, i.Detail = now, f.value, f.detail
		switch {
		case i.State == data.AlertPending && longer(now.Sub(i.Since), r.For):
			i.State, i.Fired = data.AlertFiring, now
			tell(Fired, f.subject, i)
		case i.State == data.AlertFiring && r.Repeat > 0 && i.Acked.IsZero() && now.Sub(i.Told) >= r.Repeat:
			tell(Reminded, f.subject, i)
		}
	}
	for subject, i := range all {
		if holds[subject] {
			continue
		}
		gone := longer(now.Sub(i.Seen), r.Clear)
		switch {
		case i.State == data.AlertPending && gone:
			delete(all, subject)
			e.dirty = true
		case i.State == data.AlertFiring && gone:
			i.State, i.Resolved = data.AlertResolved, now
			tell(Resolved, subject, i)
		case i.State == data.AlertResolved && now.Sub(i.Resolved) > resolvedFor:
			delete(all, subject)
			e.dirty = true
		}
	}
	if e.state.Rules[r.ID] = all; len(all) == 0 {
		delete(e.state.Rules, r.ID)
	}
	var out []Notice
	for _, kind := range []MessageKind{Resolved, Fired, Reminded} {
		subjects := told[kind]
		if len(subjects) == 0 {
			continue
		}
		slices.SortFunc(subjects, func(a, b NoticeSubject) int { return strings.Compare(a.Subject, b.Subject) })
		out = append(out, Notice{Kind: kind, Rule: r.ID, Title: k.title, Severity: r.Severity, At: now, Subjects: subjects})
	}
	return out
}

// longer tells whether d is more than a limit; no limit is passed at once.
func longer(d, limit time.Duration) bool { return limit == 0 || d > limit }

// row is the rule as it stands: its worst state, and the subjects in it.
func (e *Engine) row(k *kind, r *Rule, got *reading, now time.Time) data.Alert {
	a := data.Alert{
		Rule: r.ID, Title: k.title, State: data.AlertOK, Unit: k.unit, Below: k.below,
		Value: got.value, Threshold: got.threshold, Detail: clean(got.detail), Routes: slices.Clone(r.Routes),
	}
	if a.Routes == nil {
		a.Routes = []string{}
	}
	if k.timed {
		a.Threshold = ptr(r.For.Seconds())
		if a.Value == nil && got.unknown == "" {
			a.Value = ptr(0.0)
		}
	}
	var names []string
	for subject := range e.state.Rules[r.ID] {
		names = append(names, subject)
	}
	slices.Sort(names)
	for _, state := range []data.AlertState{data.AlertFiring, data.AlertPending, data.AlertResolved} {
		var of []string
		for _, n := range names {
			if e.state.Rules[r.ID][n].State == state {
				of = append(of, n)
			}
		}
		if len(of) > 0 {
			e.describe(&a, k, state, of, now)
			break
		}
	}
	if got.unknown != "" {
		detail := clean(got.unknown)
		if a.State == data.AlertFiring {
			detail += "; fired before: " + a.Detail
		}
		a.State, a.Since, a.Value, a.Detail, a.Acknowledged = data.AlertUnknown, nil, nil, detail, false
	}
	return a
}

// describe says of a rule which subjects are in its state.
func (e *Engine) describe(a *data.Alert, k *kind, state data.AlertState, subjects []string, now time.Time) {
	a.State, a.Acknowledged = state, state == data.AlertFiring
	var parts []string
	for n, subject := range subjects {
		i := e.state.Rules[a.Rule][subject]
		began, text := i.Since, clean(subject)+": "+clean(i.Detail)
		switch state {
		case data.AlertFiring:
			began = i.Fired
			text += during(now.Sub(i.Since))
			if a.Acknowledged = a.Acknowledged && !i.Acked.IsZero(); !i.Acked.IsZero() {
				text += ", acknowledged " + i.Acked.UTC().Format("15:04") + " UTC"
			}
		case data.AlertPending:
			text += during(now.Sub(i.Since))
		case data.AlertResolved:
			began = i.Resolved
			text = clean(subject) + ": over after " + span(i.Resolved.Sub(i.Since))
		}
		if a.Since == nil || began.Before(*a.Since) {
			a.Since = ptr(began.UTC())
		}
		if k.timed && a.Value != nil && state != data.AlertResolved {
			a.Value = ptr(max(*a.Value, now.Sub(i.Since).Seconds()))
		}
		if n < maxSubjects {
			parts = append(parts, text)
		}
	}
	if more := len(subjects) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	a.Detail = strings.Join(parts, "; ")
}

// Acknowledge stops the reminders of what fires now of a rule, until it is over.
func (e *Engine) Acknowledge(rule string) error {
	now := e.opts.Clock.Now()
	if e.opts.Acks != nil {
		if err := e.opts.Acks.Add(rule, now); err != nil {
			return err
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.acknowledge(rule, now)
	return e.save()
}

// acknowledge marks what fired up to then.
func (e *Engine) acknowledge(rule string, at time.Time) {
	for _, i := range e.state.Rules[rule] {
		if i.State == data.AlertFiring && i.Acked.IsZero() && !i.Fired.After(at) {
			i.Acked, e.dirty = at, true
		}
	}
}

// takeAcks acknowledges what others have acknowledged since.
func (e *Engine) takeAcks() {
	if e.opts.Acks == nil {
		return
	}
	acks, err := e.opts.Acks.Read()
	if err != nil {
		e.opts.Log.Warn("alert_acks_unreadable", "error", err)
		return
	}
	for rule, at := range acks {
		e.acknowledge(rule, at)
	}
}

// save writes the state if anything happened, or it is time to.
func (e *Engine) save() error {
	if e.opts.Store == nil || e.opts.ReadOnly {
		return nil
	}
	now := e.opts.Clock.Now()
	if !e.dirty && now.Sub(e.saved) < saveEvery {
		return nil
	}
	if err := e.opts.Store.Save(e.state); err != nil {
		return err
	}
	e.dirty, e.saved = false, now
	return nil
}

// Save writes the state whether or not anything happened.
func (e *Engine) Save() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.dirty = true
	return e.save()
}
