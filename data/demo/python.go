package demo

import (
	"fmt"
	"strings"
)

// pyError is an exception as Python raises it: what Donna's `exception` values and the interpreter's own tracebacks show.
type pyError struct {
	class, message string
	frames         []pyFrame // outermost call first
	cause          *pyError  // raise … from cause
}

type pyFrame struct {
	file string
	line int
	fn   string
	code string
}

// Error is the last line of the traceback.
func (e *pyError) Error() string {
	if e.message == "" {
		return e.class
	}
	return e.class + ": " + e.message
}

// Traceback is the text of the line's exception.
func (e *pyError) Traceback() string {
	var b strings.Builder
	if e.cause != nil {
		b.WriteString(e.cause.Traceback())
		b.WriteString("\n\nThe above exception was the direct cause of the following exception:\n\n")
	}
	b.WriteString("Traceback (most recent call last):\n")
	for _, f := range e.frames {
		fmt.Fprintf(&b, "  File \"%s\", line %d, in %s\n    %s\n", f.file, f.line, f.fn, f.code)
	}
	b.WriteString(e.Error())
	return b.String()
}

// Places in Donna and under her that exceptions come from.
const (
	appRoot  = "/app/src/donna/"
	siteRoot = "/usr/local/lib/python3.12/site-packages/"
)

func appFrame(file string, line int, fn, code string) pyFrame {
	return pyFrame{appRoot + file, line, fn, code}
}

func libFrame(file string, line int, fn, code string) pyFrame {
	return pyFrame{siteRoot + file, line, fn, code}
}

var routerFrames = []pyFrame{
	appFrame("models/router.py", 412, "complete", "result, metadata = await resilient_call("),
	appFrame("resilience/retry.py", 187, "resilient_call", "return await fn(*args, **kwargs)"),
}

// providerError is a failed model call, with the transport's exception as the cause.
func providerError(class, message string, at ...pyFrame) *pyError {
	frames := append(at[:len(at):len(at)], routerFrames...)
	return &pyError{
		class: class, message: message,
		frames: append(frames, libFrame("anthropic/_base_client.py", 1592, "_request", "raise self._make_status_error_from_response(err.response) from None")),
		cause: &pyError{
			class: "httpx.ConnectTimeout", message: "",
			frames: []pyFrame{
				libFrame("httpx/_transports/default.py", 101, "map_httpcore_exceptions", "yield"),
				libFrame("httpcore/_async/connection.py", 124, "_connect", "stream = await self._network_backend.connect_tcp(**kwargs)"),
			},
		},
	}
}

// breakerOpen is what a call gets while the circuit breaker is open.
func breakerOpen(at ...pyFrame) *pyError {
	frames := append(at[:len(at):len(at)], routerFrames[0],
		appFrame("resilience/retry.py", 171, "resilient_call", "raise CircuitOpenError(\"Circuit breaker is open\")"))
	return &pyError{class: "donna.resilience.retry.CircuitOpenError", message: "Circuit breaker is open", frames: frames}
}

func discordError(fn string, line int) *pyError {
	return &pyError{
		class: "discord.errors.DiscordServerError", message: "503 Service Unavailable (error code: 0): upstream connect error or disconnect/reset before headers",
		frames: []pyFrame{
			appFrame("notifications/service.py", line, fn, "await self._bot.send_message(channel, content)"),
			appFrame("integrations/discord_bot.py", 688, "send_message", "await channel.send(content)"),
			libFrame("discord/abc.py", 1561, "send", "data = await state.http.send_message(channel.id, params=params)"),
			libFrame("discord/http.py", 739, "request", "raise DiscordServerError(response, data)"),
		},
	}
}

func databaseLocked(at pyFrame) *pyError {
	return &pyError{
		class: "sqlite3.OperationalError", message: "database is locked",
		frames: []pyFrame{at, libFrame("aiosqlite/core.py", 193, "execute", "return await self._execute(self._conn.execute, sql, parameters)")},
	}
}

func valueError(message string, at ...pyFrame) *pyError {
	return &pyError{class: "ValueError", message: message, frames: at}
}
