package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
	"github.com/nicholas-fedor/shoutrrr/pkg/util/jsonclient"

	"github.com/donna-project/donnatop/data/alert"
)

// NewURL is the notifier of a URL: a webhook of Discord as Discord shows it, or
// any URL of shoutrrr (https://shoutrrr.nickfedor.com/services/overview). The
// error doesn't repeat the URL.
func NewURL(rawURL string, client *http.Client, clock clockwork.Clock) (alert.Notifier, error) {
	u, err := url.Parse(rawURL)
	if err != nil || u.Scheme == "" {
		return nil, errors.New("it is no URL: use a Discord webhook or a URL of shoutrrr, such as ntfy://ntfy.sh/topic")
	}
	if d := discordURL(u); d != nil {
		u = d
	}
	if u.Scheme == "discord" {
		return newDiscord(u, client, clock)
	}
	var services router.ServiceRouter
	service, err := services.Locate(rawURL)
	if errors.Is(err, router.ErrUnknownService) {
		return nil, fmt.Errorf("shoutrrr knows no service %q", oneLine(u.Scheme))
	}
	if err != nil {
		return nil, fmt.Errorf("shoutrrr can't use this URL of %s: see its documentation for the form", oneLine(u.Scheme))
	}
	s := &Shoutrrr{name: service.GetID(), service: service, clock: clock, busy: make(chan struct{}, 1), secrets: secretsOf(u)}
	if injectable, ok := service.(interface{ SetHTTPClient(*http.Client) }); ok {
		own := *client
		own.Transport = &listener{next: client.Transport, said: &s.said}
		injectable.SetHTTPClient(&own)
	}
	return s, nil
}

// secretsOf are the parts of a URL that may be secret: all but its scheme.
func secretsOf(u *url.URL) []string {
	out := []string{u.Host, u.Hostname()}
	if u.User != nil {
		out = append(out, u.User.Username())
		if p, ok := u.User.Password(); ok {
			out = append(out, p)
		}
	}
	out = append(out, strings.Split(u.Path, "/")...)
	for _, values := range u.Query() {
		out = append(out, values...)
	}
	return out
}

// Shoutrrr is any other service that shoutrrr knows. What it answers is only
// known as far as shoutrrr tells, and most of its services can be given neither a
// client nor a context: one that hangs is left alone until it returns.
type Shoutrrr struct {
	name    string
	service types.Service
	clock   clockwork.Clock
	secrets []string
	busy    chan struct{} // holds one token while a send is under way
	said    answer
}

var _ alert.Notifier = (*Shoutrrr)(nil)

// maxPlain is how much fits into a message of the strictest services.
const maxPlain = 1500

// unknownPause is how long to wait after a "too many requests" that didn't say.
const unknownPause = time.Minute

// Send implements [alert.Notifier].
func (s *Shoutrrr) Send(ctx context.Context, messages []*alert.Message) (alert.Receipt, error) {
	text, taken := plainText(messages, maxPlain)
	receipt := alert.Receipt{Taken: taken}
	select {
	case s.busy <- struct{}{}:
	default:
		return receipt, fmt.Errorf("%s: an earlier message still hangs", s.name)
	}
	sent := make(chan error, 1)
	go func() {
		defer func() {
			if r := recover(); r != nil {
				sent <- fmt.Errorf("internal error: %v", r)
			}
			<-s.busy
		}()
		s.said.reset()
		sent <- s.service.Send(text, &types.Params{})
	}()
	select {
	case <-ctx.Done():
		return receipt, fmt.Errorf("%s: no answer: %w", s.name, ctx.Err())
	case err := <-sent:
		if err == nil {
			return receipt, nil
		}
		return receipt, s.failure(err)
	}
}

// failure is an error of shoutrrr without secrets, and with what is known of when
// to try again.
func (s *Shoutrrr) failure(err error) error {
	status, after := s.said.get()
	if e := (jsonclient.Error{}); status == 0 && errors.As(err, &e) {
		status = e.StatusCode
	}
	if status == http.StatusTooManyRequests && after == 0 {
		after = unknownPause
	}
	text := scrub(oneLine(err.Error()), s.secrets...)
	return &alert.SendError{Err: fmt.Errorf("%s: %s", s.name, text), After: after}
}

// plainText is as many messages as fit into n characters, and how many.
func plainText(messages []*alert.Message, n int) (text string, taken int) {
	length := func(s string) int { return len([]rune(s)) }
	for _, m := range messages {
		one := cut(harmless(m.Text()), n, length)
		if taken > 0 && length(text)+2+length(one) > n {
			break
		}
		if taken > 0 {
			text += "\n\n"
		}
		text += one
		taken++
	}
	return text, taken
}

// lookalikes stand for the characters by which chat services recognise mentions,
// links and markup.
var lookalikes = strings.NewReplacer("@", "＠", "<", "‹", ">", "›", "`", "'", "[", "(", "]", ")", "*", "∗", "_", "ˍ", "~", "∼", "&", "＆")

func harmless(s string) string { return lookalikes.Replace(s) }
