package dtmf

import (
	"math"

	"tonegate/internal/audio"
)

const (
	coarseHz    = 40
	coarseRows  = 9  // 660…980 Hz
	coarseAll   = 24 // and 1150…1710 Hz
	sieveRows   = 4  // every second of them: 700…940 Hz
	sieveAll    = 11 // and 1190…1670 Hz
	coarseSplit = sieveAll + coarseRows - sieveRows
	longestLook = 20 // blocks that are looked at in one piece
)

// coarse holds the first looks' frequencies: close enough together that a 10 ms
// window loses at most 0.6 dB between two of them. Those of the sieve come
// first, rows before columns, and then the others, rows before columns.
var coarse = newCoarse()

type coarseTable struct {
	grid  [coarseAll]int // grid index of each frequency
	waves [hop]lanes     // from the middle of a block on, cosines and then sines
	// Rotation of a block's sum to the phase of the oldest block of the past, by half
	// blocks: whole ones first, which each frame needs. All streams share that phase, so
	// that these are few enough to stay in the processor's caches.
	turns [2 * allBlocks]phasors
}

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
		t.waves[h][k] = float32(math.Cos(w * (float64(h) + 0.5)))
		t.waves[hop/2+h][k] = float32(math.Sin(w * (float64(h) + 0.5)))
	}
	for b := range 2 * allBlocks {
		at, turn := w*float64(hop/2*b), &t.turns[rotation(b)]
		turn.re[k], turn.im[k] = float32(math.Cos(at)), float32(-math.Sin(at))
	}
}

// sums holds the complex correlations of each block with the coarse
// frequencies, in one phase, that of the oldest, so that those of a window are the
// sums of its blocks'. The blocks before the last ones are correlated when a
// window reaches that far, as few do.
type sums struct {
	blocks [allBlocks]phasors
	before [recent + 1]phasors // sums of the last blocks before each
	whole  bool                // those before the last ones are known, too
}

// recent is how many blocks the short windows of a frame reach.
const recent = proofBlocks + newBlocks

// push begins with a frame and its past.
func (s *sums) push(x *[maxWindow + audio.FrameSamples]float32) {
	s.whole = false
	s.correlate(x, allBlocks-recent, allBlocks)
	s.before[0] = phasors{}
	addUp(s.before[:], s.blocks[allBlocks-recent:])
}

// correlate takes the blocks [from, to) in. Whole blocks' rotations are the first, in
// the order of the blocks.
func (s *sums) correlate(x *[maxWindow + audio.FrameSamples]float32, from, to int) {
	correlate(s.blocks[from:to], x[from*hop:to*hop], &coarse.waves, coarse.turns[from:to])
}

// stretch is the blocks [from, to).
func (f *front) stretch(from, to int) []phasors {
	if s := &f.sums; from < allBlocks-recent && !s.whole {
		f.filtered(0, maxWindow-recentPast)
		s.correlate(&f.high, 0, allBlocks-recent)
		s.whole = true
	}
	return f.sums.blocks[from:to]
}

// rotation is the index of the rotations by so many half blocks.
func rotation(halfBlocks int) int { return halfBlocks/2 + halfBlocks%2*allBlocks }

// glance is what a window looks like at the coarse frequencies.
type glance struct {
	row, column int     // grid indices of the strongest coarse frequencies
	low, high   float32 // energy explained by each alone
	energy      float32
	guess       float32 // score of the pair of them, fitted jointly: see guessed
	guessed     bool
}

// looked is what the last look went by, for a guess to go on from.
type looked struct {
	at          [2]phasors
	row, column int // of the coarse frequencies
	ends        [3]int
	parts       int
}

// look sums up the blocks [from, to). Windows longer than 20 ms are looked at
// in two halves, as their bins would be narrower than the coarse grid.
func (f *front) look(from, to int) glance {
	l := &f.looked
	l.ends, l.parts = [3]int{from, to}, 1
	if to-from > longestLook {
		l.ends, l.parts = [3]int{from, (from + to) / 2, to}, 2
	}
	var power lanes
	for i := range l.parts {
		f.sumUp(&l.at[i], &power, l.ends[i], l.ends[i+1])
	}
	r := strongest(&power, strongest(&power, 0, 1, sieveRows), sieveAll, coarseSplit)
	c := strongest(&power, strongest(&power, sieveRows, sieveRows+1, sieveAll), coarseSplit, coarseAll)
	l.row, l.column = r, c
	scale := 2 / float32((l.ends[1]-from)*hop)
	return glance{
		row: coarse.grid[r], column: coarse.grid[c],
		low: power[r] * scale, high: power[c] * scale, energy: f.energyIn(from, to),
	}
}

// guess completes the last look. Few are worth it.
func (f *front) guess(g *glance) {
	if g.guessed {
		return
	}
	var both tonePair
	for l, i := &f.looked, 0; i < l.parts; i++ {
		both.add(f.fitCoarse(&l.at[i], l.row, l.column, l.ends[i], l.ends[i+1]))
	}
	g.guess, g.guessed = both.score(), true
}

// fitCoarse fits two of the coarse frequencies to the blocks [from, to).
func (f *front) fitCoarse(at *phasors, r, c, from, to int) tonePair {
	middle := rotation(from + to - 1)
	rowCos, rowSin := at.turned(r, middle)
	columnCos, columnSin := at.turned(c, middle)
	return solve((to-from)*hop/2, coarse.grid[r], coarse.grid[c], f.energyIn(from, to),
		[2]float32{rowCos, rowSin}, [2]float32{columnCos, columnSin})
}

// strongest returns where power is highest, at best or in [from, to).
func strongest(power *lanes, best, from, to int) int {
	for k := from; k < to; k++ {
		if power[k] > power[best] {
			best = k
		}
	}
	return best
}

// turned returns the inner products with the cosine and the sine of a frequency
// whose phase is zero at the middle of the window.
func (p *phasors) turned(k, middle int) (cosine, sine float32) {
	t := &coarse.turns[middle]
	return p.re[k]*t.re[k] + p.im[k]*t.im[k], p.re[k]*t.im[k] - p.im[k]*t.re[k]
}

// sumUp sums the blocks [from, to) up, and adds the sums' power to what is there.
func (f *front) sumUp(at *phasors, power *lanes, from, to int) {
	if a, b := from-(allBlocks-recent), to-(allBlocks-recent); a >= 0 && b <= recent {
		difference(at, power, &f.sums.before[a], &f.sums.before[b])
		return
	}
	var all phasors
	total(&all, f.stretch(from, to))
	difference(at, power, &nothing, &all)
}

// nothing is the sum of no blocks.
var nothing phasors

// tonal reports whether a fit of the window just looked at could reach the score
// wanted, of which a guess must show a share.
func (f *front) tonal(g *glance, wanted, share float32) bool {
	if !g.hopeful(wanted) {
		return false
	}
	f.guess(g)
	return g.guess >= share*wanted
}

// hopeful is tonal without a guess. It is lenient: two tones of a short window leak
// into each other, the coarse grid misses some of each, and the high-pass filter
// rings where a tone begins.
func (g *glance) hopeful(wanted float32) bool {
	weaker := min(g.low, g.high)
	if weaker < 0.02*g.energy || g.energy < 1 {
		return false
	}
	rest := g.energy - 1.6*(g.low+g.high)
	return 2*weaker >= 0.2*wanted*rest
}
