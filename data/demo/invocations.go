package demo

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// An invocation is one row of invocation_log. What Donna never fills is not here.
type invocation struct {
	at                time.Time // when the row was made up; zero: now
	taskType, taskID  string
	alias, model      string
	hash              string
	latencyMS         int
	in, out           int
	cost              float64
	output            any // audit rows: JSON text
	shadow            bool
	user              string
	escalation        int64
	interrupted       bool
	estimate          any
	overflowed        bool
	aware, silent     bool // the audit writer stamps with an offset and prints lines of its own
	withoutCollection bool // embeddings have no payload
}

// logInvocation inserts the row, then prints its line, and returns its id.
func (l *life) logInvocation(v invocation) string {
	at := v.at
	if at.IsZero() {
		at = l.tick()
	}
	id := l.rng.uuid7(at)
	stamp := naive(at)
	if v.aware {
		stamp = aware(at)
	}
	hash, payload := v.hash, any(nil)
	collect := !v.aware && !v.withoutCollection && v.hash != ""
	switch {
	case collect && l.db.seeding():
		payload = l.payloads.path(at, id) // nobody sees the row before its update
	case collect:
		hash = ""
	}
	l.insert("invocation_log", id, stamp, v.taskType, null(v.taskID), v.alias, v.model, hash, v.latencyMS, v.in, v.out, v.cost,
		v.output, nil, flag(v.shadow), nil, 0, v.user, nil, nullID(v.escalation), nil, flag(v.interrupted), nil, nil, v.estimate,
		flag(v.overflowed), payload, nil)
	l.spend(v.cost)
	if v.silent {
		return id
	}
	l.info("llm_invocation_logged", "invocation_id", id, "task_type", v.taskType, "model_alias", v.alias, "latency_ms", v.latencyMS, "cost_usd", v.cost)
	if collect {
		l.collect(at, id, v)
	}
	return id
}

// promptHash is the first half of a prompt's digest; Donna sets it only where a payload file was written.
func (l *life) promptHash() string {
	if l.rng.chance(0.4) {
		return ""
	}
	return l.rng.hex(16)
}

// payloadLife is how long the evictor leaves payload files: the simulated disk quota is small.
const payloadLife = 6 * time.Hour

// payloads are the files of prompts and answers that rows point to until the evictor removes them.
type payloads struct {
	evictBefore time.Time // seeding: files of older rows are gone already
	files       []payloadFile
}

type payloadFile struct {
	at       time.Time
	id, path string // relative to payloads/
}

func payloadPath(at time.Time, id string) string { return day(at) + "/" + id + ".json" }

// path is the column's value at the end of the history.
func (f *payloads) path(at time.Time, id string) any {
	if at.Before(f.evictBefore) {
		return nil
	}
	return payloadPath(at, id)
}

// collect writes a call's payload file and notes it in the row.
func (l *life) collect(at time.Time, id string, v invocation) {
	if l.db.seeding() && at.Before(l.payloads.evictBefore) {
		return
	}
	path := payloadPath(at, id)
	l.payloads.files = append(l.payloads.files, payloadFile{at, id, path})
	body := fmt.Sprintf("{\"invocation_id\": %q, \"task_type\": %q, \"model\": %q, \"prompt\": \"[%d tokens]\", \"response\": \"[%d tokens]\"}\n", id, v.taskType, v.model, v.in, v.out)
	full := filepath.Join(l.dir.payloads, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		l.out.keep(fmt.Errorf("make payload folder: %w", err))
		return
	}
	if err := os.WriteFile(full, []byte(body), 0o644); err != nil {
		l.out.keep(fmt.Errorf("write payload: %w", err))
		return
	}
	if !l.db.seeding() {
		l.exec(`UPDATE invocation_log SET payload_path = ?, input_hash = ? WHERE id = ?`, path, v.hash, id)
	}
}

// evictPayloads is the API's hourly check of the quota.
func (p *proc) evictPayloads() {
	n := 0
	for _, f := range p.payloads.files {
		if p.now.Sub(f.at) < payloadLife {
			break
		}
		if err := os.Remove(filepath.Join(p.dir.payloads, filepath.FromSlash(f.path))); err != nil {
			p.out.keep(fmt.Errorf("evict payload: %w", err))
		}
		p.exec(`UPDATE invocation_log SET payload_path = NULL WHERE id = ?`, f.id)
		n++
	}
	if n > 0 {
		p.payloads.files = p.payloads.files[n:]
		p.info("payload_evictor.evicted", "rows", n)
	}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// null turns the empty text into SQL's NULL and Python's None.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
