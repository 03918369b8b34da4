package httplog

import (
	"net/http"

	"github.com/donna-project/donnatop/logging"
)

// Transport is an http.RoundTripper that sends the correlation id of a
// request's context in X-Correlation-ID. A request that has the header keeps
// its own; an id that is not fit for a header is not sent.
type Transport struct {
	// Base makes the requests; nil is http.DefaultTransport.
	Base http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	id := logging.CorrelationID(r.Context())
	if validID(id) && r.Header.Get(Header) == "" {
		r = r.Clone(r.Context()) // a RoundTripper must leave its request alone
		if r.Header == nil {
			r.Header = http.Header{}
		}
		r.Header.Set(Header, id)
	}
	return t.base().RoundTrip(r)
}

// CloseIdleConnections passes http.Client.CloseIdleConnections on.
func (t *Transport) CloseIdleConnections() {
	if c, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func (t *Transport) base() http.RoundTripper {
	if t.Base == nil {
		return http.DefaultTransport
	}
	return t.Base
}
