package data

import (
	"slices"
	"time"

	"github.com/donna-project/donnatop/data/events"
)

// SourceHost is the name of the source of disks and marker files.
const SourceHost = "host"

// HostView is what the file systems of Donna's machine say. It is immutable.
type HostView struct {
	At     time.Time    // when it was read
	Mounts []MountUsage // by mount point, each device once
	// Dirs are Donna's directories in the order of [HostView]'s source: db,
	// payloads, backups, workspace, vault, logs. They are measured less often than
	// the rest.
	Dirs         []DirUsage
	Heartbeat    time.Time   // when healthwatch last wrote its file; zero without one
	SupabaseSync time.Time   // the last complete push to Supabase; zero without one
	Backup       *BackupFile // the newest; nil without one
}

// MountUsage is the space on one file system.
type MountUsage struct {
	Mount, Device, FSType string
	TotalBytes, UsedBytes int64
	// AvailBytes is what is left for users; blocks reserved for root are neither
	// used nor available.
	AvailBytes int64
}

// DirUsage is the size of a directory: the sum of the sizes of the regular files
// in and below it. A directory within another counts in both.
type DirUsage struct {
	Path    string
	Bytes   int64
	Files   int64
	AsOf    time.Time // when it was measured; zero before the first time
	Missing bool      // there is no such directory
	Problem string    // why Bytes is only a part of the size; empty if it is all
}

// BackupFile is a backup of Donna's database.
type BackupFile struct {
	Path  string
	At    time.Time // when it was begun, as its name says
	Label string    // manual, daily, …
	Bytes int64
}

// diskFigures are the contract's `health.disks`; nil before the first look.
func diskFigures(v *HostView) []Disk {
	if v == nil {
		return nil
	}
	out := make([]Disk, len(v.Mounts))
	for i, m := range v.Mounts {
		out[i] = Disk{Mount: m.Mount, Device: m.Device, UsedBytes: m.UsedBytes, TotalBytes: m.TotalBytes, UsedPct: m.UsedPct()}
	}
	return out
}

// UsedPct is how full the file system is for users, as `df` has it: used of used
// and available. It is nil for one that has no blocks.
func (m *MountUsage) UsedPct() *float64 {
	if m.UsedBytes+m.AvailBytes <= 0 {
		return nil
	}
	return ptr(float64(m.UsedBytes) / float64(m.UsedBytes+m.AvailBytes) * 100)
}

// dataDirFigures are the contract's `health.data_dirs`; nil before the first
// look. A size of which only a part is known is none.
func dataDirFigures(v *HostView) []DataDir {
	if v == nil {
		return nil
	}
	out := make([]DataDir, len(v.Dirs))
	for i, d := range v.Dirs {
		out[i] = DataDir{Path: d.Path}
		if !d.AsOf.IsZero() && !d.Missing && d.Problem == "" {
			out[i].Bytes, out[i].AsOf = ptr(d.Bytes), instant(d.AsOf)
		}
	}
	return out
}

// hostHeartbeat judges the file of Donna's healthwatch as her orchestrator does:
// too old is as bad as absent. It is nil before the first look.
func hostHeartbeat(v *HostView, now time.Time) *Heartbeat {
	if v == nil {
		return nil
	}
	h := &Heartbeat{Source: SourceHost}
	if !v.Heartbeat.IsZero() {
		age := now.Sub(v.Heartbeat)
		h.At, h.AgeS, h.OK = instant(v.Heartbeat), ptr(age.Seconds()), age <= heartbeatStale
	}
	return h
}

// hostLastOK is when the operations that leave a file last succeeded; those that
// left none are left out.
func hostLastOK(v *HostView, now time.Time) []LastOK {
	if v == nil {
		return nil
	}
	var out []LastOK
	add := func(op string, at time.Time) {
		if !at.IsZero() {
			out = append(out, LastOK{Operation: op, At: instant(at), AgeS: ptr(now.Sub(at).Seconds()), Source: ptr(SourceHost)})
		}
	}
	if v.Backup != nil {
		add(events.OpBackup.String(), v.Backup.At)
	}
	add(events.OpSupabasePush.String(), v.SupabaseSync)
	return out
}

// newestOK joins what two sources know of the last successes: of each operation
// the newer one, in the order of the first.
func newestOK(first, second []LastOK) []LastOK {
	out := slices.Clone(first)
	for _, ok := range second {
		i := slices.IndexFunc(out, func(o LastOK) bool { return o.Operation == ok.Operation })
		switch {
		case i < 0:
			out = append(out, ok)
		case ok.At != nil && (out[i].At == nil || ok.At.After(*out[i].At)):
			out[i] = ok
		}
	}
	return out
}
