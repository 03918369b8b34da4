package authkeys

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// option is one of a line's, its value without quotes.
type option struct {
	name  string // in lower case: names have no case
	value string
	given bool // there is a value, which may be empty
}

// cutOptions takes the options off a line: texts separated by commas up to the
// first blank, neither of which counts within quotes. In quotes, \" is a quote and
// nothing else is special, as in sshd.
func cutOptions(line string) (options []option, rest string, err error) {
	begin, quoted := 0, false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && i+1 < len(line) && line[i+1] == '"':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',' || c == ' ' || c == '\t':
			o, err := parseOption(line[begin:i])
			if err != nil {
				return nil, "", err
			}
			options = append(options, o)
			begin = i + 1
			if c != ',' {
				return options, strings.TrimLeft(line[begin:], " \t"), nil
			}
		}
	}
	if quoted {
		return nil, "", errors.New("a quote is not closed")
	}
	return nil, "", errors.New("there is no public key in the line")
}

func parseOption(text string) (option, error) {
	name, value, given := strings.Cut(text, "=")
	o := option{name: strings.ToLower(name), given: given}
	switch {
	case name == "":
		return o, errors.New("an option has no name")
	case strings.ContainsAny(name, `"\`):
		return o, fmt.Errorf("there is a quote in the name of the option %q", name)
	case !given:
		return o, nil
	case len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"':
		return o, fmt.Errorf("the value of %s= must stand in quotes", name)
	}
	o.value = strings.ReplaceAll(value[1:len(value)-1], `\"`, "\x00")
	if strings.Contains(o.value, `"`) {
		return o, fmt.Errorf("there is a quote within the value of %s=", name)
	}
	o.value = strings.ReplaceAll(o.value, "\x00", `"`)
	return o, nil
}

// flags are the options without a value that are honoured. Those that take away
// what is never given have nothing to do.
var flags = map[string]func(*Key){
	"restrict":            func(k *Key) { k.NoPTY = true },
	"no-pty":              func(k *Key) { k.NoPTY = true },
	"pty":                 func(k *Key) { k.NoPTY = false }, // after restrict
	"no-port-forwarding":  func(*Key) {},
	"no-agent-forwarding": func(*Key) {},
	"no-x11-forwarding":   func(*Key) {},
	"no-user-rc":          func(*Key) {},
}

// whyNot says of well-known options why they are refused.
var whyNot = map[string]string{
	"command":           "only the dashboard and its own commands are served",
	"cert-authority":    "certificates are not accepted",
	"principals":        "certificates are not accepted",
	"environment":       "clients set nothing but the kind of their terminal",
	"permitopen":        "nothing is forwarded",
	"permitlisten":      "nothing is forwarded",
	"tunnel":            "nothing is forwarded",
	"port-forwarding":   "nothing is forwarded",
	"agent-forwarding":  "nothing is forwarded",
	"x11-forwarding":    "nothing is forwarded",
	"user-rc":           "nothing is run at login",
	"no-touch-required": "a touch is always required",
	"verify-required":   "the PIN of a security key can't be required",
}

// apply honours an option, or says why it can't be.
func (k *Key) apply(o option, local *time.Location) error {
	if set := flags[o.name]; set != nil {
		if o.given {
			return fmt.Errorf("the option %s takes no value", o.name)
		}
		set(k)
		return nil
	}
	if why := whyNot[o.name]; why != "" {
		return fmt.Errorf("the option %s is not honoured: %s", o.name, why)
	}
	switch o.name {
	case "from":
		if k.from != nil {
			return errors.New("the option from stands there twice")
		}
		var err error
		k.from, err = parsePatterns(o.value)
		return err
	case "expiry-time":
		at, err := parseExpiry(o.value, local)
		if err == nil && (k.expires.IsZero() || at.Before(k.expires)) {
			k.expires = at
		}
		return err
	}
	return fmt.Errorf("the option %q is unknown", o.name)
}

// expiryForms are the forms of expiry-time, without the Z that means UTC.
var expiryForms = map[int]string{8: "20060102", 12: "200601021504", 14: "20060102150405"}

func parseExpiry(text string, local *time.Location) (time.Time, error) {
	digits, utc := strings.CutSuffix(strings.ToUpper(text), "Z")
	if utc {
		local = time.UTC
	}
	at, err := time.ParseInLocation(expiryForms[len(digits)], digits, local)
	if err != nil || expiryForms[len(digits)] == "" {
		return time.Time{}, fmt.Errorf("expiry-time=%q is no time: write YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with Z for UTC", text)
	}
	return at, nil
}
