package audio

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestAddFramesIsThePlainOne: to the last bit, at the limits and in place, too.
func TestAddFramesIsThePlainOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	edges := []int16{math.MinInt16, math.MinInt16 + 1, -1, 0, 1, math.MaxInt16 - 1, math.MaxInt16}
	for range 2000 {
		var a, b, wanted, got Frame
		for i := range a {
			a[i], b[i] = int16(rng.Uint32()), int16(rng.Uint32())
			if rng.IntN(3) == 0 {
				a[i], b[i] = edges[rng.IntN(len(edges))], edges[rng.IntN(len(edges))]
			}
		}
		addFramesPlain(&wanted, &a, &b)
		if addFrames(&got, &a, &b); got != wanted {
			t.Fatalf("%v and %v are %v, not %v", a, b, got, wanted)
		}
		inPlace := b
		if addFrames(&inPlace, &a, &inPlace); inPlace != wanted {
			t.Fatal("in place it is another one")
		}
	}
}

func BenchmarkMix(b *testing.B) {
	var dst, x, y Frame
	for i := range x {
		x[i], y[i] = int16(i*200), int16(i*-300)
	}
	for b.Loop() {
		Mix(&dst, &x, nil, &y)
	}
}
