// Package notify takes alert messages out of the house: Discord webhooks and
// everything else that shoutrrr knows by URL (Slack, ntfy, Telegram, mail, …),
// and SMS by Twilio.
//
// Whatever a service answers, nothing is tried twice here: when to try again is
// decided by package alert, which writes down what waits. shoutrrr's own retries
// for Discord, which sleep for up to five minutes and know no context, are
// therefore switched off.
//
// The URLs and tokens are secrets. They come from the environment or from a file
// that nobody else can read, and no error of this package holds one.
package notify

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/donna-project/donnatop/data/alert"
)

// NewClient is an HTTP client for notifiers. It follows no redirects: they would
// take a token to another host. How long an answer may take says the context.
func NewClient(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// transportError is err without the URL of the request, which may hold a secret.
func transportError(err error) error {
	if u := (*url.Error)(nil); errors.As(err, &u) {
		err = u.Err
	}
	return err
}

// maxBody is how much of an answer is read.
const maxBody = 16 << 10

// answerText is what a service said of an error, in one line and cut short.
func answerText(res *http.Response) (message string, code int, retryAfter float64) {
	body, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	if err != nil {
		return "", 0, 0 // the status alone then says what happened
	}
	var said struct {
		Message    string  `json:"message"`
		Code       int     `json:"code"`
		RetryAfter float64 `json:"retry_after"` // Discord, in seconds
	}
	if json.Unmarshal(body, &said) != nil {
		return "", 0, 0
	}
	return oneLine(said.Message), said.Code, said.RetryAfter
}

// oneLine makes text of others fit for an error.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 200 {
		s = string(runes[:200]) + "..."
	}
	return s
}

// statusError is what an answer other than success means.
func statusError(service string, res *http.Response, now time.Time) (e *alert.SendError, code int) {
	message, code, after := answerText(res)
	text := fmt.Sprintf("%s answered %d", service, res.StatusCode)
	if name := http.StatusText(res.StatusCode); name != "" {
		text += " " + name
	}
	if message != "" {
		text += ": " + message
	}
	if code != 0 {
		text += fmt.Sprintf(" (code %d)", code)
	}
	wait := cmp.Or(retryAfter(res.Header, now), seconds(after))
	return &alert.SendError{Err: errors.New(text), After: wait}, code
}

// retryAfter reads the header, in its form of seconds (Discord's have fractions)
// or of a date; 0 if there is none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.ParseFloat(v, 64); err == nil {
		return seconds(s)
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(t.Sub(now), 0)
	}
	return 0
}

// seconds is a duration; what can't be one is 0 or very long.
func seconds(s float64) time.Duration {
	switch {
	case !(s > 0):
		return 0
	case s > 1e6:
		s = 1e6
	}
	return time.Duration(s * float64(time.Second))
}

// cut shortens text to at most n units as count counts them.
func cut(s string, n int, count func(string) int) string {
	const more = "..."
	if count(s) <= n {
		return s
	}
	runes := []rune(s)
	for len(runes) > 0 && count(string(runes))+len(more) > n {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + more
}

// scrub takes secrets out of a text.
func scrub(text string, secrets ...string) string {
	for _, s := range secrets {
		for _, form := range []string{s, url.QueryEscape(s), url.PathEscape(s)} {
			if len(form) >= 4 { // shorter ones are no secrets, but parts of many words
				text = strings.ReplaceAll(text, form, "[redacted]")
			}
		}
	}
	return text
}
