package main

import (
	"crypto/x509"
	"os"
	"os/exec"
	"testing"
)

// TestCertificatesBuiltIn looks, in a process that finds no certificates of the
// system, as in an image from scratch, whether there are some all the same.
func TestCertificatesBuiltIn(t *testing.T) {
	const child = "DONNATOP_TEST_CERTIFICATES"
	if os.Getenv(child) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestCertificatesBuiltIn$", "-test.v")
		cmd.Env = append(os.Environ(), child+"=1", "SSL_CERT_FILE=/dev/null", "SSL_CERT_DIR=/nonexistent")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		t.Fatal(err)
	}
	if pool.Equal(x509.NewCertPool()) {
		t.Error("there are no certificates")
	}
}
