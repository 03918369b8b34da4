package panels_test

import (
	"time"

	"github.com/donna-project/donnatop/data"
)

func sampleHealth() *data.Health {
	const mib = 1 << 20
	f := &data.Health{
		Containers: []data.Container{
			{Name: "donna-orchestrator", Service: p("orchestrator"), State: p("running"), Health: p("healthy"), Verdict: "OK", CPUPct: p(12.4), MemBytes: p(int64(412 * mib)), MemLimitBytes: p(int64(2048 * mib)), Restarts: p(int64(0)), StartedAt: p(now.Add(-51 * time.Hour))},
			{Name: "donna-api", Service: p("api"), State: p("running"), Health: p("unhealthy"), Verdict: "UNHEALTHY", CPUPct: p(0.3), MemBytes: p(int64(188 * mib)), MemLimitBytes: p(int64(1024 * mib)), Restarts: p(int64(3)), StartedAt: p(now.Add(-14 * time.Minute))},
			{Name: "donna-ollama", Service: p("ollama"), State: p("running"), Health: p("healthy"), Verdict: "OK", CPUPct: p(341.7), MemBytes: p(int64(18_211 * mib)), MemLimitBytes: p(int64(32_768 * mib)), Restarts: p(int64(0)), StartedAt: p(now.Add(-51 * time.Hour))},
			{Name: "donna-ui", State: p("running"), Verdict: "OK", CPUPct: p(0.0), MemBytes: p(int64(22 * mib)), Restarts: p(int64(0)), StartedAt: p(now.Add(-51 * time.Hour))},
			{Name: "donna-vault", State: p("exited"), Verdict: "DOWN", Restarts: p(int64(1)), StartedAt: p(now.Add(-3 * time.Hour))},
			{Name: "donna-loki", State: p("running"), Verdict: "OK", CPUPct: p(2.2), MemBytes: p(int64(301 * mib)), MemLimitBytes: p(int64(512 * mib)), Restarts: p(int64(0)), StartedAt: p(now.Add(-51 * time.Hour))},
			{Name: "caddy", Verdict: "MISSING"},
		},
		Disks: []data.Disk{
			{Mount: "/", Device: "/dev/nvme0n1p2", UsedBytes: 61 << 30, TotalBytes: 233 << 30, UsedPct: p(26.2)},
			{Mount: "/srv/donna", Device: "/dev/nvme1n1", UsedBytes: 798 << 30, TotalBytes: 931 << 30, UsedPct: p(85.7)},
		},
		DataDirs: []data.DataDir{
			{Path: "/srv/donna/db", Bytes: p(int64(1400 * mib)), AsOf: p(now.Add(-4 * time.Minute))},
			{Path: "/srv/donna/ollama", Bytes: p(int64(61_000 * mib)), AsOf: p(now.Add(-4 * time.Minute))},
			{Path: "/srv/donna/backups", Bytes: p(int64(9_100 * mib)), AsOf: p(now.Add(-4 * time.Minute))},
			{Path: "/srv/donna/vault"},
		},
		Breakers: []data.Breaker{
			{Name: "anthropic", State: "open", Since: p(now.Add(-7 * time.Minute)), Failures: p(int64(5))},
			{Name: "donna-api", State: "closed", Since: p(now.Add(-26 * time.Hour))},
			{Name: "ollama", State: "half_open", Since: p(now.Add(-20 * time.Second)), Failures: p(int64(2))},
		},
		Heartbeat:   &data.Heartbeat{Source: "logs", At: p(now.Add(-12 * time.Second)), AgeS: p(12.0), OK: true},
		Checks:      &data.HealthChecks{SQLite: p(true), Discord: p(false), Scheduler: p(true)},
		ErrorRate5m: &data.ErrorRate{Error: 1.4, Critical: 0},
	}
	for i, name := range []string{"backup", "priority_recalc", "supabase_push", "calendar_sync", "health_check", "digest", "reminder", "nightly"} {
		o := data.LastOK{Operation: name}
		if i%3 != 1 {
			age := time.Duration(i*i*i*i+1) * 4 * time.Minute
			o.At, o.AgeS, o.Source = p(now.Add(-age)), p(age.Seconds()), p("logs")
		}
		f.LastOK = append(f.LastOK, o)
	}
	return f
}

// noHealth is a host on which nothing runs, seen by sources that all answer.
func noHealth() *data.Health {
	return &data.Health{
		Containers: []data.Container{}, Disks: []data.Disk{}, DataDirs: []data.DataDir{}, Breakers: []data.Breaker{}, LastOK: []data.LastOK{},
		Heartbeat: &data.Heartbeat{Source: "logs"}, Checks: &data.HealthChecks{}, ErrorRate5m: &data.ErrorRate{},
	}
}

func hostileHealth(h *hostility) *data.Health {
	f := &data.Health{
		Heartbeat: &data.Heartbeat{Source: h.names[0], At: p(time.Time{}), AgeS: p(h.real(0))}, Checks: &data.HealthChecks{Discord: p(false)},
		ErrorRate5m: &data.ErrorRate{Error: h.real(1), Critical: h.real(5)},
	}
	for i, n := range h.names {
		f.Containers = append(f.Containers, data.Container{Name: n, Service: p(n), State: p(n), Health: p(n), Verdict: n, CPUPct: p(h.real(i)), MemBytes: p(h.whole(i)), MemLimitBytes: p(h.whole(i + 1)), Restarts: p(h.whole(i)), StartedAt: p(time.Time{})})
		f.Disks = append(f.Disks, data.Disk{Mount: n, Device: n, UsedBytes: h.whole(i), TotalBytes: h.whole(i + 1), UsedPct: p(h.real(i))})
		f.DataDirs = append(f.DataDirs, data.DataDir{Path: n, Bytes: p(h.whole(i)), AsOf: p(time.Time{})})
		f.Breakers = append(f.Breakers, data.Breaker{Name: n, State: n, Since: p(now.AddDate(i, 0, 0)), Failures: p(h.whole(i))})
		f.LastOK = append(f.LastOK, data.LastOK{Operation: n, At: p(time.Time{}), AgeS: p(h.real(i)), Source: p(n)})
	}
	f.Containers[1].Verdict, f.Containers[2].Verdict, f.Breakers[3].State = "DOWN", "OK", "open"
	return f
}

// sampleUsage is the recent past of the containers that use anything.
func sampleUsage(containers []data.Container) *data.ContainerView {
	v := &data.ContainerView{At: now}
	for i, c := range containers {
		s := data.ContainerStatus{Name: c.Name}
		for j := range 24 {
			if c.CPUPct == nil || c.MemBytes == nil {
				break
			}
			u := data.UsageSample{At: now.Add(time.Duration(j-24) * 5 * time.Second), MemBytes: p(*c.MemBytes / int64(1+(i+j)%5))}
			if j > 2 { // it was started then
				u.CPUPct = p(*c.CPUPct * float64((i+j)%7) / 6)
			}
			s.Usage = append(s.Usage, u)
		}
		v.Containers = append(v.Containers, s)
	}
	return v
}

func hostileUsage(h *hostility) *data.ContainerView {
	v := &data.ContainerView{}
	for i, n := range h.names {
		v.Containers = append(v.Containers, data.ContainerStatus{Name: n, Usage: []data.UsageSample{{}, {CPUPct: p(h.real(i)), MemBytes: p(h.whole(i))}, {CPUPct: p(h.real(i + 1)), MemBytes: p(h.whole(i + 1))}}})
	}
	return v
}
