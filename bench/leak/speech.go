package leak

import (
	"tonegate/bench/corpus"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// stretch is a piece of speech or music without tones.
type stretch struct {
	kind, part string // "speech" or "music", "tuning" or "held out"
	clip       string
	from       int // in the clip, in samples
	samples    []int16
}

const (
	stretchSamples = 240 * audio.SampleRate
	startUp        = mask.Quantum
)

// stretches cuts recordings up for the workers, through one law or the other.
func stretches(m *corpus.Material, limit int) []stretch {
	var out []stretch
	add := func(kind, part string, clips []corpus.Clip) {
		for _, c := range clips {
			n := 0
			for at := 0; at < len(c.Samples) && (limit == 0 || n < limit); at += stretchSamples {
				law := audio.MuLaw
				if len(out)%2 == 1 {
					law = audio.ALaw
				}
				end := min(len(c.Samples), at+stretchSamples)
				out = append(out, stretch{kind, part, c.Name, at, companded(c.Samples[at:end], law)})
				n++
			}
		}
	}
	add("speech", "tuning", m.Tuning.Speech)
	add("speech", "held out", m.HeldOut.Speech)
	add("music", "tuning", m.Tuning.Music)
	add("music", "held out", m.HeldOut.Music)
	return out
}

func companded(x []int16, law audio.Law) []int16 {
	out := make([]int16, len(x)/audio.FrameSamples*audio.FrameSamples)
	for i := range out {
		out[i] = law.DecodeSample(law.EncodeSample(x[i]))
	}
	return out
}

// Damage is what the mask does to sound without any tone.
type Damage struct {
	Samples, Masked int
	Masks           int // runs of masked samples
	Digits          int // keys reported
	Spandsp         int // by spandsp
	Altered         int // samples that came out neither masked nor as they were
	Places          []Place
	TalkOff         []Place // where digits were reported
}

// Place is one false mask.
type Place struct {
	Clip   string
	At, Ms float64 // seconds into the clip, and how long
}

func (d *Damage) add(o Damage) {
	d.Samples += o.Samples
	d.Masked += o.Masked
	d.Masks += o.Masks
	d.Digits += o.Digits
	d.Spandsp += o.Spandsp
	d.Altered += o.Altered
	d.Places = append(d.Places, o.Places...)
	d.TalkOff = append(d.TalkOff, o.TalkOff...)
}

// Hours is how much was listened to.
func (d *Damage) Hours() float64 { return float64(d.Samples) / audio.SampleRate / 3600 }

// PerHour is false masks an hour.
func (d *Damage) PerHour() float64 { return float64(d.Masks) / max(d.Hours(), 1e-9) }

// Percent is the share of samples that were masked.
func (d *Damage) Percent() float64 { return 100 * float64(d.Masked) / max(1, float64(d.Samples)) }

// damage runs the gate over a stretch.
func damage(s stretch, armed bool) Damage {
	out, keys := hear(fixed{s.samples, nil}, s.samples, []setting{{mask.Strip, armed, fullReach}})
	d := Damage{Samples: len(s.samples), Digits: len(keys), Altered: out[0].altered}
	for _, k := range keys {
		d.TalkOff = append(d.TalkOff, Place{Clip: s.clip, At: float64(s.from+k.At) / 1000 / ms})
	}
	open := true
	for i, o := range out[0].open {
		if !o && i < startUp {
			continue // an empty delay line is masked, and its mask rounded up
		}
		if !o {
			d.Masked++
			if open {
				d.Masks++
				d.Places = append(d.Places, Place{s.clip, float64(s.from+i) / 1000 / ms, 0})
			}
			d.Places[len(d.Places)-1].Ms += 1.0 / ms
		}
		open = o
	}
	return d
}
