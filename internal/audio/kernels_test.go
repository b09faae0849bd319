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

// TestEncodeMuLawIsTheTable: each sample there is, at each place in a frame.
func TestEncodeMuLawIsTheTable(t *testing.T) {
	var f Frame
	var got, wanted [FrameSamples]byte
	for first := math.MinInt16; first <= math.MaxInt16; first++ {
		for i := range f {
			f[i] = int16(first + i)
		}
		encodePlain(&wanted, encodeMu, &f)
		if encodeMuLaw(&got, &f); got != wanted {
			t.Fatalf("from %d on it is %x, not %x", first, got, wanted)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	var f Frame
	dst := make([]byte, FrameSamples)
	for i := range f {
		f[i] = int16(i * i * 7)
	}
	for _, law := range []Law{MuLaw, ALaw} {
		b.Run(law.String(), func(b *testing.B) {
			for b.Loop() {
				law.Encode(dst, &f)
			}
		})
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
