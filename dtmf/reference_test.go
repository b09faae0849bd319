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
			w := &windows[i]
			if (newBlocks-end)%w.every != 0 {
				continue
			}
			from, to := oldBlocks+end-w.blocks, oldBlocks+end
			s := r.sift(w.blocks, end)
			if in := r.promising(w, &s, r.rawEnergy(from, to)); in != nowhere {
				g := r.look(from, to)
				r.judge(w, end, in, &g)
			}
		}
	}
	return r.conclude(heard)
}

// power is how much energy of a piece of the high-passed past, in blocks, a
// sinusoid explains, and how much there is.
func (r reference) power(hz, from, to int) (explained, energy float64) {
	x := r.front.high[from*hop : to*hop]
	w := 2 * math.Pi * float64(hz) / audio.SampleRate
	var re, im float64
	for n, v := range x {
		re += float64(v) * math.Cos(w*float64(n))
		im += float64(v) * math.Sin(w*float64(n))
		energy += float64(v) * float64(v)
	}
	return (re*re + im*im) * 2 / float64(len(x)), energy
}

// rawEnergy is front.rawEnergyIn by definition.
func (r reference) rawEnergy(from, to int) float32 {
	x := r.front.raw[from*hop : to*hop]
	mean, energy := 0.0, 0.0
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		energy += (float64(v) - mean) * (float64(v) - mean)
	}
	return float32(energy)
}

// sift is front.sift by definition: windows longer than 10 ms are looked at in
// pieces, from their end on.
func (r reference) sift(blocks, end int) sight {
	lengths := []int{blocks}
	switch blocks {
	case 12:
		lengths = []int{7, 5}
	case 15:
		lengths = []int{10, 5}
	case 20:
		lengths = []int{10, 10}
	case 35:
		lengths = []int{10, 10, 10, 5}
	}
	best := func(from, to int) (most, energy float64) {
		for hz := from; hz <= to; hz += 80 {
			sum, at := 0.0, oldBlocks+end
			energy = 0
			for _, n := range lengths {
				p, e := r.power(hz, at-n, at)
				sum, energy = sum+p, energy+e
				at -= n
			}
			most = max(most, sum)
		}
		return most, energy
	}
	low, energy := best(700, 940)
	high, _ := best(1190, 1670)
	return sight{float32(low), float32(high), float32(energy)}
}

// look is front.look by definition.
func (r reference) look(from, to int) glance {
	parts := [][2]int{{from, to}}
	if to-from > 20 {
		mid := (from + to) / 2
		parts = [][2]int{{from, mid}, {mid, to}}
	}
	var g glance
	best := func(from, to int) (at int, most float32) {
		for hz := from; hz <= to; hz += coarseHz {
			var sum, energy float64
			for _, p := range parts {
				e, all := r.power(hz, p[0], p[1])
				sum += e * float64(p[1]-p[0]) / float64(parts[0][1]-parts[0][0])
				energy += all
			}
			if g.energy = float32(energy); float32(sum) > most {
				at, most = hz/gridHz, float32(sum)
			}
		}
		return at, most
	}
	g.row, g.low = best(660, 980)
	g.column, g.high = best(1150, 1710)
	var weaker [2]float64
	residual := 0.0
	for _, p := range parts {
		low, high, rest := r.fit(g.row*gridHz, g.column*gridHz, p[0], p[1])
		weaker[0], weaker[1], residual = weaker[0]+low, weaker[1]+high, residual+rest
	}
	g.guess = float32(min(weaker[0], weaker[1]) / residual)
	return g
}

// fit fits two sinusoids to a piece of the high-passed past by the normal
// equations, and returns the energies of both and of what is left.
func (r reference) fit(low, high, from, to int) (lowE, highE, rest float64) {
	x := r.front.high[from*hop : to*hop]
	basis := func(n int) [4]float64 {
		l := 2 * math.Pi * float64(low) / audio.SampleRate * float64(n)
		h := 2 * math.Pi * float64(high) / audio.SampleRate * float64(n)
		return [4]float64{math.Cos(l), math.Sin(l), math.Cos(h), math.Sin(h)}
	}
	var m [4][5]float64
	for n, v := range x {
		b := basis(n)
		for i := range b {
			for j := range b {
				m[i][j] += b[i] * b[j]
			}
			m[i][4] += b[i] * float64(v)
		}
	}
	for i := range m { // Gauß and Jordan; the matrix is positive definite
		for j := range m {
			if f := m[j][i] / m[i][i]; j != i {
				for k := range m[j] {
					m[j][k] -= f * m[i][k]
				}
			}
		}
	}
	energy := 0.0
	for n, v := range x {
		b := basis(n)
		l := m[0][4]/m[0][0]*b[0] + m[1][4]/m[1][1]*b[1]
		h := m[2][4]/m[2][2]*b[2] + m[3][4]/m[3][3]*b[3]
		lowE, highE = lowE+l*l, highE+h*h
		rest += (float64(v) - l - h) * (float64(v) - l - h)
		energy += float64(v) * float64(v)
	}
	return lowE, highE, max(rest, energy*1e-5, float64(len(x))/12)
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
