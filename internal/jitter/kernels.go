package jitter

// expandPlain decodes samples as far as they are marked alike and there is room, and
// returns how many.
func expandPlain(to []int16, from []entry, what slot) (n int) {
	words := what.law().Words()
	for n < len(from) && n < len(to) && from[n].slot() == what {
		to[n] = words[byte(from[n])]
		n++
	}
	return n
}

// markPlain makes entries of code words.
func markPlain(to []entry, codes []byte, what slot) {
	for i := range to {
		to[i] = what.of(codes[i])
	}
}
