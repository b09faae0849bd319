package card

// Lengths of a card number, in digits (ISO/IEC 7812-1 §4.1; the lower one is
// the shortest that any brand issues).
const (
	MinNumber = 12
	MaxNumber = 19
)

// Luhn reports whether the digits end in their own check digit (ISO/IEC 7812-1
// Annex B). It is false for no digits and for anything but digits.
func Luhn(plain []byte) bool {
	sum, double := 0, false
	for i := len(plain) - 1; i >= 0; i-- {
		d := int(plain[i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		double = !double
		sum += d
	}
	return len(plain) > 0 && sum%10 == 0
}

// Number reports whether the digits are a card number that a known brand would
// issue.
func Number(plain []byte) bool { return checkNumber(plain) == None }

// Usual reports whether the digits are a card number of the one length that
// nearly all cards of its brand have.
func Usual(plain []byte) bool { return Number(plain) && len(plain) == issuerOf(plain).complete }

func checkNumber(plain []byte) Reason {
	switch {
	case !digitsOnly(plain):
		return NotDigits
	case len(plain) < MinNumber || len(plain) > MaxNumber:
		return Length
	}
	r := issuerOf(plain)
	switch {
	case r == nil:
		return UnknownBrand
	case !r.lengths.has(len(plain)):
		return Length
	case !Luhn(plain):
		return LuhnCheck
	}
	return None
}

func numberComplete(plain []byte) bool {
	if digitsOnly(plain) {
		if r := issuerOf(plain); r != nil {
			return len(plain) >= r.complete
		}
	}
	return len(plain) >= MaxNumber
}

func digitsOnly(plain []byte) bool {
	for _, c := range plain {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// LastFour are the last four digits of an accepted card number, which may be
// told and printed. The zero value is none.
type LastFour struct {
	symbols [4]byte
	known   bool
}

// String returns the four digits, or nothing.
func (l LastFour) String() string {
	if !l.known {
		return ""
	}
	return string(l.symbols[:])
}

// MarshalText encodes the four digits.
func (l LastFour) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// ReportedLastFour returns the last four digits of a number that another
// collector accepted and that never was here. It wants exactly four digits.
func ReportedLastFour(text string) (LastFour, bool) {
	if len(text) != 4 {
		return LastFour{}, false
	}
	l := LastFour{known: true}
	copy(l.symbols[:], text)
	return l, digitsOnly(l.symbols[:])
}

// lastFour is called for accepted numbers only.
func lastFour(plain []byte) LastFour {
	l := LastFour{known: true}
	copy(l.symbols[:], plain[len(plain)-len(l.symbols):])
	return l
}
