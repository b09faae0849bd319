package listen

import (
	"math"
	"math/rand/v2"
)

// Stroke is one key that was pressed, as the sender knows it.
type Stroke struct {
	Symbol          byte
	Onset, Duration int // samples
}

// Heard is what the listener made of one stroke.
type Heard struct {
	Stroke Stroke
	Guess  Guess
}

// Right reports whether the guess names the stroke.
func (h Heard) Right() bool { return h.Guess.Symbol == h.Stroke.Symbol }

// Report sums up what a listener read.
type Report struct {
	Strokes int
	Named   int     // right and confident: a leak
	Correct int     // right, whether or not confident
	Chance  float64 // strokes that guessing would get right, on average
	// PValue is the probability that guessing gets at least Correct right.
	PValue    float64
	PerStroke []Heard
}

// Read names every stroke. Strokes must be in order; each is looked for until
// the next begins, which otherwise would be read in its place.
func (l *Listener) Read(samples []int16, strokes []Stroke) Report {
	r := Report{Strokes: len(strokes), Chance: float64(len(strokes)) / 16}
	for i, s := range strokes {
		until := s.Onset + after
		if i+1 < len(strokes) {
			until = min(until, strokes[i+1].Onset)
		}
		h := Heard{s, l.name(samples, s.Onset, s.Duration, until)}
		if h.Right() {
			r.Correct++
			if h.Guess.Confident {
				r.Named++
			}
		}
		r.PerStroke = append(r.PerStroke, h)
	}
	r.PValue = AtLeast(r.Correct, r.Strokes, 1.0/16)
	return r
}

// shuffles bounds what Permuted can tell: p-values down to 1 in 20,000.
const shuffles = 19_999

// Permuted is the probability of getting at least Correct right with these very
// guesses if they had nothing to do with the strokes: the strokes are shuffled.
// Unlike PValue it is not fooled by a number of many equal digits and a listener
// with a favourite.
func (r Report) Permuted(seed uint64) float64 {
	rng := rand.New(rand.NewPCG(seed, 0))
	symbols := make([]byte, len(r.PerStroke))
	for i, h := range r.PerStroke {
		symbols[i] = h.Stroke.Symbol
	}
	asGood := 1
	for range shuffles {
		rng.Shuffle(len(symbols), func(i, k int) { symbols[i], symbols[k] = symbols[k], symbols[i] })
		right := 0
		for i, h := range r.PerStroke {
			if h.Guess.Symbol == symbols[i] {
				right++
			}
		}
		if right >= r.Correct {
			asGood++
		}
	}
	return float64(asGood) / (shuffles + 1)
}

// AtLeast is the upper tail of the binomial distribution, P(X ≥ k).
func AtLeast(k, n int, p float64) float64 {
	if k <= 0 {
		return 1
	}
	sum := 0.0
	whole, _ := math.Lgamma(float64(n + 1))
	for i := k; i <= n; i++ {
		a, _ := math.Lgamma(float64(i + 1))
		b, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(whole - a - b + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	return math.Min(1, sum)
}
