package invocation_test

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/donna-project/donnatop/logging"
	"github.com/donna-project/donnatop/logging/invocation"
)

// exampleDB is a database in memory, on the one connection it lives in.
func exampleDB() *sql.DB {
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		panic(err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(schema); err != nil {
		panic(err)
	}
	return db
}

func ExampleLogger_Log() {
	db := exampleDB()
	defer func() { _ = db.Close() }()
	logger := invocation.New(db, invocation.Options{
		Clock: func() time.Time { return time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC) },
	})

	id, err := logger.Log(context.Background(), invocation.Call{
		TaskType: "generate_nudge", ModelAlias: "local_parser", ModelActual: "ollama/qwen", UserID: "nadia",
		LatencyMS: 840, TokensIn: 412, TokensOut: 57, CostUSD: 0.0000469,
		TaskID: new("t-1"),
		Output: logging.Dict{{Key: "text", Value: "Grüße"}, {Key: "score", Value: 1.0}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	var timestamp, output string
	_ = db.QueryRow(`SELECT CAST(timestamp AS TEXT), output FROM invocation_log WHERE id = ?`, id).Scan(&timestamp, &output)
	fmt.Println(timestamp, output)
	// Output: 2026-06-01T10:00:00 {"text": "Gr\u00fc\u00dfe", "score": 1.0}
}

func ExampleBatch() {
	db := exampleDB()
	defer func() { _ = db.Close() }()
	batch := invocation.NewBatch(invocation.New(db, invocation.Options{}), invocation.BatchOptions{
		Size:     200,
		Interval: 500 * time.Millisecond,
		OnError:  func(id string, call invocation.Call, err error) { fmt.Println("lost", id, call.CostUSD, err) },
	})

	for range 3 {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		if _, err := batch.Log(ctx, invocation.Call{TaskType: "embed_task", ModelAlias: "minilm-l6-v2", ModelActual: "all-MiniLM-L6-v2", UserID: "system"}); err != nil {
			fmt.Println("no room:", err)
		}
		cancel()
	}

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := batch.Close(ctx); err != nil {
		fmt.Println(err)
	}
	var rows int
	_ = db.QueryRow(`SELECT count(*) FROM invocation_log`).Scan(&rows)
	fmt.Println(rows, "rows")
	// Output: 3 rows
}
