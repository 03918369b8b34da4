package demo

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
)

// alembicHead is the migration the schema stands at.
const alembicHead = "f5a6b7c8d9e0"

var (
	//go:embed schema.sql
	tablesDDL string
	//go:embed indexes.sql
	indexesDDL string
)

// Schema returns the DDL of Donna's tables and indexes, for tests that build databases of their own.
// Declared types matter: JSON has NUMERIC affinity, so JSON text that looks like a number is stored as one.
// The virtual table of the vector index is not in it; a plain SQLite cannot create that.
func Schema() string { return tablesDDL + "\n" + indexesDDL }

// vectorTable is how sqlite-vec's index stands in Donna's schema. Without the extension SQLite lists the table but refuses
// to open it, exactly what a reader of the real file meets, so it is written into the schema by hand.
const vectorTable = `CREATE VIRTUAL TABLE vec_memory_chunks USING vec0(chunk_id TEXT PRIMARY KEY, embedding FLOAT[384])`

// createTables makes the tables, without indexes, and stamps the migration.
func createTables(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, tablesDDL); err != nil {
		return fmt.Errorf("create tables: %w", err)
	}
	if _, err := conn.ExecContext(ctx, `INSERT INTO alembic_version VALUES (?)`, alembicHead); err != nil {
		return fmt.Errorf("stamp migration: %w", err)
	}
	return nil
}

// createIndexes builds the indexes after a bulk load, a third of the cost of keeping them up to date during it.
func createIndexes(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, indexesDDL); err != nil {
		return fmt.Errorf("create indexes: %w", err)
	}
	return nil
}

func addVectorTable(ctx context.Context, conn *sql.Conn) error {
	for _, q := range []string{
		`PRAGMA writable_schema=ON`,
		`INSERT INTO sqlite_master (type, name, tbl_name, rootpage, sql) VALUES ('table', 'vec_memory_chunks', 'vec_memory_chunks', 0, '` + vectorTable + `')`,
		`PRAGMA writable_schema=RESET`,
	} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return fmt.Errorf("declare vector table: %w", err)
		}
	}
	return nil
}
