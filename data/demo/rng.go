package demo

import (
	"encoding/hex"
	"math"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// rng is the one source of chance. Every draw happens in the order of simulated events, so a seed fixes the whole life.
type rng struct {
	*rand.Rand
	lastMS int64 // of the newest UUIDv7
}

func newRNG(seed uint64) *rng {
	return &rng{Rand: rand.New(rand.NewPCG(seed, 0x646f6e6e61))}
}

func (r *rng) chance(p float64) bool { return r.Float64() < p }

func (r *rng) between(lo, hi time.Duration) time.Duration {
	return lo + time.Duration(r.Int64N(int64(hi-lo)+1))
}

// around draws a whole number in [lo, hi].
func (r *rng) around(lo, hi int) int { return lo + r.IntN(hi-lo+1) }

func (r *rng) exp(mean time.Duration) time.Duration {
	return time.Duration(r.ExpFloat64() * float64(mean))
}

// logNormal draws a value whose median and shape (the standard deviation of its logarithm) are given.
func (r *rng) logNormal(median, sigma float64) float64 {
	return median * math.Exp(sigma*r.NormFloat64())
}

// pause draws a log-normal duration, the usual shape of human and network delays.
func (r *rng) pause(median time.Duration, sigma float64) time.Duration {
	return time.Duration(r.logNormal(float64(median), sigma))
}

func pick[T any](r *rng, xs []T) T { return xs[r.IntN(len(xs))] }

// weighted picks an index with a chance in proportion to its weight.
func (r *rng) weighted(weights ...float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := r.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// uuid7 is the time-ordered identifier of RFC 9562; like Donna's it moves on by a millisecond when the clock has not.
func (r *rng) uuid7(t time.Time) string {
	ms := max(t.UnixMilli(), r.lastMS+1)
	if ms > t.UnixMilli()+1000 { // a burst must not run away from the clock
		ms = t.UnixMilli()
	}
	r.lastMS = ms
	var u uuid.UUID
	r.fill(u[:])
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	u[6] = u[6]&0x0f | 0x70
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

func (r *rng) uuid4() string {
	var u uuid.UUID
	r.fill(u[:])
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return u.String()
}

// hex draws n hexadecimal digits, as a digest of something unknown.
func (r *rng) hex(n int) string {
	b := make([]byte, (n+1)/2)
	r.fill(b)
	return hex.EncodeToString(b)[:n]
}

func (r *rng) fill(b []byte) {
	var word uint64
	for i := range b {
		if i%8 == 0 {
			word = r.Uint64()
		}
		b[i] = byte(word >> (i % 8 * 8))
	}
}

// snowflake is a Discord id: milliseconds since 2015 and 22 low bits.
func (r *rng) snowflake(t time.Time) string {
	const discordEpoch = 1420070400000
	return strconv.FormatInt((t.UnixMilli()-discordEpoch)<<22|r.Int64N(1<<22), 10)
}

// A deck deals its cards in shuffled rounds, so that over a month every outcome is seen about as often as its share.
type deck[T any] struct {
	cards []T
	at    int
}

func newDeck[T any](cards ...T) *deck[T] { return &deck[T]{cards: cards} }

func (d *deck[T]) deal(r *rng) T {
	if d.at%len(d.cards) == 0 {
		r.Shuffle(len(d.cards), func(i, j int) { d.cards[i], d.cards[j] = d.cards[j], d.cards[i] })
	}
	card := d.cards[d.at%len(d.cards)]
	d.at++
	return card
}
