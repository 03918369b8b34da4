package logging

import "testing"

// TestKeyBits: the keys of a usual line must not share bits, neither with one
// another nor with those that are special, or the line is slower than it
// needs to be.
func TestKeyBits(t *testing.T) {
	taken := map[uint16]string{}
	for _, key := range []string{
		KeyEvent, KeyLevel, KeyTimestamp, KeyException, KeyStack, keyExcInfo, keyStackInfo, keyErr,
		KeyCorrelationID, KeyUserID, KeyChannel, KeyTaskID, KeyEventType, KeyService, KeyComponent, KeyError,
		KeyErrorType, KeySkillID, KeyTaskType, KeyInvocationID, KeyModelAlias, KeyLatencyMS, KeyDurationMS,
		KeyCostUSD, KeyMethod, KeyPath, KeyStatusCode,
	} {
		bit := keyBit(key)
		if other, ok := taken[bit]; ok {
			t.Errorf("%s and %s share bit %d", key, other, bit)
		}
		taken[bit] = key
	}
}
