package alert

import (
	"time"

	"github.com/donna-project/donnatop/data"
)

// State is everything an [Engine] has to remember.
type State struct {
	Version int       `json:"version"`
	At      time.Time `json:"at"` // of the newest look
	// Rules holds what is not ok, by rule and subject.
	Rules  map[string]map[string]*Instance `json:"rules"`
	Outbox []Entry                         `json:"outbox"`
	NextID uint64                          `json:"next_id"`
	Routes map[string]*RouteState          `json:"routes"`
}

// stateVersion is that of the file's form.
const stateVersion = 1

func newState() *State {
	return &State{Version: stateVersion, Rules: make(map[string]map[string]*Instance), Routes: make(map[string]*RouteState)}
}

// Instance is one subject of a rule that is not ok.
type Instance struct {
	State data.AlertState `json:"state"` // pending, firing or resolved
	// Since is when the condition began to hold.
	Since time.Time `json:"since"`
	// Seen is when it last held.
	Seen     time.Time `json:"seen"`
	Fired    time.Time `json:"fired,omitzero"`
	Resolved time.Time `json:"resolved,omitzero"`
	// Told is when a message about it was last put into the outbox.
	Told time.Time `json:"told,omitzero"`
	// Acked is when somebody acknowledged that it fires.
	Acked  time.Time `json:"acked,omitzero"`
	Value  float64   `json:"value"`
	Detail string    `json:"detail"`
}

// Entry is a message that waits to be sent to a route.
type Entry struct {
	ID      uint64  `json:"id"`
	Route   string  `json:"route"`
	Message Message `json:"message"`
}

// RouteState is how sending to a route goes.
type RouteState struct {
	// Tries counts the failures in a row, and NextTry is when the next may be.
	Tries   int       `json:"tries,omitempty"`
	NextTry time.Time `json:"next_try,omitzero"`
	Problem string    `json:"problem,omitempty"` // of the last try
	// Single sends messages one by one: of several together one was refused.
	Single bool `json:"single,omitempty"`
	// Sent is when messages went out in the last day, for a route that has a limit.
	Sent []time.Time `json:"sent,omitempty"`
}
