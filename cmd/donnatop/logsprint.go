package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/colorprofile"

	"github.com/donna-project/donnatop/data/logline"
	"github.com/donna-project/donnatop/themes"
	"github.com/donna-project/donnatop/ui/logtext"
	"github.com/donna-project/donnatop/ui/safe"
)

// A logPrinter writes lines in one of the three forms. What it is given stands
// in the output when print returns: whoever reads a pipe waits for it.
type logPrinter struct {
	out  *bufio.Writer
	line func(*logline.Entry) error
}

func newLogPrinter(e *env, o *options, l *logsOptions) (*logPrinter, error) {
	terminal := e.isTerminal()
	p := &logPrinter{out: bufio.NewWriterSize(e.stdout, 64<<10)}
	switch {
	case l.json:
		p.line = p.json
	case l.raw && !terminal:
		p.line = func(e *logline.Entry) error { return p.write([]byte(e.Raw)) }
	case l.raw:
		p.line = func(e *logline.Entry) error { return p.write([]byte(safe.Text(e.Raw))) }
	default:
		text := logtext.Options{Location: o.location, Charset: safe.Charset(o.ascii)}
		if terminal && !o.noColor {
			styles, err := terminalStyles(e, o)
			if err != nil {
				return nil, usageError{err}
			}
			text.Styles = styles
			// colours the terminal doesn't have become those it has
			p.out = bufio.NewWriterSize(&colorprofile.Writer{Forward: e.stdout, Profile: colorprofile.Detect(e.stdout, os.Environ())}, 64<<10)
		}
		w := logtext.New(text)
		p.line = func(e *logline.Entry) error { return p.write(w.Line(e)) }
	}
	return p, nil
}

// terminalStyles is the theme for text on a terminal. Nothing is drawn here that
// could wait for the terminal's answer about its background; some say it in the
// environment.
func terminalStyles(e *env, o *options) (*themes.Styles, error) {
	name := o.theme
	if name == "" {
		name = themes.Default
	}
	colours, _ := e.getenv("COLORFGBG")
	light := strings.HasSuffix(colours, ";15") || strings.HasSuffix(colours, ";7")
	return ownThemes(e).New(name, !light)
}

func (p *logPrinter) print(lines []logline.Entry) error {
	for i := range lines {
		if err := p.line(&lines[i]); err != nil {
			return err
		}
	}
	return p.out.Flush()
}

func (p *logPrinter) write(line []byte) error {
	if _, err := p.out.Write(line); err != nil {
		return err
	}
	return p.out.WriteByte('\n')
}

// logRecord is the form of the JSON contract.
type logRecord struct {
	Time    *time.Time        `json:"time"`
	Level   *string           `json:"level"`
	Service *string           `json:"service"`
	Labels  map[string]string `json:"labels"`
	Raw     string            `json:"raw"`
}

func (p *logPrinter) json(e *logline.Entry) error {
	r := logRecord{Level: optional(e.Level), Service: optional(e.Service), Labels: e.Labels, Raw: e.Raw}
	if !e.Time.IsZero() {
		r.Time = &e.Time
	}
	if r.Labels == nil {
		r.Labels = map[string]string{}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return fmt.Errorf("encode line: %w", err)
	}
	_, err := p.out.Write(escapeHidden(b.Bytes()))
	return err
}

// optional is nil for what is absent.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// escapeHidden writes characters that JSON allows as they are, but that steer a
// terminal or hide, as \u escapes: the JSON is the same, and can be looked at.
func escapeHidden(line []byte) []byte {
	hidden := func(r rune) bool { return r >= 0x7f && (unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r)) }
	if bytes.IndexFunc(line, hidden) < 0 {
		return line
	}
	out := make([]byte, 0, len(line)+64)
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRune(line[i:])
		switch {
		case !hidden(r):
			out = append(out, line[i:i+n]...)
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += n
	}
	return out
}
