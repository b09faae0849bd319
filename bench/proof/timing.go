package proof

import (
	"math/rand/v2"

	"tonegate/internal/audio"
	"tonegate/internal/ivr"
	"tonegate/internal/softphone"
	"tonegate/mixer/mask"
)

const (
	ms         = audio.SamplesPerMs
	keyEvery   = 500 * ms // the grid on which progress is told
	firstKey   = 120 * ms // after a point of the grid
	keyLength  = 80 * ms
	firstSlot  = 3 // points of the grid until the first key
	afterwards = 4 // and after the last
)

// timing is when each key is pressed, and how long.
type timing []struct{ at, length int }

// steady presses one key at the same place of each 500 ms.
func steady(keys int) timing {
	t := make(timing, keys)
	for i := range t {
		t[i].at, t[i].length = (firstSlot+i)*keyEvery+firstKey, keyLength
	}
	return t
}

// within moves every key but the first and the last of each field inside its
// 500 ms, and gives it another length. The ends of a field are no secret: the
// mask begins with its first key and ends with its last.
func within(rng *rand.Rand, fields ...int) timing {
	t := steady(sum(fields))
	first := 0
	for _, n := range fields {
		for i := first + 1; i < first+n-1; i++ {
			t[i].at += rng.IntN(220 * ms)
			t[i].length = (50 + rng.IntN(70)) * ms
		}
		first += n
	}
	return t
}

// anywhere moves every key but the first and the last of each field freely
// between these two.
func anywhere(rng *rand.Rand, fields ...int) timing {
	t := steady(sum(fields))
	first := 0
	for _, n := range fields {
		from, to := t[first].at+t[first].length, t[first+n-1].at
		room := (to - from) / max(1, n-1)
		for i := first + 1; i < first+n-1; i++ {
			t[i].length = (50 + rng.IntN(70)) * ms
			t[i].at = from + (i-first-1)*room + 60*ms + rng.IntN(max(1, room-t[i].length-60*ms))
		}
		first += n
	}
	return t
}

func sum(ns []int) (total int) {
	for _, n := range ns {
		total += n
	}
	return total
}

// enter is a script in which a card is keyed.
func enter(p plastic, mode mask.Mode, transport softphone.Transport, t timing, voice []int16) script {
	s := script{mode: mode, transport: transport, voice: voice}
	keys := p.keys()
	for i := range keys {
		s.keys = append(s.keys, press{keys[i], t[i].at, t[i].length})
	}
	s.ticks = (firstSlot + len(keys) + afterwards) * keyEvery / audio.FrameSamples
	return s
}

// murmur is a customer's line: a voice of noise that never stops.
func murmur(seed uint64, peak int32) []int16 {
	n := audio.NewNoise(seed)
	out := make([]int16, (firstSlot+32+afterwards)*keyEvery)
	for i := range out {
		out[i] = n.Within(peak)
	}
	return out
}

// talk is a customer who talks: the bundled prompts, over and over.
func talk() ([]int16, error) {
	prompts, err := ivr.Builtin()
	if err != nil {
		return nil, err
	}
	out := murmur(5, 40)
	said := prompts[ivr.Greeting]
	for i := range out {
		out[i] = audio.Clamp(int32(out[i]) + int32(said[i%len(said)]))
	}
	return out, nil
}
