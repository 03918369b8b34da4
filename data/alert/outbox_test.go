package alert_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/alert"
)

// routed is a world whose disks tell of themselves to a mailbox.
func routed(t *testing.T, change ...func(*alert.Options)) (*world, *mailbox) {
	m := &mailbox{}
	w := newWorld(t, append([]func(*alert.Options){func(o *alert.Options) {
		o.Rules = []alert.Rule{{ID: alert.DiskUsage, Threshold: 80, Repeat: time.Hour, Routes: []string{"box", "nowhere"}, Severity: alert.Warning}}
		o.Routes = map[string]alert.Route{"box": {Notifier: m}}
	}}, change...)...)
	return w, m
}

func (w *world) deliver() (time.Time, error) { return w.engine.Deliver(context.Background()) }

// sends checks what is delivered now.
func (w *world) sends(m *mailbox, want string) time.Time {
	w.t.Helper()
	next, err := w.deliver()
	if (err != nil) != (m.fail != nil && want == "failure") {
		w.t.Fatalf("deliver: %v", err)
	}
	if got := m.heads(); got != want && want != "failure" {
		w.t.Fatalf("at %s sent %q, want %q", w.clock.Now().Format(time.TimeOnly), got, want)
	}
	return next
}

const (
	firing = "FIRING: Disk usage"
	still  = "STILL FIRING: Disk usage"
	ended  = "RESOLVED: Disk usage"
)

func TestDeliver(t *testing.T) {
	w, m := routed(t)
	w.look()
	if next := w.sends(m, ""); !next.IsZero() {
		t.Errorf("nothing waits, but something is due at %v", next)
	}
	w.disks("/=900")
	w.look()
	w.sends(m, firing)
	w.sends(m, "")
	w.after(59 * time.Minute)
	w.sends(m, "")
	w.after(time.Minute)
	w.sends(m, still)
	w.disks("/=1")
	w.after(time.Minute)
	w.sends(m, ended)
	if n := w.engine.Waiting(); n != 0 {
		t.Errorf("%d wait", n)
	}
}

// TestRestartNeitherRepeatsNorForgets kills the process between every two steps.
func TestRestartNeitherRepeatsNorForgets(t *testing.T) {
	w, m := routed(t)
	w.disks("/=900")
	w.restart()
	w.look()
	w.restart() // before it is sent
	w.look()
	w.sends(m, firing)
	w.restart() // after
	w.look()
	w.sends(m, "")
	w.disks("/=1")
	w.after(time.Minute)
	w.restart()
	w.after(time.Minute)
	w.sends(m, ended)
	w.restart()
	w.after(time.Minute)
	w.sends(m, "")
}

func TestRetry(t *testing.T) {
	w, m := routed(t)
	m.fail = errBroken
	w.disks("/=900")
	w.look()
	before := w.clock.Now()
	next := w.sends(m, "failure")
	if d := next.Sub(before); d < 3*time.Second || d > 7*time.Second {
		t.Errorf("the first retry is after %v", d)
	}
	w.sends(m, "") // too early to try
	var waits []time.Duration
	for range 12 {
		w.restart() // how often it was tried is remembered
		w.clock.Advance(next.Sub(w.clock.Now()))
		before := w.clock.Now()
		next = w.sends(m, "failure")
		waits = append(waits, next.Sub(before))
	}
	if last := waits[11]; last < 10*time.Minute || last > 20*time.Minute {
		t.Errorf("waits %v", waits)
	}
	m.fail = nil
	w.clock.Advance(20 * time.Minute)
	w.sends(m, firing)
}

func TestRetryAfterIsHonoured(t *testing.T) {
	w, m := routed(t)
	m.fail = &alert.SendError{Err: errBroken, After: 10 * time.Minute}
	w.disks("/=900")
	w.look()
	w.sends(m, "failure")
	m.fail = nil
	w.restart()
	w.clock.Advance(10*time.Minute - time.Second)
	w.sends(m, "")
	w.clock.Advance(time.Second)
	w.sends(m, firing)
}

// TestPause: a service that says that its limit is reached is left in peace.
func TestPause(t *testing.T) {
	w, m := routed(t)
	m.take, m.wait = 1, 3*time.Second
	w.disks("/=900")
	w.look()
	w.disks("/=1")
	w.after(time.Second)
	w.sends(m, firing)
	w.clock.Advance(2 * time.Second)
	w.sends(m, "")
	w.clock.Advance(time.Second)
	w.sends(m, ended)
}

func TestBatch(t *testing.T) {
	w, m := routed(t)
	for range 3 {
		w.disks("/=900")
		w.after(time.Second)
		w.disks("/=1")
		w.after(time.Second)
	}
	w.sends(m, strings.Join([]string{firing, ended, firing, ended, firing, ended}, ", "))
}

// TestRefused: what a service will never take is dropped, and only that.
func TestRefused(t *testing.T) {
	w, m := routed(t)
	w.disks("/=900")
	w.look()
	w.disks("/=1")
	w.after(time.Second)
	m.fail = &alert.SendError{Err: errBroken, Refused: true}
	w.sends(m, "failure") // both together
	if n := w.engine.Waiting(); n != 2 {
		t.Fatalf("%d wait, want both: which is at fault is not known", n)
	}
	w.restart()
	w.sends(m, "failure") // the first alone
	if n := w.engine.Waiting(); n != 1 {
		t.Fatalf("%d wait, want the other one", n)
	}
	m.fail = nil
	w.sends(m, ended)
}

func TestPerDay(t *testing.T) {
	w, m := routed(t, func(o *alert.Options) {
		r := o.Routes["box"]
		r.PerDay = 2
		o.Routes["box"] = r
	})
	for range 2 {
		w.disks("/=900")
		w.look()
		w.disks("/=1")
		w.after(time.Second)
	}
	next := w.sends(m, firing+", "+ended)
	if d := next.Sub(w.clock.Now()); d != 24*time.Hour {
		t.Errorf("the next is due in %v", d)
	}
	w.restart()
	w.clock.Advance(24*time.Hour - time.Second)
	w.sends(m, "")
	w.clock.Advance(time.Second)
	w.sends(m, firing+", "+ended)
}

// TestTooOld: nobody wants to hear of it two days later.
func TestTooOld(t *testing.T) {
	w, m := routed(t)
	m.fail = errBroken
	w.disks("/=900")
	w.look()
	w.sends(m, "failure")
	m.fail = nil
	w.clock.Advance(48*time.Hour + time.Second)
	w.sends(m, "")
	if n := w.engine.Waiting(); n != 0 {
		t.Errorf("%d wait", n)
	}
}

func TestQuietHours(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	// From eight in the morning, New York's time, which is noon UTC.
	quiet := alert.Quiet{From: 8 * 60, To: 10*60 + 30, Location: newYork}
	for _, c := range []struct {
		name     string
		quiet    alert.Quiet
		severity alert.Severity
		deferred bool
	}{
		{"none", alert.Quiet{}, alert.Warning, false},
		{"all", quiet, alert.Warning, true},
		{"critical ones, too", quiet, alert.Critical, true},
		{"critical ones pass", alert.Quiet{From: quiet.From, To: quiet.To, Location: newYork, Critical: true}, alert.Critical, false},
		{"others don't", alert.Quiet{From: quiet.From, To: quiet.To, Location: newYork, Critical: true}, alert.Warning, true},
		{"for another route", alert.Quiet{From: quiet.From, To: quiet.To, Location: newYork, Routes: []string{"sms"}}, alert.Warning, false},
		{"for this route", alert.Quiet{From: quiet.From, To: quiet.To, Location: newYork, Routes: []string{"box"}}, alert.Warning, true},
		{"over midnight, UTC", alert.Quiet{From: 11 * 60, To: 60}, alert.Warning, true},
		{"elsewhere it is another time", alert.Quiet{From: 8 * 60, To: 10 * 60}, alert.Warning, false},
		{"beginning now", alert.Quiet{From: 12 * 60, To: 13 * 60}, alert.Warning, true},
		{"beginning now, over midnight", alert.Quiet{From: 12 * 60, To: 60}, alert.Warning, true},
		{"ending now", alert.Quiet{From: 11 * 60, To: 12 * 60}, alert.Warning, false},
		{"ending now, over midnight", alert.Quiet{From: 22 * 60, To: 12 * 60}, alert.Warning, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, m := routed(t, func(o *alert.Options) {
				o.Quiet = c.quiet
				o.Rules[0].Severity = c.severity
			})
			w.disks("/=900")
			w.look()
			want := firing
			if c.deferred {
				want = ""
			}
			w.sends(m, want)
		})
	}
	t.Run("deferred, not lost", func(t *testing.T) {
		w, m := routed(t, func(o *alert.Options) { o.Quiet = quiet })
		w.disks("/=900")
		w.look()
		next := w.sends(m, "")
		if want := noon.Add(150 * time.Minute); !next.Equal(want) {
			t.Errorf("due at %v, want %v", next, want)
		}
		w.after(time.Hour + time.Second) // a reminder would be due, and be of no use later
		w.disks("/=1")
		w.after(time.Minute)
		w.restart()
		w.sends(m, "")
		w.after(next.Sub(w.clock.Now()))
		w.sends(m, firing+", "+ended)
	})
	t.Run("the clock is put forward meanwhile", func(t *testing.T) {
		// On 29 March 2026 it is three o'clock right after two in Berlin.
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		w, m := routed(t, func(o *alert.Options) { o.Quiet = alert.Quiet{From: 22 * 60, To: 7 * 60, Location: berlin} })
		night := time.Date(2026, 3, 29, 0, 30, 0, 0, time.UTC)
		w.clock.Advance(night.Sub(w.clock.Now()))
		w.disks("/=900")
		w.look()
		if next, want := w.sends(m, ""), time.Date(2026, 3, 29, 5, 0, 0, 0, time.UTC); !next.Equal(want) {
			t.Errorf("due at %v, want %v", next, want)
		}
	})
}

func TestAcknowledge(t *testing.T) {
	w, m := routed(t, func(o *alert.Options) { o.Acks = &alert.Acks{Path: filepath.Join(t.TempDir(), "acks.json")} })
	// The dashboard is another process, with a state of its own.
	o := w.opts
	o.ReadOnly, o.Acks, o.Routes = true, &alert.Acks{Path: w.opts.Acks.Path}, nil
	w.disks("/=900")
	w.look()
	w.sends(m, firing)
	dashboard, err := alert.New(o)
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(time.Minute)
	if err := dashboard.Acknowledge(alert.DiskUsage); err != nil {
		t.Fatal(err)
	}
	w.after(2 * time.Hour)
	w.sends(m, "")
	if a := w.last[alert.DiskUsage]; !a.Acknowledged || !strings.Contains(a.Detail, "acknowledged 12:01 UTC") {
		t.Errorf("%+v", a)
	}
	w.restart()
	w.after(2 * time.Hour)
	w.sends(m, "")
	w.disks("/=900", "/data=900") // what is new is told all the same
	w.after(time.Minute)
	w.sends(m, firing)
	w.disks()
	w.after(time.Minute)
	w.sends(m, ended)
	w.disks("/=900") // and so is what comes again
	w.after(time.Minute)
	w.sends(m, firing)
	w.after(time.Hour)
	w.sends(m, still)
	if a := w.last[alert.DiskUsage]; a.Acknowledged {
		t.Errorf("an acknowledgement of long ago counts: %+v", a)
	}
	if info, err := os.Stat(w.opts.Acks.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

func TestCorruptStateIsKeptAside(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "no JSON": "{", "another version": `{"version": 99}`, "a hole": `{"version": 1, "rules": {"disk_usage": {"/": null}}}`, "bytes": "\x00\xff",
	} {
		t.Run(name, func(t *testing.T) {
			w, m := routed(t)
			w.disks("/=900")
			w.look()
			if err := os.WriteFile(w.path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			var why error
			var aside string
			w.opts.Store = &alert.FileStore{Path: w.path, Now: w.clock.Now, Aside: func(err error, path string) { why, aside = err, path }}
			w.restart()
			kept, err := os.ReadFile(aside)
			if err != nil || string(kept) != text || why == nil {
				t.Errorf("kept %q in %q because of %v: %v", kept, aside, why, err)
			}
			w.look() // begins anew
			w.sends(m, firing)
			if info, err := os.Stat(w.path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v %v", info.Mode(), err)
			}
		})
	}
}

func TestUnreadableStateIsAnError(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "alerts.json")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := alert.New(alert.Options{Store: &alert.FileStore{Path: dir}}); err == nil {
		t.Error("a directory was taken for a state")
	}
}

func TestLock(t *testing.T) {
	f := &alert.FileStore{Path: filepath.Join(t.TempDir(), "a", "alerts.json")}
	unlock, err := f.Lock()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Lock(); !errors.Is(err, alert.ErrLocked) {
		t.Errorf("locked twice: %v", err)
	}
	unlock()
	unlock, err = f.Lock()
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

// fullDisk is a store that takes nothing.
type fullDisk struct{}

func (fullDisk) Load() (*alert.State, error) { return nil, nil }
func (fullDisk) Save(*alert.State) error     { return errBroken }

// TestSaveFails: the disk is full, which is when alerts matter.
func TestSaveFails(t *testing.T) {
	m := &mailbox{}
	w, _ := routed(t, func(o *alert.Options) {
		o.Store = fullDisk{}
		o.Routes = map[string]alert.Route{"box": {Notifier: m}}
	})
	w.disks("/=900")
	alerts, notices, err := w.engine.Evaluate(w.hub.Publish())
	if err == nil || len(notices) != 1 || len(alerts) != len(alert.RuleNames()) {
		t.Fatalf("%v, %v", notices, err)
	}
	_, err = w.deliver()
	if err == nil || m.heads() != firing {
		t.Errorf("the alert must go out all the same: %v", err)
	}
}

// TestHostileNames: a container may be called anything.
func TestHostileNames(t *testing.T) {
	w, m := routed(t, func(o *alert.Options) {
		o.Rules = []alert.Rule{{ID: alert.ServiceDown, Routes: []string{"box"}, Severity: alert.Warning}}
	})
	w.containers("\x1b[31m\u202eevil\u2066\u200b\n@everyone\u009b"+strings.Repeat("x", 500)+"=exited", "\xff\xfe=exited")
	w.look()
	w.deliver()
	if len(m.got) != 1 {
		t.Fatalf("%q", m.got)
	}
	for _, bad := range []string{"\x1b", "\u202e", "\u2066", "\u200b", "\u009b", "\xff"} {
		if strings.Contains(m.got[0], bad) || strings.Contains(w.last[alert.ServiceDown].Detail, bad) {
			t.Errorf("%q stands in %q", bad, m.got[0])
		}
	}
	if lines := strings.Split(m.got[0], "\n"); len(lines) != 4 || len(lines[1]) > 500 {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
}

// TestStateFile: what stands in it is enough to go on, and no secret.
func TestStateFile(t *testing.T) {
	w, _ := routed(t)
	w.disks("/=900")
	w.look()
	text, err := os.ReadFile(w.path)
	if err != nil {
		t.Fatal(err)
	}
	var s alert.State
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	if i := s.Rules[alert.DiskUsage]["/"]; i == nil || i.State != data.AlertFiring || !i.Since.Equal(noon) || len(s.Outbox) != 1 {
		t.Errorf("%s", text)
	}
	left, err := filepath.Glob(w.path + ".*")
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
