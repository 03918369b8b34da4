package data

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"time"
)

// Escalations holds the figures of the Escalations view, key by key those of CONTRACT.md's `escalations`.
type Escalations struct {
	Open               *OpenEscalations           `json:"open"`
	Waiting            *WaitingEscalations        `json:"waiting"`
	Status             map[string]int64           `json:"status"`
	TimeToResolution7d map[string]ResolutionTimes `json:"time_to_resolution_7d"`
	Iterations         map[string]int64           `json:"iterations"`
	ValidationPerDay   map[string]ValidationDay   `json:"validation_per_day"`
	ExtensionsPerDay   map[string]ExtensionDay    `json:"extensions_per_day"`
	ToolGapsPerDay     map[string]ToolGapDay      `json:"tool_gaps_per_day"`
	List               []EscalationRow            `json:"list"`
}

// OpenEscalations counts requests that are open as specified.
type OpenEscalations struct {
	Total        int64            `json:"total"`
	ByMode       map[string]int64 `json:"by_mode"`
	ByResolution map[string]int64 `json:"by_resolution"`
}

// WaitingEscalations counts those that still wait for someone.
type WaitingEscalations struct {
	Total  int64            `json:"total"`
	ByMode map[string]int64 `json:"by_mode"`
}

// ResolutionTimes is how long requests took to be resolved, in seconds.
type ResolutionTimes struct {
	N         int64            `json:"n"`
	P50S      *float64         `json:"p50_s"`
	P95S      *float64         `json:"p95_s"`
	Histogram map[string]int64 `json:"histogram"`
}

// ValidationDay is one day of validations; PassRate is 0 to 1, nil without any.
type ValidationDay struct {
	Validated int64    `json:"validated"`
	Failed    int64    `json:"failed"`
	PassRate  *float64 `json:"pass_rate"`
}

// ExtensionDay is the budget extensions granted on one day.
type ExtensionDay struct {
	Count     int64   `json:"count"`
	AmountUSD float64 `json:"amount_usd"`
}

// ToolGapDay is the tool gaps detected on one day; New counts those not known before.
type ToolGapDay struct {
	Total            int64            `json:"total"`
	New              int64            `json:"new"`
	BySeverity       map[string]int64 `json:"by_severity"`
	ByDetectionPoint map[string]int64 `json:"by_detection_point"`
}

// EscalationRow is one request in the list.
type EscalationRow struct {
	ID            int64      `json:"id"`
	CorrelationID string     `json:"correlation_id"`
	Status        string     `json:"status"`
	Mode          *string    `json:"mode"`
	Resolution    *string    `json:"resolution"`
	TaskType      string     `json:"task_type"`
	EstimateUSD   *float64   `json:"estimate_usd"`
	CreatedAt     *time.Time `json:"created_at"`
	ResolvedAt    *time.Time `json:"resolved_at"`
	Iteration     *int64     `json:"iteration"`
}

// MarshalJSON prints missing texts as null.
func (e EscalationRow) MarshalJSON() ([]byte, error) {
	type row EscalationRow // without this method
	return json.Marshal(struct {
		row
		CorrelationID *string `json:"correlation_id"`
		Status        *string `json:"status"`
		TaskType      *string `json:"task_type"`
	}{row(e), nonEmpty(e.CorrelationID), unless(e.Status == None, e.Status), nonEmpty(e.TaskType)})
}

// Statuses, modes and resolutions of an escalation request (donna-data.md §1.6).
const (
	escalationResolved  = "resolved"
	escalationValidated = "validated"
	escalationCancelled = "cancelled"
	modeClaudeCode      = "claude_code"
	channelChat         = "chat"
)

// openStatuses are the statuses the specification calls open. A resolved request
// may be over all the same, see finalResolutions.
var openStatuses = map[string]bool{"open": true, escalationResolved: true, "submitted": true, "failed": true}

// finalResolutions are choices after which nobody has anything left to do.
var finalResolutions = map[string]bool{"pause": true, "cancel": true, "api_extended": true}

// iterationsShown is the last bar of the iteration histogram; it holds all above.
const iterationsShown = 3

// Names of audit events (donna-data.md §1.4).
const (
	auditValidated        = "escalation_validated"
	auditFailed           = "escalation_failed"
	auditExtensionGranted = "extension_granted"
	auditToolGapDetected  = "tool_gap_detected"
)

// Waits tells whether somebody still has to do something about the request.
func (e *EscalationRow) Waits() bool {
	return openStatuses[e.Status] && !(e.Status == escalationResolved && finalResolutions[deref(e.Resolution)])
}

// way is the mode, else what was chosen, else (none).
func (e *EscalationRow) way() string {
	if e.Mode != nil {
		return *e.Mode
	}
	return keyOf(e.Resolution)
}

// keyOf is the key of a grouped column that may be NULL.
func keyOf(s *string) string {
	if s == nil {
		return None
	}
	return *s
}

// escalationFigures computes CONTRACT.md's `escalations`.
func escalationFigures(s *Snapshot) *Escalations {
	f := &Escalations{}
	t := s.tables()
	if t == nil {
		return f
	}
	if t.Audit != nil {
		f.ValidationPerDay = validationPerDay(t.Audit, s.At)
		f.ExtensionsPerDay = extensionsPerDay(t.Audit, s.At)
		f.ToolGapsPerDay = toolGapsPerDay(t.Audit, s.At)
	}
	if t.Escalations == nil {
		return f
	}
	month := windowNamed(Window30d, s.At)
	f.Open = &OpenEscalations{ByMode: map[string]int64{}, ByResolution: map[string]int64{}}
	f.Waiting = &WaitingEscalations{ByMode: map[string]int64{}}
	f.Status, f.Iterations, f.List = map[string]int64{}, map[string]int64{}, []EscalationRow{}
	for i := range t.Escalations {
		e := &t.Escalations[i]
		if deref(e.CreatedAt).After(s.At) {
			continue
		}
		f.Status[e.Status]++
		if openStatuses[e.Status] {
			f.Open.Total++
			f.Open.ByMode[e.way()]++
			f.Open.ByResolution[keyOf(e.Resolution)]++
		}
		if e.Waits() {
			f.Waiting.Total++
			f.Waiting.ByMode[e.way()]++
		}
		if deref(e.Mode) == modeClaudeCode && (e.Status == escalationValidated || e.Status == escalationCancelled) && e.Iteration != nil {
			f.Iterations[strconv.FormatInt(min(*e.Iteration, iterationsShown), 10)]++
		}
		if openStatuses[e.Status] || month.within(deref(e.CreatedAt)) {
			f.List = append(f.List, *e)
		}
	}
	slices.SortStableFunc(f.List, func(a, b EscalationRow) int {
		return cmp.Or(deref(b.CreatedAt).Compare(deref(a.CreatedAt)), cmp.Compare(b.ID, a.ID))
	})
	if !t.lacks("escalation_request.created_at", "escalation_request.resolved_at") {
		f.TimeToResolution7d = timeToResolution(t.Escalations, windowNamed(Window7d, s.At))
	}
	if t.lacks("escalation_request.iteration", "escalation_request.mode", "escalation_request.status") {
		f.Iterations = nil
	}
	return f
}

// resolutionBins are the bars of the time-to-resolution histogram.
var resolutionBins = []struct {
	label string
	below time.Duration
}{
	{"<1m", time.Minute}, {"1-5m", 5 * time.Minute}, {"5-15m", 15 * time.Minute}, {"15-30m", 30 * time.Minute},
	{"30-60m", time.Hour}, {"1-4h", 4 * time.Hour}, {"4-24h", 24 * time.Hour}, {">=24h", math.MaxInt64},
}

// ResolutionLabels names the bars of the time-to-resolution histogram from the
// shortest time to the longest: the keys of [ResolutionTimes].Histogram in order.
func ResolutionLabels() []string {
	labels := make([]string, len(resolutionBins))
	for i, b := range resolutionBins {
		labels[i] = b.label
	}
	return labels
}

// resolutionBin is the bar of the histogram that a time falls in.
func resolutionBin(took time.Duration) string {
	for _, b := range resolutionBins {
		if took < b.below {
			return b.label
		}
	}
	return resolutionBins[len(resolutionBins)-1].label
}

func timeToResolution(rows []EscalationRow, w Window) map[string]ResolutionTimes {
	seconds := map[string][]float64{}
	histogram := map[string]map[string]int64{}
	for i := range rows {
		e := &rows[i]
		if !w.within(deref(e.ResolvedAt)) || e.CreatedAt == nil {
			continue
		}
		took := e.ResolvedAt.Sub(*e.CreatedAt)
		way := e.way()
		if histogram[way] == nil {
			histogram[way] = map[string]int64{}
			for _, b := range resolutionBins {
				histogram[way][b.label] = 0
			}
		}
		seconds[way] = append(seconds[way], took.Seconds())
		histogram[way][resolutionBin(took)]++
	}
	out := make(map[string]ResolutionTimes, len(seconds))
	for way, s := range seconds {
		out[way] = ResolutionTimes{N: int64(len(s)), P50S: nearestRank(s, 0.5), P95S: nearestRank(s, 0.95), Histogram: histogram[way]}
	}
	return out
}

// validationPerDay counts validations; those of chat can't fail and are left out.
func validationPerDay(audit []AuditEvent, now time.Time) map[string]ValidationDay {
	out, w := map[string]ValidationDay{}, days(now)
	for i := range audit {
		e := &audit[i]
		if e.TaskType != taskEscalationLifecycle || e.Channel == channelChat || !w.within(e.At) {
			continue
		}
		d := out[day(e.At)]
		switch e.Event {
		case auditValidated:
			d.Validated++
		case auditFailed:
			d.Failed++
		default:
			continue
		}
		d.PassRate = ptr(float64(d.Validated) / float64(d.Validated+d.Failed))
		out[day(e.At)] = d
	}
	return out
}

// extensionsPerDay counts each extension once, on the day of its first row: a
// button pressed twice writes two. Voided ones still count.
func extensionsPerDay(audit []AuditEvent, now time.Time) map[string]ExtensionDay {
	out, w := map[string]ExtensionDay{}, days(now)
	seen := map[string]bool{}
	for i := range audit {
		e := &audit[i]
		if e.TaskType != taskEscalationLifecycle || e.Event != auditExtensionGranted {
			continue
		}
		if e.ExtensionID != "" && seen[e.ExtensionID] {
			continue
		}
		seen[e.ExtensionID] = true
		if w.within(e.At) {
			d := out[day(e.At)]
			d.Count++
			d.AmountUSD += e.AmountUSD
			out[day(e.At)] = d
		}
	}
	return out
}

func toolGapsPerDay(audit []AuditEvent, now time.Time) map[string]ToolGapDay {
	out, w := map[string]ToolGapDay{}, days(now)
	for i := range audit {
		e := &audit[i]
		if e.TaskType != taskToolGapLifecycle || e.Event != auditToolGapDetected || !w.within(e.At) {
			continue
		}
		d := out[day(e.At)]
		if d.BySeverity == nil {
			d.BySeverity, d.ByDetectionPoint = map[string]int64{}, map[string]int64{}
		}
		d.Total++
		if e.IsNew {
			d.New++
		}
		d.BySeverity[orNoneText(e.Severity)]++
		d.ByDetectionPoint[orNoneText(e.DetectionPoint)]++
		out[day(e.At)] = d
	}
	return out
}
