package demo

import (
	"math"
	"strings"
	"time"
)

// startNoise writes the lines that readers stumble over, at fixed shares of the history and rarely ever after.
func (l *life) startNoise() {
	for _, f := range []float64{0.08, 0.36, 0.72, 0.985} {
		l.spawn(l.share(f), outside, (*proc).hostileLine)
		l.spawn(l.share(f+0.004), outside, (*proc).notANumber)
		l.spawn(l.share(f+0.008), outside, (*proc).hugeLine)
		l.spawn(l.share(f+0.01), outside, (*proc).pythonWarning)
	}
	l.spawn(l.end, outside, func(p *proc) {
		p.roundTheClock(outside, 6, (*proc).hostileLine)
		p.roundTheClock(outside, 6, (*proc).notANumber)
		p.roundTheClock(outside, 3, (*proc).hugeLine)
		p.roundTheClock(outside, 4, (*proc).pythonWarning)
	})
}

// hostileLine is text from outside that would seize a terminal: it clears the screen, sets the title and the clipboard (OSC 52),
// turns the reading direction and hides itself. Once escaped inside a JSON line, once raw.
func (p *proc) hostileLine() {
	const attack = "\x1b[2J\x1b[1;1H\x1b]0;owned\x07\x1b]52;c;cm0gLXJmIC8=\x07 \u202eltr\u202c a\u200db \x9b31m \x7f"
	p.info("on_message_no_action", "content", attack, "channel", "discord")
	p.text("discord.py: ignoring message " + attack)
}

// notANumber is a line that Python prints and a strict JSON parser refuses.
func (p *proc) notANumber() {
	p.info("compute_insights.done", "agreement_trend", math.NaN(), "samples", 0, "ratio", math.Inf(1))
}

// hugeLine is a model's whole answer in an error text.
func (p *proc) hugeLine() {
	p.warn("llm_output_validation_failed", "task_type", "prep_research", "error", "Invalid JSON: "+strings.Repeat("the quick brown fox jumps over the lazy dog \u2014 ", 2200))
}

// pythonWarning is the interpreter talking on the same stream.
func (p *proc) pythonWarning() {
	p.text("/app/src/donna/memory/store.py:88: DeprecationWarning: The default datetime adapter is deprecated as of Python 3.12\n  await self._conn.execute(SQL, params)")
	p.sleep(time.Second)
	p.text("Task exception was never retrieved\n" + (&pyError{class: "ConnectionResetError", message: "[Errno 104] Connection reset by peer",
		frames: []pyFrame{{"/usr/local/lib/python3.12/asyncio/selector_events.py", 1018, "_read_ready__data_received", "data = self._sock.recv(self.max_size)"}}}).Traceback())
}
