package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/alert/notify"
)

// alertSettings is the section alerts of the configuration, with the defaults
// where it says nothing.
type alertSettings struct {
	rules  []alert.Rule
	quiet  alert.Quiet
	routes map[string]*routeSettings
}

// routeSettings is one route as configured.
type routeSettings struct {
	place  string // in the file; "" for a default route
	kind   string
	perDay int

	url                                 notify.Secret // of kind shoutrrr
	accountSID, keySID, token, from, to givenSecret   // of kind twilio
}

// givenSecret is a setting that may stand in the file itself, which a secret may
// not: its plain is then never set.
type givenSecret struct {
	notify.Secret
	plain string
}

func (g givenSecret) read(getenv func(string) (string, bool)) (string, error) {
	if g.plain != "" {
		return g.plain, nil
	}
	return g.Secret.Read(getenv)
}

// The kinds of routes.
const (
	kindShoutrrr = "shoutrrr"
	kindTwilio   = "twilio"
)

// defaultAlerts is what holds without a configuration: the rules of Donna's
// specification, and routes that take their secrets from the environment.
func defaultAlerts() *alertSettings {
	env := func(names ...string) givenSecret { return givenSecret{Secret: notify.Secret{Env: names}} }
	return &alertSettings{
		rules: alert.Defaults(),
		routes: map[string]*routeSettings{
			alert.RouteDiscord: {kind: kindShoutrrr, url: notify.Secret{Env: []string{"DONNATOP_DISCORD_WEBHOOK"}}},
			alert.RouteSMS: {
				kind: kindTwilio, perDay: 20, accountSID: env("TWILIO_ACCOUNT_SID"), token: env("TWILIO_AUTH_TOKEN"),
				from: env("TWILIO_PHONE_NUMBER"), to: env("DONNATOP_SMS_TO"),
			},
		},
	}
}

// alerts reads the section of the configuration file. Errors name file and line.
func (o *options) alerts() (*alertSettings, error) {
	s := defaultAlerts()
	section, ok := o.sections["alerts"]
	if !ok || section.node.Type() == ast.NullType {
		return s, nil
	}
	d := strict{section.file}
	err := d.mapping(section.node, "alerts", keys{
		"rules":       func(n ast.Node) error { return d.rules(n, s) },
		"routes":      func(n ast.Node) error { return d.routes(n, s) },
		"quiet_hours": func(n ast.Node) error { return d.quiet(n, &s.quiet) },
		"repeat": func(n ast.Node) error {
			repeat, err := d.duration(n)
			for i := range s.rules {
				s.rules[i].Repeat = repeat
			}
			return err
		},
	}, "repeat") // which the rules may then change
	if err != nil {
		return nil, usageError{err}
	}
	if err := s.check(d, section.node); err != nil {
		return nil, usageError{err}
	}
	return s, nil
}

// check finds routes that rules and quiet hours name and nobody configured.
func (s *alertSettings) check(d strict, n ast.Node) error {
	for _, r := range s.rules {
		for _, name := range r.Routes {
			if s.routes[name] == nil {
				return d.errorf(n, "rule %s: no route is called %q: %s", r.ID, name, oneOf(name, mapKeys(s.routes)))
			}
		}
	}
	for _, name := range s.quiet.Routes {
		if s.routes[name] == nil {
			return d.errorf(n, "quiet_hours: no route is called %q: %s", name, oneOf(name, mapKeys(s.routes)))
		}
	}
	return nil
}

func (d strict) rules(n ast.Node, s *alertSettings) error {
	known := keys{}
	for i := range s.rules {
		r := &s.rules[i]
		known[r.ID] = func(n ast.Node) error { return d.rule(n, r) }
	}
	return d.mapping(n, "alerts.rules", known)
}

func (d strict) rule(n ast.Node, r *alert.Rule) error {
	known := keys{
		"enabled":       func(n ast.Node) error { on, err := d.boolean(n); r.Off = !on; return err },
		"for":           func(n ast.Node) (err error) { r.For, err = d.duration(n); return err },
		"resolve_after": func(n ast.Node) (err error) { r.Clear, err = d.duration(n); return err },
		"repeat":        func(n ast.Node) (err error) { r.Repeat, err = d.duration(n); return err },
		"routes":        func(n ast.Node) (err error) { r.Routes, err = d.texts(n); return err },
		"severity": func(n ast.Node) error {
			text, err := d.text(n)
			if err != nil {
				return err
			}
			severities := []string{string(alert.Critical), string(alert.Warning)}
			if !slices.Contains(severities, text) {
				return d.errorf(n, "unknown severity %q: %s", text, oneOf(text, severities))
			}
			r.Severity = alert.Severity(text)
			return nil
		},
	}
	if r.ID == alert.ServiceDown {
		known["unhealthy"] = func(n ast.Node) (err error) { r.Unhealthy, err = d.boolean(n); return err }
	}
	if alert.HasThreshold(r.ID) {
		known["threshold"] = func(n ast.Node) (err error) { r.Threshold, err = d.positive(n); return err }
	}
	return d.mapping(n, "alerts.rules."+r.ID, known)
}

func (d strict) quiet(n ast.Node, q *alert.Quiet) error {
	q.Location = time.UTC
	given := 0
	minute := func(into *int) func(ast.Node) error {
		return func(n ast.Node) error {
			given++
			text, err := d.text(n)
			if err != nil {
				return err
			}
			t, err := time.Parse("15:04", text)
			if err != nil {
				return d.errorf(n, "%q is no time of day: write it in quotes, such as \"22:30\"", text)
			}
			*into = t.Hour()*60 + t.Minute()
			return nil
		}
	}
	err := d.mapping(n, "alerts.quiet_hours", keys{
		"from": minute(&q.From), "to": minute(&q.To),
		"tz": func(n ast.Node) error {
			name, err := d.text(n)
			if err != nil {
				return err
			}
			if q.Location, err = time.LoadLocation(name); err != nil {
				return d.errorf(n, "unknown time zone %q: use a name such as Europe/Berlin", name)
			}
			return nil
		},
		"routes":          func(n ast.Node) (err error) { q.Routes, err = d.texts(n); return err },
		"critical_passes": func(n ast.Node) (err error) { q.Critical, err = d.boolean(n); return err },
	})
	if err == nil && (given < 2 || q.From == q.To) {
		err = d.errorf(n, "quiet_hours need `from` and `to`, and they must differ")
	}
	return err
}

func (d strict) routes(n ast.Node, s *alertSettings) error {
	pairs, err := d.pairs(n, "alerts.routes")
	if err != nil {
		return err
	}
	for _, p := range pairs {
		r := &routeSettings{place: d.place(p.Key)}
		name := p.Key.GetToken().Value
		if s.routes[name] != nil && s.routes[name].place == r.place {
			return d.errorf(p.Key, "route %s stands there twice", name)
		}
		if old := s.routes[name]; old != nil {
			*r = *old // a default route keeps what isn't said
			r.place = d.place(p.Key)
		}
		if err := d.route(p.Value, name, r); err != nil {
			return err
		}
		s.routes[name] = r
	}
	return nil
}

func (d strict) route(n ast.Node, name string, r *routeSettings) error {
	secretly := func(into *notify.Secret) keys {
		return keys{
			"_env":  func(n ast.Node) error { text, err := d.text(n); into.Env, into.File = []string{text}, ""; return err },
			"_file": func(n ast.Node) (err error) { into.File, err = d.text(n); return err },
		}
	}
	known := keys{
		"type": func(n ast.Node) (err error) {
			kinds := []string{kindShoutrrr, kindTwilio}
			if r.kind, err = d.text(n); err == nil && !slices.Contains(kinds, r.kind) {
				err = d.errorf(n, "unknown type %q: %s", r.kind, oneOf(r.kind, kinds))
			}
			return err
		},
		"max_per_day": func(n ast.Node) error {
			v, err := d.number(n)
			if err == nil && (v < 0 || v > math.MaxInt32 || v != math.Trunc(v)) {
				err = d.errorf(n, "max_per_day must be a whole number; 0 is no limit")
			}
			r.perDay = int(v)
			return err
		},
	}
	add := func(name string, s *givenSecret, plain bool) {
		for suffix, set := range secretly(&s.Secret) {
			known[name+suffix] = set
		}
		if plain {
			known[name] = func(n ast.Node) (err error) { s.plain, err = d.text(n); return err }
		}
	}
	for suffix, set := range secretly(&r.url) {
		known["url"+suffix] = set
	}
	add("account_sid", &r.accountSID, true)
	add("api_key_sid", &r.keySID, true)
	add("auth_token", &r.token, false)
	add("from", &r.from, true)
	add("to", &r.to, true)
	for _, secret := range []string{"url", "auth_token"} {
		known[secret] = func(n ast.Node) error {
			return d.errorf(n, "%s is secret and has no place in this file: use %s_env: NAME or %s_file: PATH", secret, secret, secret)
		}
	}
	if err := d.mapping(n, "alerts.routes."+name, known, "type"); err != nil {
		return err
	}
	if r.kind == "" {
		return d.errorf(n, "route %s needs `type: shoutrrr` or `type: twilio`", name)
	}
	return nil
}

// strict decodes the nodes of a file and names the line of what is wrong.
type strict struct{ file string }

// keys are what a mapping may hold.
type keys map[string]func(ast.Node) error

func (d strict) place(n ast.Node) string {
	return fmt.Sprintf("%s line %d", d.file, n.GetToken().Position.Line)
}

func (d strict) errorf(n ast.Node, format string, args ...any) error {
	return fmt.Errorf("%s: %w", d.place(n), fmt.Errorf(format, args...))
}

func (d strict) pairs(n ast.Node, what string) ([]*ast.MappingValueNode, error) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, nil
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, nil
	case *ast.NullNode:
		return nil, nil
	}
	return nil, d.errorf(n, "%s must be lines of the form `key: value`", what)
}

// mapping reads a mapping that may hold only these keys, those named first.
func (d strict) mapping(n ast.Node, what string, known keys, first ...string) error {
	pairs, err := d.pairs(n, what)
	if err != nil {
		return err
	}
	seen := make(map[string]bool)
	for _, p := range pairs {
		name := p.Key.GetToken().Value
		if known[name] == nil {
			return d.errorf(p.Key, "unknown key %q in %s: %s", name, what, oneOf(name, mapKeys(known)))
		}
		if seen[name] {
			return d.errorf(p.Key, "%s stands in %s twice", name, what)
		}
		seen[name] = true
	}
	isFirst := func(p *ast.MappingValueNode) bool { return slices.Contains(first, p.Key.GetToken().Value) }
	for _, early := range []bool{true, false} {
		for _, p := range pairs {
			if isFirst(p) != early {
				continue
			}
			if err := known[p.Key.GetToken().Value](p.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d strict) value(n ast.Node) (any, error) {
	var v any
	if err := yaml.NodeToValue(n, &v); err != nil {
		return nil, d.errorf(n, "%w", err)
	}
	return v, nil
}

func (d strict) text(n ast.Node) (string, error) {
	v, err := d.value(n)
	if err != nil {
		return "", err
	}
	if s, ok := v.(string); ok && s != "" {
		return s, nil
	}
	return "", d.errorf(n, "%v is no text: put it in quotes", v)
}

func (d strict) texts(n ast.Node) ([]string, error) {
	v, err := d.value(n)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	out := []string{}
	for _, v := range list {
		s, ok := v.(string)
		if !ok {
			return nil, d.errorf(n, "%v is no list of names, such as [discord, sms]", v)
		}
		out = append(out, s)
	}
	return out, nil
}

func (d strict) boolean(n ast.Node) (bool, error) {
	v, err := d.value(n)
	if err != nil {
		return false, err
	}
	b, ok := v.(bool)
	if !ok {
		return false, d.errorf(n, "%v is neither true nor false", v)
	}
	return b, nil
}

func (d strict) number(n ast.Node) (float64, error) {
	v, err := d.value(n)
	if err != nil {
		return 0, err
	}
	switch v := v.(type) {
	case float64:
		return v, nil
	case int64:
		return float64(v), nil
	case uint64:
		return float64(v), nil
	}
	return 0, d.errorf(n, "%v is no number", v)
}

func (d strict) positive(n ast.Node) (float64, error) {
	v, err := d.number(n)
	if err == nil && (!(v > 0) || math.IsInf(v, 0)) {
		err = d.errorf(n, "a threshold must be over 0")
	}
	return v, err
}

func (d strict) duration(n ast.Node) (time.Duration, error) {
	v, err := d.value(n)
	if err != nil {
		return 0, err
	}
	dur, err := parseSpan(fmt.Sprint(v))
	if err != nil {
		return 0, d.errorf(n, "%w", err)
	}
	return dur, nil
}

// parseSpan reads a length of time: one of Go's, or days such as 7d.
func parseSpan(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok && err != nil {
		d, err = time.ParseDuration(days + "h")
		if d > math.MaxInt64/24 {
			d = -1 // more than a Duration holds: it must not come round as another one
		}
		d *= 24
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no length of time: use 90s, 5m, 4h, 7d, or 0", s)
	}
	return d, nil
}

func mapKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}
