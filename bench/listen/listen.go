package listen

import "math/rand/v2"

// Guess is the listener's opinion of one stroke.
type Guess struct {
	// Symbol is the key it names (0–9, *, #, A–D), or zero if there was
	// nothing but digital silence.
	Symbol byte
	// Score is the contrast in dB of the window it went by, above what a
	// window of that length must have before the guess is worth anything.
	Score float64
	// Confident is true if audio without any tone would hardly ever score as
	// high: less than one stroke in ten thousand is confidently right by luck.
	Confident bool
}

// Listener reads keys out of audio. Make one with [New]; it is not safe for
// concurrent use.
type Listener struct {
	banks map[int]*bank
	rng   *rand.Rand
	buf   []float64
	// deafness is noise that tests put into the ear, in sample units.
	deafness float64
}

// New returns a listener. The seed feeds only its calibration.
func New(seed uint64) *Listener {
	return &Listener{banks: map[int]*bank{}, rng: rand.New(rand.NewPCG(seed, 0x11573))}
}

func (l *Listener) bank(n int) *bank {
	b := l.banks[n]
	if b == nil {
		b = newBank(n)
		l.banks[n] = b
	}
	return b
}

// hear copies [from, to) of samples into the ear; what lies outside is silent.
func (l *Listener) hear(samples []int16, from, to int) []float64 {
	l.buf = l.buf[:0]
	for i := from; i < to; i++ {
		v := 0.0
		if i >= 0 && i < len(samples) {
			v = float64(samples[i])
			if l.deafness > 0 {
				v += l.deafness * l.rng.NormFloat64()
			}
		}
		l.buf = append(l.buf, v)
	}
	return l.buf
}

// certain is where more contrast makes no difference between windows.
const certain = 12

// Name guesses the key that was pressed at onset for duration samples.
func (l *Listener) Name(samples []int16, onset, duration int) Guess {
	return l.name(samples, onset, duration, onset+after)
}

// name is Name with the search ending at until.
func (l *Listener) name(samples []int16, onset, duration, until int) Guess {
	x := l.hear(samples, onset-before, until)
	best := Guess{Score: -1e9}
	for _, w := range lengths {
		if w.samples > max(duration, shortest) {
			break
		}
		b := l.bank(w.samples)
		for at := 0; at+w.samples <= len(x); at += max(2, w.samples/6) {
			f, ok := b.best(x[at:at+w.samples], false)
			if !ok {
				continue
			}
			score := min(f.contrast-w.wanted, certain) - distance(at-before, w.samples, duration)
			if score > best.Score {
				best = Guess{Symbol: symbolAt(f.row, f.column), Score: score}
			}
		}
	}
	best.settle()
	return best
}

// distance is what a window pays, in dB, for not lying inside the stroke: what
// is found elsewhere is less likely to be the key. Arguments are in samples,
// at being relative to the onset.
func distance(at, window, duration int) float64 {
	outside := max(0, -at) + max(0, at+window-duration)
	return min(6, 0.25*float64(outside))
}
