package card

// Reason is why an entry was rejected.
type Reason uint8

// The reasons. None means that it was not.
const (
	None         Reason = iota
	NotDigits           // a letter or sign among the digits
	Length              // too short or too long for its kind or brand
	UnknownBrand        // no known brand's issuer identification number
	LuhnCheck           // the check digit is wrong
	Month               // no month of the year
	Past                // the card has expired
	TooFar              // an expiry date more than 20 years ahead
	Pattern             // not what the platform's pattern wants
	Refused             // another collector did not say why
	reasonCount
)

var reasonNames = [reasonCount]string{"", "not_digits", "length", "unknown_brand", "luhn", "month", "past", "too_far", "pattern", "refused"}

// String returns the reason's name as the API spells it; empty for None.
func (r Reason) String() string {
	if r >= reasonCount {
		return ""
	}
	return reasonNames[r]
}

// ReasonNamed returns the reason with the given name.
func ReasonNamed(name string) (Reason, bool) {
	for r := NotDigits; r < reasonCount; r++ {
		if reasonNames[r] == name {
			return r, true
		}
	}
	return None, false
}
