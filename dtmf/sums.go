package dtmf

import (
	"math"

	"tonegate/internal/audio"
)

const (
	coarseHz    = 40
	coarseRows  = 9   // 660…980 Hz
	coarseAll   = 24  // and 1150…1710 Hz
	phasePeriod = 100 // blocks after which every multiple of 10 Hz is in phase
	sieveRows   = 4   // every second of them: 700…940 Hz
	sieveAll    = 11  // and 1190…1670 Hz
	coarseSplit = sieveAll + coarseRows - sieveRows
	longestLook = 20 // blocks that are looked at in one piece
)

// coarse holds the first looks' frequencies: close enough together that a 10 ms
// window loses at most 0.6 dB between two of them. Those of the sieve come
// first, rows before columns, and then the others, rows before columns.
var coarse = newCoarse()

type coarseTable struct {
	grid  [coarseAll]int          // grid index of each frequency
	waves [coarseAll][hop]float32 // from the middle of a block on, cosines and then sines
	// Rotation of a block's sum to the phase of the stream, by half blocks.
	turns [2 * phasePeriod][coarseAll]turn
}

type turn struct{ re, im float32 }

func newCoarse() *coarseTable {
	t := new(coarseTable)
	places := [4]int{0, sieveRows, sieveAll, coarseSplit}
	for i := range coarseAll {
		hz, in := 660+coarseHz*i, i%2 == 1
		group := 0
		if i >= coarseRows {
			hz, in = 1150+coarseHz*(i-coarseRows), (i-coarseRows)%2 == 1
			group = 1
		}
		if !in {
			group += 2
		}
		t.set(places[group], hz)
		places[group]++
	}
	return t
}

func (t *coarseTable) set(k, hz int) {
	t.grid[k] = hz / gridHz
	w := 2 * math.Pi * float64(hz) / audio.SampleRate
	for h := range hop / 2 {
		t.waves[k][h] = float32(math.Cos(w * (float64(h) + 0.5)))
		t.waves[k][hop/2+h] = float32(math.Sin(w * (float64(h) + 0.5)))
	}
	for b := range 2 * phasePeriod {
		at := w * float64(hop/2*b)
		t.turns[b][k] = turn{float32(math.Cos(at)), float32(-math.Sin(at))}
	}
}

// sums holds the complex correlations of each block with the coarse
// frequencies, in the phase of the stream, so that those of a window are the
// sums of its blocks'. The sieve's are always there, the others once a window
// that the sieve let through needs them.
type sums struct {
	re, im track
	whole  [allBlocks]bool // all frequencies are there
	phase  int             // of the oldest block, modulo phasePeriod
	// Sums of the last blocks before each, for windows within the last recent.
	before [coarseAll]runningSum
	summed bool // those of all frequencies are there
}

// recent is how many blocks the short windows of a frame reach.
const recent = proofBlocks + newBlocks

type runningSum struct{ re, im [recent + 1]float32 }

// track holds a value for each frequency and block. It is one piece, so that one
// move makes room for a frame.
type track [coarseAll * allBlocks]float32

func (t *track) of(k int) *[allBlocks]float32 { return (*[allBlocks]float32)(t[k*allBlocks:]) }

// inFrame are the values of the frame's own blocks.
func (t *track) inFrame(k int) *[newBlocks]float32 {
	return (*[newBlocks]float32)(t[k*allBlocks+oldBlocks:])
}

// makeRoom moves the past back by a frame. Nothing older stays: it may be a key.
func (s *sums) makeRoom() {
	copy(s.re[:], s.re[newBlocks:])
	copy(s.im[:], s.im[newBlocks:])
	for k := sieveAll; k < coarseAll; k++ { // the sieve's are overwritten
		*s.re.inFrame(k), *s.im.inFrame(k) = [newBlocks]float32{}, [newBlocks]float32{}
	}
	if s.summed {
		clear(s.before[sieveAll:])
		s.summed = false
	}
	copy(s.whole[:oldBlocks], s.whole[newBlocks:])
	clear(s.whole[oldBlocks:])
	if s.phase += newBlocks; s.phase >= phasePeriod {
		s.phase -= phasePeriod
	}
}

// addUp adds up what the sieve needs.
func (s *sums) addUp() {
	for k := range sieveAll {
		s.before[k].sum(s.re.of(k), s.im.of(k))
	}
}

// complete correlates the blocks from one on with all frequencies.
func (s *sums) complete(high *[maxWindow + audio.FrameSamples]float32, from int) {
	from = min(from, allBlocks-recent)
	if s.summed && from == allBlocks-recent {
		return
	}
	for b := allBlocks - 1; b >= from; b-- {
		if !s.whole[b] {
			s.correlate((*[hop]float32)(high[b*hop:]), b, sieveAll, coarseAll)
			s.whole[b] = true
		}
	}
	if !s.summed {
		s.summed = true
		for k := sieveAll; k < coarseAll; k++ {
			s.before[k].sum(s.re.of(k), s.im.of(k))
		}
	}
}

func (r *runningSum) sum(re, im *[allBlocks]float32) {
	x, y := (*[recent]float32)(re[allBlocks-recent:]), (*[recent]float32)(im[allBlocks-recent:])
	var a, b float32
	for i := range recent {
		a += x[i]
		b += y[i]
		r.re[i+1], r.im[i+1] = a, b
	}
}

// correlate correlates a block, folded around its middle, with some frequencies.
func (s *sums) correlate(x *[hop]float32, b, first, end int) {
	e0, e1, e2, e3 := x[4]+x[3], x[5]+x[2], x[6]+x[1], x[7]+x[0]
	o0, o1, o2, o3 := x[4]-x[3], x[5]-x[2], x[6]-x[1], x[7]-x[0]
	turn := &coarse.turns[s.rotation(2*b)]
	toRe, toIm := s.re[b:], s.im[b:]
	for k := first; k < end && k < coarseAll; k++ {
		w, t := &coarse.waves[k], &turn[k]
		re := (e0*w[0] + e1*w[1]) + (e2*w[2] + e3*w[3])
		im := (o0*w[4] + o1*w[5]) + (o2*w[6] + o3*w[7])
		toRe[k*allBlocks] = re*t.re + im*t.im
		toIm[k*allBlocks] = re*t.im - im*t.re
	}
}

// rotation is the index of the rotations to the middle of the block halfBlocks/2,
// of this frame's.
func (s *sums) rotation(halfBlocks int) int { return (2*s.phase + halfBlocks) % (2 * phasePeriod) }

// glance is what a window looks like at the coarse frequencies.
type glance struct {
	row, column int     // grid indices of the strongest coarse frequencies
	low, high   float32 // energy explained by each alone
	energy      float32
	guess       float32 // score of the pair of them, fitted jointly
}

// look sums up the blocks [from, to). Windows longer than 20 ms are looked at
// in two halves, as their bins would be narrower than the coarse grid.
func (f *front) look(from, to int) glance {
	ends := [3]int{from, to}
	parts := 1
	if to-from > longestLook {
		ends, parts = [3]int{from, (from + to) / 2, to}, 2
	}
	f.sums.complete(&f.high, from)
	var at [2]phasors
	var power [coarseAll]float32
	for i := range parts {
		f.sums.add(&at[i], 0, coarseAll, ends[i], ends[i+1])
		for k := range power {
			power[k] += at[i].power(k)
		}
	}
	r := strongest(&power, strongest(&power, 0, 1, sieveRows), sieveAll, coarseSplit)
	c := strongest(&power, strongest(&power, sieveRows, sieveRows+1, sieveAll), coarseSplit, coarseAll)
	scale := 2 / float32((ends[1]-from)*hop)
	g := glance{
		row: coarse.grid[r], column: coarse.grid[c],
		low: power[r] * scale, high: power[c] * scale, energy: f.energyIn(from, to),
	}
	var both tonePair
	for i := range parts {
		both.add(f.guess(&at[i], r, c, ends[i], ends[i+1]))
	}
	g.guess = both.score()
	return g
}

// guess fits two of the coarse frequencies to the blocks [from, to).
func (f *front) guess(at *phasors, r, c, from, to int) tonePair {
	middle := f.sums.rotation(from + to - 1)
	rowCos, rowSin := at.turned(r, middle)
	columnCos, columnSin := at.turned(c, middle)
	return solve((to-from)*hop/2, coarse.grid[r], coarse.grid[c], f.energyIn(from, to),
		[2]float32{rowCos, rowSin}, [2]float32{columnCos, columnSin})
}

// strongest returns where power is highest, at best or in [from, to).
func strongest(power *[coarseAll]float32, best, from, to int) int {
	for k := from; k < to; k++ {
		if power[k] > power[best] {
			best = k
		}
	}
	return best
}

// phasors are the correlations of a window with the coarse frequencies.
type phasors struct{ re, im [coarseAll]float32 }

func (p *phasors) power(k int) float32 { return p.re[k]*p.re[k] + p.im[k]*p.im[k] }

// turned returns the inner products with the cosine and the sine of a frequency
// whose phase is zero at the middle of the window.
func (p *phasors) turned(k, middle int) (cosine, sine float32) {
	t := coarse.turns[middle][k]
	return p.re[k]*t.re + p.im[k]*t.im, p.re[k]*t.im - p.im[k]*t.re
}

// add sums the blocks [from, to) up, at the frequencies [first, end).
func (s *sums) add(p *phasors, first, end, from, to int) {
	if a, b := from-(allBlocks-recent), to-(allBlocks-recent); a >= 0 && a <= recent && b >= 0 && b <= recent {
		for k := first; k < end && k < coarseAll; k++ {
			r := &s.before[k]
			p.re[k], p.im[k] = r.re[b]-r.re[a], r.im[b]-r.im[a]
		}
		return
	}
	for k := first; k < end; k++ {
		var re, im float32
		x, y := s.re.of(k)[from:to], s.im.of(k)[from:to]
		for b := range min(len(x), len(y)) {
			re += x[b]
			im += y[b]
		}
		p.re[k], p.im[k] = re, im
	}
}

// tonal reports whether a fit of the window could reach the score wanted, of
// which the guess must show a share. It is lenient: two tones of a short window
// leak into each other, the coarse grid misses some of each, and the high-pass
// filter rings where a tone begins.
func (g *glance) tonal(wanted, share float32) bool {
	weaker := min(g.low, g.high)
	if weaker < 0.02*g.energy || g.energy < 1 {
		return false
	}
	rest := g.energy - 1.6*(g.low+g.high)
	return 2*weaker >= 0.2*wanted*rest && g.guess >= share*wanted
}
