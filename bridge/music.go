package bridge

import (
	"math"
	"sync"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// Comfort music: plucked notes of pure sines, made here, so that nobody's rights
// are in it. No note is above 530 Hz: the lowest tone of a key is 697 Hz, and
// sines have no overtones that could reach it.
const (
	musicDBm0  = -25.0 // over the whole tune
	noteLength = audio.SampleRate / 2
	attack     = audio.SampleRate / 20
	decay      = 0.6 * audio.SampleRate // to 1/e
)

// chords are played as broken chords, two seconds each.
var chords = [][4]float64{
	{261.63, 329.63, 392.00, 523.25}, // C
	{220.00, 261.63, 329.63, 440.00}, // A minor
	{174.61, 220.00, 349.23, 440.00}, // F
	{196.00, 246.94, 293.66, 493.88}, // G
}

// tune is one round of the music. It ends as it begins, so it can be repeated.
var tune = sync.OnceValue(func() []int16 {
	length := len(chords) * 4 * noteLength
	sum := make([]float64, length)
	for i, chord := range chords {
		for k, hz := range chord {
			pluck(sum, (i*4+k)*noteLength, hz)
		}
	}
	var energy float64
	for _, v := range sum {
		energy += v * v
	}
	gain := audio.AmplitudeOf(musicDBm0) / math.Sqrt(2*energy/float64(length))
	out := make([]int16, length)
	for i, v := range sum {
		out[i] = int16(math.Round(gain * v))
	}
	return out
})

// pluck adds a note from at on. What rings on after the end is at the beginning.
func pluck(sum []float64, at int, hz float64) {
	for i := range 6 * noteLength {
		level := math.Exp(-float64(i) / decay)
		if i < attack {
			level *= (1 - math.Cos(math.Pi*float64(i)/attack)) / 2
		}
		sum[(at+i)%len(sum)] += level * math.Sin(2*math.Pi*hz*float64(i)/audio.SampleRate)
	}
}

// music plays to those who wait, and through a gate of its own to agents: what a
// detector would call a tone is replaced here like everywhere else.
type music struct {
	tune  []int16
	at    int
	seed  uint64
	ears  ears // nil while nobody waits: most calls never do
	gate  *mask.Gate
	frame audio.Frame
	gated mask.Gated
}

func newMusic(seed uint64) music {
	return music{tune: tune(), seed: seed}
}

// next moves on by a frame while somebody waits, and begins anew for the next one.
func (m *music) next(wanted bool, p mask.Policy) {
	if !wanted {
		if m.ears != nil {
			*m = music{tune: m.tune, seed: m.seed}
		}
		return
	}
	if m.ears == nil {
		// Not the conference's workspace, which may have been wiped by now.
		m.ears, m.gate = dtmf.NewDetector(), mask.NewGate(m.seed)
	}
	m.at = (m.at + copy(m.frame[:], m.tune[m.at:])) % len(m.tune)
	var ev dtmf.Evidence
	if attend(&ev, m.ears, &m.frame, new(dtmf.Reception)) {
		m.ears = dtmf.NewDetector()
	}
	m.gated = m.gate.Push(p, &m.frame, ev)
}
