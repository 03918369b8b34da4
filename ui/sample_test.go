package ui

import (
	"fmt"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
	"github.com/donna-project/donnatop/data/logline"
)

// testNow is what every clock of the tests says at first.
var testNow = time.Date(2026, time.July, 15, 13, 37, 42, 0, time.UTC)

// hubWith is a Hub at the time of the clock after fill.
func hubWith(clock clockwork.Clock, fill func(h *data.Hub)) *data.Hub {
	h := data.NewHub(data.HubOptions{Clock: clock, Absent: map[string]string{
		data.SourceDB:    "no database: give --db PATH",
		data.SourceLoki:  "no Loki: give --loki URL",
		data.SourceFiles: "no log files: give --logs FILE",
	}})
	fill(h)
	h.Publish()
	return h
}

// sampleOptions is a session over data made by hand: thirty days of calls and
// some hundred log lines, all sources live.
func sampleOptions(clock *clockwork.FakeClock) Options {
	return Options{Hub: sampleHub(clock), Title: "sample", Version: "1.2.3", View: "llm"}
}

func sampleHub(clock clockwork.Clock) *data.Hub {
	return hubWith(clock, func(h *data.Hub) {
		now := clock.Now()
		h.SetState(data.SourceDB, data.SourceState{State: data.StateLive, Loaded: true, AsOf: now, Since: now.Add(-time.Hour)})
		h.SetState(data.SourceFiles, data.SourceState{State: data.StateLive, Loaded: true, AsOf: now, Since: now.Add(-time.Hour)})
		h.SetDB(sampleDB())
		h.AppendLines(sampleLines(now, 300))
	})
}

var (
	sampleTasks  = []string{"parse_task", "chat_respond", "prep_research", "triage_failure", "embed_task", "parse_task::__shadow__", "escalation_lifecycle"}
	sampleModels = []string{"claude-sonnet-4", "claude-haiku-4", "qwen2.5:32b", "nomic-embed-text"}
)

// sampleDB is thirty days of calls, more of them by day than by night.
var sampleDB = sync.OnceValue(func() *data.DB {
	now := testNow
	const rows = 2400
	store := data.NewInvocationStore(now)
	var recent []data.InvocationRow
	for i := range rows {
		rnd := int(uint32(i*2654435761) >> 4)
		age := time.Duration(i) * 18 * time.Minute
		if at := now.Add(-age); at.Hour() < 6 {
			age += 7 * time.Hour // at night hardly anything happens
		}
		at := now.Add(-age - time.Duration(rnd%9770)*time.Second/10)
		task, model := sampleTasks[rnd%len(sampleTasks)], sampleModels[rnd/7%len(sampleModels)]
		latency, in, out := int64(300+rnd%9000), int64(200+rnd/3%4000), int64(50+rnd/5%900)
		cost := float64(in)*3e-6 + float64(out)*15e-6
		if model == "qwen2.5:32b" || model == "nomic-embed-text" {
			cost = 0
		}
		shadow := task == "parse_task::__shadow__"
		store.Add(&data.Invocation{
			RowID: int64(rows - i), Time: at.UnixNano(), Task: store.Task([]byte(task)), Model: store.Model([]byte(model)), Shadow: shadow,
			Interrupted: i%41 == 0, Overflow: i%97 == 0, HasLatency: true, LatencyMS: latency, TokensIn: in, TokensOut: out, CostUSD: cost,
		})
		if i < 200 {
			id := fmt.Sprintf("inv-%04d-%08x", rows-i, i*2654435761)
			recent = append(recent, data.InvocationRow{
				RowID: int64(rows - i), ID: id, Time: at, TaskType: task, Class: data.ClassOf(task, shadow), ModelActual: &model, ModelAlias: &model,
				LatencyMS: &latency, TokensIn: &in, TokensOut: &out, CostUSD: &cost, Interrupted: i%41 == 0, OverflowEscalated: i%97 == 0,
			})
		}
	}
	return &data.DB{
		Path: "/data/donna_tasks.db", Invocations: store.View(), Recent: recent,
		Extensions: []data.Extension{{Date: now.Format(time.DateOnly), AmountUSD: 5}},
	}
})

// sampleLines is n lines, the newest just before now.
func sampleLines(now time.Time, n int) []logline.Entry {
	lines := make([]logline.Entry, n)
	for i := range lines {
		at := now.Add(-time.Duration(n-i) * 1700 * time.Millisecond)
		lines[i] = sampleLine(at, i)
	}
	return lines
}

func sampleLine(at time.Time, i int) logline.Entry {
	stamp := at.UTC().Format("2006-01-02T15:04:05.000000Z")
	var raw string
	switch i % 10 {
	case 3:
		raw = fmt.Sprintf(`{"service": "orchestrator", "attempt": %d, "event": "api_call_retrying", "level": "warning", "timestamp": %q}`, i%3+1, stamp)
	case 7:
		raw = fmt.Sprintf(`{"task_id": "t-%d", "event": "task_failed", "level": "error", "timestamp": %q, `+
			`"exception": "Traceback (most recent call last):\n  File \"donna/main.py\", line %d, in run\n    raise ValueError('no')\nValueError: no"}`, i, stamp, i)
	case 9:
		raw = fmt.Sprintf("plain text %d, no JSON at all", i)
	default:
		raw = fmt.Sprintf(`{"service": "model-layer", "task_type": "parse_task", "latency_ms": %d, "event": "llm_invocation_logged", "level": "info", "timestamp": %q}`, 100+i, stamp)
	}
	e := logline.Entry{Source: logline.SourceLogs}
	logline.Parse(&e, raw, at, at)
	return e
}

// sampleHost is a machine with two disks and Donna's directories.
func sampleHost() *data.HostView {
	const gib = 1 << 30
	dirs := []data.DirUsage{
		{Path: "/srv/donna/db", Bytes: 161 << 20}, {Path: "/srv/donna/db/payloads", Bytes: 71 << 10}, {Path: "/srv/donna/db/backups", Bytes: 3 * gib},
		{Path: "/srv/donna/workspace", Bytes: 840 << 20}, {Path: "/srv/donna/vault", Bytes: 96 << 20}, {Path: "/srv/donna/logs", Missing: true},
	}
	for i := range dirs {
		dirs[i].AsOf = testNow.Add(-4 * time.Minute)
	}
	return &data.HostView{
		At: testNow,
		Mounts: []data.MountUsage{
			{Mount: "/", Device: "/dev/nvme0n1p2", FSType: "ext4", TotalBytes: 100 * gib, UsedBytes: 61 * gib, AvailBytes: 34 * gib},
			{Mount: "/srv", Device: "/dev/sda1", FSType: "ext4", TotalBytes: 900 * gib, UsedBytes: 790 * gib, AvailBytes: 65 * gib},
		},
		Dirs: dirs, Heartbeat: testNow.Add(-20 * time.Second), SupabaseSync: testNow.Add(-9 * time.Minute),
		Backup: &data.BackupFile{Path: "/srv/donna/db/backups/donna_20260715.db", At: testNow.Add(-10 * time.Hour), Label: "daily", Bytes: 150 << 20},
	}
}
