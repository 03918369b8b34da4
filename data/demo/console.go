package demo

import (
	"fmt"
	"log/slog"
	"time"
)

// startConsole is the API's life: people at the admin UI, and programs at the LLM gateway.
func (l *life) startConsole() {
	l.arrivals(outside, 7, (*proc).browseAdmin)
	l.roundTheClock(outside, 22, (*proc).gatewayCall)
	l.arrivals(outside, 0.2, func(p *proc) {
		p.info("llm_queue_config_reloaded", "event_type", "llm_gateway.config_reloaded")
	})
}

var adminPages = []string{
	"/admin/dashboard/cost-analytics", "/admin/dashboard/parse-accuracy", "/admin/dashboard/task-throughput", "/admin/dashboard/agent-performance",
	"/admin/dashboard/llm-gateway", "/admin/escalations", "/admin/agents", "/admin/shadow/comparisons", "/admin/preferences/stats", "/admin/logs",
}

// browseAdmin is somebody with the admin UI open, which polls.
func (p *proc) browseAdmin() {
	for range p.rng.around(3, 25) {
		for range p.rng.around(1, 4) {
			p.request("admin", "GET", pick(p.rng, adminPages), 200)
		}
		if p.rng.chance(0.3) {
			p.info("admin_health_check", "event_type", "system.admin_health_check", "status", "healthy",
				"checks", slog.GroupValue(slog.Bool("db", true), slog.Bool("loki", true), slog.Bool("ollama", !p.ollama.down.on(p.now))))
		}
		p.sleep(p.rng.pause(20*time.Second, 0.5))
	}
}

func (p *proc) apiRequest(method, path string, status int) { p.request("api", method, path, status) }

func (p *proc) request(component, method, path string, status int) {
	took := p.rng.logNormal(18, 0.8)
	p.sleep(time.Duration(took * float64(time.Millisecond)))
	if p.rng.chance(0.004) {
		status = 500
	}
	event := component + ".request"
	p.info(event, "event_type", event, "component", component, "method", method, "path", path, "status_code", status, "duration_ms", float64(int(took*100))/100)
	if p.rng.chance(0.2) { // uvicorn's own access line
		p.text(fmt.Sprintf("INFO:     172.18.0.%d:%d - \"%s %s HTTP/1.1\" %d", p.rng.around(2, 9), p.rng.around(32768, 60999), method, path, status))
	}
}

// gatewayCall is an external program using Donna's model queue; such calls have lines, but no rows.
func (p *proc) gatewayCall() {
	const component = "llm_gateway"
	caller := pick(p.rng, []string{"paperless", "home-assistant", "immich-tagger"})
	line := func(event string, kv ...any) {
		p.info(event, append([]any{"event_type", event, "component", component}, kv...)...)
	}
	p.info("llm_completion_request", "event_type", "llm_gateway.completion_requested", "caller_id", caller)
	line("llm_gateway.enqueued", "queue", "external", "caller", caller)
	wait := p.rng.pause(400*time.Millisecond, 1.2)
	p.sleep(wait)
	line("llm_gateway.dequeued", "queue", "external", "priority", 3, "caller", caller, "wait_ms", wait.Milliseconds())
	if p.rng.chance(0.06) {
		line("llm_gateway.interrupted", "caller", caller, "interrupt_count", 1)
		p.sleep(3 * time.Second)
	}
	took := p.rng.pause(4*time.Second, 0.5)
	p.sleep(took)
	if p.rng.chance(0.03) {
		p.error("llm_gateway.failed", "event_type", "llm_gateway.completion.failed", "component", component, "caller", caller, "error", "ReadTimeout")
		return
	}
	line("llm_gateway.completed", "queue", "external", "caller", caller, "latency_ms", took.Milliseconds(), "tokens_in", p.rng.around(200, 2600), "tokens_out", p.rng.around(20, 500))
	if p.rng.chance(0.02) {
		p.info("gateway_alert", "event_type", "llm_gateway.alert", "channel", "debug", "message", "Queue depth above 10")
	}
}
