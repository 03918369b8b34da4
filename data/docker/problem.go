package docker

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// problem is a failure in words for people: what happened, and what to do next.
type problem struct {
	detail    string
	transient bool // the next tries may well succeed
}

func (p *problem) Error() string { return p.detail }

// unusable is the problem of options that no retry mends.
func unusable(detail string) error { return &problem{detail: detail} }

// explain turns any error of talking to the engine at host into a problem.
func explain(host string, err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	host = strings.TrimPrefix(host, "unix://")
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		lookup      *net.DNSError
		text        = brief(err.Error())
	)
	switch {
	case errors.As(err, &certificate):
		return &problem{detail: fmt.Sprintf("Docker's certificate at %s is refused (%s): check ca.pem in DOCKER_CERT_PATH and the name in the address", host, brief(certificate.Err.Error()))}
	case errors.As(err, &record) || strings.Contains(text, "server gave HTTP response to HTTPS client"):
		return &problem{detail: fmt.Sprintf("%s doesn't speak TLS: unset DOCKER_CERT_PATH, or give the engine's TLS port, mostly 2376", host)}
	case strings.Contains(text, "HTTP request to an HTTPS server") || strings.Contains(text, "TLS-enabled daemon without TLS"):
		return &problem{detail: fmt.Sprintf("%s wants TLS: set DOCKER_CERT_PATH to a directory with ca.pem, cert.pem and key.pem", host)}
	case strings.Contains(text, "remote error: tls"):
		return &problem{detail: fmt.Sprintf("%s refuses the client certificate: check cert.pem and key.pem in DOCKER_CERT_PATH", host)}
	case strings.HasPrefix(text, "configure TLS"), strings.Contains(text, "could not load X509 key pair"), strings.Contains(text, "could not read CA certificate"):
		return &problem{detail: fmt.Sprintf("the certificates for %s can't be used (%s): check DOCKER_CERT_PATH", host, text)}
	case errors.Is(err, fs.ErrNotExist):
		return &problem{detail: fmt.Sprintf("there is no Docker socket %s: start Docker with `sudo systemctl start docker`, or give the right --docker HOST", host)}
	case errors.Is(err, fs.ErrPermission):
		return &problem{detail: fmt.Sprintf("permission denied on %s: add your user to its group with `sudo usermod -aG docker $USER` and log in again", host)}
	case errors.Is(err, syscall.ECONNREFUSED), strings.Contains(text, "Cannot connect to the Docker daemon"):
		return &problem{transient: true, detail: fmt.Sprintf("no Docker engine answers at %s: see `systemctl status docker`", host)}
	case errors.As(err, &lookup):
		return &problem{transient: lookup.IsTemporary || lookup.IsTimeout, detail: fmt.Sprintf("the host of %s can't be found: check --docker HOST", host)}
	case errors.Is(err, context.DeadlineExceeded):
		return &problem{transient: true, detail: fmt.Sprintf("the Docker engine at %s doesn't answer within %v: see `systemctl status docker`", host, requestTimeout)}
	case closed(err):
		return &problem{transient: true, detail: fmt.Sprintf("the Docker engine at %s closed the connection", host)}
	case strings.Contains(text, "minimum supported API version is "+client.MinAPIVersion):
		return &problem{detail: fmt.Sprintf("the Docker engine at %s is too old (%s): Docker 19.03 or newer is needed", host, text)}
	case strings.Contains(text, "is too old. Minimum supported API version"):
		return &problem{detail: fmt.Sprintf("the Docker engine at %s is too new for this donnatop (%s): install a newer one", host, text)}
	case errdefs.IsPermissionDenied(err), errdefs.IsUnauthorized(err):
		return &problem{detail: fmt.Sprintf("the Docker API at %s refuses to answer (%s): a proxy before it must allow GET of ping, events and containers", host, text)}
	case errdefs.IsInternal(err), errdefs.IsUnavailable(err):
		return &problem{transient: true, detail: fmt.Sprintf("the Docker engine at %s fails: %s", host, text)}
	}
	return &problem{detail: fmt.Sprintf("talking to Docker at %s failed: %s", host, text)}
}

// briefBytes is the longest text of the engine's that is repeated.
const briefBytes = 200

// brief makes one short line of a text of the engine's.
func brief(text string) string { return cut(strings.Join(strings.Fields(text), " "), briefBytes) }

// cut shortens text to at most limit bytes, at the border of a character.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	const mark = "…"
	return strings.ToValidUTF8(text[:limit-len(mark)], "") + mark
}
