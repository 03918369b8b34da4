package notify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data/alert"
	"github.com/donna-project/donnatop/data/alert/notify"
)

const (
	webhookID    = "1234567890"
	webhookToken = "dont-tell-anybody"
	accountSID   = "AC0123456789abcdef0123456789abcdef"
	authToken    = "fedcba9876543210fedcba9876543210"
)

var now = time.Date(2026, 7, 15, 12, 0, 0, 0, time.UTC)

// service stands for Discord, Twilio or any other on loopback.
type service struct {
	*httptest.Server
	t *testing.T

	mu       sync.Mutex
	requests []string // as they came, headers sorted
	answer   http.HandlerFunc
}

// says decides what the service answers from now on.
func (s *service) says(answer http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = answer
}

// seen are the requests so far.
func (s *service) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

func newService(t *testing.T, answer http.HandlerFunc) *service {
	t.Helper()
	s := &service{t: t, answer: answer}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		dump, err := httputil.DumpRequest(r, true)
		if err != nil {
			t.Error(err)
		}
		s.mu.Lock()
		s.requests = append(s.requests, strings.ReplaceAll(string(dump), "\r\n", "\n"))
		answer := s.answer
		s.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// client sends every request to the service, whomever it is for.
func (s *service) client() *http.Client {
	to, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	return notify.NewClient(detour{to})
}

type detour struct{ to *url.URL }

func (d detour) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != "https" {
		return nil, fmt.Errorf("a secret over %s", req.URL.Scheme)
	}
	req = req.Clone(req.Context())
	req.Host = req.URL.Host
	req.URL.Scheme, req.URL.Host = d.to.Scheme, d.to.Host
	return http.DefaultTransport.RoundTrip(req)
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func message(lines ...string) *alert.Message {
	return &alert.Message{
		Kind: alert.Fired, Rule: alert.ServiceDown, Severity: alert.Critical, At: now,
		Head: "FIRING: Service down", Lines: lines, Foot: "since 2026-07-15 11:54 UTC",
	}
}

func (s *service) discord() alert.Notifier {
	s.t.Helper()
	n, err := notify.NewURL("https://discord.com/api/webhooks/"+webhookID+"/"+webhookToken, s.client(), clockwork.NewFakeClockAt(now))
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func twilioOptions(client *http.Client) notify.TwilioOptions {
	return notify.TwilioOptions{
		AccountSID: accountSID, Secret: authToken, From: "+15005550006", To: "+4915112345678",
		Client: client, Clock: clockwork.NewFakeClockAt(now),
	}
}

func (s *service) twilio() alert.Notifier {
	s.t.Helper()
	n, err := notify.NewTwilio(twilioOptions(s.client()))
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// one checks that there was exactly this request.
func (s *service) one(want string) {
	s.t.Helper()
	if len(s.seen()) != 1 {
		s.t.Fatalf("%d requests, want one: nothing is tried twice here", len(s.seen()))
	}
	if s.seen()[0] != want {
		s.t.Errorf("request\n%s\n\nwant\n%s", s.seen()[0], want)
	}
	s.forget()
}

// TestDiscordRequest: Execute Webhook, as Discord's documentation has it.
func TestDiscordRequest(t *testing.T) {
	s := newService(t, status(http.StatusNoContent))
	got, err := s.discord().Send(t.Context(), []*alert.Message{message("donna-vault: DOWN (exited) for 6m")})
	if err != nil || got != (alert.Receipt{Taken: 1}) {
		t.Fatal(got, err)
	}
	body := `{"username":"donnatop","content":"**FIRING: Service down**\n` + "```" + `\ndonna-vault: DOWN (exited) for 6m\n` + "```" +
		`since 2026-07-15 11:54 UTC","allowed_mentions":{"parse":[]}}`
	s.one(fmt.Sprintf("POST /api/webhooks/%s/%s HTTP/1.1\nHost: discord.com\nAccept-Encoding: gzip\nContent-Length: %d\nContent-Type: application/json\nUser-Agent: shoutrrr\n\n%s",
		webhookID, webhookToken, len(body), body))
}

func TestDiscordURLs(t *testing.T) {
	for _, c := range []struct{ url, path, username string }{
		{"https://discord.com/api/webhooks/1/tok", "/api/webhooks/1/tok", "donnatop"},
		{"https://discordapp.com/api/webhooks/1/tok", "/api/webhooks/1/tok", "donnatop"},
		{"https://ptb.discord.com/api/v10/webhooks/1/tok", "/api/webhooks/1/tok", "donnatop"},
		{"https://discord.com/api/webhooks/1/tok?thread_id=7", "/api/webhooks/1/tok?thread_id=7", "donnatop"},
		{"discord://tok@1", "/api/webhooks/1/tok", "donnatop"},
		{"discord://tok@1?username=Home&splitLines=No", "/api/webhooks/1/tok", "Home"},
	} {
		s := newService(t, status(http.StatusNoContent))
		n, err := notify.NewURL(c.url, s.client(), clockwork.NewFakeClockAt(now))
		if err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if _, err := n.Send(t.Context(), []*alert.Message{message("x")}); err != nil {
			t.Errorf("%s: %v", c.url, err)
			continue
		}
		if !strings.HasPrefix(s.seen()[0], "POST "+c.path+" HTTP") || !strings.Contains(s.seen()[0], `"username":"`+c.username+`"`) {
			t.Errorf("%s: %s", c.url, s.seen()[0])
		}
	}
}

// TestWrongURLs: a wrong one is known at the start, and is not repeated.
func TestWrongURLs(t *testing.T) {
	const secret = "topsecrettoken"
	for _, u := range []string{
		"", secret, "://" + secret, "discord://" + secret, "discord://@1", "discord://" + secret + "@1/other", "discord://" + secret + "@1?nothing=1",
		"https://discord.com/api/webhooks/" + secret, "https://evil.example/api/webhooks/1/" + secret,
		"nothing://" + secret + "@x", "slack://" + secret, "telegram://" + secret, "discord://" + secret + "@1\x00",
	} {
		n, err := notify.NewURL(u, notify.NewClient(nil), clockwork.NewFakeClock())
		if err == nil {
			t.Errorf("%q was taken: %T", u, n)
			continue
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("%q: the error tells it: %v", u, err)
		}
	}
}

// TestDiscordHarmless: no name can ping anybody, leave its block of code or be markdown.
func TestDiscordHarmless(t *testing.T) {
	s := newService(t, status(http.StatusNoContent))
	evil := "``` @everyone <@&1> [x](https://evil.example) **b** \\` \" </script>"
	if _, err := s.discord().Send(t.Context(), []*alert.Message{message(evil)}); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(s.seen()[0], "\n\n")
	if n := strings.Count(body, "```"); n != 2 {
		t.Errorf("%d fences: %s", n, body)
	}
	if !strings.Contains(body, `"allowed_mentions":{"parse":[]}`) {
		t.Errorf("mentions are allowed: %s", body)
	}
}

func TestDiscordLimits(t *testing.T) {
	s := newService(t, status(http.StatusNoContent))
	long := message(strings.Repeat("🚀", 1500)) // two units each, as Discord counts
	got, err := s.discord().Send(t.Context(), []*alert.Message{long, message("x")})
	if err != nil || got.Taken != 1 {
		t.Fatal(got, err)
	}
	_, body, _ := strings.Cut(s.seen()[0], "\n\n")
	content := body[strings.Index(body, `"content":"`)+11 : strings.Index(body, `","allowed`)]
	if n := len([]rune(content)) + strings.Count(content, "🚀") - strings.Count(content, `\n`); n != 2000 && n != 1999 {
		t.Errorf("%d units", n)
	}
	if !strings.Contains(content, "...") || !strings.HasSuffix(content, "11:54 UTC") {
		t.Errorf("cut in the wrong place: %.80s … %s", content, content[len(content)-60:])
	}
	s.forget()
	var many []*alert.Message
	for range 10 {
		many = append(many, message(strings.Repeat("y", 300)))
	}
	if got, err = s.discord().Send(t.Context(), many); err != nil || got.Taken != 5 {
		t.Errorf("%+v %v", got, err)
	}
}

// answers are what a service may say, and what follows.
func TestDiscordAnswers(t *testing.T) {
	header := func(code int, body string, kv ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(kv); i += 2 {
				w.Header().Set(kv[i], kv[i+1])
			}
			w.WriteHeader(code)
			if code != http.StatusNoContent {
				_, _ = io.WriteString(w, body)
			}
		}
	}
	for _, c := range []struct {
		name    string
		answer  http.HandlerFunc
		err     string // "" is success
		refused bool
		after   time.Duration
		pause   time.Duration
	}{
		{"no content", header(204, ""), "", false, 0, 0},
		{"ok", header(200, `{"id": "1"}`), "", false, 0, 0},
		{"the last of the limit", header(204, "", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset-After", "1.25"), "", false, 0, 1250 * time.Millisecond},
		{"not the last", header(204, "", "X-RateLimit-Remaining", "4", "X-RateLimit-Reset-After", "1.25"), "", false, 0, 0},
		{"limited", header(429, `{"message": "You are being rate limited.", "retry_after": 64.57, "global": false}`, "Retry-After", "65"), "Discord answered 429 Too Many Requests: You are being rate limited.", false, 65 * time.Second, 0},
		{"limited, by the body", header(429, `{"retry_after": 0.5}`), "Discord answered 429 Too Many Requests", false, 500 * time.Millisecond, 0},
		{"limited, by a proxy", header(429, "<html>", "Retry-After", "Wed, 15 Jul 2026 12:02:00 GMT"), "Discord answered 429 Too Many Requests", false, 2 * time.Minute, 0},
		{"limited, with nonsense", header(429, `{"retry_after": 1e99}`, "Retry-After", "soon"), "Discord answered 429 Too Many Requests", false, 1e6 * time.Second, 0},
		{"broken", header(500, ""), "Discord answered 500 Internal Server Error", false, 0, 0},
		{"away", header(503, "", "Retry-After", "30"), "Discord answered 503 Service Unavailable", false, 30 * time.Second, 0},
		{"webhook gone", header(404, `{"message": "Unknown Webhook", "code": 10015}`), "Discord answered 404 Not Found: Unknown Webhook (code 10015)", false, 0, 0},
		{"wrong token", header(401, `{"message": "Invalid Webhook Token", "code": 50027}`), "Discord answered 401 Unauthorized: Invalid Webhook Token (code 50027)", false, 0, 0},
		{"bad message", header(400, `{"message": "Cannot send an empty message", "code": 50006}`), "Discord answered 400 Bad Request: Cannot send an empty message (code 50006)", true, 0, 0},
		{"elsewhere", header(302, "", "Location", "https://evil.example/"), "Discord answered 302 Found", false, 0, 0},
		{"hostile text", header(500, `{"message": "\u001b[31m\u0007`+strings.Repeat("x", 5000)+`"}`), "Discord answered 500 Internal Server Error:  [31m x", false, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t, c.answer)
			got, err := s.discord().Send(t.Context(), []*alert.Message{message("x")})
			if len(s.seen()) != 1 {
				t.Errorf("%d requests", len(s.seen()))
			}
			checkError(t, err, c.err, c.refused, c.after)
			if got.Pause != c.pause || got.Taken != 1 {
				t.Errorf("%+v, want a pause of %v", got, c.pause)
			}
		})
	}
}

func checkError(t *testing.T, err error, want string, refused bool, after time.Duration) {
	t.Helper()
	if want == "" {
		if err != nil {
			t.Errorf("error %v", err)
		}
		return
	}
	var said *alert.SendError
	if !errors.As(err, &said) {
		t.Fatalf("error %v, want one that says more", err)
	}
	if got := err.Error(); !strings.HasPrefix(got, want) || len(got) > len(want)+300 || strings.ContainsAny(got, "\x1b\a\n") {
		t.Errorf("error %q, want %q", got, want)
	}
	if said.Refused != refused || said.After != after {
		t.Errorf("refused %v, after %v; want %v, %v", said.Refused, said.After, refused, after)
	}
}

// TestNoAnswer: a service that takes the request and says nothing, and one that
// is not there.
func TestNoAnswer(t *testing.T) {
	for name, of := range map[string]func(s *service) alert.Notifier{
		"Discord": func(s *service) alert.Notifier { return s.discord() },
		"Twilio":  func(s *service) alert.Notifier { return s.twilio() },
	} {
		t.Run(name, func(t *testing.T) {
			asked, done := make(chan struct{}), make(chan struct{})
			s := newService(t, func(http.ResponseWriter, *http.Request) { close(asked); <-done })
			defer close(done)
			ctx, cancel := context.WithCancel(t.Context())
			go func() { <-asked; cancel() }()
			_, err := of(s).Send(ctx, []*alert.Message{message("x")})
			if err == nil || !strings.Contains(err.Error(), "canceled") {
				t.Errorf("error %v", err)
			}
			noSecret(t, err)

			gone := newService(t, status(500))
			n := of(gone)
			gone.Close()
			_, err = n.Send(t.Context(), []*alert.Message{message("x")})
			if err == nil {
				t.Error("nobody is there, and yet it was sent")
			}
			noSecret(t, err)
			if len(gone.seen()) != 0 {
				t.Error("asked somebody")
			}
		})
	}
}

func noSecret(t *testing.T, err error) {
	t.Helper()
	for _, secret := range []string{webhookToken, authToken, accountSID, "4915112345678", "15005550006"} {
		if strings.Contains(fmt.Sprintf("%v %+v", err, err), secret) {
			t.Errorf("the error tells a secret: %v", err)
		}
	}
}

// TestTwilioRequest: the Messages resource, as Twilio's documentation has it.
func TestTwilioRequest(t *testing.T) {
	s := newService(t, status(http.StatusCreated))
	if _, err := s.twilio().Send(t.Context(), []*alert.Message{message("donna-vault: DOWN (exited) for 6m")}); err != nil {
		t.Fatal(err)
	}
	const body = "Body=Donna+FIRING%3A+Service+down%0Adonna-vault%3A+DOWN+%28exited%29+for+6m%0Asince+2026-07-15+11%3A54+UTC&From=%2B15005550006&To=%2B4915112345678"
	s.one("POST /2010-04-01/Accounts/" + accountSID + "/Messages.json HTTP/1.1\nHost: api.twilio.com\nAccept: application/json\nAccept-Encoding: gzip\n" +
		"Authorization: Basic QUMwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFiY2RlZjpmZWRjYmE5ODc2NTQzMjEwZmVkY2JhOTg3NjU0MzIxMA==\n" +
		fmt.Sprintf("Content-Length: %d\nContent-Type: application/x-www-form-urlencoded\nUser-Agent: donnatop\n\n%s", len(body), body))
}

func TestTwilioSenders(t *testing.T) {
	const service, key = "MG0123456789abcdef0123456789abcdef", "SK0123456789abcdef0123456789abcdef"
	s := newService(t, status(http.StatusCreated))
	o := twilioOptions(s.client())
	o.From, o.KeySID = service, key
	n, err := notify.NewTwilio(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Send(t.Context(), []*alert.Message{message("x")}); err != nil {
		t.Fatal(err)
	}
	if r := s.seen()[0]; !strings.Contains(r, "&MessagingServiceSid="+service+"&To=") || strings.Contains(r, "From=") || !strings.Contains(r, "Basic U0swMTIz") {
		t.Errorf("%s", r)
	}
}

func TestTwilioAnswers(t *testing.T) {
	answer := func(code int, body string, kv ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(kv); i += 2 {
				w.Header().Set(kv[i], kv[i+1])
			}
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	for _, c := range []struct {
		name    string
		answer  http.HandlerFunc
		err     string
		refused bool
		after   time.Duration
	}{
		{"created", answer(201, `{"sid": "SM1", "status": "queued"}`), "", false, 0},
		{"not created", answer(200, `{}`), "Twilio answered 200 OK", false, 0},
		{"limited", answer(429, `{"code": 20429, "message": "Too Many Requests", "status": 429}`, "Retry-After", "7"), "Twilio answered 429 Too Many Requests: Too Many Requests (code 20429)", false, 7 * time.Second},
		{"broken", answer(500, ``), "Twilio answered 500 Internal Server Error", false, 0},
		{"wrong token", answer(401, `{"code": 20003, "message": "Authenticate", "status": 401}`), "Twilio answered 401 Unauthorized: Authenticate (code 20003)", false, 0},
		{"wrong number", answer(400, `{"code": 21211, "message": "The 'To' number +4915112345678 is not a valid phone number."}`), "Twilio answered 400 Bad Request: The 'To' number [redacted] is not", false, 0},
		{"too long", answer(400, `{"code": 21617, "message": "The concatenated message body exceeds the 1600 character limit."}`), "Twilio answered 400 Bad Request: The concatenated", true, 0},
		{"tells the token", answer(403, `{"message": "`+authToken+` of `+accountSID+`"}`), "Twilio answered 403 Forbidden: [redacted] of [redacted]", false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newService(t, c.answer)
			_, err := s.twilio().Send(t.Context(), []*alert.Message{message("x")})
			if len(s.seen()) != 1 {
				t.Errorf("%d requests", len(s.seen()))
			}
			checkError(t, err, c.err, c.refused, c.after)
			noSecret(t, err)
		})
	}
}

// TestSMSBody: short, ASCII, and never longer than Twilio takes.
func TestSMSBody(t *testing.T) {
	s := newService(t, status(http.StatusCreated))
	got, err := s.twilio().Send(t.Context(), []*alert.Message{message("Büro 🚀"), message(strings.Repeat("é", 3000)), message("x")})
	if err != nil || got.Taken != 1 {
		t.Fatal(got, err)
	}
	got, err = s.twilio().Send(t.Context(), []*alert.Message{message(strings.Repeat("é", 3000)), message("x")})
	if err != nil || got.Taken != 1 {
		t.Fatal(got, err)
	}
	for i, r := range s.seen() {
		_, body, _ := strings.Cut(r, "\n\n")
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Fatal(err)
		}
		text := form.Get("Body")
		if len(text) > 1600 || strings.IndexFunc(text, func(r rune) bool { return r > '~' }) >= 0 {
			t.Errorf("%d: %d bytes: %s", i, len(text), text)
		}
	}
}

func TestTwilioOptions(t *testing.T) {
	for name, change := range map[string]func(*notify.TwilioOptions){
		"no account":         func(o *notify.TwilioOptions) { o.AccountSID = "" },
		"account with slash": func(o *notify.TwilioOptions) { o.AccountSID = "AC0123456789abcdef0123456789abcde/" },
		"no token":           func(o *notify.TwilioOptions) { o.Secret = "" },
		"wrong key":          func(o *notify.TwilioOptions) { o.KeySID = authToken },
		"no number":          func(o *notify.TwilioOptions) { o.To = "" },
		"national number":    func(o *notify.TwilioOptions) { o.To = "0151 12345678" },
		"sender too long":    func(o *notify.TwilioOptions) { o.From = "Donna's house" },
	} {
		o := twilioOptions(notify.NewClient(nil))
		change(&o)
		if _, err := notify.NewTwilio(o); err == nil {
			t.Errorf("%s: taken", name)
		} else {
			noSecret(t, err)
		}
	}
}

// TestNtfy: of a service that shoutrrr lets us give a client, we hear all.
func TestNtfy(t *testing.T) {
	s := newService(t, status(http.StatusOK))
	s.says(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id": "1"}`) })
	n, err := notify.NewURL("ntfy://ntfy.sh/my-secret-topic", s.client(), clockwork.NewFakeClockAt(now))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Send(t.Context(), []*alert.Message{message("<!everyone> @here `x` [l](u)"), message("y")}); err != nil {
		t.Fatal(err)
	}
	if r := s.seen()[0]; !strings.HasPrefix(r, "POST /my-secret-topic HTTP") || !strings.HasSuffix(r, "\n\nFIRING: Service down\n‹!everyone› ＠here 'x' (l)(u)\nsince 2026-07-15 11:54 UTC\n\nFIRING: Service down\ny\nsince 2026-07-15 11:54 UTC") {
		t.Errorf("%s", r)
	}
	s.says(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "42")
		w.WriteHeader(http.StatusTooManyRequests)
		_, _ = io.WriteString(w, `{"code": 42901, "http": 429, "error": "limit reached"}`)
	})
	_, err = n.Send(t.Context(), []*alert.Message{message("x")})
	var said *alert.SendError
	if !errors.As(err, &said) || said.After != 42*time.Second || said.Refused {
		t.Errorf("%#v", err)
	}
	if strings.Contains(err.Error(), "my-secret-topic") {
		t.Errorf("tells the topic: %v", err)
	}
}

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	env := func(name string) (string, bool) {
		v, ok := map[string]string{"SET": " from-env\n", "EMPTY": ""}[name]
		return v, ok
	}
	for _, c := range []struct {
		name      string
		secret    notify.Secret
		want, err string
	}{
		{"environment", notify.Secret{Env: []string{"UNSET", "EMPTY", "SET"}}, "from-env", ""},
		{"nowhere", notify.Secret{Env: []string{"UNSET", "EMPTY"}}, "", "$UNSET or $EMPTY: not set"},
		{"file", notify.Secret{File: write("a", "tok\n", 0o600), Env: []string{"SET"}}, "tok", ""},
		{"read-only file", notify.Secret{File: write("b", "tok", 0o400)}, "tok", ""},
		{"open to the group", notify.Secret{File: write("c", "tok", 0o640)}, "", "chmod 600"},
		{"open to all", notify.Secret{File: write("d", "tok", 0o604)}, "", "chmod 600"},
		{"empty file", notify.Secret{File: write("e", "\n", 0o600)}, "", "is empty"},
		{"no file", notify.Secret{File: filepath.Join(dir, "none")}, "", "no such file"},
		{"directory", notify.Secret{File: dir}, "", "is no file"},
	} {
		got, err := c.secret.Read(env)
		if got != c.want || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %q, %v; want %q, %q", c.name, got, err, c.want, c.err)
		}
	}
}
