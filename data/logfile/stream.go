package logfile

import (
	"bytes"
	"strings"
	"time"

	"github.com/donna-project/donnatop/data/logline"
)

// A stream makes entries of the bytes of one input.
type stream struct {
	service string // of lines that do not name theirs
	cutter  cutter
	docker  dockerJoiner
	prev    time.Time // of the line before

	begun bool   // the beginning was looked at
	fault string // what is wrong with the beginning; nothing more is read then
}

// received takes n bytes that were read into the cutter's space.
func (s *stream) received(n int) {
	s.cutter.advance(n)
	if s.begun {
		return
	}
	head := s.cutter.pending()
	if text := bytes.TrimLeft(head, "\x00"); len(text) < len(head) && s.fault == "" {
		// A writer that does not append goes on at its old place after its file was truncated, which leaves a hole.
		// No log begins with NULs otherwise.
		s.cutter.r += len(head) - len(text)
		s.cutter.scanned = s.cutter.r
		head = text
	}
	if len(head) == 0 {
		return
	}
	s.begun = true
	if s.fault = sniff(head); s.fault != "" {
		s.cutter = cutter{cuts: s.cutter.cuts}
	}
}

// next makes an entry of the next whole line; it is false when more bytes are needed.
func (s *stream) next(e *logline.Entry) bool {
	for {
		line, ok := s.cutter.next()
		if !ok {
			return false
		}
		if s.entry(e, line) {
			return true
		}
	}
}

// entry makes an entry of a line, unless it is Docker's and only a part of one.
func (s *stream) entry(e *logline.Entry, line []byte) bool {
	text := string(line)
	var transport time.Time
	if strings.HasPrefix(text, dockerPrefix) {
		if d, ok := parseDocker(text); ok {
			if text, transport, ok = s.docker.add(d); !ok {
				return false
			}
		}
	}
	s.parse(e, text, transport)
	return true
}

func (s *stream) parse(e *logline.Entry, text string, transport time.Time) {
	*e = logline.Entry{Source: logline.SourceLogs}
	logline.Parse(e, text, transport, s.prev)
	if e.Service == "" {
		e.Service = s.service
	}
	s.prev = e.Time
}

// flush appends what is left once no more bytes will come: a last line without newline, and parts of Docker's lines.
func (s *stream) flush(batch []logline.Entry) []logline.Entry {
	var e logline.Entry
	if line, ok := s.cutter.rest(); ok && s.entry(&e, line) {
		batch = append(batch, e)
	}
	for i := range s.docker.parts {
		if text, at, ok := s.docker.take(i); ok {
			s.parse(&e, text, at)
			batch = append(batch, e)
		}
	}
	return batch
}

// cuts counts the lines that were longer than maxLine.
func (s *stream) cuts() int64 { return s.cutter.cuts + s.docker.cuts }
