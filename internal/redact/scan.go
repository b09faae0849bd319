package redact

import (
	"math"
	"net/netip"
	"strconv"
	"strings"

	"tonegate/internal/card"
)

// Mark stands where a card number was.
const Mark = "[redacted]"

// maxGap is how many separators may stand between two digits of a number.
const maxGap = 2

func digit(c byte) bool { return c >= '0' && c <= '9' }

func separator(c byte) bool {
	return strings.IndexByte(" .-,/_\t", c) >= 0
}

// Text returns s with every card number in it replaced by [Mark], and how many
// there were.
func Text(s string) (clean string, found int) {
	if sabotaged {
		return s, 0
	}
	var out []byte
	done := 0
	for at := 0; at < len(s); {
		if !digit(s[at]) {
			at++
			continue
		}
		r := readRun(s, at)
		for _, c := range r.cards() {
			out = append(append(out, s[done:r.at[c.from]]...), Mark...)
			done = r.at[c.to-1] + 1
			found++
		}
		at = r.at[len(r.at)-1] + 1
	}
	if found == 0 {
		return s, 0
	}
	return string(append(out, s[done:]...)), found
}

// run is a series of digits with at most a few separators between them.
type run struct {
	text   string // that it is part of
	digits []byte
	at     []int  // where each digit is
	starts []bool // the digit begins a group, that is, follows a separator
}

func readRun(s string, at int) run {
	r := run{text: s}
	for i, gap := at, maxGap+1; i < len(s); i++ {
		switch {
		case digit(s[i]):
			r.digits, r.at, r.starts = append(r.digits, s[i]), append(r.at, i), append(r.starts, gap > 0)
			gap = 0
		case separator(s[i]) && gap < maxGap:
			gap++
		default:
			return r
		}
	}
	return r
}

// span is digits from…to-1 of a run.
type span struct{ from, to int }

// cards returns the card numbers of a run, from left to right, overlapping ones
// as one.
func (r *run) cards() (found []span) {
	for from := range r.digits {
		to := r.longest(from)
		if to == 0 {
			continue
		}
		// Whole groups go: what was left of one would look like a number itself.
		from := from
		for !r.starts[from] {
			from--
		}
		for to < len(r.digits) && !r.starts[to] {
			to++
		}
		if n := len(found); n > 0 && from < found[n-1].to {
			found[n-1].to = max(found[n-1].to, to)
			continue
		}
		found = append(found, span{from, to})
	}
	return found
}

// longest returns the end of the longest card number that begins at a digit, or
// zero.
func (r *run) longest(from int) int {
	for n := min(card.MaxNumber, len(r.digits)-from); n >= card.MinNumber; n-- {
		to := from + n
		plain := r.digits[from:to]
		// What begins and ends with whole groups is a number of its own, and its
		// check digit is enough. Within a longer number nine in ten of whose
		// windows would otherwise hold a hit, an issuer must fit too.
		alone := r.starts[from] && (to == len(r.digits) || r.starts[to])
		if alone && card.Luhn(plain) && !timestamp(plain) && !r.address(from, to) || !alone && card.Number(plain) {
			return to
		}
	}
	return 0
}

// timestamp reports whether the digits can only be a time since 1970 in
// milli-, micro- or nanoseconds between 2001 and 2033: 13, 16 or 19 digits that
// begin with 1. No brand in package card has numbers that do; what does (airline
// cards, ISO/IEC 7812-1 §5) has 15 digits.
func timestamp(plain []byte) bool {
	n := len(plain)
	return plain[0] == '1' && (n == 13 || n == 16 || n == 19)
}

// address reports whether digits from…to-1 are an IPv4 address with its dots. No
// card number looks like one: its groups would be above 255.
func (r *run) address(from, to int) bool {
	ip, err := netip.ParseAddr(r.text[r.at[from] : r.at[to-1]+1])
	return err == nil && ip.Is4()
}

// number returns whether a number, printed in decimal, is or holds a card
// number.
func number(n uint64) bool {
	if n < 1e11 { // fewer than 12 digits
		return false
	}
	_, found := Text(strconv.FormatUint(n, 10))
	return found > 0
}

func signed(n int64) bool { return n != math.MinInt64 && number(uint64(max(n, -n))) }

// float looks at whole numbers only: nobody writes a card number as a fraction,
// and the digits of one that was measured are random.
func float(f float64) bool {
	f = math.Abs(f)
	return f == math.Trunc(f) && f < math.MaxInt64 && number(uint64(f))
}
