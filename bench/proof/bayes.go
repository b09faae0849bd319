package proof

import (
	"math"
	"slices"

	"tonegate/bench/leak"
)

// bins is into how many parts of equal weight a feature's range is cut.
const bins = 8

// bayes is a naive Bayes classifier over features cut into bins. Where few
// examples are at hand it sees a shift of an edge that a model of everything
// heard loses among its many weights.
type bayes struct {
	cuts   [][]float64      // of each feature, ascending
	counts map[byte][][]int // examples by symbol, feature and bin
	total  map[byte]int
}

// learnEdges trains on the edges of the mask alone, of the examples that are not for
// the test, and returns for those that are which it got right.
func learnEdges(all []leak.Example) (right []bool) {
	m := &bayes{counts: map[byte][][]int{}, total: map[byte]int{}}
	var training []leak.Example
	for _, x := range all {
		if !x.Test {
			training = append(training, x)
		}
	}
	for j := range shapeOf(all[0].Features) {
		var values []float64
		for _, x := range training {
			values = append(values, shapeOf(x.Features)[j])
		}
		slices.Sort(values)
		var cuts []float64
		for b := 1; b < bins; b++ {
			cuts = append(cuts, values[b*len(values)/bins])
		}
		m.cuts = append(m.cuts, slices.Compact(cuts))
	}
	for _, x := range training {
		m.learn(x)
	}
	for _, x := range all {
		if x.Test {
			right = append(right, m.guess(shapeOf(x.Features)) == x.Symbol)
		}
	}
	return right
}

// shapeOf picks what tells most of a mask's edges: where it begins and ends, how
// much longer it is than the key, how much of it is masked, and in how many pieces.
func shapeOf(features []float64) [5]float64 {
	first, last, masked, pieces, length := features[0], features[1], features[3], features[4], features[5]
	return [5]float64{first, last, last - first, masked - length, pieces}
}

func (m *bayes) learn(x leak.Example) {
	if m.counts[x.Symbol] == nil {
		for range m.cuts {
			m.counts[x.Symbol] = append(m.counts[x.Symbol], make([]int, bins))
		}
	}
	m.total[x.Symbol]++
	for j, v := range shapeOf(x.Features) {
		m.counts[x.Symbol][j][m.bin(j, v)]++
	}
}

func (m *bayes) bin(feature int, v float64) int {
	i, same := slices.BinarySearch(m.cuts[feature], v)
	if same {
		i++
	}
	return i
}

func (m *bayes) guess(shape [5]float64) (best byte) {
	most := math.Inf(-1)
	for symbol := byte('0'); symbol <= '9'; symbol++ { // in order: ties do not depend on a map's
		n := m.total[symbol]
		if n == 0 {
			continue
		}
		p := math.Log(float64(n))
		for j, v := range shape {
			p += math.Log(float64(m.counts[symbol][j][m.bin(j, v)]+1) / float64(n+bins))
		}
		if p > most {
			best, most = symbol, p
		}
	}
	return best
}
