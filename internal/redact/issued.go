package redact

import (
	"strings"
	"unicode"

	"tonegate/internal/card"
)

// Issued reports whether a text holds a card number that a known brand would
// issue, in the digits of any script, with any separators. It is for what people
// choose, such as an order's number, and may refuse few numbers that are none:
// unlike for [Text], the check digit alone is never enough, and a number of up to
// 19 digits is looked at as a whole and, if it has more than 16, from either end.
func Issued(text string) bool {
	s := plain(text)
	for at := 0; at < len(s); {
		if !digit(s[at]) {
			at++
			continue
		}
		r := readRun(s, at)
		if r.issued() {
			return true
		}
		at = r.at[len(r.at)-1] + 1
	}
	return false
}

// longestUsual is the length of nearly all cards.
const longestUsual = 16

func (r *run) issued() bool {
	for from := range r.digits {
		for to := from + card.MinNumber; to <= min(from+card.MaxNumber, len(r.digits)); to++ {
			if card.Number(r.digits[from:to]) && r.likely(from, to) {
				return true
			}
		}
	}
	return false
}

// likely reports whether digits from…to-1, if they make a card number, were put
// there as one.
func (r *run) likely(from, to int) bool {
	first, last := from, to // of the groups that it begins and ends in
	for !r.starts[first] {
		first--
	}
	for last < len(r.digits) && !r.starts[last] {
		last++
	}
	begins := strings.Trim(string(r.digits[first:from]), "0") == ""
	ends := to == last
	switch {
	case begins && ends:
		return true
	case !card.Usual(r.digits[from:to]): // some length of some brand fits one long number in ten
		return false
	case r.grouped(from, to) || last-first > card.MaxNumber:
		return true
	default:
		return last-first > longestUsual && (begins || ends)
	}
}

// grouped reports whether there is a separator among digits from…to-1.
func (r *run) grouped(from, to int) bool {
	for i := from + 1; i < to; i++ {
		if r.starts[i] {
			return true
		}
	}
	return false
}

// plain spells a text's digits and separators in ASCII, several separators as one,
// without what is not seen.
func plain(text string) string {
	var out strings.Builder
	gap := false
	for _, c := range text {
		switch {
		case unicode.Is(unicode.Cf, c): // zero-width
			continue
		case unicode.Is(unicode.Nd, c):
			c = '0' + digitOf(c)
		case unicode.IsSpace(c), unicode.Is(unicode.Pd, c), c < unicode.MaxASCII && separator(byte(c)):
			if !gap {
				out.WriteByte(' ')
			}
			gap = true
			continue
		}
		gap = false
		out.WriteRune(c)
	}
	return out.String()
}

// digitOf returns the value of a decimal digit: in Unicode those of a script
// follow each other, zero first.
func digitOf(c rune) rune {
	for _, r := range unicode.Nd.R16 {
		if c <= rune(r.Hi) {
			return (c - rune(r.Lo)) % 10
		}
	}
	for _, r := range unicode.Nd.R32 {
		if c <= rune(r.Hi) {
			return (c - rune(r.Lo)) % 10
		}
	}
	return 0
}
