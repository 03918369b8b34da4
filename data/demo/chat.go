package demo

import (
	"strings"
	"time"
)

func (l *life) startChat() {
	l.arrivals(outside, l.scale(15), (*proc).chat)
}

// chat is a conversation with the API's chat engine: turns of the tool loop, tied together by session and trace.
func (p *proc) chat() {
	created := p.tick()
	id := p.rng.uuid7(created)
	channel := "dashboard"
	if p.rng.chance(0.5) {
		channel = "discord"
	}
	pinned := any(nil)
	if len(p.tasks) > 0 && p.rng.chance(0.15) {
		pinned = pick(p.rng, p.tasks).id
	}
	p.insert("conversation_sessions", id, owner, channel, pinned, "active", nil, naive(created), naive(created), naive(created.Add(2*time.Hour)), 0, nil)
	for range 2 { // the store and the engine both say so
		p.info("chat_session_created", "session_id", id, "user_id", owner, "channel", channel)
	}
	messages := 0
	say := func(role, content string, intent, trace any) {
		at := p.tick()
		messages++
		invocations := any(nil)
		if trace != nil {
			invocations = "[]"
		}
		p.insert("conversation_messages", p.rng.uuid7(at), id, role, content, intent, nil, nil, nil, trace, invocations, naive(at))
		// The expiry is written as aware text from the first touch on.
		p.exec(`UPDATE conversation_sessions SET last_activity = ?, expires_at = ?, message_count = ? WHERE id = ?`, naive(at), aware(at.Add(2*time.Hour)), messages, id)
		p.info("chat_message_added", "session_id", id, "role", role)
	}
	turns := 1 + int(p.rng.logNormal(1.6, 0.6))
	for range turns {
		if !p.exchange(id, say) {
			break
		}
		p.sleep(p.rng.pause(50*time.Second, 0.8))
	}
	if p.rng.chance(0.6) {
		p.ask(call{taskType: "chat_summarize", router: p.routers.api})
		p.exec(`UPDATE conversation_sessions SET status = 'closed', summary = ? WHERE id = ?`, "Short talk about "+pick(p.rng, []string{"tasks", "spend", "notes", "plans"})+".", id)
		return
	}
	p.sleep(2 * time.Hour)
	p.exec(`UPDATE conversation_sessions SET status = 'expired' WHERE id = ?`, id)
}

// exchange is one question and its answer, and reports whether the talk goes on.
func (p *proc) exchange(session string, say func(role, content string, intent, trace any)) bool {
	turn := pick(p.rng, chatTurns)
	say("user", turn.question, turn.intent, nil)
	api := p.routers.api
	p.ask(call{taskType: "classify_chat_intent", router: api})
	p.retrieve(len(turn.question))
	began, trace := p.now, p.rng.uuid7(p.now)
	loops, tools := p.rng.around(1, 3), 0
	for n := 1; n <= loops; n++ {
		c := p.ask(call{taskType: "chat_respond", router: api, weight: 0.7 + 0.35*float64(n)})
		if c.err != nil {
			p.exception("chat_message_failed", c.err, "session_id", session)
			say("assistant", "Something went wrong on my side. Please try again in a minute.", nil, nil)
			return false
		}
		p.info("chat.tool_loop_turn", "trace_id", trace, "session_id", session, "turn", n, "tokens_in", c.in, "tokens_out", c.out, "cost_usd", c.cost)
		if n < loops {
			p.sleep(p.rng.pause(120*time.Millisecond, 0.7))
			tools++
			p.info("chat.tool_executed", "trace_id", trace, "session_id", session, "tool", pick(p.rng, chatTools), "result_count", p.rng.around(0, 25), "truncated", p.rng.chance(0.1))
		}
	}
	elapsed := p.now.Sub(began).Seconds()
	if p.rng.chance(0.01) {
		p.warn("chat.tool_loop_timeout", "trace_id", trace, "session_id", session, "elapsed_s", elapsed)
	}
	p.info("chat.tool_loop_complete", "trace_id", trace, "session_id", session, "tool_calls", tools, "invocations", loops, "elapsed_s", float64(int(elapsed*1000))/1000,
		"paused_for_confirmation", p.rng.chance(0.05))
	say("assistant", turn.answer, turn.intent, trace)
	p.info("chat_response_sent", "session_id", session)
	p.remember("chat", session+":"+trace, strings.TrimSpace(turn.question+" "+turn.answer))
	return true
}
