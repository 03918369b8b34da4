package panels_test

import "github.com/donna-project/donnatop/data"

func sampleMemory() *data.Memory {
	f := &data.Memory{
		Documents: map[string]int64{"vault": 1841, "chat": 602, "task": 377, "correction": 41}, Chunks: p(int64(21_408)),
		Retrieval:  map[string]*data.Retrieval{},
		Ingest:     perWindow(map[string]int64{"memory_ingest_task": 41, "memory_ingest_chat_turn": 88, "memory_ingest_batch": 6}),
		Failures:   perWindow(map[string]int64{"vault": 2}),
		Writes:     perWindow(map[string]*data.MemoryWrites{"daily_note": {Written: 21, Skipped: 140, Failed: 1}, "person_stub": {Written: 3}, "(none)": {Skipped: 2}}),
		EmbedCalls: perWindow(map[string]int64{"embed_memory": 402, "embed_query": 77}),
		Watch:      perWindow(map[string]int64{"modified": 61, "created": 14, "deleted": 2, "moved": 1}),
	}
	for i, w := range data.WindowNames {
		f.Retrieval[w] = &data.Retrieval{N: int64(i * 51), P50MS: p(int64(31 + i)), P95MS: p(int64(140 * (i + 1))), MeanHits: p(3.4167)}
	}
	f.Retrieval[data.Window1h] = &data.Retrieval{}
	f.Retrieval[data.Window30d] = nil // the log doesn't reach back that far
	return f
}

func noMemory() *data.Memory {
	none := perWindow(map[string]int64{})
	return &data.Memory{
		Documents: map[string]int64{}, Chunks: p(int64(0)), Retrieval: perWindow(&data.Retrieval{}),
		Ingest: none, Failures: none, EmbedCalls: none, Watch: none, Writes: perWindow(map[string]*data.MemoryWrites{}),
	}
}

func hostileMemory(h *hostility) *data.Memory {
	writes := map[string]*data.MemoryWrites{"none": nil}
	for i, n := range h.names {
		writes[n] = &data.MemoryWrites{Written: h.whole(i), Skipped: h.whole(i + 1), Failed: h.whole(i + 2)}
	}
	counts := perWindow(h.counts())
	return &data.Memory{
		Documents: h.counts(), Chunks: p(h.whole(0)), Ingest: counts, Failures: counts, EmbedCalls: counts, Watch: counts, Writes: perWindow(writes),
		Retrieval: perWindow(&data.Retrieval{N: h.whole(1), P50MS: p(h.whole(2)), P95MS: p(h.whole(0)), MeanHits: p(h.real(1))}),
	}
}
