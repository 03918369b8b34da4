// Package authkeys reads a file of public keys in the format of sshd's
// authorized_keys, and says which key may log in from where and until when.
//
// An option is honoured or its key is refused; none is passed over. Honoured are
// restrict, pty and no-pty, from=, expiry-time=, and the options that take away
// what is never given anyway (no-port-forwarding, no-agent-forwarding,
// no-X11-forwarding, no-user-rc). Whatever else there is, command= and
// cert-authority among it, asks for something that isn't done here, and a key
// that seems restricted but isn't would be worse than one that doesn't work.
package authkeys

import (
	"bytes"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"
)

// Limits of what is read.
const (
	maxSize = 1 << 20 // bytes of a file
	maxLine = 8 << 10 // bytes of a line, as in sshd
	// leastRSA is the least size of an RSA key, in bits.
	leastRSA = 2048
)

// Key is a line with a key that can be read.
type Key struct {
	Public  ssh.PublicKey
	Comment string
	Line    int // in the file, from 1
	NoPTY   bool
	// Refused says why nobody can log in with it; "" if somebody can.
	Refused string

	from    []pattern // nil for everywhere
	expires time.Time // zero for never
}

// Problem is a line that counts for nothing, and why.
type Problem struct {
	Line   int
	Reason string
}

// Set is what a file says.
type Set struct {
	Keys []Key
	// Problems are those of lines without a key that can be read, and of keys that
	// are refused.
	Problems []Problem
}

// Usable counts the keys somebody can log in with.
func (s *Set) Usable() int {
	n := 0
	for i := range s.Keys {
		if s.Keys[i].Refused == "" {
			n++
		}
	}
	return n
}

// ErrUnknown says that a key is not in the file.
var ErrUnknown = errors.New("the key is not in the file")

// Find gives the line by which the key may log in from addr at an instant: the
// first that lets it, as several may hold the same key. The error says why none
// does.
func (s *Set) Find(key ssh.PublicKey, addr netip.Addr, now time.Time) (*Key, error) {
	var reasons []error
	blob := key.Marshal()
	for i := range s.Keys {
		k := &s.Keys[i]
		if !bytes.Equal(k.Public.Marshal(), blob) {
			continue
		}
		err := k.lets(addr, now)
		if err == nil {
			return k, nil
		}
		reasons = append(reasons, fmt.Errorf("line %d: %w", k.Line, err))
	}
	if len(reasons) == 0 {
		return nil, ErrUnknown
	}
	return nil, errors.Join(reasons...)
}

// lets says why the line lets nobody in from there at that time; nil if it does.
func (k *Key) lets(addr netip.Addr, now time.Time) error {
	switch {
	case k.Refused != "":
		return errors.New(k.Refused)
	case !k.expires.IsZero() && now.After(k.expires):
		return fmt.Errorf("it expired on %s", k.expires.Format(time.RFC3339))
	case k.from != nil && !match(k.from, addr):
		return fmt.Errorf("from= doesn't allow %s", addr)
	}
	return nil
}

// Parse reads the text of a file. Times of expiry without a zone are in local,
// as sshd has them.
func Parse(text []byte, local *time.Location) *Set {
	s := &Set{}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		line = bytes.TrimSpace(line) // a CR at the end, too
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		k, err := parseLine(line, local)
		if err != nil {
			s.Problems = append(s.Problems, Problem{number, err.Error()})
			continue
		}
		k.Line = number
		if k.Refused != "" {
			s.Problems = append(s.Problems, Problem{number, k.Refused})
		}
		s.Keys = append(s.Keys, k)
	}
	return s
}

// parseLine reads one line. An error means that there is no key in it; what is
// wrong with its options or the kind of key stands in Refused.
func parseLine(line []byte, local *time.Location) (Key, error) {
	if len(line) > maxLine {
		return Key{}, fmt.Errorf("the line has %d bytes, the most is %d", len(line), maxLine)
	}
	if bytes.IndexByte(line, 0) >= 0 {
		return Key{}, errors.New("there is a NUL in the line")
	}
	k, err := parseKey(line)
	if err == nil {
		return k, nil
	}
	options, rest, cutErr := cutOptions(string(line))
	if cutErr != nil {
		return Key{}, cutErr
	}
	k, restErr := parseKey([]byte(rest))
	if restErr != nil {
		return Key{}, fmt.Errorf("there is no public key in the line: %w", err)
	}
	for _, o := range options {
		if err := k.apply(o, local); err != nil {
			k.Refused = err.Error()
			break
		}
	}
	return k, nil
}

// parseKey reads type, key and comment, without options.
func parseKey(line []byte) (Key, error) {
	public, comment, options, _, err := ssh.ParseAuthorizedKey(line)
	if err != nil {
		return Key{}, errors.New(strings.TrimPrefix(err.Error(), "ssh: "))
	}
	kind, _, _ := strings.Cut(string(line), " ")
	kind, _, _ = strings.Cut(kind, "\t")
	if len(options) > 0 || kind != public.Type() {
		return Key{}, errors.New("it doesn't begin with the type of a key")
	}
	return Key{Public: public, Comment: comment, Refused: weak(public)}, nil
}

// weak says why a key of that kind is refused; "" if it isn't.
func weak(key ssh.PublicKey) string {
	switch key.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoSKECDSA256:
		return ""
	case ssh.KeyAlgoRSA:
		if c, ok := key.(ssh.CryptoPublicKey); ok {
			if r, ok := c.CryptoPublicKey().(*rsa.PublicKey); ok && r.N.BitLen() >= leastRSA {
				return ""
			}
		}
		return fmt.Sprintf("an RSA key needs at least %d bits", leastRSA)
	}
	return "keys of the type " + key.Type() + " are not accepted"
}
