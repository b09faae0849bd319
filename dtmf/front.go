package dtmf

import (
	"math"

	"tonegate/internal/audio"
)

const (
	hop         = 8 // samples per block: windows begin and end on blocks, 1 ms
	newBlocks   = audio.FrameSamples / hop
	oldBlocks   = maxWindow / hop
	allBlocks   = oldBlocks + newBlocks
	coarseHz    = 40
	coarseRows  = 9   // 660…980 Hz
	coarseAll   = 24  // and 1150…1710 Hz
	phasePeriod = 100 // blocks after which every multiple of 10 Hz is in phase
)

// coarse holds the first stage's frequencies: close enough together that a
// 10 ms window loses at most 0.6 dB between two of them.
var coarse = newCoarse()

type coarseTable struct {
	grid     [coarseAll]int // grid index of each frequency
	cos, sin [hop][coarseAll]float32
	// Rotation of a block's sum to the phase of the stream.
	rotRe, rotIm [phasePeriod][coarseAll]float32
}

func newCoarse() *coarseTable {
	t := new(coarseTable)
	for i := range coarseAll {
		hz := 660 + coarseHz*i
		if i >= coarseRows {
			hz = 1150 + coarseHz*(i-coarseRows)
		}
		t.grid[i] = hz / gridHz
		w := 2 * math.Pi * float64(hz) / 8000
		for n := range hop {
			t.cos[n][i] = float32(math.Cos(w * float64(n)))
			t.sin[n][i] = float32(math.Sin(w * float64(n)))
		}
		for b := range phasePeriod {
			t.rotRe[b][i] = float32(math.Cos(w * float64(hop*b)))
			t.rotIm[b][i] = float32(-math.Sin(w * float64(hop*b)))
		}
	}
	return t
}

// biquad is one second-order section in transposed direct form II.
type biquad struct{ b0, b1, b2, a1, a2 float32 }

// highPass is a fourth-order Butterworth at 580 Hz: it takes hum and dial tone
// (350 + 440 Hz) away and costs the lowest row 1 dB.
var highPass = [2]biquad{newHighPass(0.54119610), newHighPass(1.30656296)}

func newHighPass(q float64) biquad {
	w := 2 * math.Pi * 580 / 8000
	alpha := math.Sin(w) / (2 * q)
	c := math.Cos(w)
	a0 := 1 + alpha
	return biquad{
		b0: float32((1 + c) / 2 / a0), b1: float32(-(1 + c) / a0), b2: float32((1 + c) / 2 / a0),
		a1: float32(-2 * c / a0), a2: float32((1 - alpha) / a0),
	}
}

// sum is a complex correlation with every coarse frequency.
type sum struct{ re, im [coarseAll]float32 }

// front keeps the recent past of a stream and its cheap first look: sums that
// tell, for any window of whole milliseconds, how much of its energy lies near
// one row and one column.
type front struct {
	raw, high [maxWindow + audio.FrameSamples]float32
	state     [2][2]float32 // of the high-pass sections
	phase     int           // of the next block, modulo phasePeriod
	blocks    [allBlocks]sum
	energies  [allBlocks]float32
	prefix    [allBlocks + 1]sum
	energy    [allBlocks + 1]float32
}

// push takes a frame in. Sample i of the frame is then at maxWindow+i of the
// streams, and block b of the frame at oldBlocks+b.
func (f *front) push(x *audio.Frame) {
	copy(f.raw[:maxWindow], f.raw[audio.FrameSamples:])
	copy(f.high[:maxWindow], f.high[audio.FrameSamples:])
	copy(f.blocks[:oldBlocks], f.blocks[newBlocks:])
	copy(f.energies[:oldBlocks], f.energies[newBlocks:])
	for i, v := range x {
		f.raw[maxWindow+i] = float32(v)
	}
	f.filter()
	for b := range newBlocks {
		f.block(oldBlocks + b)
	}
	f.accumulate()
}

func (f *front) filter() {
	s := f.state
	for i, x := range f.raw[maxWindow:] {
		for j := range highPass {
			h := &highPass[j]
			y := h.b0*x + s[j][0]
			s[j][0] = h.b1*x - h.a1*y + s[j][1]
			s[j][1] = h.b2*x - h.a2*y
			x = y
		}
		f.high[maxWindow+i] = x
	}
	// A state that fades into denormal numbers would slow silence down.
	for j := range s {
		for i := range s[j] {
			if s[j][i] < 1e-12 && s[j][i] > -1e-12 {
				s[j][i] = 0
			}
		}
	}
	f.state = s
}

func (f *front) block(b int) {
	x := (*[hop]float32)(f.high[maxWindow-oldBlocks*hop+b*hop:])
	var re, im [coarseAll]float32
	var energy float32
	for n, v := range x {
		energy += v * v
		c, s := &coarse.cos[n], &coarse.sin[n]
		for i := range re {
			re[i] += v * c[i]
			im[i] -= v * s[i]
		}
	}
	f.energies[b] = energy
	rr, ri := &coarse.rotRe[f.phase], &coarse.rotIm[f.phase]
	out := &f.blocks[b]
	for i := range re {
		out.re[i] = re[i]*rr[i] - im[i]*ri[i]
		out.im[i] = re[i]*ri[i] + im[i]*rr[i]
	}
	if f.phase++; f.phase == phasePeriod {
		f.phase = 0
	}
}

// accumulate rebuilds the prefix sums each frame, so rounding cannot build up.
func (f *front) accumulate() {
	for b := range f.blocks {
		from, to, add := &f.prefix[b], &f.prefix[b+1], &f.blocks[b]
		for i := range coarseAll {
			to.re[i] = from.re[i] + add.re[i]
			to.im[i] = from.im[i] + add.im[i]
		}
		f.energy[b+1] = f.energy[b] + f.energies[b]
	}
}

// What a quiet at the end of a window is.
const (
	quietFactor = 0.0005 // of the loudest block's energy, -33 dB
	ringing     = 3      // blocks for which the high-pass filter rings on
	stillFalls  = 4      // times in energy, from one half of it to the other
)

// fellQuiet returns how many blocks at the end of a window are so much fainter
// than its loudest that a tone must have ended before them. What is left of it
// there, as an echo, has windows of its own to show in. What still falls is no
// quiet: a concealment on the way fades, and so does a room.
func (f *front) fellQuiet(from, to int) (blocks int) {
	var loudest float32
	for _, e := range f.energies[from:to] {
		loudest = max(loudest, e)
	}
	for to-blocks > from && f.energies[to-blocks-1] < quietFactor*loudest {
		blocks++
	}
	half := (blocks - ringing) / 2
	var first, second float32
	for i := range max(0, half) {
		first += f.energies[to-blocks+ringing+i]
		second += f.energies[to-1-i]
	}
	if first > stillFalls*second {
		return 0
	}
	return blocks
}

// glance is the first stage's opinion of a window.
type glance struct {
	row, column int     // grid indices of the strongest coarse frequencies
	low, high   float32 // energy explained by each alone
	energy      float32
}

// look sums up the blocks [from, to). Windows longer than 20 ms are looked at
// in two halves, as their bins would be narrower than the coarse grid.
func (f *front) look(from, to int) glance {
	g := glance{energy: f.energy[to] - f.energy[from]}
	var power [coarseAll]float32
	mid := to
	if to-from > 20 {
		mid = (from + to) / 2
	}
	f.addPower(&power, from, mid)
	scale := 2 / float32((mid-from)*hop)
	if mid != to {
		f.addPower(&power, mid, to)
	}
	r, c := 0, coarseRows
	for i := 1; i < coarseRows; i++ {
		if power[i] > power[r] {
			r = i
		}
	}
	for i := coarseRows + 1; i < coarseAll; i++ {
		if power[i] > power[c] {
			c = i
		}
	}
	g.row, g.column = coarse.grid[r], coarse.grid[c]
	g.low, g.high = power[r]*scale, power[c]*scale
	return g
}

func (f *front) addPower(power *[coarseAll]float32, from, to int) {
	a, b := &f.prefix[from], &f.prefix[to]
	for i := range power {
		re, im := b.re[i]-a.re[i], b.im[i]-a.im[i]
		power[i] += re*re + im*im
	}
}

// tonal reports whether a fit of the window could reach the score wanted. It is
// lenient: two tones of a short window leak into each other, the coarse grid
// misses some of each, and the high-pass filter rings where a tone begins.
func (g *glance) tonal(wanted float32) bool {
	weaker := min(g.low, g.high)
	if weaker < 0.02*g.energy || g.energy < 1 {
		return false
	}
	rest := g.energy - 1.6*(g.low+g.high)
	return 2*weaker >= 0.2*wanted*rest
}
