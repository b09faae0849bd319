package leak

import (
	"math"
	"strings"

	"tonegate/bench/corpus"
	"tonegate/bench/listen"
)

// mode is what the trained listener is tried on.
type mode int

const (
	stripArmed mode = iota
	stripUnarmed
	fieldArmed
	oracleMask
	modeCount
)

func (m mode) String() string {
	return [modeCount]string{"strip, armed", "strip, not armed", "field, armed", "oracle"}[m]
}

// example is what the trained listener sees of one stroke.
type example struct {
	features []float64
	label    int
	test     bool // not to be trained on
}

const classes = "0123456789*#ABCD"

// examples turns the strokes of an item into examples. Every second pair of
// items is for the test, so both halves have both parts of the material.
func examples(item *corpus.Item, open []bool, strokes []corpus.Stroke) []example {
	x := rendered(item.Samples, open, uint64(item.Index))
	var out []example
	for k, s := range strokes {
		out = append(out, example{
			features: append(shape(item, open, k), bands(x, s)...),
			label:    strings.IndexByte(classes, s.Symbol),
			test:     item.Index/2%2 == 1,
		})
	}
	return out
}

// shape describes the mask around a stroke: where it begins and ends, how much
// is masked, in how many pieces, and its edges' place in the frame grid.
func shape(item *corpus.Item, open []bool, k int) []float64 {
	s := item.Strokes[k]
	from, to := max(0, s.Onset-50*ms), until(item, k)
	first, last, masked, pieces := -1, -1, 0, 0
	for i := from; i < to; i++ {
		if open[i] {
			continue
		}
		if first < 0 {
			first = i
		}
		if i == from || open[i-1] {
			pieces++
		}
		last = i
		masked++
	}
	if first < 0 {
		first, last = s.Onset, s.Onset
	}
	f := []float64{
		float64(first - s.Onset), float64(last - s.End()), float64(last - first), float64(masked), float64(pieces),
		float64(s.Duration),
	}
	for _, v := range f[:3] { // a line through a threshold sees only one side
		f = append(f, math.Mod(v+16000, 8), math.Abs(v))
	}
	return f
}

// bands are the eight bands' levels in dB in windows around the edges, and the
// share of each in its group of four.
func bands(x []int16, s corpus.Stroke) []float64 {
	e := s.End()
	windows := [...][2]int{
		{s.Onset - 20*ms, s.Onset - 5*ms}, {s.Onset - 5*ms, s.Onset + 5*ms}, {s.Onset, s.Onset + 20*ms},
		{s.Onset, e}, {e - 10*ms, e}, {e - 2*ms, e + 8*ms}, {e, e + 20*ms}, {e + 20*ms, e + 60*ms},
	}
	var out []float64
	for _, w := range windows {
		level := listen.Energy(x[max(0, w[0]):min(len(x), max(w[1], w[0]+2*ms))])
		for g := range 2 {
			mean := 0.0
			for _, v := range level[4*g : 4*g+4] {
				mean += max(v, -70) / 4
			}
			for _, v := range level[4*g : 4*g+4] {
				out = append(out, max(v, -70)-mean)
			}
			out = append(out, mean)
		}
	}
	return out
}

// softmax is multinomial logistic regression.
type softmax struct {
	mean, scale []float64
	weights     [len(classes)][]float64 // the last is the bias
}

const (
	epochs = 40
	fewest = 32 // examples worth training on
	decay  = 1e-3
)

// train fits a model by stochastic gradient descent, in the order given.
func train(set []example) *softmax {
	m := new(softmax)
	n := len(set[0].features)
	m.mean, m.scale = make([]float64, n), make([]float64, n)
	for j := range n {
		var sum, square float64
		for i := range set {
			v := set[i].features[j]
			sum, square = sum+v, square+v*v
		}
		mean := sum / float64(len(set))
		m.mean[j], m.scale[j] = mean, 1/math.Sqrt(max(square/float64(len(set))-mean*mean, 1e-6))
	}
	for c := range m.weights {
		m.weights[c] = make([]float64, n+1)
	}
	x := make([]float64, n+1)
	for epoch := range epochs {
		rate := 0.02 / (1 + float64(epoch)/8)
		for i := range set {
			// A stride that shares no factor with the length visits all.
			e := &set[(i*7919+epoch)%len(set)]
			p := m.probabilities(e.features, x)
			for c := range m.weights {
				g := p[c]
				if c == e.label {
					g--
				}
				for j, w := range m.weights[c] {
					m.weights[c][j] = w - rate*(g*x[j]+decay*w)
				}
			}
		}
	}
	return m
}

// probabilities fills x with the scaled features and a one for the bias.
func (m *softmax) probabilities(features, x []float64) (p [len(classes)]float64) {
	for j, v := range features {
		x[j] = max(-4, min(4, (v-m.mean[j])*m.scale[j]))
	}
	x[len(features)] = 1
	sum := 0.0
	for c := range m.weights {
		dot := 0.0
		for j, w := range m.weights[c] {
			dot += w * x[j]
		}
		p[c] = math.Exp(min(50, dot))
		sum += p[c]
	}
	for c := range p {
		p[c] /= sum
	}
	return p
}

// judge trains on one half and returns, for the other, which it got right.
func judge(all []example) (right []bool) {
	var training []example
	for _, e := range all {
		if !e.test {
			training = append(training, e)
		}
	}
	if len(training) < fewest {
		return nil
	}
	m := train(training)
	x := make([]float64, len(all[0].features)+1)
	for _, e := range all {
		if !e.test {
			continue
		}
		p := m.probabilities(e.features, x)
		best := 0
		for c := range p {
			if p[c] > p[best] {
				best = c
			}
		}
		right = append(right, best == e.label)
	}
	return right
}

// Trained is what the trained listener reads in one mode.
type Trained struct {
	Mode      string
	Strokes   int
	Advantage Estimate // over chance, in percent
	Leak      Estimate // over what it reads from the oracle's mask
}

// trained tries the trained listener on all modes.
func trained(sets [modeCount][]example) []Trained {
	floor := judge(sets[oracleMask])
	var out []Trained
	for m := stripArmed; m < oracleMask; m++ {
		right := judge(sets[m])
		hits, more, less := 0, 0, 0
		for i, r := range right {
			if r {
				hits++
			}
			if r && !floor[i] {
				more++
			}
			if !r && floor[i] {
				less++
			}
		}
		out = append(out, Trained{
			m.String(), len(right), wilson(hits, len(right)).advantage().percent(), paired(more, less, len(right)).percent(),
		})
	}
	return out
}
