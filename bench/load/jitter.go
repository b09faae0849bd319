package load

import (
	"math/rand/v2"
	"time"
)

// maxJitter is the most by which a network that is made worse holds a packet.
const maxJitter = 60 * time.Millisecond

// network holds packets back on their way to the server: each for a time of its
// own, evenly spread, but none overtakes another of its leg. The zero value
// holds nothing.
type network struct {
	steps int // of the generator's: the longest time, and one more
	rng   *rand.Rand
	held  [maxJitter/phaseStep + 1][]held
}

type held struct {
	leg  *leg
	size int
	data [256]byte
}

func newNetwork(jitter time.Duration, seed uint64) network {
	return network{steps: int(jitter / phaseStep), rng: rand.New(rand.NewPCG(seed, 2))}
}

// hold keeps a packet until a later step, or returns false if it is to leave in
// this one.
func (w *network) hold(l *leg, packet []byte, step int64) bool {
	if w.steps == 0 {
		return false
	}
	due := max(l.due, step+int64(w.rng.IntN(w.steps+1)))
	l.due = due
	if due == step {
		return false
	}
	at := &w.held[due%int64(len(w.held))]
	n := len(*at)
	if n < cap(*at) {
		*at = (*at)[:n+1]
	} else {
		*at = append(*at, held{})
	}
	h := &(*at)[n]
	h.leg, h.size = l, copy(h.data[:], packet)
	return true
}

// release hands over what is due in a step, in the order it was held.
func (w *network) release(step int64, f func(l *leg, packet []byte)) {
	at := &w.held[step%int64(len(w.held))]
	for i := range *at {
		f((*at)[i].leg, (*at)[i].data[:(*at)[i].size])
	}
	*at = (*at)[:0]
}
