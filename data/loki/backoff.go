package loki

import (
	"errors"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// newBackoff gives delays that double from first to most, each up to 30 % shorter or longer so that many clients of one
// Loki don't come back in step.
func newBackoff(first, most time.Duration) *backoff.ExponentialBackOff {
	return &backoff.ExponentialBackOff{
		InitialInterval:     first,
		RandomizationFactor: 0.3,
		Multiplier:          2,
		MaxInterval:         most,
	}
}

// maxWait is the longest that a server can make us wait.
const maxWait = 5 * time.Minute

// retryDelay is the next delay of b, or what the server asked for if that is longer.
func retryDelay(b *backoff.ExponentialBackOff, err error) time.Duration {
	d := b.NextBackOff()
	if e := (*Error)(nil); errors.As(err, &e) {
		d = max(d, min(e.RetryAfter, maxWait))
	}
	return d
}

func isKind(err error, k Kind) bool {
	e := (*Error)(nil)
	return errors.As(err, &e) && e.Kind == k
}
