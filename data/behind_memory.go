package data

import (
	"encoding/json"
	"time"

	"github.com/donna-project/donnatop/data/timestamp"
)

// maxDocuments is how many documents are listed at most.
const maxDocuments = 20_000

// BehindDocuments is the documents that memory holds, of a source or, if it is
// nil, of any.
func BehindDocuments(now time.Time, source *string) Behind {
	q := RowQuery{Table: "memory_documents", Limit: maxDocuments}
	if source != nil && *source != None {
		q.Column, q.Values = "source_type", []string{*source}
	}
	return Behind{
		Kind: StoredRows, Window: Window{To: now}, Measure: CountsRows, Stored: q,
		columns: []string{"created_at", "source_type", "title", "uri", "updated_at", "sensitive", "id"},
		stored: func(r *Row) bool {
			return (source == nil || documentSource(r) == *source) && alive(r, now)
		},
	}
}

func documentSource(r *Row) string {
	if s, ok := storedValue("source_type", r.Fields["source_type"]).(string); ok {
		return s
	}
	return None
}

// alive tells whether a document had been created by now and not been deleted.
func alive(r *Row, now time.Time) bool {
	created, ok := storedTime(r.Fields["created_at"])
	if !ok || created.After(now) {
		return false
	}
	deleted, ok := storedTime(r.Fields["deleted_at"])
	return !ok || deleted.After(now)
}

func storedTime(raw json.RawMessage) (time.Time, bool) {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return time.Time{}, false
	}
	ns, ok := timestamp.ParseDB(text)
	return time.Unix(0, ns).UTC(), ok
}
