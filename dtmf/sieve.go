package dtmf

// The sieve is the very first look at a window, and nearly all that speech ever
// gets: how much of its energy do the strongest of four row and of seven column
// frequencies explain? It says so for all windows of a frame at once, and lets
// one in thirty of speech through.

// lengths that the sieve looks at in one piece, in blocks; longer windows are
// looked at in pieces of those.
const (
	sieve4 = iota
	sieve5
	sieve7
	sieve10
	sieveLengths
)

const (
	longestPiece = 10
	sieveSpan    = longestPiece + newBlocks
)

// sieve holds the power at the strongest row and at the strongest column, by
// length and by the block that a window ends with.
type sieve struct {
	low, high [sieveLengths][allBlocks]float32
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

// What the sieve asks for. Frequencies 80 Hz apart miss some of a tone, and two
// tones of a short window leak into each other.
const (
	sieveLeak  = 1.25
	sieveShare = 0.25
)

// promises reports whether a fit of the window can be expected to reach the
// score wanted, going by experience: it is no bound. Of 5 million windows with
// tones that had reached it, 1 in 10 000 was not let through, and then one that
// ends a millisecond later was.
func (s *sight) promises(wanted float32) bool {
	rest := s.energy - sieveLeak*(s.low+s.high)
	return s.energy >= 1 && 2*min(s.low, s.high) >= sieveShare*wanted*rest
}

// sift is what the sieve sees of the window of so many blocks that ends with
// block end of the frame, at most: the pieces of a long window are taken each at
// its own strongest frequencies.
func (f *front) sift(blocks, end int) sight {
	last := oldBlocks + end - 1
	g := sight{energy: f.energyIn(last+1-blocks, last+1)}
	for _, p := range pieces[blocks] {
		scale := sieveScale[p.length]
		g.low += f.sieve.low[p.length][last-p.before] * scale
		g.high += f.sieve.high[p.length][last-p.before] * scale
	}
	return g
}

// siftLong is what the sieve sees of a window of several pieces, exactly.
func (f *front) siftLong(blocks, end int) sight {
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
	for l := range sieveLengths {
		copy(s.low[l][:oldBlocks], s.low[l][newBlocks:])
		copy(s.high[l][:oldBlocks], s.high[l][newBlocks:])
		clear(s.low[l][oldBlocks:])
		clear(s.high[l][oldBlocks:])
	}
	for k := range sieveAll {
		re, im := prefix(&in.re[k]), prefix(&in.im[k])
		if k < sieveRows {
			s.sift(&s.low, &re, &im)
		} else {
			s.sift(&s.high, &re, &im)
		}
	}
}

// prefix adds up the blocks that windows of up to 10 ms of the frame reach.
func prefix(x *[allBlocks]float32) (sum [sieveSpan + 1]float32) {
	in := (*[sieveSpan]float32)(x[allBlocks-sieveSpan:])
	var total float32
	for i, v := range in {
		total += v
		sum[i+1] = total
	}
	return sum
}

// sift takes one frequency into account.
func (s *sieve) sift(best *[sieveLengths][allBlocks]float32, re, im *[sieveSpan + 1]float32) {
	best4 := (*[newBlocks]float32)(best[sieve4][oldBlocks:])
	best5 := (*[newBlocks]float32)(best[sieve5][oldBlocks:])
	best7 := (*[newBlocks]float32)(best[sieve7][oldBlocks:])
	best10 := (*[newBlocks]float32)(best[sieve10][oldBlocks:])
	for e := range newBlocks {
		x, y := re[e+11], im[e+11]
		a, b := x-re[e+7], y-im[e+7]
		best4[e] = max(best4[e], a*a+b*b)
		a, b = x-re[e+6], y-im[e+6]
		best5[e] = max(best5[e], a*a+b*b)
		a, b = x-re[e+4], y-im[e+4]
		best7[e] = max(best7[e], a*a+b*b)
		a, b = x-re[e+1], y-im[e+1]
		best10[e] = max(best10[e], a*a+b*b)
	}
}
