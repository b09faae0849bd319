//go:build !amd64

package dtmf

func widen(to []float32, from []int16) { widenPlain(to, from) }

func moments(sums, energies []int64, from []int16) { momentsPlain(sums, energies, from) }

func filter(to, from []float32, state *[order]float32, r *response) {
	filterPlain(to, from, state, r)
}

func energies(to, from []float32) { energiesPlain(to, from) }

func correlate(to []phasors, from []float32, waves *[hop]lanes, turns []phasors) {
	correlatePlain(to, from, waves, turns)
}

func addUp(sums, blocks []phasors) { addUpPlain(sums, blocks) }

func total(to *phasors, blocks []phasors) { totalPlain(to, blocks) }

func difference(to *phasors, power *lanes, from, until *phasors) {
	differencePlain(to, power, from, until)
}

func sift(low, high *[newBlocks]bests, sums *[recent + 1]phasors) { siftPlain(low, high, sums) }

func promised(ends *[sieveLengths]uint32, low, high *[newBlocks]bests, energy *[newBlocks + longestPiece]float64, wanted *bests) {
	promisedPlain(ends, low, high, energy, wanted)
}

func dot(even, odd, cosine, sine []quad) (c, s float32) { return dotPlain(even, odd, cosine, sine) }
