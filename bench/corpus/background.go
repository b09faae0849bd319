package corpus

import (
	"math"

	"tonegate/internal/audio"
)

// line adds the noise of an idle line, so that no item is digitally silent.
func (s *scene) line() { s.white(s.within(-68, -50)) }

// white adds white noise at a level in dBm0.
func (s *scene) white(dbm0 float64) {
	sigma := audio.AmplitudeOf(dbm0) / math.Sqrt2
	for i := range s.rest {
		s.rest[i] += sigma * s.rng.NormFloat64()
	}
}

// sine adds a steady sine at a level in dBm0.
func (s *scene) sine(hz, dbm0 float64) {
	a, phase := audio.AmplitudeOf(dbm0), s.within(0, 2*math.Pi)
	for i := range s.rest {
		s.rest[i] += a * math.Sin(2*math.Pi*hz/audio.SampleRate*float64(i)+phase)
	}
}

// around adds speech before, between and after the presses: people stop
// talking to press a key, but not long before, nor for long.
func (s *scene) around() {
	level := s.within(-25, -14)
	from := 0
	for i := 0; i <= len(s.presses); i++ {
		to := len(s.rest)
		if i < len(s.presses) {
			to = s.presses[i].onset - int(s.within(10, 120)*ms)
		}
		if to-from > 60*ms && s.rng.IntN(4) > 0 {
			s.speech(from, to, level)
		}
		if i < len(s.presses) {
			p := &s.presses[i]
			from = p.onset + p.length + int(s.within(10, 120)*ms)
		}
	}
}

// throughout adds speech over the whole item.
func (s *scene) throughout(dbm0 float64) { s.speech(0, len(s.rest), dbm0) }

// speech adds recorded speech to [from, to) at an active level in dBm0.
func (s *scene) speech(from, to int, dbm0 float64) {
	x := s.material.excerpt(s.rng, to-from)
	gain := math.Pow(10, (dbm0-activeLevel(x))/20)
	const taper = 5 * ms
	for i, v := range x {
		g := gain * min(1, float64(i+1)/taper, float64(len(x)-i)/taper)
		s.rest[from+i] += g * float64(v)
	}
}

// activeLevel is the level of the frames within 20 dB of the loudest, after
// the idea of ITU-T P.56: pauses do not count.
func activeLevel(x []int16) float64 {
	var loudest, sum float64
	var each []float64
	for at := 0; at < len(x); at += audio.FrameSamples {
		e := 0.0
		part := x[at:min(len(x), at+audio.FrameSamples)]
		for _, v := range part {
			e += float64(v) * float64(v)
		}
		e /= float64(len(part))
		each = append(each, e)
		loudest = max(loudest, e)
	}
	n := 0
	for _, e := range each {
		if e > loudest/100 {
			sum += e
			n++
		}
	}
	if n == 0 {
		return audio.Silent
	}
	const sine = 32767 * 32767 / 2.0
	return 10*math.Log10(sum/float64(n)/sine+1e-12) + audio.FullScaleDBm0
}

// echo adds a delayed, fainter copy of the tone track to itself, as a hybrid
// or a distant loudspeaker does.
func (s *scene) echo(delay int, db float64) {
	g := math.Pow(10, db/20)
	for i := len(s.tone) - 1; i >= delay; i-- {
		s.tone[i] += g * s.tone[i-delay]
	}
}

// room sends the tone track through the air: a direct path and a tail that
// decays by 60 dB in t60 seconds, direct over tail in dB.
func (s *scene) room(t60, direct float64) {
	n := int(min(t60, 0.5) * audio.SampleRate)
	tail := make([]float64, n)
	energy := 0.0
	for i := range tail {
		tail[i] = s.rng.NormFloat64() * math.Pow(10, -3*float64(i)/audio.SampleRate/t60)
		energy += tail[i] * tail[i]
	}
	g := math.Pow(10, -direct/20) / math.Sqrt(energy)
	out := make([]float64, len(s.tone))
	for i, v := range s.tone {
		if v == 0 {
			continue
		}
		out[i] += v
		for k := 1; k < n && i+k < len(out); k++ {
			out[i+k] += v * g * tail[k]
		}
	}
	s.tone = out
}
