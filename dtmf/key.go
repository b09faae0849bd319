package dtmf

import "fmt"

// Key is one of the sixteen DTMF keys as its named-event code (RFC 4733 §3.2):
// 0–9 are the digits, 10 is star, 11 is hash, 12–15 are A–D.
//
// A Key is a secret while a card is being entered. Every formatting verb and
// every encoder prints the same redaction mark for all keys; [Key.Symbol] is
// the one way to the character. A Key is wider than a byte because fmt prints
// a slice of bytes without asking its elements. It does not ask the unexported
// fields of a struct either: never print a struct that keeps a Key in one.
type Key uint16

// Keys is the number of distinct DTMF keys.
const Keys = 16

const symbols = "0123456789*#ABCD"

// redacted stands for a key or a run of keys wherever one would be printed.
const redacted = "[redacted]"

// KeyOf returns the key with the given symbol (0–9, *, #, A–D).
func KeyOf(symbol byte) (Key, bool) {
	for i := range symbols {
		if symbols[i] == symbol {
			return Key(i), true
		}
	}
	return 0, false
}

// Symbol returns the key's character. Calls are few and reviewed: this and
// [Digits.Reveal] are where a key becomes readable.
func (k Key) Symbol() byte { return symbols[k&15] }

// Row and Column frequencies in Hz (ITU-T Q.23 §6).
var (
	rowHz    = [4]float64{697, 770, 852, 941}
	columnHz = [4]float64{1209, 1336, 1477, 1633}
	rowOf    = [Keys]uint8{3, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 0, 1, 2, 3}
	columnOf = [Keys]uint8{1, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 2, 3, 3, 3, 3}
)

// Frequencies returns the key's two frequencies in Hz, row first.
func (k Key) Frequencies() (low, high float64) {
	return rowHz[rowOf[k&15]], columnHz[columnOf[k&15]]
}

// Format prints a redaction mark for every verb and flag.
func (k Key) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(redacted)) }

// MarshalText encodes the redaction mark; JSON, YAML and loggers use it.
func (k Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }
