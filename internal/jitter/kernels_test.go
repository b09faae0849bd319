package jitter

import (
	"math/rand/v2"
	"slices"
	"testing"

	"tonegate/internal/audio"
)

// TestKernelsAreThePlainOnes: entries are made and decoded eight and sixteen at a time
// as they are one at a time, and no further, wherever they end and whatever lies among
// them.
func TestKernelsAreThePlainOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 20000 {
		what := receivedIn(audio.Law(rng.IntN(2)))
		codes := make([]byte, rng.IntN(400))
		for i := range codes {
			codes[i] = byte(rng.Uint32())
		}
		got, wanted := make([]entry, len(codes)+1), make([]entry, len(codes)+1)
		mark(got[:len(codes)], codes, what)
		markPlain(wanted[:len(codes)], codes, what)
		if !slices.Equal(got, wanted) {
			t.Fatalf("%x are marked %x, not %x", codes, got, wanted)
		}
		if rng.IntN(2) == 0 && len(codes) > 0 { // what ends a run, or several
			for range 1 + rng.IntN(2) {
				got[rng.IntN(len(codes))] = slot(rng.IntN(4)).of(byte(rng.Uint32()))
			}
		}
		room := rng.IntN(420)
		samples, plainly := make([]int16, room+1), make([]int16, room+1)
		n, m := expand(samples[:room], got, what), expandPlain(plainly[:room], got, what)
		if n != m || !slices.Equal(samples, plainly) {
			t.Fatalf("of %x, marked %d, %d are decoded as %d, not %d as %d", got, what, n, samples, m, plainly)
		}
	}
}

// TestEachCodeWord has all of both laws, at each place of eight.
func TestEachCodeWord(t *testing.T) {
	for _, law := range []audio.Law{audio.MuLaw, audio.ALaw} {
		for shift := range 8 {
			var from [256 + 8]entry
			var to [256 + 8]int16
			for i := range from {
				from[i] = receivedIn(law).of(byte(i + shift))
			}
			if n := expand(to[:], from[:], receivedIn(law)); n != len(from) {
				t.Fatalf("%s: %d decoded", law, n)
			}
			for i, v := range to {
				if w := law.DecodeSample(byte(i + shift)); v != w {
					t.Fatalf("%s: code word %#x at place %d is %d, not %d", law, byte(i+shift), i%8, v, w)
				}
			}
		}
	}
}
