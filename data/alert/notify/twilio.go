package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/alert"
)

// TwilioOptions say from where to where SMS go and who pays.
type TwilioOptions struct {
	AccountSID string // AC…
	// KeySID is the user name: an API key's SID (SK…), or empty for the account's.
	KeySID string
	Secret string // the auth token, or the API key's secret
	From   string // a number of Twilio's, or the SID of a messaging service (MG…)
	To     string // E.164, such as +4915112345678
	Client *http.Client
	Clock  clockwork.Clock
}

// Twilio sends SMS through Twilio's Messages API.
type Twilio struct{ o TwilioOptions }

var _ alert.Notifier = (*Twilio)(nil)

const twilioAPI = "https://api.twilio.com/2010-04-01/Accounts/"

var (
	accountForm = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	keyForm     = regexp.MustCompile(`^SK[0-9a-fA-F]{32}$`)
	serviceForm = regexp.MustCompile(`^MG[0-9a-fA-F]{32}$`)
	numberForm  = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	senderForm  = regexp.MustCompile(`^[A-Za-z0-9 ]{1,11}$`) // alphanumeric sender ID
)

// NewTwilio checks the options' forms, so that a wrong one is known before the
// first alert. Errors hold no secret.
func NewTwilio(o TwilioOptions) (*Twilio, error) {
	switch {
	case !accountForm.MatchString(o.AccountSID):
		return nil, errors.New("the account SID must be AC and 32 hexadecimal digits")
	case o.KeySID != "" && !keyForm.MatchString(o.KeySID):
		return nil, errors.New("the API key's SID must be SK and 32 hexadecimal digits")
	case o.Secret == "":
		return nil, errors.New("the auth token is empty")
	case !numberForm.MatchString(o.To):
		return nil, errors.New("the number to send to must have the form +4915100000000")
	case !numberForm.MatchString(o.From) && !serviceForm.MatchString(o.From) && !senderForm.MatchString(o.From):
		return nil, errors.New("the sender must be a number of the form +15005550000, a messaging service (MG…) or a name of at most 11 letters and digits")
	}
	return &Twilio{o}, nil
}

// maxSMS is the longest body that Twilio takes.
const maxSMS = 1600

// Codes of Twilio that say that the message itself is at fault.
var badMessage = map[int]bool{
	21602: true, // no body
	21605: true, // body too long
	21617: true, // body too long
	21619: true, // no body or media
}

// Send implements [alert.Notifier].
func (t *Twilio) Send(ctx context.Context, messages []*alert.Message) (alert.Receipt, error) {
	body, taken := smsBody(messages)
	receipt := alert.Receipt{Taken: taken}
	form := url.Values{"To": {t.o.To}, "Body": {body}}
	if serviceForm.MatchString(t.o.From) {
		form.Set("MessagingServiceSid", t.o.From)
	} else {
		form.Set("From", t.o.From)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, twilioAPI+t.o.AccountSID+"/Messages.json", strings.NewReader(form.Encode()))
	if err != nil {
		return receipt, fmt.Errorf("Twilio: %w", transportError(err))
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "donnatop")
	user := t.o.KeySID
	if user == "" {
		user = t.o.AccountSID
	}
	req.SetBasicAuth(user, t.o.Secret)
	res, err := t.o.Client.Do(req)
	if err != nil {
		return receipt, fmt.Errorf("Twilio: %s", t.scrub(transportError(err).Error()))
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode == http.StatusCreated {
		_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxBody)) // so that the connection can be used again
		return receipt, nil
	}
	e, code := statusError("Twilio", res, t.o.Clock.Now())
	e.Refused = res.StatusCode == http.StatusBadRequest && badMessage[code]
	e.Err = errors.New(t.scrub(e.Err.Error()))
	return receipt, e
}

// scrub takes out what is nobody's business: the token, and the numbers.
func (t *Twilio) scrub(text string) string {
	return scrub(oneLine(text), t.o.Secret, t.o.AccountSID, t.o.KeySID, t.o.To, t.o.From)
}

// smsBody is as many messages as fit, and how many. It is ASCII: a single other
// character makes a message cost more than twice as much.
func smsBody(messages []*alert.Message) (body string, taken int) {
	size := func(s string) int { return len(s) }
	for _, m := range messages {
		one := cut(ascii("Donna "+m.Text()), maxSMS, size)
		if taken > 0 && len(body)+2+len(one) > maxSMS {
			break
		}
		if taken > 0 {
			body += "\n\n"
		}
		body += one
		taken++
	}
	return body, taken
}

func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r > '~' {
			return '?'
		}
		return r
	}, s)
}
