package data

import (
	"bytes"
	"testing"
	"time"
)

// A store restored from its file goes on as the one that was written would have.
func TestRestoredStoreGoesOnAlike(t *testing.T) {
	now := time.Date(2026, 7, 1, 10, 17, 3, 123456000, time.UTC)
	for _, later := range []time.Duration{0, 20 * time.Minute, 5 * time.Hour, 60 * time.Hour, 20 * 24 * time.Hour} {
		t.Run(later.String(), func(t *testing.T) {
			whole := NewInvocationStore(now)
			rows := randomRows(whole, now, 20_000, 11)
			for i := range rows[:15_000] {
				whole.Add(&rows[i])
			}
			whole.AddUndated()
			file := whole.View().AppendBinary(nil)
			restored, err := RestoreInvocations(file)
			if err != nil {
				t.Fatal(err)
			}
			if again := restored.View().AppendBinary(nil); !bytes.Equal(again, file) {
				t.Fatal("a restored rollup is written differently")
			}
			at := now.Add(later)
			for _, s := range []*InvocationStore{whole, restored} {
				s.SetNow(at)
				for i := range rows[15_000:] {
					s.Add(&rows[15_000+i])
				}
				for _, r := range s.MissingRows() {
					var of []Invocation
					for _, row := range rows {
						if r.First <= row.RowID && row.RowID <= r.Last {
							of = append(of, row)
						}
					}
					if !s.FillRows(r, of) {
						t.Fatalf("rows of hour %d differ", r.Hour)
					}
				}
			}
			if a, b := whole.View().AppendBinary(nil), restored.View().AppendBinary(nil); !bytes.Equal(a, b) {
				t.Errorf("%d and %d bytes: the restored rollup went its own way", len(a), len(b))
			}
			if !restored.Hour().Equal(at.Truncate(time.Hour)) {
				t.Errorf("hour %v", restored.Hour())
			}
		})
	}
}

func TestSampleIsSpreadOverAllHours(t *testing.T) {
	now := time.Date(2026, 7, 1, 10, 17, 3, 0, time.UTC)
	s := NewInvocationStore(now)
	if ids := s.View().Sample(5); len(ids) != 0 {
		t.Errorf("%v of an empty store", ids)
	}
	rows := randomRows(s, now, 5000, 3)
	for i := range rows {
		s.Add(&rows[i])
	}
	ids := s.View().Sample(40)
	if len(ids) < 35 || len(ids) > 40 {
		t.Errorf("%d of 40", len(ids))
	}
	for i, id := range ids {
		if id < 1 || id > 5000 || i > 0 && id <= ids[i-1] {
			t.Fatalf("sample %v", ids)
		}
	}
}

// FuzzRestoreInvocations checks that no bytes make a store that isn't sound: it
// is refused, or it can be written, moved on in time and added to.
func FuzzRestoreInvocations(f *testing.F) {
	now := time.Date(2026, 7, 1, 10, 17, 3, 0, time.UTC)
	s := NewInvocationStore(now)
	f.Add(s.View().AppendBinary(nil))
	rows := randomRows(s, now, 40, 3)
	for i := range rows {
		s.Add(&rows[i])
	}
	f.Add(s.View().AppendBinary(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := RestoreInvocations(b)
		if err != nil {
			return
		}
		v := s.View()
		if again, err := RestoreInvocations(v.AppendBinary(nil)); err != nil || again.rows != s.rows {
			t.Fatalf("written and read again: %v", err)
		}
		v.each(-1<<62, 1<<62, func(_ int64, u *rollup) {
			for i := range u.cells {
				c := &u.cells[i]
				_, _ = v.tasks[c.task]+v.models[c.model], u.latencies[c.latency]
			}
		}, func(int64, *rowCell) {})
		for _, h := range v.hours {
			for i := range h.rows {
				_ = v.tasks[h.rows[i].task] + v.models[h.rows[i].model()]
			}
		}
		s.Add(&Invocation{RowID: 1, Time: now.UnixNano(), Task: s.Task([]byte("x")), Model: s.Model(nil)})
		s.SetNow(now)
		s.View()
	})
}
