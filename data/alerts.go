package data

import "time"

// AlertState is where a rule stands in its life.
type AlertState string

// The states of a rule. Unknown says that the source it is judged by is absent or
// has failed: it then neither fires nor resolves.
const (
	AlertOK       AlertState = "ok"
	AlertPending  AlertState = "pending" // the condition holds, but not for long enough yet
	AlertFiring   AlertState = "firing"
	AlertResolved AlertState = "resolved" // it fired, and is over since not long ago
	AlertUnknown  AlertState = "unknown"
)

// AlertUnit is what the numbers of a rule are.
type AlertUnit uint8

// The units.
const (
	AlertCount AlertUnit = iota
	AlertSeconds
	AlertPercent
	AlertDays
)

// Alert is one rule as it stands: an element of the contract's `alerts`. It is
// made by package alert, which knows the rules.
type Alert struct {
	Rule  string     `json:"rule"`
	State AlertState `json:"state"`
	// Since is when the state began; nil for ok and unknown.
	Since     *time.Time `json:"since"`
	Value     *float64   `json:"value"` // the worst of its subjects; nil if unknown
	Threshold *float64   `json:"threshold"`
	Detail    string     `json:"detail"` // which subjects, how much, acknowledged or not
	Routes    []string   `json:"routes"` // where its messages go

	Title        string    `json:"-"` // the rule in words
	Unit         AlertUnit `json:"-"` // of Value and Threshold
	Below        bool      `json:"-"` // it is a value below the threshold that is wrong
	Acknowledged bool      `json:"-"` // all that fires has been
}
