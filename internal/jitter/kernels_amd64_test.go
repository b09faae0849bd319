package jitter

import "testing"

// TestExpandMuLawExpands: as many as there are eights of, before the first that is
// marked otherwise. The plain form would do without it.
func TestExpandMuLawExpands(t *testing.T) {
	from, to := make([]entry, 40), make([]int16, 40)
	mark(from, make([]byte, 40), receivedMuLaw)
	from[25] = missing.of(0)
	for room, want := range map[int]int{0: 0, 7: 0, 8: 8, 16: 16, 23: 16, 24: 24, 32: 24, 40: 24} {
		if n := expandMuLaw(to[:room], from, receivedMuLaw.of(0)); n != want {
			t.Errorf("%d of %d are expanded", n, room)
		}
		if n := expandMuLaw(to, from[:room], receivedMuLaw.of(0)); n != want {
			t.Errorf("%d of %d there are", n, room)
		}
	}
}
