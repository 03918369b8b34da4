package data

// Memory holds the figures of the Memory view, key by key those of CONTRACT.md's `memory`.
type Memory struct {
	Documents  map[string]int64                    `json:"documents"`
	Chunks     *int64                              `json:"chunks"`
	Retrieval  map[string]*Retrieval               `json:"retrieval"`
	Ingest     map[string]map[string]int64         `json:"ingest"`
	Failures   map[string]map[string]int64         `json:"failures"`
	Writes     map[string]map[string]*MemoryWrites `json:"writes"`
	EmbedCalls map[string]map[string]int64         `json:"embed_calls"`
	Watch      map[string]map[string]int64         `json:"watch"`
}

// Retrieval describes memory searches; latencies in milliseconds by nearest rank, nil if N is 0.
type Retrieval struct {
	N        int64    `json:"n"`
	P50MS    *int64   `json:"p50_ms"`
	P95MS    *int64   `json:"p95_ms"`
	MeanHits *float64 `json:"mean_hits"`
}

// MemoryWrites counts what the vault writer did with a template.
type MemoryWrites struct {
	Written int64 `json:"written"`
	Skipped int64 `json:"skipped"`
	Failed  int64 `json:"failed"`
}

// memoryFigures computes what the database says of CONTRACT.md's `memory`.
func memoryFigures(s *Snapshot) *Memory {
	f := &Memory{}
	if t := s.tables(); t != nil {
		f.Documents, f.Chunks = t.MemoryDocuments, t.MemoryChunks
	}
	return f
}
