package leak

import (
	"strings"

	"tonegate/bench/corpus"
)

// Example is what a trained listener sees of one stroke, and which key it was.
type Example struct {
	Features []float64
	Symbol   byte
	Test     bool // not to be trained on
}

// Learn trains the listener that `bench leak` trains on the examples that are
// not for the test, and returns for the others whether it named the key. It
// returns nil if there is too little to train on.
func Learn(all []Example) (right []bool) {
	set := make([]example, len(all))
	for i, e := range all {
		set[i] = example{features: e.Features, label: strings.IndexByte(classes, e.Symbol), test: e.Test}
	}
	return judge(set)
}

// Bands are the features that a stroke's audio gives: the levels of the eight
// DTMF frequencies before, in and after it.
func Bands(samples []int16, onset, duration int) []float64 {
	return bands(samples, corpus.Stroke{Onset: onset, Duration: duration})
}
