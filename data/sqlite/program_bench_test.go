package sqlite

import (
	"bufio"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkSnapshot runs the whole program, from its start to its end and without a rollup kept from before, beside the
// sqlite3 command that gives the same four panels.
func BenchmarkSnapshot(b *testing.B) {
	program := buildProgram(b)
	for _, rows := range benchSizes() {
		path := bulk(b, rows, benchDays)
		args := []string{"snapshot", "--json", "--view", "llm", "--no-cache", "--db", path, "--docker", "off", "--wait", "10m", "--now", testNow.Format(time.RFC3339)}
		b.Run(fmt.Sprintf("rows=%d/donnatop", rows), func(b *testing.B) { benchmarkCommand(b, program, args...) })
		b.Run(fmt.Sprintf("rows=%d/baseline-sqlite3", rows), func(b *testing.B) {
			benchmarkCommand(b, "sqlite3", immutableURI(path), strings.Join(panelsSQL, ";\n"))
		})
	}
}

// BenchmarkTraceProgram runs the whole program for the id of a task, whose calls have a line each,
// beside grep for the id in the same file and the sqlite3 command for the calls.
func BenchmarkTraceProgram(b *testing.B) {
	program := buildProgram(b)
	for _, rows := range benchSizes() {
		path := bulk(b, rows, benchDays)
		log := filepath.Join(b.TempDir(), "donna.log")
		id := writeLog(b, path, log, rows/2)
		args := []string{"trace", "--json", "--db", path, "--logs", log, "--wait", "10m", "--now", testNow.Format(time.RFC3339), id}
		b.Run(fmt.Sprintf("rows=%d/donnatop", rows), func(b *testing.B) { benchmarkCommand(b, program, args...) })
		b.Run(fmt.Sprintf("rows=%d/baseline-grep-sqlite3", rows), func(b *testing.B) {
			lookup := fmt.Sprintf("SELECT * FROM invocation_log WHERE task_id = '%s' ORDER BY timestamp", id)
			benchmarkCommand(b, "sh", "-c", `grep -F "$1" "$2" && exec sqlite3 "$3" "$4"`, "sh", id, log, immutableURI(path), lookup)
		})
		if err := os.Remove(log); err != nil {
			b.Fatal(err)
		}
	}
}

// immutableURI is the database for the sqlite3 command, which needs no lock then.
func immutableURI(path string) string { return "file:" + path + "?immutable=1" }

// benchmarkCommand also reports the CPU time of the process.
func benchmarkCommand(b *testing.B, name string, args ...string) {
	if _, err := exec.LookPath("sqlite3"); err != nil {
		b.Skip("no sqlite3 command to compare with")
	}
	var cpu time.Duration
	for b.Loop() {
		cmd := exec.Command(name, args...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.TempDir()}
		cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
		if err := cmd.Run(); err != nil {
			b.Fatal(err)
		}
		cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	b.ReportMetric(float64(cpu.Milliseconds())/float64(b.N), "cpu-ms/op")
}

// buildProgram is the program, built once for all sizes.
func buildProgram(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "donnatop")
	if out, err := exec.Command("go", "build", "-o", path, "../../cmd/donnatop").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// writeLog writes a line for each row, as Donna prints it, and gives the id of a task near that row.
func writeLog(b *testing.B, path, log string, near int) (id string) {
	b.Helper()
	db, err := sql.Open("sqlite", immutableURI(path))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT id, timestamp, task_type, coalesce(task_id, ''), latency_ms FROM invocation_log ORDER BY rowid")
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	file, err := os.Create(log)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	w := bufio.NewWriter(file)
	for n := 0; rows.Next(); n++ {
		var call, at, task, taskID string
		var latency int64
		if err := rows.Scan(&call, &at, &task, &taskID, &latency); err != nil {
			b.Fatal(err)
		}
		if taskID != "" && (id == "" || n < near) {
			id = taskID
		}
		fmt.Fprintf(w, `{"task_type": %q, "latency_ms": %d, "invocation_id": %q, "task_id": %q, "event": "llm_invocation_logged", "level": "info", "timestamp": "%sZ"}`+"\n", task, latency, call, taskID, strings.TrimSuffix(at, "+00:00"))
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	return id
}
