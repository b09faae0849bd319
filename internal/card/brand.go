package card

// Brand is the brand of a card.
type Brand uint8

// The brands. Unknown is the zero value.
const (
	Unknown Brand = iota
	Visa
	Mastercard
	Amex
	Discover
	Diners
	JCB
	UnionPay
	Maestro
	brandCount
)

var brandNames = [brandCount]string{"", "visa", "mastercard", "amex", "discover", "diners", "jcb", "unionpay", "maestro"}

// String returns the brand's name as the API spells it; empty if unknown.
func (b Brand) String() string {
	if b >= brandCount {
		return ""
	}
	return brandNames[b]
}

// BrandNamed returns the brand with the given name.
func BrandNamed(name string) (Brand, bool) {
	for b := Visa; b < brandCount; b++ {
		if brandNames[b] == name {
			return b, true
		}
	}
	return Unknown, false
}

// lengths is a set of lengths; bit n stands for n digits.
type lengths uint32

func of(ns ...int) (l lengths) {
	for _, n := range ns {
		l |= 1 << n
	}
	return l
}

func between(low, high int) (l lengths) {
	for n := low; n <= high; n++ {
		l |= 1 << n
	}
	return l
}

func (l lengths) has(n int) bool { return n >= 0 && n < 32 && l>>n&1 == 1 }

// issuer is a range of issuer identification numbers.
type issuer struct {
	low, high uint32 // of the first `digits` digits, both inclusive
	digits    int
	brand     Brand
	lengths   lengths // accepted
	complete  int     // the length at which nothing more is waited for
}

// issuers is searched in order, so that a narrow range goes before a wide one.
// A brand that issues several lengths is complete at the one nearly all its
// cards have, if waiting for more would make every customer press hash: a Visa
// card of 13 digits is ended by hash or by a pause, one of 19 is not accepted.
// Maestro and UnionPay do issue all their lengths.
var issuers = []issuer{
	{34, 34, 2, Amex, of(15), 15},
	{37, 37, 2, Amex, of(15), 15},
	{36, 36, 2, Diners, of(14), 14},
	{300, 305, 3, Diners, of(14, 16), 16},
	{309, 309, 3, Diners, of(14, 16), 16},
	{38, 39, 2, Diners, of(14, 16), 16},
	{3528, 3589, 4, JCB, of(16), 16},
	{4, 4, 1, Visa, of(13, 16), 16},
	{51, 55, 2, Mastercard, of(16), 16},
	{2221, 2720, 4, Mastercard, of(16), 16},
	{6011, 6011, 4, Discover, of(16), 16},
	{644, 649, 3, Discover, of(16), 16},
	{65, 65, 2, Discover, of(16), 16},
	{62, 62, 2, UnionPay, between(16, 19), 19},
	{81, 81, 2, UnionPay, between(16, 19), 19},
	{50, 50, 2, Maestro, between(12, 19), 19},
	{56, 58, 2, Maestro, between(12, 19), 19},
	{6304, 6304, 4, Maestro, between(12, 19), 19},
	{639, 639, 3, Maestro, between(12, 19), 19},
	{67, 67, 2, Maestro, between(12, 19), 19},
}

// issuerOf returns the issuer range that a number, or the beginning of one,
// falls into; nil if none, or if the beginning is too short to tell.
func issuerOf(plain []byte) *issuer {
	for i := range issuers {
		r := &issuers[i]
		if len(plain) < r.digits {
			continue
		}
		n := uint32(0)
		for _, c := range plain[:r.digits] {
			n = n*10 + uint32(c-'0')
		}
		if n >= r.low && n <= r.high {
			return r
		}
	}
	return nil
}

// BrandOf returns the brand of a number, or of the beginning of one, that
// consists of digits.
func BrandOf(plain []byte) Brand {
	if !digitsOnly(plain) {
		return Unknown
	}
	if r := issuerOf(plain); r != nil {
		return r.brand
	}
	return Unknown
}
