package dtmf

import "tonegate/internal/audio"

// A generated key is sent at the levels a telephone set uses: the row 2 dB
// below the column (ETSI ES 201 235-2 §4.2.2), together about −7 dBm0.
var (
	rowPeak    = audio.AmplitudeOf(-11)
	columnPeak = audio.AmplitudeOf(-9)
)

const rampSamples = 8 // 1 ms: no click, and no time lost to a receiver

// ToneGenerator renders keys as two-tone audio, phase-continuous within a key.
type ToneGenerator struct {
	position uint32 // samples of the key rendered so far
	row      resonator
	column   resonator
}

// resonator makes a sine by recursion.
type resonator struct{ coefficient, y1, y2 float64 }

func newResonator(w wave, peak float64) resonator {
	return resonator{coefficient: w.coefficient, y1: 0, y2: -peak * w.sine}
}

func (r *resonator) next() float64 {
	y := r.y1
	r.y1, r.y2 = r.coefficient*r.y1-r.y2, r.y1
	return y
}

// Add adds the piece's tone to a frame; it is where a named event becomes
// sound for an IVR that takes no events. The sum is clamped.
func (g *ToneGenerator) Add(f *audio.Frame, r Relay) {
	if !r.On {
		return
	}
	if r.Start {
		g.position = 0
		k := r.Key & (Keys - 1)
		g.row = newResonator(rowWave[rowOf[k]], rowPeak)
		g.column = newResonator(columnWave[columnOf[k]], columnPeak)
	}
	// Durations are modulo 65 536; a piece is never longer than a frame.
	n := min(int(r.Samples-uint16(g.position)), len(f))
	for i := range n {
		v := g.row.next() + g.column.next()
		if at := g.position + uint32(i); at < rampSamples {
			v *= float64(at) / rampSamples
		}
		if left := n - i; r.End && left < rampSamples {
			v *= float64(left) / rampSamples
		}
		f[i] = audio.Clamp(int32(f[i]) + int32(v))
	}
	g.position += uint32(n)
}
