package load

import (
	"cmp"
	"slices"
	"time"
)

// tally is what the clients saw in one window.
type tally struct {
	late   []int32 // µs: by how much the thread was late, per step with packets
	jitter []int32 // µs, see deviation
	delays [paths][]int32
	missed [paths]int

	sent, keys         int
	expected, received int // packets from the server, by their sequence numbers
	reordered, jumps   int // jumps: timestamps that step by more than their sequence number
	refused            int // our packets that the kernel or the cipher refused
	strange            int // packets to nobody
	undecipherable     int
	// By the kernel, because we read too late: so far, and before this tally.
	dropped, droppedBefore uint32
}

// newTally has room for a window, so that the thread seldom waits for memory.
func newTally(legs int, window time.Duration) *tally {
	s := int(window/time.Second) + 1
	t := &tally{late: make([]int32, 0, 1000*s), jitter: make([]int32, 0, 55*legs*s)}
	for p := range t.delays {
		t.delays[p] = make([]int32, 0, legs*s)
	}
	return t
}

// reset empties a tally that nobody reads.
func (t *tally) reset() {
	kept := tally{late: t.late[:0], jitter: t.jitter[:0]}
	for p := range t.delays {
		kept.delays[p] = t.delays[p][:0]
	}
	*t = kept
}

// quantile returns the q-th quantile by the nearest rank: the smallest value
// that q of all do not exceed. It sorts values, and is 0 for none.
func quantile[T cmp.Ordered](values []T, q float64) (v T) {
	if len(values) == 0 {
		return v
	}
	slices.Sort(values)
	rank := int(q*float64(len(values)) + 0.999999)
	return values[min(max(rank, 1), len(values))-1]
}

// median of an even number is the mean of both in the middle.
func median(values []float64) float64 {
	n := len(values)
	if n == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	return (s[(n-1)/2] + s[n/2]) / 2
}

// ms turns microseconds into milliseconds.
func ms(us int32) float64 { return float64(us) / 1000 }
