package authkeys

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// pattern is one of those of from=: an address, a network or a text with
// wildcards.
type pattern struct {
	not    bool
	prefix netip.Prefix // of an address or a network
	text   string       // with wildcards; "" if prefix counts
}

// parsePatterns reads the value of from=. Names are refused, as they would have
// to be looked up: one that is let in could be forged by whoever holds the name
// server, and one that is kept out would never match.
func parsePatterns(value string) ([]pattern, error) {
	list := make([]pattern, 0, 1)
	for text := range strings.SplitSeq(value, ",") {
		p, err := parsePattern(strings.ToLower(text))
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

func parsePattern(text string) (p pattern, err error) {
	text, p.not = strings.CutPrefix(text, "!")
	if text == "" {
		return p, errors.New("there is an empty pattern in from=")
	}
	if strings.ContainsAny(text, "*?") {
		allowed := "0123456789.*?"
		if strings.Contains(text, ":") {
			allowed = "0123456789abcdef:*?"
		}
		if strings.Trim(text, allowed) != "" {
			return p, notAddress(text)
		}
		p.text = text
		return p, nil
	}
	if strings.Contains(text, "/") {
		p.prefix, err = netip.ParsePrefix(text)
		if err == nil && p.prefix.Masked() != p.prefix {
			return p, fmt.Errorf("from=: in %s bits of the host are set: write %s", text, p.prefix.Masked())
		}
	} else {
		var addr netip.Addr
		if addr, err = netip.ParseAddr(text); err == nil {
			p.prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
	}
	if err != nil || p.prefix.Addr().Is4In6() || p.prefix.Addr().Zone() != "" {
		return p, notAddress(text)
	}
	return p, nil
}

func notAddress(text string) error {
	return fmt.Errorf("from=: %q is no address, network or pattern of addresses; names are not looked up", text)
}

// match tells whether the patterns let the address in: one must match, and none
// of those with a "!".
func match(patterns []pattern, addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() {
		return false
	}
	in := false
	for _, p := range patterns {
		hit := p.text != "" && wild(p.text, addr.String()) || p.text == "" && p.prefix.Contains(addr)
		if hit && p.not {
			return false
		}
		in = in || hit
	}
	return in
}

// wild matches a text against a pattern, in which * stands for any bytes and ?
// for one. It goes back to the last star only, so it takes no longer than the
// product of both lengths.
func wild(pattern, text string) bool {
	p, t, star, again := 0, 0, -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, again = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			again++
			p, t = star+1, again
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
