package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/pflag"
)

// A setting is one of the common flags, which is a key of the configuration file
// and mostly an environment variable too. All tables of settings are made from
// the definitions of the flags.
type setting struct {
	key     string
	kind    string // of its value
	byDef   string // the default as it is written in the file; "" for none
	env     []string
	meaning string
	secret  bool
	flag    *pflag.Flag
}

// kinds are the names of the types of flags that don't name their value.
var kinds = map[string]string{"bool": "true/false", "duration": "duration", "string": "text", "stringArray": "list"}

// settings lists what the configuration file may set, in the order of the flags.
func (o *options) settings() []setting {
	var all []setting
	o.common.VisitAll(func(f *pflag.Flag) {
		if f.Name == "config" {
			return // it can't name itself
		}
		kind, meaning := pflag.UnquoteUsage(f)
		if known, ok := kinds[f.Value.Type()]; ok && (known != "text" || kind == "string") {
			kind = known
		}
		s := setting{key: f.Name, kind: kind, env: envNames[f.Name], meaning: meaning, secret: secretFlags[f.Name], flag: f}
		if f.Name == "no-color" {
			s.env = []string{noColorEnv}
		}
		s.meaning = strings.TrimSuffix(meaning, " [$"+strings.Join(s.env, ", $")+"]")
		if f.Value.Type() != "stringArray" {
			s.byDef = f.DefValue
		}
		all = append(all, s)
	})
	return all
}

// sectionMeanings say what the sections of the configuration file are for.
var sectionMeanings = map[string]string{
	"keys":    "key bindings by the name of their action, as 'donnatop keys' lists them",
	"filters": "saved filters by name",
	"alerts":  "alert rules and where alerts go, as docs/alerts.md has them",
	"serve":   "the dashboard over SSH, as docs/ssh.md has it",
}

// masked stands for a secret.
const masked = "***"

// credentials are those of an address.
var credentials = regexp.MustCompile(`(://)[^/@\s]*@`)

// shown is the present value: text, true or false, or a list of texts; nil if it
// is not set. Secrets and the credentials in addresses are masked.
func (s setting) shown() any {
	if list, ok := s.flag.Value.(pflag.SliceValue); ok {
		values := list.GetSlice()
		if len(values) == 0 {
			return nil
		}
		out := make([]string, len(values))
		for i, v := range values {
			out[i] = credentials.ReplaceAllString(v, "$1"+masked+"@")
		}
		return out
	}
	value := s.flag.Value.String()
	switch {
	case value == "":
		return nil
	case s.secret:
		return masked
	case s.flag.Value.Type() == "bool":
		return value == "true"
	}
	return credentials.ReplaceAllString(value, "$1"+masked+"@")
}

// shownText is the present value in a table.
func (s setting) shownText() string {
	switch v := s.shown().(type) {
	case nil:
		return "-"
	case []string:
		return strings.Join(v, ", ")
	default:
		return fmt.Sprint(v)
	}
}

// origin tells where the present value came from.
func (o *options) origin(key string) string {
	if from := o.origins[key]; from != "" {
		return from
	}
	return "default"
}

// secretKey matches the keys of secrets in sections; a file or a variable that
// holds one is none.
var (
	secretKey = regexp.MustCompile(`(?i)(pass|token|secret|webhook|credential|auth|api_?key|account_sid|private)`)
	publicKey = regexp.MustCompile(`(?i)(_|-)(file|env|path)$|^authorized[-_]keys$`)
)

// mask replaces the secrets in the value of a section: those of secret keys, and
// all that stands below one.
func mask(value any, secret bool) any {
	switch v := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, inner := range v {
			out[k] = mask(inner, (secret || secretKey.MatchString(k)) && !publicKey.MatchString(k))
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, inner := range v {
			out[i] = mask(inner, secret)
		}
		return out
	case nil:
		return nil
	}
	if secret {
		return masked
	}
	if text, ok := value.(string); ok {
		return credentials.ReplaceAllString(text, "$1"+masked+"@")
	}
	return value
}
