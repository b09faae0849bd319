package card

import (
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Kind is what a field holds.
type Kind uint8

// The kinds. Digits is a field of the platform's own.
const (
	Digits Kind = iota
	CardNumber
	ExpiryDate
	SecurityCode
	PostalCode
	BankAccount
	PIN
	kindCount
)

var kindNames = [kindCount]string{"digits", "card_number", "expiry", "cvv", "postal_code", "bank_account", "pin"}

// String returns the kind's name as the API spells it.
func (k Kind) String() string {
	if k >= kindCount {
		return ""
	}
	return kindNames[k]
}

// KindNamed returns the kind with the given name.
func KindNamed(name string) (Kind, bool) {
	for k := range kindCount {
		if kindNames[k] == name {
			return k, true
		}
	}
	return 0, false
}

// Fleeting reports whether a field of this kind must be the first to go: the
// security code and the PIN may not be kept after authorisation (PCI DSS v4
// §3.3.1).
func (k Kind) Fleeting() bool { return k == SecurityCode || k == PIN }

// Fixed reports whether the kind itself says how long its fields are.
func (k Kind) Fixed() bool { return k == CardNumber || k == ExpiryDate || k == SecurityCode }

// bounds of what a rule may ask for, and what it gets if it asks for nothing.
var bounds = [kindCount]struct{ min, max, defaultMin, defaultMax int }{
	Digits:       {1, 40, 1, 19},
	CardNumber:   {MinNumber, MaxNumber, MinNumber, MaxNumber},
	ExpiryDate:   {4, 4, 4, 4},
	SecurityCode: {3, 4, 3, 4},
	PostalCode:   {3, 10, 3, 10},
	BankAccount:  {4, 34, 4, 34},
	PIN:          {4, 12, 4, 12},
}

// maxPattern bounds a pattern's text, in bytes.
const maxPattern = 200

// Errors of rules. None repeats what was asked for.
var (
	ErrKind    = errors.New("unknown kind of field")
	ErrLengths = errors.New("min_length and max_length are out of range")
	ErrPattern = errors.New("pattern is not a regular expression (RE2 syntax, 200 bytes at most)")
	ErrFixed   = errors.New("card_number, expiry and cvv have lengths and patterns of their own")
)

// Spec asks for a rule.
type Spec struct {
	Kind Kind
	// Min and Max are lengths in keys; zero: what the kind allows. The entry is
	// complete at Max.
	Min, Max int
	// Pattern is a regular expression (RE2) that the whole entry must match, over
	// the symbols 0–9, *, # and A–D. Empty: any.
	Pattern string
}

// Rule is what a field must look like. The zero value takes 1 to 19 keys of any
// kind.
type Rule struct {
	kind     Kind
	min, max int
	pattern  *regexp.Regexp
}

// NewRule checks a spec. All its faults are in one error, by [ErrKind],
// [ErrLengths], [ErrPattern] and [ErrFixed].
func NewRule(s Spec) (Rule, error) {
	if s.Kind >= kindCount {
		return Rule{}, ErrKind
	}
	var faults []error
	b := bounds[s.Kind]
	r := Rule{kind: s.Kind, min: s.Min, max: s.Max}
	if s.Kind.Fixed() && (s.Min != 0 || s.Max != 0 || s.Pattern != "") {
		faults = append(faults, ErrFixed)
	}
	if r.max == 0 {
		r.max = max(b.defaultMax, r.min)
	}
	if r.min == 0 {
		r.min = min(b.defaultMin, r.max)
	}
	if r.min < b.min || r.max > b.max || r.min > r.max {
		faults = append(faults, fmt.Errorf("%w: %s wants %d to %d", ErrLengths, s.Kind, b.min, b.max))
	}
	if s.Pattern != "" {
		var err error
		if len(s.Pattern) <= maxPattern {
			r.pattern, err = regexp.Compile(`\A(?:` + s.Pattern + `)\z`)
		}
		// The expression's own text must not come back in an error.
		if err != nil || r.pattern == nil {
			faults = append(faults, ErrPattern)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return Rule{}, err
	}
	return r, nil
}

// Kind returns what the field holds.
func (r Rule) Kind() Kind { return r.kind }

// Max returns the number of keys at which an entry is complete, whatever it is.
func (r Rule) Max() int {
	if r.max == 0 {
		return bounds[r.kind].defaultMax
	}
	return r.max
}

// Accepted is what may be told of a field that was accepted. The zero value
// tells nothing; kinds other than card number and expiry never tell more.
type Accepted struct {
	Brand    Brand
	LastFour LastFour
	Expiry   Expiry
}

// Complete reports whether an entry has all its keys, so that no hash is waited
// for. brand is the card's, if its number was accepted before.
func (r Rule) Complete(plain []byte, brand Brand) bool {
	switch r.kind {
	case CardNumber:
		return numberComplete(plain)
	case SecurityCode:
		return len(plain) >= codeLength(brand)
	default:
		return len(plain) >= r.Max()
	}
}

// Check judges an entry. brand is the card's, if its number was accepted
// before; now decides which dates are past.
func (r Rule) Check(plain []byte, brand Brand, now time.Time) (Accepted, Reason) {
	switch r.kind {
	case CardNumber:
		if why := checkNumber(plain); why != None {
			return Accepted{}, why
		}
		return Accepted{Brand: BrandOf(plain), LastFour: lastFour(plain)}, None
	case ExpiryDate:
		e, why := checkExpiry(plain, now)
		return Accepted{Expiry: e}, why
	case SecurityCode:
		return Accepted{}, checkCode(plain, brand)
	default:
		return Accepted{}, r.checkOwn(plain)
	}
}

// checkOwn judges a field whose rule is the platform's.
func (r Rule) checkOwn(plain []byte) Reason {
	switch {
	case r.kind != Digits && !digitsOnly(plain):
		return NotDigits
	case len(plain) < max(r.min, 1) || len(plain) > r.Max():
		return Length
	case r.pattern != nil && !r.pattern.Match(plain):
		return Pattern
	}
	return None
}

// codeLength returns the length of a security code: three digits, American
// Express four. Where the brand is not known yet, the longer one is waited for.
func codeLength(brand Brand) int {
	if brand == Amex || brand == Unknown {
		return 4
	}
	return 3
}

func checkCode(plain []byte, brand Brand) Reason {
	switch {
	case !digitsOnly(plain):
		return NotDigits
	case len(plain) == codeLength(brand), brand == Unknown && len(plain) == 3:
		return None
	}
	return Length
}
