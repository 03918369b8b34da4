package data

import (
	"strconv"
	"time"
)

var escalationColumns = []string{
	"created_at", "status", "mode", "resolution", "task_type", "estimate_usd", "resolved_at", "iteration", "correlation_id", "id",
}

func (e *EscalationRow) row() Record {
	return Record{ID: e.CorrelationID, Name: strconv.FormatInt(e.ID, 10) + " " + e.TaskType, At: deref(e.CreatedAt), Values: []any{
		optValue(e.CreatedAt), e.Status, optValue(e.Mode), optValue(e.Resolution), textValue(e.TaskType), optValue(e.EstimateUSD),
		optValue(e.ResolvedAt), optValue(e.Iteration), textValue(e.CorrelationID), e.ID,
	}}
}

func (s *Snapshot) escalationRows() []EscalationRow {
	if t := s.tables(); t != nil {
		return t.Escalations
	}
	return nil
}

// behindEscalations is the requests that exist by now and that keep chooses.
func behindEscalations(now time.Time, keep func(e *EscalationRow) bool) Behind {
	return behindTable(Window{To: now}, func(s *Snapshot) RecordSet {
		return chosen("escalation", escalationColumns, s.escalationRows(),
			func(e *EscalationRow) bool { return !deref(e.CreatedAt).After(now) && keep(e) }, (*EscalationRow).row)
	})
}

// BehindEscalation is one request.
func BehindEscalation(now time.Time, id int64) Behind {
	return behindEscalations(now, func(e *EscalationRow) bool { return e.ID == id }).As(Derived)
}

// BehindOpen is the requests that are open as specified, by mode and resolution;
// nil asks for any.
func BehindOpen(now time.Time, mode, resolution *string) Behind {
	return behindEscalations(now, func(e *EscalationRow) bool {
		return openStatuses[e.Status] && is(mode, e.way()) && is(resolution, keyOf(e.Resolution))
	})
}

// BehindWaiting is those that still wait for someone.
func BehindWaiting(now time.Time, mode *string) Behind {
	return behindEscalations(now, func(e *EscalationRow) bool { return e.Waits() && is(mode, e.way()) })
}

// BehindEscalationStatus is the requests of a status.
func BehindEscalationStatus(now time.Time, status string) Behind {
	return behindEscalations(now, func(e *EscalationRow) bool { return e.Status == status })
}

// BehindIterations is the finished claude_code requests that took so many
// attempts, as the histogram names it.
func BehindIterations(now time.Time, iterations string) Behind {
	return behindEscalations(now, func(e *EscalationRow) bool {
		return deref(e.Mode) == modeClaudeCode && (e.Status == escalationValidated || e.Status == escalationCancelled) && e.Iteration != nil &&
			strconv.FormatInt(min(*e.Iteration, iterationsShown), 10) == iterations
	})
}

// BehindResolution is the requests resolved in the seven days up to now, those
// that took longest first, by mode and by the bar of the histogram; nil asks for
// any.
func BehindResolution(now time.Time, mode, bin *string) Behind {
	w := windowNamed(Window7d, now)
	took := func(e *EscalationRow) time.Duration { return e.ResolvedAt.Sub(*e.CreatedAt) }
	return behindTable(w, func(s *Snapshot) RecordSet {
		return chosen("escalation", append([]string{"took_s"}, escalationColumns...), s.escalationRows(),
			func(e *EscalationRow) bool {
				return w.within(deref(e.ResolvedAt)) && e.CreatedAt != nil && is(mode, e.way()) && is(bin, resolutionBin(took(e)))
			},
			func(e *EscalationRow) Record {
				r := e.row()
				r.Values = append([]any{took(e).Seconds()}, r.Values...)
				return r
			}).ranked("took_s")
	})
}

var auditColumns = []string{
	"timestamp", "event", "tool_name", "severity", "detection_point", "is_new", "channel", "extension_id", "amount_usd", "escalation_request_id", "id",
}

func (e *AuditEvent) row() Record {
	var isNew, amount any
	switch e.Event {
	case auditToolGapDetected:
		isNew = e.IsNew
	case auditExtensionGranted:
		amount = e.AmountUSD
	}
	return Record{ID: e.ID, Name: e.Event, At: e.At, Values: []any{
		timeValue(e.At), e.Event, textValue(e.Tool), textValue(e.Severity), textValue(e.DetectionPoint), isNew, textValue(e.Channel),
		textValue(e.ExtensionID), amount, optValue(e.EscalationID), textValue(e.ID),
	}}
}

// behindAudit is the audit events of a window that keep chooses. It is asked
// about all of them, in order of time.
func behindAudit(w Window, keep func() func(e *AuditEvent) bool) Behind {
	return behindTable(w, func(s *Snapshot) RecordSet {
		t := s.tables()
		if t == nil {
			return RecordSet{}
		}
		keeps := keep()
		return chosen("audit event", auditColumns, t.Audit, func(e *AuditEvent) bool { return keeps(e) && w.within(e.At) }, (*AuditEvent).row)
	})
}

// BehindValidations is the validations that passed, or failed, in a window.
func BehindValidations(w Window, passed, failed bool) Behind {
	return behindAudit(w, func() func(e *AuditEvent) bool {
		return func(e *AuditEvent) bool {
			return e.TaskType == taskEscalationLifecycle && e.Channel != channelChat &&
				(passed && e.Event == auditValidated || failed && e.Event == auditFailed)
		}
	})
}

// BehindGrants is the budget extensions first granted in a window.
func BehindGrants(w Window) Behind {
	return behindAudit(w, func() func(e *AuditEvent) bool {
		seen := map[string]bool{}
		return func(e *AuditEvent) bool {
			if e.TaskType != taskEscalationLifecycle || e.Event != auditExtensionGranted || e.ExtensionID != "" && seen[e.ExtensionID] {
				return false
			}
			seen[e.ExtensionID] = true
			return true
		}
	})
}

// BehindToolGaps is the tool gaps detected in a window, all or those not known
// before, by severity and detection point; nil asks for any.
func BehindToolGaps(w Window, onlyNew bool, severity, point *string) Behind {
	return behindAudit(w, func() func(e *AuditEvent) bool {
		return func(e *AuditEvent) bool {
			return e.TaskType == taskToolGapLifecycle && e.Event == auditToolGapDetected && (e.IsNew || !onlyNew) &&
				is(severity, orNoneText(e.Severity)) && is(point, orNoneText(e.DetectionPoint))
		}
	})
}
