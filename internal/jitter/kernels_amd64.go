package jitter

// expandMuLaw decodes samples, eight at a time, as far as all eight are marked as the
// entry says: from exponent and mantissa of a code word a number in floating point is
// put together, of which a conversion makes the sample (ITU-T G.711 §3.2, table 2a).
//
//go:noescape
func expandMuLaw(to []int16, from []entry, all entry) (n int)

// markSixteens makes entries of code words, sixteen at a time. There are as many of
// them as entries.
//
//go:noescape
func markSixteens(to []entry, codes []byte, all entry)

func expand(to []int16, from []entry, what slot) (n int) {
	if what == receivedMuLaw {
		n = expandMuLaw(to, from, what.of(0))
	}
	return n + expandPlain(to[n:], from[n:], what)
}

func mark(to []entry, codes []byte, what slot) {
	whole := len(to) &^ 15
	markSixteens(to[:whole], codes[:whole], what.of(0))
	markPlain(to[whole:], codes[whole:], what)
}
