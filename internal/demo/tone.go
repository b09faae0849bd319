package demo

import (
	"math"

	"tonegate/dtmf"
	"tonegate/internal/audio"
)

// tone replaces samples with a key's two sines, each at inbandLevel, with edges
// of 2 ms as a telephone has them.
func tone(dst []int16, k dtmf.Key) {
	low, high := k.Frequencies()
	a := audio.AmplitudeOf(inbandLevel)
	const edge = 2 * audio.SamplesPerMs
	for i := range dst {
		t := 2 * math.Pi * float64(i) / audio.SampleRate
		gain := min(1, float64(i+1)/edge, float64(len(dst)-i)/edge)
		dst[i] = int16(gain * a * (math.Sin(low*t) + math.Sin(high*t)))
	}
}
