package dtmf

import (
	"math"
	"math/rand/v2"
	"testing"

	"tonegate/internal/audio"
)

// reference is the detector without its economies: every window is looked at,
// none is passed over because it could not prolong the mask, and what the first
// stage sees is computed anew from samples and sines, in double precision. It is
// what the detector decides by, written down; it takes some hundred times as
// long.
type reference struct{ *Detector }

// process is Process with the windows of the reference.
func (r reference) process(f *audio.Frame, heard Reception) Evidence {
	r.listen(f)
	for end := newBlocks; end > 0; end-- {
		for i := range windows {
			if w := &windows[i]; (newBlocks-end)%w.every == 0 {
				g := r.look(oldBlocks+end-w.blocks, oldBlocks+end)
				r.judge(w, end, &g)
			}
		}
	}
	return r.conclude(heard)
}

// look is front.look by definition.
func (r reference) look(from, to int) glance {
	var g glance
	var power [coarseAll]float64
	parts := [][2]int{{from, to}}
	if to-from > 20 {
		mid := (from + to) / 2
		parts = [][2]int{{from, mid}, {mid, to}}
	}
	energy := 0.0
	for _, p := range parts {
		x := r.front.high[p[0]*hop : p[1]*hop]
		for i := range power {
			var re, im float64
			w := 2 * math.Pi * float64(coarse.grid[i]*gridHz) / audio.SampleRate
			for n, v := range x {
				re += float64(v) * math.Cos(w*float64(n))
				im += float64(v) * math.Sin(w*float64(n))
			}
			power[i] += re*re + im*im
		}
		for _, v := range x {
			energy += float64(v) * float64(v)
		}
	}
	scale := 2 / float64((parts[0][1]-parts[0][0])*hop)
	row, column := 0, coarseRows
	for i := range coarseAll {
		if i < coarseRows && power[i] > power[row] {
			row = i
		}
		if i >= coarseRows && power[i] > power[column] {
			column = i
		}
	}
	g.row, g.column = coarse.grid[row], coarse.grid[column]
	g.low, g.high, g.energy = float32(power[row]*scale), float32(power[column]*scale), float32(energy)
	return g
}

// TestSameAsReference: the detector decides as its reference does, sample for
// sample: where it masks, what it reports, what an IVR is sent.
func TestSameAsReference(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 5))
	frames := max(60, 600/effort)
	x := make([]int16, frames*audio.FrameSamples)
	speechlike(x, -19, rng)
	for at := 4000; at+4000 < len(x); at += 3000 + rng.IntN(12000) {
		s := steady(Key(rng.IntN(Keys)), at, (5+rng.IntN(100))*ms)
		s.low -= 25 * rng.Float64()
		s.high -= 25 * rng.Float64()
		s.detuneLow, s.detuneHigh = 0.05*(rng.Float64()-0.5), 0.05*(rng.Float64()-0.5)
		s.addTo(x)
	}
	noise(x, -58, rng)
	companded(x, audio.MuLaw)
	for _, armed := range []bool{false, true} {
		fast, slow := NewDetector(), reference{NewDetector()}
		fast.Arm(armed)
		slow.Arm(armed)
		differ, masked := 0, 0
		var f audio.Frame
		for at := 0; at < len(x); at += audio.FrameSamples {
			copy(f[:], x[at:])
			heard := Reception{Concealed: rng.IntN(200) == 0}
			a, b := fast.Process(&f, heard), slow.process(&f, heard)
			if a != b {
				differ++
			}
			masked += len(a.Spans())
		}
		t.Logf("armed %v: %d frames, %d with a mask, %d differ", armed, frames, masked, differ)
		if differ > 0 || masked == 0 {
			t.Errorf("armed %v: %d of %d frames differ", armed, differ, frames)
		}
	}
}
