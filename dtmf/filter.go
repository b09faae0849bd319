package dtmf

import (
	"math"

	"tonegate/internal/audio"
)

// biquad is one second-order section.
type biquad struct{ b0, b1, b2, a1, a2 float64 }

func newHighPass(q float64) biquad {
	w := 2 * math.Pi * 580 / audio.SampleRate
	alpha := math.Sin(w) / (2 * q)
	c := math.Cos(w)
	a0 := 1 + alpha
	return biquad{b0: (1 + c) / 2 / a0, b1: -(1 + c) / a0, b2: (1 + c) / 2 / a0, a1: -2 * c / a0, a2: (1 - alpha) / a0}
}

// next filters a sample, in transposed direct form II.
func (f *biquad) next(x float64, state []float64) float64 {
	y := f.b0*x + state[0]
	state[0] = f.b1*x - f.a1*y + state[1]
	state[1] = f.b2*x - f.a2*y
	return y
}

// order is that of the filter, and how many numbers its state is.
const order = 4

// response is a linear filter that takes blocks. For each sample of a block, and then
// for each number of the state before it, it says what one of it adds to the samples
// that come out, to the state behind the block and, for processors that would have to
// move that, to the state once more. A filter that goes from sample to sample waits for
// itself at each; this one waits once for a block.
type response [hop + order][hop + 2*order]float32

// highPass is a fourth-order Butterworth at 580 Hz: it takes hum and dial tone
// (350 + 440 Hz) away and costs the lowest row 1 dB.
var highPass = newResponse([2]biquad{newHighPass(0.54119610), newHighPass(1.30656296)})

// newResponse asks the sections what they make of a one in each place.
func newResponse(sections [2]biquad) *response {
	r := new(response)
	for i := range r {
		var x [hop]float64
		var state [order]float64
		if i < hop {
			x[i] = 1
		} else {
			state[i-hop] = 1
		}
		for n, v := range x {
			r[i][n] = float32(sections[1].next(sections[0].next(v, state[:2]), state[2:]))
		}
		for k, v := range state {
			r[i][hop+k], r[i][hop+order+k] = float32(v), float32(v)
		}
	}
	return r
}

// flush keeps a state that fades from ending in denormal numbers, which would
// slow silence down.
func flush(state *[order]float32) {
	for i, v := range state {
		if v < 1e-12 && v > -1e-12 {
			state[i] = 0
		}
	}
}
