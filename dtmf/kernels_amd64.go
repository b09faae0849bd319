package dtmf

// All of amd64 has SSE2, so there is nothing to choose from at run time. The
// assembly does not check lengths: where the plain form would panic, it would read
// or write what lies behind.

// The assembly has these numbers in its instructions. Another one does not compile.
const (
	_ = uint(coarseAll-24) | uint(24-coarseAll)
	_ = uint(sieveRows-4) | uint(4-sieveRows)
	_ = uint(sieveAll-11) | uint(11-sieveAll)
	_ = uint(sieveLengths-4) | uint(4-sieveLengths)
	_ = uint(longestPiece-10) | uint(10-longestPiece)
	_ = uint(hop-8) | uint(8-hop)
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
func correlate(to *phasors, x *[hop]float32, waves *[hop]lanes, turn *phasors)

// There is one sum more than blocks.
//
//go:noescape
func addUp(sums, blocks []phasors)

//go:noescape
func total(to *phasors, blocks []phasors)

//go:noescape
func difference(to *phasors, power *lanes, from, until *phasors)

//go:noescape
func sift(low, high *[newBlocks]bests, sums *[recent + 1]phasors)

//go:noescape
func promised(ends *[sieveLengths]uint32, low, high *[newBlocks]bests, energy *[newBlocks + longestPiece]float64, wanted *bests)

// The slices are of one length.
//
//go:noescape
func dot(even, odd, cosine, sine []quad) (c, s float32)
