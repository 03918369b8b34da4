package e2e

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	_ "google.golang.org/grpc/encoding/proto" // must be registered before the codecs Loki brings

	lokiserver "github.com/grafana/loki/v3/pkg/loki"
	"github.com/grafana/loki/v3/pkg/runtime"
	"github.com/grafana/loki/v3/pkg/util/cfg"
	utillog "github.com/grafana/loki/v3/pkg/util/log"
	"github.com/grafana/loki/v3/pkg/validation"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/donna-project/donnatop/data/loki"
)

// configEnv makes the test binary a Loki with the configuration file it names. As a process of its own Loki can be
// killed, and a restarted one shares nothing with the one before.
const configEnv = "DONNATOP_E2E_LOKI_CONFIG"

func TestMain(m *testing.M) {
	if path := os.Getenv(configEnv); path != "" {
		if err := runLoki(path); err != nil {
			fmt.Fprintln(os.Stderr, "run loki:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// runLoki does what Loki's own main does, and ends with the process that holds its standard input.
func runLoki(path string) error {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(2)
	}()
	var config lokiserver.ConfigWrapper
	if err := cfg.DynamicUnmarshal(&config, []string{"-config.file=" + path}, flag.NewFlagSet("loki", flag.ContinueOnError)); err != nil {
		return fmt.Errorf("read configuration: %w", err)
	}
	config.LimitsConfig.SetGlobalOTLPConfig(config.Distributor.OTLPConfig)
	validation.SetDefaultLimitsForYAMLUnmarshalling(config.LimitsConfig)
	runtime.SetDefaultLimitsForYAMLUnmarshalling(config.OperationalConfig)
	config.Server.Log = utillog.InitLogger(&config.Server, prometheus.DefaultRegisterer, false)
	if err := config.Validate(); err != nil {
		return fmt.Errorf("validate configuration: %w", err)
	}
	server, err := lokiserver.New(config.Config)
	if err != nil {
		return fmt.Errorf("build: %w", err)
	}
	return server.Run(lokiserver.RunOpts{StartTime: time.Now()})
}

// The frontend address is Loki's own: without it, it takes seconds until queries find their way.
const configText = `
auth_enabled: false
analytics: {reporting_enabled: false}
server:
  http_listen_address: 127.0.0.1
  http_listen_port: %[1]d
  grpc_listen_address: 127.0.0.1
  grpc_listen_port: %[2]d
  log_level: error
common:
  path_prefix: %[3]s
  replication_factor: 1
  ring: {kvstore: {store: inmemory}, instance_addr: 127.0.0.1}
  storage: {filesystem: {chunks_directory: %[3]s/chunks, rules_directory: %[3]s/rules}}
schema_config:
  configs:
    - {from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: index_, period: 24h}}
ingester: {lifecycler: {min_ready_duration: 0s}}
frontend_worker: {frontend_address: "127.0.0.1:%[2]d", dns_lookup_duration: 100ms}
querier: {tail_max_duration: 5s}
limits_config:
  reject_old_samples: false
  max_global_streams_per_user: 0
  ingestion_rate_mb: 64
  ingestion_burst_size_mb: 64
  per_stream_rate_limit: 64MB
  per_stream_rate_limit_burst: 64MB
`

// server is a Loki on fixed ports and a directory, which may be down at times.
type server struct {
	t      *testing.T
	addr   string
	config string
	cmd    *exec.Cmd
	log    bytes.Buffer // what all its processes printed; to be read when there is none
	stdin  io.Closer
}

// newServer starts a Loki for the time of the test.
func newServer(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	httpPort, grpcPort := freePort(t), freePort(t)
	s := &server{t: t, addr: fmt.Sprintf("http://127.0.0.1:%d", httpPort), config: filepath.Join(dir, "loki.yaml")}
	text := fmt.Sprintf(configText, httpPort, grpcPort, filepath.Join(dir, "data"))
	if err := os.WriteFile(s.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s.start()
	t.Cleanup(func() {
		if s.cmd != nil {
			s.end(syscall.SIGKILL)
		}
		if t.Failed() {
			t.Logf("Loki printed:\n%s", &s.log)
		}
	})
	s.waitReady()
	return s
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func (s *server) start() {
	s.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd = exec.Command(exe)
	s.cmd.Env = append(os.Environ(), configEnv+"="+s.config)
	s.cmd.Stdout, s.cmd.Stderr = &s.log, &s.log
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
}

// end stops Loki with a signal and waits until it is gone.
func (s *server) end(sig os.Signal) {
	_ = s.cmd.Process.Signal(sig)
	_ = s.cmd.Wait() // the exit status of a killed process is no news
	s.cmd = nil
}

// restart stops Loki with a signal and starts it on the same directory and ports.
func (s *server) restart(sig os.Signal) {
	s.t.Helper()
	s.end(sig)
	s.start()
}

func (s *server) waitReady() {
	s.t.Helper()
	waitFor(s.t, 60*time.Second, "Loki to be ready", func() bool {
		resp, err := http.Get(s.addr + "/ready")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// flush makes Loki store what it has in memory: queries find old lines in the store only.
func (s *server) flush() {
	s.t.Helper()
	resp, err := http.Post(s.addr+"/flush", "", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
}

func (s *server) client() *loki.Client {
	s.t.Helper()
	c, err := loki.NewClient(loki.Config{Addr: s.addr})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(c.Close)
	return c
}

// waitFor polls a condition until it holds.
func waitFor(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited %s in vain for %s", limit, what)
		case <-tick.C:
		}
	}
}

// selector picks the lines of one pusher.
func selector(job string) string { return "{job=" + strconv.Quote(job) + "}" }
