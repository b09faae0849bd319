package audio

// Noise is a seeded source of comfort noise: white, of constant level, and
// the same for the same seed, so that two runs of one call can be compared
// byte for byte. The zero value works and is the generator of seed 0.
type Noise struct{ state uint64 }

// NewNoise returns a generator with the given seed.
func NewNoise(seed uint64) Noise { return Noise{state: seed} }

// comfortPeak gives a uniform distribution of about -55 dBm0: audible as an
// open line, far below speech.
const comfortPeak = 52

// Next returns the next comfort noise sample.
func (n *Noise) Next() int16 { return n.Within(comfortPeak) }

// Within returns a sample distributed uniformly in [-peak, peak].
func (n *Noise) Within(peak int32) int16 {
	// SplitMix64: no multiplication by state-dependent values, one word of
	// state, and any seed is a good one.
	n.state += 0x9E3779B97F4A7C15
	z := n.state
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	z ^= z >> 31
	return int16(int32(z>>33%uint64(2*peak+1)) - peak)
}

// Fill replaces a run of samples with comfort noise.
func (n *Noise) Fill(dst []int16) {
	for i := range dst {
		dst[i] = n.Next()
	}
}
