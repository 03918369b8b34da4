package data

import (
	"encoding/json"
	"testing"
	"time"
)

func TestHostFigures(t *testing.T) {
	now := time.Date(2026, 7, 1, 10, 0, 0, 0, time.UTC)
	asJSON := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	v := &HostView{
		Mounts: []MountUsage{
			{Mount: "/", Device: "/dev/a", TotalBytes: 1000, UsedBytes: 300, AvailBytes: 600}, // 100 are root's
			{Mount: "/empty", Device: "x"},
		},
		Dirs: []DirUsage{
			{Path: "/donna/db", Bytes: 70, AsOf: now.Add(-time.Minute)},
			{Path: "/donna/logs", AsOf: now}, // empty, not unknown
			{Path: "/donna/vault", Missing: true, AsOf: now},
			{Path: "/donna/backups", Bytes: 5, AsOf: now, Problem: "1 entries can't be read"},
			{Path: "/donna/workspace"},
		},
		SupabaseSync: now.Add(-time.Hour),
		Backup:       &BackupFile{At: now.Add(-2 * time.Hour)},
	}
	beat := func(age time.Duration) *HostView { return &HostView{Heartbeat: now.Add(-age)} }
	tests := []struct {
		name      string
		got       any
		want      string
		ofNoViews any
	}{
		{"disks", diskFigures(v), `[{"mount":"/","device":"/dev/a","used_bytes":300,"total_bytes":1000,"used_pct":33.33333333333333},{"mount":"/empty","device":"x","used_bytes":0,"total_bytes":0,"used_pct":null}]`, diskFigures(nil)},
		{"directories", dataDirFigures(v), `[{"path":"/donna/db","bytes":70,"as_of":"2026-07-01T09:59:00Z"},{"path":"/donna/logs","bytes":0,"as_of":"2026-07-01T10:00:00Z"},` +
			`{"path":"/donna/vault","bytes":null,"as_of":null},{"path":"/donna/backups","bytes":null,"as_of":null},{"path":"/donna/workspace","bytes":null,"as_of":null}]`, dataDirFigures(nil)},
		{"heartbeat just in time", hostHeartbeat(beat(90*time.Second), now), `{"source":"host","at":"2026-07-01T09:58:30Z","age_s":90,"ok":true}`, hostHeartbeat(nil, now)},
		{"heartbeat too old", hostHeartbeat(beat(91*time.Second), now), `{"source":"host","at":"2026-07-01T09:58:29Z","age_s":91,"ok":false}`, nil},
		{"no heartbeat", hostHeartbeat(v, now), `{"source":"host","at":null,"age_s":null,"ok":false}`, nil},
		{"successes", hostLastOK(v, now), `[{"operation":"backup","at":"2026-07-01T08:00:00Z","age_s":7200,"source":"host"},{"operation":"supabase_push","at":"2026-07-01T09:00:00Z","age_s":3600,"source":"host"}]`, hostLastOK(nil, now)},
		{"no successes", hostLastOK(&HostView{}, now), `null`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := asJSON(tt.got); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if got := asJSON(tt.ofNoViews); got != "null" {
				t.Errorf("before the first look: %s", got)
			}
		})
	}
}

func TestNewestOK(t *testing.T) {
	at := func(op string, hour int) LastOK {
		return LastOK{Operation: op, At: ptr(time.Date(2026, 7, 1, hour, 0, 0, 0, time.UTC))}
	}
	logs := []LastOK{at("backup", 3), {Operation: "supabase_push"}, at("digest", 5), at("reminder", 9)}
	host := []LastOK{at("backup", 4), at("supabase_push", 6), at("reminder", 8)}
	got := newestOK(logs, host)
	want := []LastOK{at("backup", 4), at("supabase_push", 6), at("digest", 5), at("reminder", 9)}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i := range want {
		if got[i].Operation != want[i].Operation || !got[i].At.Equal(*want[i].At) {
			t.Errorf("%d: got %+v, want %+v", i, got[i], want[i])
		}
	}
	if logs[0].At.Hour() != 3 {
		t.Error("its argument was changed")
	}
	if got := newestOK(nil, host); len(got) != len(host) {
		t.Errorf("without logs: %+v", got)
	}
	if got := newestOK(logs, nil); len(got) != len(logs) {
		t.Errorf("without a host: %+v", got)
	}
	if newestOK(nil, nil) != nil {
		t.Error("figures from no source")
	}
}
