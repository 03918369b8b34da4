package doctor

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/donna-project/donnatop/data"
)

// fullDisk is the share from which Donna's own diagnostic warns (donna-data.md
// §4.4), in percent.
const fullDisk = 80

// A watched is a Hub that tells when a source has said how it is.
type watched struct {
	*data.Hub
	told chan data.SourceState
}

// SetState implements [data.Sink].
func (w *watched) SetState(source string, st data.SourceState) {
	w.Hub.SetState(source, st)
	if st.State == data.StateConnecting {
		return
	}
	select {
	case w.told <- st:
	default: // the first word counts
	}
}

// look runs a source until it has something to say, and gives that and the
// figures of it; ok is false if ctx ended first.
func look(ctx context.Context, clock clockwork.Clock, source data.Source) (st data.SourceState, health *data.Health, ok bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &watched{Hub: data.NewHub(data.HubOptions{Clock: clock}), told: make(chan data.SourceState, 1)}
	ended := make(chan error, 1)
	go func() { ended <- source.Run(ctx, w) }()
	select {
	case st = <-w.told:
	case err := <-ended:
		select {
		case st = <-w.told: // it had said it before it ended
		default:
			if err == nil {
				return st, nil, false
			}
			st = data.SourceState{State: data.StateFailed, Detail: err.Error()}
		}
	case <-ctx.Done():
		return st, nil, false
	}
	return st, w.Publish().Figures().Health, true
}

// CheckDocker looks at the engine and at Donna's containers; source is nil if
// there is none, or if none is to be asked.
func CheckDocker(clock clockwork.Clock, source data.Source, off bool) Check {
	return Check{Name: "docker", Run: func(ctx context.Context, report func(Finding)) {
		switch {
		case off:
			report(Good("docker", "not asked, as you wish"))
			return
		case source == nil:
			report(Warn("docker", "not configured, and there is no local socket", "give --docker HOST (or DOCKER_HOST)"))
			return
		}
		st, health, ok := look(ctx, clock, source)
		switch {
		case !ok:
			return
		case st.State != data.StateLive:
			detail, fix := split(st.Detail, ": ")
			report(Fail("docker", detail, fix))
			return
		}
		verdicts := make(map[string][]string)
		for _, c := range health.Containers {
			verdicts[c.Verdict] = append(verdicts[c.Verdict], c.Name)
		}
		report(Good("docker", fmt.Sprintf("the engine answers; %d of Donna's containers are well", len(verdicts["OK"]))))
		var ill []string
		for _, v := range []string{"DOWN", "UNHEALTHY", "MISSING"} {
			if names := verdicts[v]; len(names) > 0 {
				ill = append(ill, v+": "+strings.Join(names, ", "))
			}
		}
		switch {
		case len(ill) > 0:
			report(Warn("containers", strings.Join(ill, "; "), "docker ps -a --filter name=donna-"))
		case len(verdicts["OK"]) == 0:
			report(Warn("containers", "no container's name begins with donna-", "give the engine Donna runs on with --docker HOST"))
		}
	}}
}

// CheckHost looks at Donna's data directory, the disks and the heartbeat; source
// is nil if none is configured.
func CheckHost(clock clockwork.Clock, source data.Source, path string) Check {
	return Check{Name: "data_path", Run: func(ctx context.Context, report func(Finding)) {
		if source == nil {
			report(Warn("data_path", "not configured: no disks, backups and heartbeat", "give --data-path DIR (or DONNA_DATA_PATH)"))
			return
		}
		st, health, ok := look(ctx, clock, source)
		switch {
		case !ok:
			return
		case st.State != data.StateLive:
			what, fix := split(st.Detail, ": give ")
			if fix == "" {
				fix = "Donna's data root with --data-path, to a user who may read it"
			}
			report(Fail("data_path", what, "give "+fix))
			return
		}
		detail := path + " can be read"
		if st.Detail != "" {
			detail += "; " + st.Detail
		}
		report(Good("data_path", detail))
		report(disks(health.Disks))
		report(heartbeat(health.Heartbeat))
	}}
}

func disks(all []data.Disk) Finding {
	var full, shown, mounts []string
	for _, d := range all {
		if d.UsedPct == nil {
			continue
		}
		text := fmt.Sprintf("%s %.0f %%", d.Mount, *d.UsedPct)
		shown = append(shown, text)
		if *d.UsedPct >= fullDisk {
			full, mounts = append(full, text), append(mounts, d.Mount)
		}
	}
	if len(full) > 0 {
		return Warn("disks", "nearly full: "+strings.Join(full, ", "), "see what is large: sudo du -xh --max-depth=2 "+strings.Join(mounts, " ")+" | sort -h | tail")
	}
	return Good("disks", "used: "+strings.Join(shown, ", "))
}

func heartbeat(h *data.Heartbeat) Finding {
	const fix = "see whether the watcher runs: docker logs donna-healthwatch"
	switch {
	case h == nil || h.AgeS == nil:
		return Warn("heartbeat", "there is no heartbeat file of Donna's watcher", fix)
	case !h.OK:
		return Warn("heartbeat", "the last one of Donna's watcher is "+ago(seconds(*h.AgeS))+" old", fix)
	}
	return Good("heartbeat", "the last one of Donna's watcher is "+ago(max(seconds(*h.AgeS), 0))+" old")
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
