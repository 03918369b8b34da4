package logfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// A pipe is standard input, read in its own goroutine because a Read may block for ever.
type pipe struct {
	done chan struct{} // closed at its end

	mu    sync.Mutex
	reads int // since quiet was asked last
	cuts  int64
	fault string
}

// read hands over all lines of r as they come.
func (p *pipe) read(ctx context.Context, r io.Reader, sink data.Sink) {
	defer close(p.done)
	s := stream{service: "stdin"}
	for ctx.Err() == nil {
		n, err := r.Read(s.cutter.space())
		if ctx.Err() != nil {
			return
		}
		s.received(n)
		var batch []logline.Entry
		var e logline.Entry
		for s.next(&e) {
			if batch = append(batch, e); len(batch) == batchSize {
				sink.AppendLines(batch)
				batch = nil
			}
		}
		if err != nil {
			batch = s.flush(batch)
		}
		if len(batch) > 0 {
			sink.AppendLines(batch)
		}
		p.mu.Lock()
		p.reads++
		p.cuts = s.cuts()
		if s.fault != "" {
			p.fault = "standard input " + s.fault
		} else if err != nil && !errors.Is(err, io.EOF) {
			p.fault = fmt.Sprintf("standard input: %v", err)
		}
		p.mu.Unlock()
		if err != nil || s.fault != "" {
			return
		}
	}
}

// quiet tells whether nothing has come since it was asked last: a live pipe has no end to wait for, so its beginning has
// been read when it first falls silent.
func (p *pipe) quiet() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	quiet := p.reads == 0
	p.reads = 0
	return quiet
}

func (p *pipe) status() (cuts int64, fault string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts, p.fault
}
