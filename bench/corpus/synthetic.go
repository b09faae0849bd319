package corpus

import (
	"math"
	"math/rand/v2"

	"tonegate/internal/audio"
)

// Synthetic makes material of which nothing is recorded: a voice of wandering
// pitch and formants, and chords. It is for tests of the harness, and no
// figure made with it says anything about people.
func Synthetic(seed uint64) *Material {
	rng := rand.New(rand.NewPCG(seed, 2))
	clip := func(name string, f func(*rand.Rand, []int16)) []Clip {
		x := make([]int16, 6*audio.SampleRate)
		f(rng, x)
		return []Clip{{name, x}}
	}
	return &Material{
		Tuning:  Recordings{clip("voice", voiceLike), clip("chords", chords)},
		HeldOut: Recordings{clip("another voice", voiceLike), clip("other chords", chords)},
	}
}

func voiceLike(rng *rand.Rand, x []int16) {
	phase, pitch, f1, f2, level := 0.0, 120.0, 500.0, 1500.0, 0.0
	for i := range x {
		if i%1600 == 0 {
			f1, f2, level = rng.Float64()*500+300, rng.Float64()*1200+900, rng.Float64()
		}
		pitch = min(max(pitch+0.02*rng.NormFloat64(), 80), 240)
		phase += 2 * math.Pi * pitch / audio.SampleRate
		v := 0.0
		for h := 1.0; h*pitch < 3400; h++ {
			a, b := (h*pitch-f1)/80, (h*pitch-f2)/100
			v += (1/(1+a*a) + 0.5/(1+b*b)) * math.Sin(h*phase)
		}
		x[i] = audio.Clamp(int32(2500*v*level + 10*rng.NormFloat64()))
	}
}

func chords(rng *rand.Rand, x []int16) {
	var hz [3]float64
	for i := range x {
		if i%4000 == 0 {
			for k := range hz {
				hz[k] = 110 * math.Pow(2, float64(rng.IntN(36))/12)
			}
		}
		v := 0.0
		for _, f := range hz {
			for h := 1.0; h < 6; h++ {
				v += 1500 / h * math.Sin(2*math.Pi*f*h/audio.SampleRate*float64(i))
			}
		}
		x[i] = audio.Clamp(int32(v))
	}
}
