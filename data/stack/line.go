package stack

import "github.com/donna-project/donnatop/data/logline"

// IsTrouble tells whether the line is a warning, an error or critical: one of those that report faults.
func IsTrouble(e *logline.Entry) bool {
	switch e.Level {
	case "warning", "error", "critical":
		return true
	}
	return false
}

// Exception is the text of the line's `exception`; "" if it has none.
func Exception(e *logline.Entry) string { return textField(e, "exception") }

// LineFingerprint is the [Fingerprint] of the fault that a line reports; "" if it [IsTrouble] not.
func LineFingerprint(e *logline.Entry) string {
	if !IsTrouble(e) {
		return ""
	}
	trace := Parse(Exception(e))
	return Fingerprint(e.Event, &trace)
}

func textField(e *logline.Entry, name string) string {
	if f, ok := e.Field(name); ok && f.Kind == logline.String {
		return f.Value
	}
	return ""
}
