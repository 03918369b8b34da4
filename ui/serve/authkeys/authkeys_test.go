package authkeys

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

var (
	now  = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	home = netip.MustParseAddr("192.0.2.7")
)

// public is a key made from a number.
func public(t testing.TB, n byte) (ssh.PublicKey, string) {
	t.Helper()
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
	key, err := ssh.NewPublicKey(private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return key, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// TestOptions lists what is in front of a key, and what becomes of it.
func TestOptions(t *testing.T) {
	key, line := public(t, 1)
	berlin := time.FixedZone("", 2*60*60)
	tests := []struct {
		options string
		from    string // 192.0.2.7 if empty
		refused string // part of the reason; "" if it lets the key in
		noPTY   bool
	}{
		{options: ""},
		{options: "restrict", noPTY: true},
		{options: "RESTRICT,pty"},
		{options: "pty,restrict", noPTY: true}, // in their order, as in sshd
		{options: "no-pty", noPTY: true},
		{options: "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,no-user-rc"},
		{options: `restrict="yes"`, refused: "no value"},

		{options: `command="/bin/sh"`, refused: "command"},
		{options: `restrict,COMMAND="a, \"b\" c"`, refused: "command"},
		{options: `cert-authority`, refused: "certificates"},
		{options: `principals="a"`, refused: "certificates"},
		{options: `environment="LD_PRELOAD=/x"`, refused: "environment"},
		{options: `permitopen="host:1"`, refused: "permitopen"},
		{options: `permitlisten="1"`, refused: "permitlisten"},
		{options: `tunnel="0"`, refused: "tunnel"},
		{options: `restrict,port-forwarding`, refused: "port-forwarding"},
		{options: `agent-forwarding`, refused: "agent-forwarding"},
		{options: `no-touch-required`, refused: "touch"},
		{options: `verify-required`, refused: "PIN"},
		{options: `no-such-option`, refused: "unknown"},

		{options: `expiry-time="20260601"`, refused: "expired"},
		{options: `expiry-time="20260602"`},
		{options: `expiry-time="202606011400"`}, // in a zone two hours ahead: this instant
		{options: `expiry-time="20260601135959"`, refused: "expired"},
		{options: `expiry-time="202606011159Z"`, refused: "expired"},
		{options: `expiry-time="20260601120000z"`},
		{options: `expiry-time="20270101",expiry-time="20260101"`, refused: "expired"},
		{options: `expiry-time="20261301"`, refused: "no time"},
		{options: `expiry-time="2026-06-01"`, refused: "no time"},
		{options: `expiry-time=""`, refused: "no time"},
		{options: `expiry-time`, refused: "no time"},

		{options: `from="192.0.2.7"`},
		{options: `from="192.0.2.0/24"`},
		{options: `from="192.0.2.*"`},
		{options: `from="192.0.2.?"`},
		{options: `from="192.0.2.??"`, refused: "from="},
		{options: `from="*,!192.0.2.7"`, refused: "from="},
		{options: `from="!192.0.2.7,*"`, refused: "from="},
		{options: `from="!192.0.2.8"`, refused: "from="}, // one must match
		{options: `from="198.51.100.0/24,192.0.2.7"`},
		{options: `from="192.0.2.7"`, from: "::ffff:192.0.2.7"},
		{options: `from="2001:DB8::/32"`, from: "2001:db8::1"},
		{options: `from="2001:db8:*"`, from: "2001:db8::1"},
		{options: `from="2001:db8::/32"`, refused: "from="},
		{options: `from="fe80::/10"`, from: "fe80::1%eth0"},
		{options: `from="192.0.2.7/24"`, refused: "write 192.0.2.0/24"},
		{options: `from="*.example.com"`, refused: "not looked up"},
		{options: `from="!bad.cafe,*"`, refused: "not looked up"},
		{options: `from="!b*d.cafe,*"`, refused: "not looked up"},
		{options: `from="::ffff:192.0.2.7"`, refused: "no address"},
		{options: `from="192.0.2.7,"`, refused: "empty"},
		{options: `from=""`, refused: "empty"},
		{options: `from`, refused: "empty"},
		{options: `from="*",from="*"`, refused: "twice"},
	}
	for _, tt := range tests {
		t.Run(tt.options+" "+tt.from, func(t *testing.T) {
			addr := home
			if tt.from != "" {
				addr = netip.MustParseAddr(tt.from)
			}
			set := Parse([]byte(strings.TrimSpace(tt.options+" "+line)), berlin)
			k, err := set.Find(key, addr, now)
			switch {
			case tt.refused != "":
				if err == nil || !strings.Contains(err.Error(), tt.refused) || !strings.HasPrefix(err.Error(), "line 1: ") {
					t.Errorf("%v", err)
				}
			case err != nil:
				t.Error(err)
			case k.NoPTY != tt.noPTY:
				t.Errorf("without a terminal: %v", k.NoPTY)
			}
		})
	}
}

// TestBrokenLines holds what must not become a key, or not one without its
// options.
func TestBrokenLines(t *testing.T) {
	_, line := public(t, 1)
	blob := strings.Fields(line)[1]
	for _, text := range []string{
		"nonsense",
		"ssh-ed25519",
		"ssh-ed25519 AAAA",
		"ssh-rsa " + blob,           // another type than it says
		"restrict " + blob,          // an option in place of the type
		"restrict  " + blob + " x",  //
		"restrict, " + line,         // an option without a name
		",restrict " + line,         //
		`from="192.0.2.7 ` + line,   // a quote that isn't closed
		`from="a"b" ` + line,        //
		`from="a"x ` + line,         // something after the quote
		"from=192.0.2.7 " + line,    // no quotes
		`fr"om="a" ` + line,         //
		"restrict ,pty " + line,     // a blank between
		"restrict restrict " + line, //
		line[:len(line)/2] + "\x00" + line[len(line)/2:],
		"restrict " + strings.Repeat("x", maxLine) + " " + line,
	} {
		set := Parse([]byte(text), time.UTC)
		if set.Usable() != 0 || len(set.Problems) != 1 {
			t.Errorf("%.60q: %d keys, %v", text, set.Usable(), set.Problems)
		}
	}
}

func TestFileOfManyKeys(t *testing.T) {
	key1, line1 := public(t, 1)
	key2, line2 := public(t, 2)
	key3, _ := public(t, 3)
	set := Parse([]byte("\ufeff# from another machine\n# keys\r\n\r\n\t"+line1+" me@home \t\r\nnonsense\r\ncommand=\"x\" "+line2+"\n  no-pty "+line2+" a, \"b\""), time.UTC)
	if set.Usable() != 2 || len(set.Problems) != 3 || set.Problems[1].Line != 5 || set.Problems[2].Line != 6 {
		t.Errorf("%d keys, %v", set.Usable(), set.Problems)
	}
	if k, err := set.Find(key1, home, now); err != nil || k.Line != 4 || k.Comment != "me@home" {
		t.Errorf("%+v, %v", k, err)
	}
	if k, err := set.Find(key2, home, now); err != nil || k.Line != 7 || !k.NoPTY { // the first line is refused, the second isn't
		t.Errorf("%+v, %v", k, err)
	}
	if _, err := set.Find(key3, home, now); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}

func TestWeakKeys(t *testing.T) {
	for bits, ok := range map[int]bool{1024: false, 2048: true} {
		private, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Skip(err) // the library refuses to make a short one
		}
		key, err := ssh.NewPublicKey(&private.PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		if set := Parse(ssh.MarshalAuthorizedKey(key), time.UTC); set.Usable() == 1 != ok {
			t.Errorf("%d bits: %v", bits, set.Problems)
		}
	}
}

func TestFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	path := filepath.Join(dir, "authorized_keys")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	_, line1 := public(t, 1)
	_, line2 := public(t, 2)
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f := NewFile(path, time.UTC)
	read := func(keys int, fresh bool, problem string) {
		t.Helper()
		set, anew, err := f.Read()
		switch {
		case problem != "":
			if err == nil || !strings.Contains(err.Error(), problem) || set != nil {
				t.Errorf("%v", err)
			}
		case err != nil:
			t.Error(err)
		case set.Usable() != keys || anew != fresh:
			t.Errorf("%d keys, read anew: %v", set.Usable(), anew)
		}
	}
	read(0, true, "no such file")
	write(line1 + "\n")
	read(1, true, "")
	read(1, false, "")
	write(line1 + "\n" + line2 + "\n") // another size
	read(2, true, "")
	write(line2 + "\n" + line1 + "\n") // the same size, perhaps within a tick of the clock
	if err := os.Chtimes(path, time.Time{}, now); err != nil {
		t.Fatal(err)
	}
	read(2, true, "")
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte(line1+"\n"+line1+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(other, time.Time{}, now); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, path); err != nil { // the same size and time
		t.Fatal(err)
	}
	read(2, true, "")
	for _, mode := range []os.FileMode{0o620, 0o602} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		read(0, true, "chmod go-w")
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	read(2, true, "") // and not what was known before
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	read(0, true, "others can write to "+dir)
	if err := os.Chmod(dir, 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	read(2, true, "")
	write(strings.Repeat("#", maxSize+1))
	read(0, true, "the most is")
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	read(0, true, "no such file")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	read(0, true, "is no file")
}

// FuzzParse holds that whatever is in front of a key, it is honoured or the key is
// refused: only options that are known let one in.
func FuzzParse(f *testing.F) {
	_, line := public(f, 1)
	for _, options := range []string{"", "restrict ", `from="*" `, `from="a\"b",pty `, `command="x y" `, "\r\n", `expiry-time="20270101" `, "# "} {
		f.Add(options)
	}
	f.Fuzz(func(t *testing.T, options string) {
		set := Parse([]byte(options+line), time.UTC)
		key, _ := public(t, 1)
		k, err := set.Find(key, home, now)
		if err != nil {
			return
		}
		last := options[strings.LastIndex(options, "\n")+1:]
		if len(last) > maxLine {
			t.Errorf("a line of %d bytes", len(last))
		}
		rest := strings.TrimSpace(last)
		for name := range flags {
			if strings.EqualFold(rest, name) && (name == "restrict" || name == "no-pty") && !k.NoPTY {
				t.Errorf("%q is passed over", options)
			}
		}
		if rest != "" && !strings.ContainsAny(rest, " \t") && !honoured(rest) {
			t.Errorf("%q lets somebody in", options)
		}
	})
}

// honoured tells whether a text begins with an option that is.
func honoured(text string) bool {
	name, _, _ := strings.Cut(strings.ToLower(text), ",")
	name, _, _ = strings.Cut(name, "=")
	return flags[name] != nil || name == "from" || name == "expiry-time"
}
