package demo

import (
	"log/slog"
	"time"
)

// startServices lets both containers run: the boot, and what they print whatever happens.
func (l *life) startServices() {
	l.spawn(l.now, outside, func(p *proc) {
		p.bootAPI()
		p.boot()
	})
	l.spawn(l.now.Add(12*time.Second), outside, (*proc).healthChecks)
	l.every(durable, 6*time.Hour, 3*time.Second, func(p *proc) {
		if p.supabase.on(p.now) {
			p.warn("supabase_keepalive_failed", "event_type", "sync.supabase.keepalive_failed", "error", "HTTPStatusError: 503 Service Unavailable")
			return
		}
		p.info("supabase_keepalive", "event_type", "sync.supabase.keepalive", "status", 200)
	})
	l.every(outside, time.Hour, 20*time.Second, (*proc).evictPayloads)
	l.every(outside, 30*time.Second, 50*time.Millisecond, func(p *proc) { p.touchMarkers() })
}

// healthChecks answers Docker's probe every 30 s, the best heartbeat there is. A dead orchestrator prints none, nor does
// one that hangs.
func (p *proc) healthChecks() {
	for due := p.now; ; due = due.Add(30 * time.Second) {
		p.until(due.Add(p.rng.between(0, 120*time.Millisecond)))
		if p.now.Before(p.downUntil) {
			continue
		}
		if p.hung.on(p.now) {
			p.tick() // in place of the line: what comes after is as it would be with it
			continue
		}
		status, discord := "healthy", !p.discord.on(p.now)
		if !discord {
			status = "degraded"
		}
		p.info("health_check", "event_type", "system.health_check", "status", status,
			"checks", slog.GroupValue(slog.Bool("sqlite", true), slog.Bool("discord", discord), slog.Bool("scheduler", true), slog.Bool("api_freshness", true)))
	}
}

// boot is the orchestrator's start, with its migrations, checks and recoveries.
func (p *proc) boot() {
	p.routers.orchestrator.reset()
	p.routers.skills.reset()
	p.text("INFO  [alembic.runtime.migration] Context impl SQLiteImpl.")
	p.text("INFO  [alembic.runtime.migration] Will assume non-transactional DDL.")
	p.info("donna_starting", "config_dir", "/donna/config")
	p.sleep(p.rng.between(400*time.Millisecond, 2*time.Second))
	p.info("migrations_applied", "db_path", "/donna/db/donna_tasks.db")
	p.info("database_connected", "db_path", "/donna/db/donna_tasks.db")
	p.warn("self_diagnostic_issues_found", "event_type", "system.health_check", "issue_count", 1) // donna_logs.db, always
	p.warn("boot_diagnostics_issues", "issues", []string{"donna_logs.db missing"})
	p.info("skill_system_config_loaded")
	p.info("capabilities_loader_ran", "count", len(p.capabilities))
	p.checkTools()
	p.voidExtensions()
	p.info("escalation_gate_wired", "mode", map[bool]string{true: "enforce", false: "shadow"}[p.enforcing])
	p.info("skill_system_started")
	p.info("automation_scheduler_started", "poll_interval_s", 15)
	p.sleep(p.rng.between(time.Second, 4*time.Second))
	p.text(p.now.Format(wholeS) + " INFO     discord.client logging in using static token")
	p.info("discord_bot_ready", "user", "Donna#4821")
	p.info("overdue_threads_restored", "count", len(p.tasks)/4)
	p.info("notification_background_tasks_started", "count", 9)
	p.info("healthwatch_heartbeat_monitor_started")
	p.info("donna_server_started", "host", "0.0.0.0", "port", 8100, "health", "/health")
}

func (p *proc) bootAPI() {
	p.text("INFO:     Started server process [1]")
	p.info("llm_queue_worker_started", "event_type", "system.startup")
	p.info("donna_api_started", "db_path", "/donna/db/donna_tasks.db", "port", 8200)
	p.text("INFO:     Uvicorn running on http://0.0.0.0:8200 (Press CTRL+C to quit)")
}

// redeploy stops the orchestrator in good order and starts it again.
func (p *proc) redeploy() {
	p.info("donna_server_stopping")
	p.info("notification_background_tasks_stopped")
	p.info("database_closed")
	p.info("donna_server_stopped")
	p.killVolatile()
	p.downUntil = p.now.Add(p.rng.between(8*time.Second, 25*time.Second))
	p.until(p.downUntil)
	p.boot()
}

// crash is an orchestrator that dies of an error nobody caught: its work in memory is lost, its rows stay "running".
func (p *proc) crash() {
	died := &pyError{class: "MemoryError", frames: []pyFrame{
		{"/usr/local/lib/python3.12/runpy.py", 198, "_run_module_as_main", "return _run_code(code, main_globals, None,"},
		appFrame("cli.py", 214, "main", "asyncio.run(_run(args))"),
		appFrame("cli.py", 471, "_run", "await asyncio.gather(*tasks)"),
		appFrame("skills/executor.py", 266, "execute", "state = json.loads(raw)"),
	}}
	p.exception("orchestrator_task_failed", died, "task_name", "automation_scheduler")
	p.exception("bg_task_crashed", died, "event_type", "fallback_activated", "task_name", "automation_scheduler")
	p.text(died.Traceback()) // the interpreter's own, over several lines
	p.killVolatile()
	p.downUntil = p.now.Add(p.rng.between(35*time.Second, 95*time.Second))
	p.until(p.downUntil)
	p.boot()
}

// text prints what did not come from Donna's logging.
func (l *life) text(s string) { l.out.text(s) }
