package listen

import (
	"math"

	"tonegate/internal/audio"
)

// Inaudible is the least level or ratio that is reported, in dBm0 or dB.
const Inaudible = -120.0

// Residual looks for the very waveform that was sent, samples [onset,
// onset+duration) of sent, in heard, delayed by delayMin to delayMax samples.
// It returns the best match as the energy of that waveform found in heard over
// the energy sent, in dB: 0 is all of it, −20 a tenth of its amplitude. Unlike
// a guess it needs no contrast, so it also sees a tone under loud speech; its
// floor is what the rest of heard correlates by accident.
func Residual(sent, heard []int16, onset, duration, delayMin, delayMax int) float64 {
	end := min(onset+duration, len(sent))
	onset = max(onset, 0)
	var energy float64
	for i := onset; i < end; i++ {
		energy += float64(sent[i]) * float64(sent[i])
	}
	if energy == 0 {
		return Inaudible
	}
	best := 0.0
	for delay := delayMin; delay <= delayMax; delay++ {
		var c float64
		for i := onset; i < end; i++ {
			if j := i + delay; j >= 0 && j < len(heard) {
				c += float64(sent[i]) * float64(heard[j])
			}
		}
		best = math.Max(best, math.Abs(c))
	}
	return decibels(best * best / (energy * energy))
}

// Energy returns the level in dBm0 that each of the eight frequencies has in
// samples, rows first, each fitted alone.
func Energy(samples []int16) [8]float64 {
	var out [8]float64
	x := floats(samples)
	if len(x) < shortest {
		for i := range out {
			out[i] = Inaudible
		}
		return out
	}
	for p, hz := range pitches {
		var cc, ss, cs, xc, xs float64
		for i, v := range x {
			s, c := math.Sincos(2 * math.Pi * hz / sampleRate * float64(i))
			cc, ss, cs = cc+c*c, ss+s*s, cs+c*s
			xc, xs = xc+v*c, xs+v*s
		}
		det := cc*ss - cs*cs
		a, b := (ss*xc-cs*xs)/det, (cc*xs-cs*xc)/det
		out[p] = level(a*a + b*b)
	}
	return out
}

// ToneLevel returns the levels in dBm0 of a key's two frequencies in samples,
// fitted together. An unknown symbol or less than 2 ms is inaudible.
func ToneLevel(samples []int16, symbol byte) (row, column float64) {
	r, c, ok := pitchesOf(symbol)
	if !ok || len(samples) < shortest {
		return Inaudible, Inaudible
	}
	x := floats(samples)
	b := newBank(len(x))
	in := [4]float64{dot(x, b.cosine[r]), dot(x, b.sine[r]), dot(x, b.cosine[c]), dot(x, b.sine[c])}
	var a [4]float64
	for i := range a {
		for j, v := range in {
			a[i] += b.gram[r][c-4][i][j] * v
		}
	}
	return level(a[0]*a[0] + a[1]*a[1]), level(a[2]*a[2] + a[3]*a[3])
}

func floats(samples []int16) []float64 {
	x := make([]float64, len(samples))
	for i, v := range samples {
		x[i] = float64(v)
	}
	return x
}

// level turns a squared amplitude into dBm0.
func level(square float64) float64 {
	return math.Max(Inaudible, decibels(square/(32767*32767))+audio.FullScaleDBm0)
}

func decibels(ratio float64) float64 {
	if ratio <= 0 {
		return Inaudible
	}
	return math.Max(Inaudible, 10*math.Log10(ratio))
}
