package demo

import (
	"fmt"
	"time"
)

// A document is a note of the vault that memory follows.
type document struct {
	id, path string
	chunks   int
}

const embeddingModel = "sentence-transformers/all-MiniLM-L6-v2"

func (l *life) startMemory() {
	for _, path := range vaultNotes {
		d := &document{path: path}
		l.vault = append(l.vault, d)
		l.addDocument(d)
	}
	l.arrivals(durable, l.scale(26), (*proc).editNote)
	l.daily(l.zone, 21, 30, func(p *proc) {
		p.autowrite("daily_reflection", "draft_daily_reflection", "Daily/"+p.now.In(p.zone).Format(time.DateOnly)+".md")
		p.info("daily_reflection_triggered")
		if p.now.In(p.zone).Weekday() == time.Sunday {
			p.autowrite("weekly_review", "draft_weekly_review", "Reviews/"+p.now.In(p.zone).Format(time.DateOnly)+".md")
			p.info("weekly_review_triggered")
		}
	})
}

// addDocument inserts a vault note and its first chunk.
func (l *life) addDocument(d *document) {
	at := l.tick()
	d.id = l.rng.uuid4()
	sensitive := flag(d.path == "Areas/Health.md")
	l.insert("memory_documents", d.id, owner, "vault", d.path, d.path[:len(d.path)-len(".md")], "vault://"+d.path, l.rng.hex(64), spaced(at), spaced(at), nil, sensitive, `{"tags": []}`)
	l.addChunk(d, "Notes on "+d.path)
}

func (l *life) addChunk(d *document, text string) {
	l.insert("memory_chunks", l.rng.uuid4(), d.id, owner, d.chunks, text, l.rng.hex(64), `["`+"Heading"+`"]`, l.rng.around(60, 380), "minilm-l6-v2@1", spaced(l.tick()))
	d.chunks++
}

// embed logs the embedding of texts, one row each. Like Donna it writes the whole digest into a column declared for a quarter of it.
func (p *proc) embed(taskType string, n int) {
	batch := p.rng.around(18, 90)
	p.sleep(time.Duration(batch) * time.Millisecond)
	for range n {
		p.logInvocation(invocation{taskType: taskType, alias: "minilm-l6-v2", model: embeddingModel, hash: p.rng.hex(64), latencyMS: max(1, batch/n), user: owner, withoutCollection: true})
	}
}

// editNote is a change in the vault and what the watcher makes of it.
func (p *proc) editNote() {
	switch p.rng.weighted(0.86, 0.06, 0.05, 0.03) {
	case 0:
		d := pick(p.rng, p.vault)
		p.info("vault_watch_event", "change", "modified", "path", d.path)
		p.sleep(p.rng.between(time.Second, 3*time.Second))
		if p.rng.chance(0.02) {
			p.warn("memory_ingest_failed", "source_type", "vault", "reason", "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xff in position 0")
			return
		}
		n := p.rng.around(1, 4)
		p.embed("embed_vault_chunk", n)
		for range n {
			p.addChunk(d, "Section of "+d.path)
		}
		at := p.tick()
		p.exec(`UPDATE memory_documents SET content_hash = ?, updated_at = ? WHERE id = ?`, p.rng.hex(64), spaced(at), d.id)
		p.info("memory_ingest_batch", "n", n, "stored", n)
	case 1:
		d := &document{path: fmt.Sprintf("Inbox/Note %s.md", p.rng.hex(6))}
		p.info("vault_watch_event", "change", "added", "path", d.path)
		p.embed("embed_vault_chunk", 1)
		p.addDocument(d)
		p.vault = append(p.vault, d)
		p.info("memory_ingest_batch", "n", 1, "stored", 1)
	case 2:
		d := pick(p.rng, p.vault)
		p.info("vault_rename_buffered", "path", d.path)
		p.sleep(2 * time.Second)
		p.info(pick(p.rng, []string{"vault_rename_matched", "vault_rename_matched", "vault_rename_flushed_as_delete"}), "path", d.path)
	default:
		if len(p.vault) <= len(vaultNotes) {
			return
		}
		i := len(vaultNotes) + p.rng.IntN(len(p.vault)-len(vaultNotes))
		d := p.vault[i]
		p.vault = append(p.vault[:i], p.vault[i+1:]...)
		p.info("vault_watch_event", "change", "deleted", "path", d.path)
		// Deleted softly, and in the other time form than the rest of the table.
		p.exec(`UPDATE memory_documents SET deleted_at = ? WHERE id = ?`, naive(p.tick()), d.id)
		p.info("memory_document_deleted", "document_id", d.id, "source_type", "vault")
	}
}

// remember ingests something that happened: a task, a talk, a correction.
func (p *proc) remember(source, id, text string) {
	p.spawn(p.now.Add(p.rng.between(200*time.Millisecond, 3*time.Second)), volatile, func(p *proc) {
		began := p.now
		p.embed(map[string]string{"task": "embed_task", "chat": "embed_chat_turn", "correction": "embed_correction"}[source], 1)
		if p.rng.chance(0.006) {
			p.warn("memory_ingest_failed", "source_type", source, "reason", "OperationalError: database is locked")
			return
		}
		at := p.tick()
		doc := p.rng.uuid4()
		hash := p.rng.hex(64)
		if p.rng.chance(0.01) {
			hash = "" // to be embedded again
		}
		p.insert("memory_documents", doc, owner, source, id, text, nil, hash, spaced(at), spaced(at), nil, 0, `{}`)
		p.insert("memory_chunks", p.rng.uuid4(), doc, owner, 0, text, p.rng.hex(64), nil, len(text)/4+1, "minilm-l6-v2@1", spaced(at))
		event := map[string]string{"task": "memory_ingest_task", "chat": "memory_ingest_chat_turn", "correction": "memory_ingest_correction"}[source]
		p.info(event, "source_type", source, "source_id", id, "latency_ms", p.now.Sub(began).Milliseconds())
	})
}

// retrieve is a search of the memory.
func (p *proc) retrieve(queryLen int) {
	began := p.now
	p.embed("embed_memory_query", 1)
	p.sleep(p.rng.pause(14*time.Millisecond, 0.6))
	p.info("memory_retrieval", "query_len", queryLen, "hits", p.rng.around(0, 8), "k", 8, "latency_ms", p.now.Sub(began).Milliseconds(), "sources", []string{"vault", "chat", "task"})
}

// autowrite drafts a note with a model and writes it into the vault, unless it is there already.
func (p *proc) autowrite(template, taskType, path string) {
	if p.rng.chance(0.12) {
		p.info("vault_autowrite_skipped_idempotent", "template", template, "path", path)
		return
	}
	c := p.ask(call{taskType: taskType})
	if c.err != nil || p.rng.chance(0.02) {
		reason := "template rendered empty"
		if c.err != nil {
			reason = c.err.Error()
		}
		p.warn("vault_autowrite_failed", "template", template, "path", path, "reason", reason)
		return
	}
	p.info("vault_write", "path", path)
	p.info("vault_autowrite_written", "template", template, "path", path)
}
