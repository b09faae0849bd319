package dtmf

import "math"

// The sieve is the very first look at a window, and nearly all that speech ever
// gets: how much of its energy do the strongest of four row and of seven column
// frequencies explain? It says so for all windows of a frame at once, and lets
// one in thirty of speech through. It is no bound but experience: the reference
// of the tests has it in plain form, and another without it tells what it costs.

// The lengths that the sieve looks at in one piece, in blocks; longer windows are
// looked at in pieces of those.
const (
	sieve4 = iota
	sieve5
	sieve7
	sieve10
	sieveLengths
)

const longestPiece = 10

// sieve holds the power at the strongest row and at the strongest column, by
// length and by the block that a window ends with.
type sieve struct{ low, high powers }

// powers are by length and block. They are kept as the bits of numbers that are
// not negative, which compare like the numbers and so without a branch.
type powers [sieveLengths * allBlocks]uint32

func (p *powers) at(length, block int) float32 {
	return math.Float32frombits(p[length*allBlocks+block])
}

// inFrame are those of windows of a length that end in the frame.
func (p *powers) inFrame(length int) *[newBlocks]uint32 {
	return (*[newBlocks]uint32)(p[length*allBlocks+oldBlocks:])
}

// piece is a part of a window that the sieve looks at on its own: of one of its
// lengths, so many blocks before the window's end.
type piece struct{ length, before int }

// pieces are what windows are looked at in, by length in blocks.
var pieces = [maxWindow/hop + 1][]piece{
	4:  {{sieve4, 0}},
	5:  {{sieve5, 0}},
	7:  {{sieve7, 0}},
	10: {{sieve10, 0}},
	12: {{sieve7, 0}, {sieve5, 7}},
	15: {{sieve10, 0}, {sieve5, 10}},
	20: {{sieve10, 0}, {sieve10, 10}},
	35: {{sieve10, 0}, {sieve10, 10}, {sieve10, 20}, {sieve5, 30}},
}

var sieveBlocks = [sieveLengths]int{4, 5, 7, 10}

// sieveScale makes an energy of a power over that many blocks.
var sieveScale = [sieveLengths]float32{2. / (4 * hop), 2. / (5 * hop), 2. / (7 * hop), 2. / (10 * hop)}

// sight is what the sieve sees of a window.
type sight struct {
	low, high float32 // energy that the strongest row and column explain alone
	energy    float32
}

// sieveLeak is what the sieve adds to what it sees explained: frequencies 80 Hz
// apart miss some of a tone, and two tones of a short window leak into each other.
const sieveLeak = 1.2

// promises reports whether the weaker tone stands out from the rest enough for a
// fit of the window to be worth a try. It goes by experience and is no bound.
func (s *sight) promises(wanted float32) bool {
	rest := s.energy - sieveLeak*(s.low+s.high)
	return s.energy >= 1 && 2*min(s.low, s.high) >= wanted*rest
}

// sift is what the sieve sees of the window of so many blocks that ends with
// block end of the frame, at most: the pieces of a long window are taken each at
// its own strongest frequencies.
func (f *front) sift(blocks, end int) sight {
	last := oldBlocks + end - 1
	g := sight{energy: f.energyIn(last+1-blocks, last+1)}
	for _, p := range pieces[blocks] {
		scale := sieveScale[p.length]
		g.low += f.sieve.low.at(p.length, last-p.before) * scale
		g.high += f.sieve.high.at(p.length, last-p.before) * scale
	}
	return g
}

// lets returns, as bits by the block of the frame that they end with, the windows
// of a length that promise what is wanted by sift; one ends every so many blocks.
func (f *front) lets(blocks, every int, wanted float32) (ends uint32) {
	if len(pieces[blocks]) > 1 || every > 1 {
		for end := newBlocks; end > 0; end -= every {
			if s := f.sift(blocks, end); s.promises(wanted) {
				ends |= 1 << end
			}
		}
		return ends
	}
	l := pieces[blocks][0].length
	low, high, scale := f.sieve.low.inFrame(l), f.sieve.high.inFrame(l), sieveScale[l]
	to := (*[newBlocks]float64)(f.energy[oldBlocks+1:])
	from := (*[newBlocks]float64)(f.energy[oldBlocks+1-blocks:])
	for i := range newBlocks {
		s := sight{
			low:    math.Float32frombits(low[i]) * scale,
			high:   math.Float32frombits(high[i]) * scale,
			energy: float32(to[i] - from[i]),
		}
		if s.promises(wanted) {
			ends |= 2 << i
		}
	}
	return ends
}

// siftClosely is sift without the mercy: all pieces at the same frequencies.
func (f *front) siftClosely(blocks, end int) sight {
	if len(pieces[blocks]) == 1 {
		return f.sift(blocks, end)
	}
	last := oldBlocks + end - 1
	g := sight{energy: f.energyIn(last+1-blocks, last+1)}
	var explained [coarseAll]float32
	for _, p := range pieces[blocks] {
		to := last + 1 - p.before
		var at phasors
		f.sums.add(&at, 0, sieveAll, to-sieveBlocks[p.length], to)
		for k := range sieveAll {
			explained[k] += at.power(k) * sieveScale[p.length]
		}
	}
	g.low = explained[strongest(&explained, 0, 0, sieveRows)]
	g.high = explained[strongest(&explained, sieveRows, sieveRows, sieveAll)]
	return g
}

// push looks at all windows that end in the frame.
func (s *sieve) push(in *sums) {
	s.low.push()
	s.high.push()
	for k := range sieveAll {
		if k < sieveRows {
			s.low.sift(&in.before[k])
		} else {
			s.high.sift(&in.before[k])
		}
	}
}

// push makes room for a frame's windows.
func (p *powers) push() {
	copy(p[:], p[newBlocks:])
	for l := range sieveLengths {
		*p.inFrame(l) = [newBlocks]uint32{}
	}
}

// sift takes one frequency into account.
func (p *powers) sift(sum *runningSum) {
	best4, best5, best7, best10 := p.inFrame(sieve4), p.inFrame(sieve5), p.inFrame(sieve7), p.inFrame(sieve10)
	re, im := (*[newBlocks + longestPiece]float32)(sum.re[recent+1-newBlocks-longestPiece:]), (*[newBlocks + longestPiece]float32)(sum.im[recent+1-newBlocks-longestPiece:])
	for e := range newBlocks {
		x, y := re[e+10], im[e+10]
		a, b := x-re[e+6], y-im[e+6]
		best4[e] = max(best4[e], math.Float32bits(a*a+b*b))
		a, b = x-re[e+5], y-im[e+5]
		best5[e] = max(best5[e], math.Float32bits(a*a+b*b))
		a, b = x-re[e+3], y-im[e+3]
		best7[e] = max(best7[e], math.Float32bits(a*a+b*b))
		a, b = x-re[e], y-im[e]
		best10[e] = max(best10[e], math.Float32bits(a*a+b*b))
	}
}
