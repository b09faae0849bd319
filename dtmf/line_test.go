package dtmf

import (
	"math"
	"math/rand/v2"

	"tonegate/internal/audio"
)

// tone describes a synthesised key in a stream of samples.
type tone struct {
	key           Key
	onset, length int     // samples
	low, high     float64 // dBm0
	detuneLow     float64 // relative
	detuneHigh    float64
	phaseLow      float64
	phaseHigh     float64
}

func steady(key Key, onset, length int) tone {
	return tone{key: key, onset: onset, length: length, low: -11, high: -9}
}

// addTo adds the tone to samples.
func (t tone) addTo(x []int16) {
	low, high := t.key.Frequencies()
	wl := 2 * math.Pi * low * (1 + t.detuneLow) / 8000
	wh := 2 * math.Pi * high * (1 + t.detuneHigh) / 8000
	al, ah := audio.AmplitudeOf(t.low), audio.AmplitudeOf(t.high)
	for i := range t.length {
		v := al*math.Sin(wl*float64(i)+t.phaseLow) + ah*math.Sin(wh*float64(i)+t.phaseHigh)
		x[t.onset+i] = audio.Clamp(int32(x[t.onset+i]) + int32(math.Round(v)))
	}
}

// companded sends samples through G.711.
func companded(x []int16, law audio.Law) {
	for i, v := range x {
		x[i] = law.DecodeSample(law.EncodeSample(v))
	}
}

// noise adds white noise at a level in dBm0.
func noise(x []int16, dbm0 float64, rng *rand.Rand) {
	sigma := audio.AmplitudeOf(dbm0) / math.Sqrt2
	for i := range x {
		x[i] = audio.Clamp(int32(x[i]) + int32(math.Round(sigma*rng.NormFloat64())))
	}
}

// speechlike adds a voice: a glottal pulse train of wandering pitch through
// wandering formants, in syllables, with hiss for consonants.
func speechlike(x []int16, dbm0 float64, rng *rand.Rand) {
	v := make([]float64, len(x))
	var formants [3]struct{ hz, y1, y2 float64 }
	pitch, phase, level, voiced := 120.0, 0.0, 0.0, true
	target, left := 1.0, 0
	for i := range v {
		if left--; left <= 0 {
			left = 400 + rng.IntN(1600)
			target = math.Max(0, rng.Float64()*1.4-0.3)
			voiced = rng.IntN(4) > 0
			pitch = 90 + 150*rng.Float64()
			formants[0].hz = 300 + 500*rng.Float64()
			formants[1].hz = 900 + 1300*rng.Float64()
			formants[2].hz = 2300 + 700*rng.Float64()
		}
		level += (target - level) * 0.004
		pitch *= 1 + 0.0004*(rng.Float64()-0.5)
		var source float64
		if voiced {
			if phase += pitch / 8000; phase >= 1 {
				phase--
				source = 1
			}
			source += 0.01 * rng.NormFloat64()
		} else {
			source = 0.1 * rng.NormFloat64()
		}
		for k := range formants {
			f := &formants[k]
			r := math.Exp(-math.Pi * float64(60+40*k) / 8000)
			y := source + 2*r*math.Cos(2*math.Pi*f.hz/8000)*f.y1 - r*r*f.y2
			f.y1, f.y2 = y, f.y1
			v[i] += y / float64(1+2*k)
		}
		v[i] *= level
	}
	var e float64
	for _, s := range v {
		e += s * s
	}
	gain := audio.AmplitudeOf(dbm0) / math.Sqrt2 / math.Sqrt(e/float64(len(v))+1e-9)
	for i, s := range v {
		x[i] = audio.Clamp(int32(x[i]) + int32(gain*s))
	}
}

// pressAt is a key as a detector reported it.
type pressAt struct {
	key Key
	at  int // samples: the end of the frame that reported it
}

// heard is what a delay line with a detector in front lets through.
type heard struct {
	masked  []bool // per sample
	pressed []pressAt
	relay   []Relay // per frame
	copies  []bool  // per sample
}

// listen runs the detector over samples, releasing each frame's evidence on a
// line of LookAhead samples, as the gate does.
func listen(d *Detector, x []int16, reception func(frame int) Reception) heard {
	n := len(x) / audio.FrameSamples * audio.FrameSamples
	h := heard{masked: make([]bool, n), copies: make([]bool, n)}
	var f audio.Frame
	for at := 0; at < n; at += audio.FrameSamples {
		copy(f[:], x[at:])
		var r Reception
		if reception != nil {
			r = reception(at / audio.FrameSamples)
		}
		ev := d.Process(&f, r)
		for _, s := range ev.Spans() {
			for i := max(0, at+int(s.Start)); i < at+int(s.End); i++ {
				h.masked[i] = true
			}
		}
		for _, s := range ev.InBandCopies() {
			for i := at + int(s.Start); i < at+int(s.End); i++ {
				h.copies[i] = true
			}
		}
		for _, k := range ev.Pressed() {
			h.pressed = append(h.pressed, pressAt{k, at + audio.FrameSamples})
		}
		h.relay = append(h.relay, ev.Relay())
	}
	return h
}

// released counts the samples of [onset, onset+length) that were let through.
func (h *heard) released(onset, length int) int {
	n := 0
	for i := onset; i < onset+length; i++ {
		if !h.masked[i] {
			n++
		}
	}
	return n
}

func (h *heard) keys() []byte {
	var s []byte
	for _, p := range h.pressed {
		s = append(s, p.key.Symbol())
	}
	return s
}
