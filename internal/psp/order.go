package psp

import (
	"maps"
	"slices"
	"unicode/utf8"

	"tonegate/dtmf"
)

const (
	maxID          = 128
	maxDescription = 256
	maxAmount      = 1_000_000_000_000
	maxFields      = 12
	maxName        = 32
)

// check returns why an order cannot be sent, or nothing. The words name a
// field, never what is in it.
func (o *Order) check() string {
	switch {
	case !plainID(o.CaptureID):
		return "the capture's id is empty, too long or has characters other than letters, digits, - _ . :"
	case !plainID(o.IdempotencyKey):
		return "the idempotency key is empty, too long or has characters other than letters, digits, - _ . :"
	case o.Method != "" && !plainID(o.Method):
		return "the method is too long or has characters other than letters, digits, - _ . :"
	case len(o.Description) > maxDescription || !utf8.ValidString(o.Description):
		return "the description is longer than 256 bytes or not UTF-8"
	case o.Action > Charge:
		return "no such action: tokenize or charge"
	case o.Currency != "" && !isCurrency(o.Currency):
		return "the currency is not three capital letters (ISO 4217)"
	case o.Amount < 0 || o.Amount > maxAmount:
		return "the amount is negative or too large"
	case o.Action == Charge && (o.Amount == 0 || o.Currency == ""):
		return "a charge needs an amount and a currency"
	case len(o.Fields) == 0 || len(o.Fields) > maxFields:
		return "no field, or more than 12"
	}
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) {
		if why := checkField(name, o.Fields[name]); why != "" {
			return why
		}
	}
	return ""
}

// checkField is about form alone: what the digits mean was checked as they
// were keyed. A stale handle has no digits and is refused here.
func checkField(name string, d dtmf.Digits) (why string) {
	if !isName(name) {
		return "a field's name is not made of at most 32 lower-case letters, digits and underscores"
	}
	d.Reveal(func(plain []byte) {
		n := len(plain)
		switch {
		case n == 0:
			why = "field " + name + " is empty"
		case !allDigits(plain):
			why = "field " + name + " holds a key that is not a digit"
		case name == CardNumber && (n < 12 || n > 19):
			why = "field " + name + " has not 12 to 19 digits"
		case name == Expiry && (n != 4 || !isMonth(plain[:2])):
			why = "field " + name + " is not MMYY"
		case name == SecurityCode && (n < 3 || n > 4):
			why = "field " + name + " has not 3 or 4 digits"
		}
	})
	return why
}

func isMonth(mm []byte) bool {
	n := int(mm[0]-'0')*10 + int(mm[1]-'0')
	return 1 <= n && n <= 12
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// plainID reports whether s can stand in a header or a JSON string as it is.
func plainID(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case isDigit(c), 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '-', c == '_', c == '.', c == ':':
		default:
			return false
		}
	}
	return true
}

func isName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != '_' && !isDigit(c) && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func isCurrency(s string) bool {
	return len(s) == 3 && s[0]-'A' < 26 && s[1]-'A' < 26 && s[2]-'A' < 26
}

// minorDigits returns how many decimals a currency has (ISO 4217, list one).
func minorDigits(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	default:
		return 2
	}
}

// decimal writes an amount of minor units as a decimal number: 1999 EUR is
// 19.99, 1999 JPY is 1999.
func decimal(amount int64, currency string) string {
	digits := minorDigits(currency)
	b := make([]byte, 0, 24)
	for i := 0; amount > 0 || i <= digits; i++ {
		if i == digits && digits > 0 {
			b = append(b, '.')
		}
		b = append(b, byte('0'+amount%10))
		amount /= 10
	}
	slices.Reverse(b)
	return string(b)
}
