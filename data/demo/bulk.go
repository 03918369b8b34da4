package demo

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The shape of a bulk row: what the time of a panel depends on, not the life behind it.
var (
	bulkTypes = []string{
		"parse_task", "classify_priority", "dedup_check", "challenge_task", "reply_intent", "generate_nudge", "generate_reminder", "chat_respond",
		"classify_chat_intent", "prep_research", "task_decompose", "extract_commitments", "draft_meeting_note", "generate_digest",
	}
	bulkModels = []struct{ alias, actual string }{
		{aliasParser, "anthropic/claude-sonnet-4-6"}, {aliasReasoner, "anthropic/claude-opus-4-6"}, {aliasFallback, "anthropic/claude-haiku-4-5"},
		{aliasLocal, "ollama/qwen2.5:32b-instruct-q4_K_M"}, {aliasVision, "ollama/qwen2.5-vl:7b-instruct-q6_K"}, {"local_small", "ollama/qwen2.5:7b-instruct"},
	}
)

// Bulk writes a database for benchmarks at path, which must not exist: Donna's schema and rows of invocation_log spread over the
// days before start, about 1.4 KB a row with the indexes (14 task types, 6 models, log-normal latencies, 60 % of the rows with
// an output of 200 to 2000 bytes). Neighbouring rows are slightly out of order. The file is closed cleanly, in WAL mode.
func Bulk(ctx context.Context, path string, rows, days int, seed uint64, start time.Time) (err error) {
	if rows <= 0 || days <= 0 {
		return errors.New("write bulk database: rows and days must be positive")
	}
	db, err := openStore(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.close()) }()
	r := newRNG(seed)
	text := make([]byte, 1<<16) // letters to cut outputs from
	for i := range text {
		text[i] = "etaoin shrdlu cmfwyp vbgkqjxz "[r.IntN(30)]
	}
	query := insertSQL("invocation_log", 27)
	step := time.Duration(days) * 24 * time.Hour / time.Duration(rows)
	at := start.UTC().Add(-time.Duration(days) * 24 * time.Hour)
	for i := range rows {
		if i%4096 == 0 && ctx.Err() != nil {
			return fmt.Errorf("write bulk database: %w", ctx.Err())
		}
		at = at.Add(step)
		taskType, m := bulkTypes[r.IntN(len(bulkTypes))], bulkModels[r.weighted(4, 2, 1, 5, 1, 2)]
		in, out := int(r.logNormal(1500, 0.6)), int(r.logNormal(250, 0.6))
		output := any(nil)
		if r.chance(0.6) {
			n := r.around(185, 1985)
			from := r.IntN(len(text) - n)
			output = `{"summary": "` + string(text[from:from+n]) + `"}`
		}
		db.exec(query, r.uuid7(at), naive(at.Add(-time.Duration(r.Int64N(int64(5*time.Second)))).Truncate(time.Microsecond)), taskType, nil, m.alias, m.actual,
			r.hex(16), int(r.logNormal(1800, 0.7)), in, out, cost(models[m.alias], in, out), output, nil, flag(r.chance(0.02)), nil, 0, owner, nil, nil, nil,
			flag(r.chance(0.01)), nil, nil, nil, flag(r.chance(0.005)), nil, nil)
	}
	return db.goLive(ctx)
}
