package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/jonboulle/clockwork"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/discord"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"

	"github.com/donna-project/donnatop/data/alert"
)

// Discord is a webhook of Discord. shoutrrr knows its URL and checks that the
// token goes to discord.com alone; the payload is our own, because shoutrrr's
// can't forbid mentions.
type Discord struct {
	url    *url.URL
	config discord.Config
	client *http.Client
	clock  clockwork.Clock
}

var _ alert.Notifier = (*Discord)(nil)

// webhookHosts are those under which Discord gives out webhooks.
var webhookHosts = map[string]bool{
	"discord.com": true, "discordapp.com": true, "ptb.discord.com": true, "canary.discord.com": true,
}

// discordURL is shoutrrr's form of a webhook's URL as Discord shows it; nil if it
// is another URL.
func discordURL(u *url.URL) *url.URL {
	if u.Scheme != "https" || !webhookHosts[u.Host] {
		return nil
	}
	path := strings.Split(strings.Trim(u.Path, "/"), "/") // api[/v10]/webhooks/ID/TOKEN
	n := len(path)
	if n < 4 || path[0] != "api" || path[n-3] != "webhooks" {
		return nil
	}
	return &url.URL{Scheme: discord.Scheme, Host: path[n-2], User: url.User(path[n-1]), RawQuery: u.RawQuery}
}

func newDiscord(u *url.URL, client *http.Client, clock clockwork.Clock) (*Discord, error) {
	d := &Discord{url: u, client: client, clock: clock}
	s, err := d.service()
	if err != nil {
		return nil, errors.New("it is no webhook of Discord: use https://discord.com/api/webhooks/ID/TOKEN or discord://TOKEN@ID")
	}
	d.config = *s.Config
	return d, nil
}

// service is shoutrrr's, set to post a whole payload.
func (d *Discord) service() (*discord.Service, error) {
	s := &discord.Service{}
	if err := s.Initialize(d.url, nil); err != nil {
		return nil, err
	}
	s.Config.JSON = true
	return s, nil
}

// payload is the body of Discord's Execute Webhook.
type payload struct {
	Username  string `json:"username"`
	AvatarURL string `json:"avatar_url,omitempty"`
	Content   string `json:"content"`
	// AllowedMentions with nothing to parse: whatever the content says, it pings nobody.
	AllowedMentions mentions `json:"allowed_mentions"`
}

type mentions struct {
	Parse []string `json:"parse"`
}

// maxContent is how much Discord takes; it counts as JavaScript does.
const maxContent = 2000

func utf16Len(s string) int { return len(utf16.Encode([]rune(s))) }

// Send implements [alert.Notifier].
func (d *Discord) Send(ctx context.Context, messages []*alert.Message) (alert.Receipt, error) {
	content, taken := discordContent(messages)
	p := payload{Username: "donnatop", Content: content, AllowedMentions: mentions{Parse: []string{}}, AvatarURL: d.config.Avatar}
	if d.config.Username != "" {
		p.Username = d.config.Username
	}
	receipt := alert.Receipt{Taken: taken}
	body, err := json.Marshal(p)
	if err != nil {
		return receipt, err
	}
	s, err := d.service()
	if err != nil {
		return receipt, errors.New("the webhook's URL can't be used")
	}
	try := &oneTry{ctx: ctx, d: d}
	s.HTTPClient, s.Sleeper = try, noSleep{}
	err = s.Send(string(body), &types.Params{})
	receipt.Pause = try.pause
	switch {
	case try.err != nil:
		return receipt, try.err
	case err != nil:
		return receipt, errors.New(scrub(oneLine(err.Error()), d.config.Token))
	}
	return receipt, nil
}

// discordContent is as many messages as fit, and how many.
func discordContent(messages []*alert.Message) (content string, taken int) {
	for _, m := range messages {
		text := discordText(m)
		if taken > 0 && utf16Len(content)+1+utf16Len(text) > maxContent {
			break
		}
		if taken > 0 {
			content += "\n"
		}
		content += text
		taken++
	}
	return content, taken
}

// discordText puts the names that others chose into a block of code, in which
// neither markdown nor mentions nor links mean anything.
func discordText(m *alert.Message) string {
	const frame = "**%s**\n```\n%s\n```%s"
	room := maxContent - utf16Len(fmt.Sprintf(frame, m.Head, "", m.Foot))
	lines := strings.ReplaceAll(strings.Join(m.Lines, "\n"), "`", "'")
	return fmt.Sprintf(frame, m.Head, cut(lines, room, utf16Len), m.Foot)
}

// oneTry does the one request there is to be, and keeps what came of it: shoutrrr
// would try failures again at once, and lose what the answer says of when to.
type oneTry struct {
	ctx   context.Context
	d     *Discord
	err   error
	pause time.Duration
}

// errStop makes shoutrrr give up.
var errStop = errors.New("tried once")

// Do implements shoutrrr's HTTPClient.
func (t *oneTry) Do(req *http.Request) (*http.Response, error) {
	res, err := t.d.client.Do(req.WithContext(t.ctx))
	if err != nil {
		t.err = fmt.Errorf("Discord: %s", scrub(oneLine(transportError(err).Error()), t.d.config.Token))
		return nil, errStop
	}
	switch {
	case res.StatusCode == http.StatusNoContent || res.StatusCode == http.StatusOK:
		t.pause = rateLimitPause(res.Header)
		return res, nil
	case res.StatusCode == http.StatusBadRequest || res.StatusCode == http.StatusRequestEntityTooLarge:
		e, _ := statusError("Discord", res, t.d.clock.Now())
		e.Refused = true
		t.err = e
	default:
		t.err, _ = statusError("Discord", res, t.d.clock.Now())
	}
	_ = res.Body.Close() // nothing more is wanted of it
	return nil, errStop
}

// rateLimitPause is how long to wait when this request was the last that the
// webhook's rate limit allows.
func rateLimitPause(h http.Header) time.Duration {
	if h.Get("X-RateLimit-Remaining") != "0" {
		return 0
	}
	s, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err != nil {
		return 0
	}
	return seconds(s)
}

type noSleep struct{}

// Sleep implements shoutrrr's Sleeper; nothing is tried twice.
func (noSleep) Sleep(time.Duration) {}
