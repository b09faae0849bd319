package dtmf

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"tonegate/internal/audio"
)

// reference is the detector without its economies: every window is looked at,
// none is passed over because it could not prolong the mask, and what the first
// looks see is computed anew from samples and sines, in double precision. It is
// what the detector decides by, written down; it takes some ten times as long.
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
	return r.conclude(&heard, everyProof, r.seeProof)
}

// seeProof is Detector.seeProof with the reference's looks.
func (r reference) seeProof(end int) (g glance, ok bool) {
	if s := r.sift(proofBlocks, end); !s.promises(proofSieve * heldScore) {
		return g, false
	}
	g = r.look(oldBlocks+end-proofBlocks, oldBlocks+end)
	return g, r.front.tonal(&g, heldScore, proofGuess)
}

// unsieved is the reference without the sieve and without guesses: what is
// tonal is fitted, and every fit that does not start hopeless is improved.
type unsieved struct{ reference }

func (r unsieved) process(f *audio.Frame, heard Reception) Evidence {
	r.listen(f)
	for end := newBlocks; end > 0; end-- {
		for i := range windows {
			w := windows[i]
			w.guess, w.climb = 0, 1./12
			if (newBlocks-end)%w.every == 0 {
				g := r.look(oldBlocks+end-w.blocks, oldBlocks+end)
				r.judge(&w, end, inRaw|inHigh, &g)
			}
		}
	}
	return r.conclude(&heard, everyProof, func(end int) (glance, bool) {
		g := r.look(oldBlocks+end-proofBlocks, oldBlocks+end)
		return g, r.front.tonal(&g, heldScore, 0)
	})
}

// sines holds the cosine and sine of every frequency of the grid by sample.
var sines = func() (t [gridSpan][maxWindow][2]float64) {
	for k := range t {
		for n := range t[k] {
			s, c := math.Sincos(2 * math.Pi * float64(k*gridHz) / audio.SampleRate * float64(n))
			t[k][n] = [2]float64{c, s}
		}
	}
	return t
}()

// power is how much energy of a piece of the high-passed past, in blocks, a
// sinusoid explains, and how much there is.
func (r reference) power(hz, from, to int) (explained, energy float64) {
	x := r.front.filtered(from*hop, to*hop)
	var re, im float64
	for n, v := range x {
		b := &sines[hz/gridHz][n]
		re += float64(v) * b[0]
		im += float64(v) * b[1]
		energy += float64(v) * float64(v)
	}
	return (re*re + im*im) * 2 / float64(len(x)), energy
}

// rawEnergy is front.rawEnergyIn by definition.
func (r reference) rawEnergy(from, to int) float32 {
	x := r.front.samples(from*hop, to*hop)
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
	g.guess, g.guessed = float32(min(weaker[0], weaker[1])/residual), true
	return g
}

// fit fits two sinusoids to a piece of the high-passed past by the normal
// equations, and returns the energies of both and of what is left.
func (r reference) fit(low, high, from, to int) (lowE, highE, rest float64) {
	x := r.front.filtered(from*hop, to*hop)
	basis := func(n int) [4]float64 {
		l, h := &sines[low/gridHz][n], &sines[high/gridHz][n]
		return [4]float64{l[0], l[1], h[0], h[1]}
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

// sounds are what the detector is compared on: some seconds each of voices, tones
// with what can be wrong with them, and noise.
var sounds = map[string]func(x []int16, rng *rand.Rand){
	"voice": func(x []int16, rng *rand.Rand) {
		speechlike(x, -19, rng)
		noise(x, -60, rng)
	},
	"faint voice": func(x []int16, rng *rand.Rand) {
		speechlike(x, -38, rng)
		companded(x, audio.ALaw)
	},
	"keys in a voice": func(x []int16, rng *rand.Rand) {
		speechlike(x, -19, rng)
		presses(x, rng, 5, 105, func(t *tone) {
			t.low -= 25 * rng.Float64()
			t.high -= 25 * rng.Float64()
			t.detuneLow, t.detuneHigh = 0.05*(rng.Float64()-0.5), 0.05*(rng.Float64()-0.5)
		})
		noise(x, -58, rng)
		companded(x, audio.MuLaw)
	},
	"levels": func(x []int16, rng *rand.Rand) {
		presses(x, rng, 30, 100, func(t *tone) {
			level := -40 * rng.Float64()
			t.low, t.high = level-3, level
		})
		noise(x, -62, rng)
	},
	"twist": func(x []int16, rng *rand.Rand) {
		presses(x, rng, 30, 100, func(t *tone) { t.low += 20 * (rng.Float64() - 0.5) })
		companded(x, audio.ALaw)
	},
	"short and broken": func(x []int16, rng *rand.Rand) {
		presses(x, rng, 2, 30, nil)
		for at := 0; at+400 < len(x); at += 100 + rng.IntN(1200) {
			clear(x[at : at+rng.IntN(100)])
		}
		noise(x, -50, rng)
	},
	"in noise": func(x []int16, rng *rand.Rand) {
		presses(x, rng, 20, 100, nil)
		noise(x, -24, rng)
	},
	"hum, dial tone and direct current": func(x []int16, rng *rand.Rand) {
		presses(x, rng, 20, 100, nil)
		for i := range x {
			t := 2 * math.Pi * float64(i) / audio.SampleRate
			x[i] = audio.Clamp(int32(x[i]) + int32(700+2000*math.Sin(50*t)+900*(math.Sin(350*t)+math.Sin(440*t))))
		}
	},
	"clipped": func(x []int16, rng *rand.Rand) {
		presses(x, rng, 20, 100, func(t *tone) { t.low, t.high = -3, -3 })
		limit := int16(800 + rng.IntN(3000))
		for i, v := range x {
			x[i] = max(-limit, min(limit, v))
		}
		noise(x, -55, rng)
	},
	"echoes": func(x []int16, rng *rand.Rand) {
		presses(x, rng, 40, 100, nil)
		for i := 900; i < len(x); i++ {
			x[i] = audio.Clamp(int32(x[i]) + int32(x[i-900])/4)
		}
		speechlike(x, -30, rng)
	},
	"noise": func(x []int16, rng *rand.Rand) { noise(x, -20, rng) },
	"single tones": func(x []int16, rng *rand.Rand) {
		for at := 0; at+1600 <= len(x); at += 1600 {
			f := 300 + 1700*rng.Float64()
			addSines(x[at:at+1600], f, f*(1+rng.Float64()), -14, rng)
		}
	},
}

// presses adds random keys of from to from+more milliseconds.
func presses(x []int16, rng *rand.Rand, from, more int, change func(*tone)) {
	for at := 3000; at+3000 < len(x); at += 2000 + rng.IntN(9000) {
		t := steady(Key(rng.IntN(Keys)), at, (from+rng.IntN(more))*ms)
		t.phaseLow, t.phaseHigh = 7*rng.Float64(), 7*rng.Float64()
		if change != nil {
			change(&t)
		}
		t.addTo(x)
	}
}

// compare counts the frames on which two detectors answer differently, and those
// with a mask and with keys.
func compare(x []int16, rng *rand.Rand, a, b func(*audio.Frame, Reception) Evidence) (differ, masked, keys int) {
	var f audio.Frame
	for at := 0; at < len(x); at += audio.FrameSamples {
		copy(f[:], x[at:])
		heard := Reception{Concealed: rng.IntN(60) == 0, Covered: rng.IntN(200) == 0}
		p, q := a(&f, heard), b(&f, heard)
		if p != q {
			differ++
		}
		masked += len(p.Spans())
		keys += len(p.Pressed())
	}
	return differ, masked, keys
}

// sameOn compares the detector with another on every kind of sound, armed and
// not; after the first key it is wary.
func sameOn(t *testing.T, seeds uint64, frames int, other func(*Detector) func(*audio.Frame, Reception) Evidence) {
	for _, name := range slices.Sorted(maps.Keys(sounds)) {
		t.Run(name, func(t *testing.T) {
			for seed := range seeds {
				x := make([]int16, frames*audio.FrameSamples)
				sounds[name](x, rand.New(rand.NewPCG(15, seed)))
				for _, armed := range []bool{false, true} {
					fast, slow := NewDetector(), NewDetector()
					fast.Arm(armed)
					slow.Arm(armed)
					differ, masked, keys := compare(x, rand.New(rand.NewPCG(5, seed)), fast.Process, other(slow))
					t.Logf("seed %d, armed %v: %d frames, %d with a mask, %d keys, %d differ", seed, armed, frames, masked, keys, differ)
					if differ > 0 || masked == 0 {
						t.Errorf("seed %d, armed %v: %d of %d frames differ, %d masked", seed, armed, differ, frames, masked)
					}
				}
			}
		})
	}
}

// TestSameAsReference: the detector decides as its reference does, sample for
// sample: where it masks, what it reports, what an IVR is sent.
func TestSameAsReference(t *testing.T) {
	sameOn(t, 2, max(60, 400/effort), func(d *Detector) func(*audio.Frame, Reception) Evidence {
		return reference{d}.process
	})
}

// TestSieveHidesNothing: what the sieve and the guesses pass over would not have
// made a difference.
func TestSieveHidesNothing(t *testing.T) {
	sameOn(t, 2, max(60, 300/effort), func(d *Detector) func(*audio.Frame, Reception) Evidence {
		return unsieved{reference{d}}.process
	})
}
