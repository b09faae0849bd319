package dtmf

import "golang.org/x/sys/cpu"

// All of amd64 has SSE2, and most of it AVX2, with which the four functions that take
// longest do eight numbers at a time. The assembly does not check lengths: where the
// plain form would panic, it would read or write what lies behind.

// wide is chosen once; tests try both.
var wide = cpu.X86.HasAVX2

// There are as many blocks, and turns of them, as phasors.
func correlate(to []phasors, from []float32, waves *[hop]lanes, turns []phasors) {
	if wide {
		correlateWide(to, from, waves, turns)
	} else {
		correlateNarrow(to, from, waves, turns)
	}
}

// Whole blocks, and as many go in as come out.
func filter(to, from []float32, state *[order]float32, r *response) {
	if wide {
		filterWide(to, from, state, r)
	} else {
		filterNarrow(to, from, state, r)
	}
}

// There is one sum more than blocks.
func addUp(sums, blocks []phasors) {
	if wide {
		addUpWide(sums, blocks)
	} else {
		addUpNarrow(sums, blocks)
	}
}

func sift(low, high *[newBlocks]bests, sums *[recent + 1]phasors) {
	if wide {
		siftWide(low, high, sums)
	} else {
		siftNarrow(low, high, sums)
	}
}

// The assembly has these numbers in its instructions. Another one does not compile.
const (
	_ = uint(coarseAll-24) | uint(24-coarseAll)
	_ = uint(sieveRows-4) | uint(4-sieveRows)
	_ = uint(sieveAll-11) | uint(11-sieveAll)
	_ = uint(sieveLengths-4) | uint(4-sieveLengths)
	_ = uint(longestPiece-10) | uint(10-longestPiece)
	_ = uint(hop-8) | uint(8-hop)
	_ = uint(order-4) | uint(4-order)
)

// The destination is as long as the source, at least, and that is whole blocks.
//
//go:noescape
func widen(to []float32, from []int16)

// There is one sum more than blocks.
//
//go:noescape
func moments(sums, energies []int64, from []int16)

//go:noescape
func filterNarrow(to, from []float32, state *[order]float32, r *response)

//go:noescape
func filterWide(to, from []float32, state *[order]float32, r *response)

// There are as many blocks as energies.
//
//go:noescape
func energies(to, from []float32)

//go:noescape
func correlateNarrow(to []phasors, from []float32, waves *[hop]lanes, turns []phasors)

//go:noescape
func correlateWide(to []phasors, from []float32, waves *[hop]lanes, turns []phasors)

//go:noescape
func addUpNarrow(sums, blocks []phasors)

//go:noescape
func addUpWide(sums, blocks []phasors)

//go:noescape
func total(to *phasors, blocks []phasors)

//go:noescape
func difference(to *phasors, power *lanes, from, until *phasors)

//go:noescape
func siftNarrow(low, high *[newBlocks]bests, sums *[recent + 1]phasors)

//go:noescape
func siftWide(low, high *[newBlocks]bests, sums *[recent + 1]phasors)

//go:noescape
func promised(ends *[sieveLengths]uint32, low, high *[newBlocks]bests, energy *[newBlocks + longestPiece]float64, wanted *bests)

// The slices are of one length.
//
//go:noescape
func dot(even, odd, cosine, sine []quad) (c, s float32)
