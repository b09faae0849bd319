package dtmf

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// anyFloats fills what a kernel reads with all that sound may come to: nothing,
// what is hardly there, and what is louder than a sample can be.
func anyFloats(rng *rand.Rand, x []float32) {
	scale := float32(math.Exp(rng.Float64()*60 - 40))
	if rng.IntN(8) == 0 {
		scale = 1e-40 // no normal numbers, nor what is made of them
	}
	for i := range x {
		switch rng.IntN(16) {
		case 0:
			x[i] = 0
		case 1:
			x[i] = float32(math.Copysign(0, -1))
		default:
			x[i] = float32(rng.NormFloat64()) * scale
		}
	}
}

func anyPhasors(rng *rand.Rand, all []phasors) {
	for i := range all {
		anyFloats(rng, all[i].re[:])
		anyFloats(rng, all[i].im[:])
	}
}

func sameBits(t *testing.T, what string, got, wanted []float32) {
	t.Helper()
	for i := range wanted {
		if math.Float32bits(got[i]) != math.Float32bits(wanted[i]) {
			t.Fatalf("%s: lane %d is %g, plainly %g", what, i, got[i], wanted[i])
		}
	}
}

func samePhasors(t *testing.T, what string, got, wanted *phasors) {
	t.Helper()
	sameBits(t, what+", real", got.re[:], wanted.re[:])
	sameBits(t, what+", imaginary", got.im[:], wanted.im[:])
}

// TestKernelsAreThePlainOnes: what a processor does four at a time comes to the
// same bits as the plain loops.
func TestKernelsAreThePlainOnes(t *testing.T) {
	for _, width := range widths() {
		t.Run(width, func(t *testing.T) {
			defer setWidth(width)()
			checkKernels(t)
		})
	}
}

// checkFilter: several blocks in one go are the same as one after the other, too.
func checkFilter(t *testing.T, rng *rand.Rand) {
	t.Helper()
	x := make([]float32, hop*rng.IntN(6))
	anyFloats(rng, x)
	var states [3][order]float32
	anyFloats(rng, states[0][:])
	states[1], states[2] = states[0], states[0]
	var outs [3][]float32
	for i := range outs {
		outs[i] = make([]float32, len(x))
	}
	filter(outs[0], x, &states[0], highPass)
	filterPlain(outs[1], x, &states[1], highPass)
	for b := 0; b < len(x); b += hop {
		filter(outs[2][b:b+hop], x[b:b+hop], &states[2], highPass)
	}
	for i := range outs {
		sameBits(t, "filter", outs[i], outs[1])
		sameBits(t, "filter's state", states[i][:], states[1][:])
	}
}

// checkCorrelate: up to five of them, and no more than asked for are written.
func checkCorrelate(t *testing.T, rng *rand.Rand) {
	t.Helper()
	n, from := rng.IntN(6), rng.IntN(len(coarse.turns)-6)
	x := make([]float32, n*hop)
	anyFloats(rng, x)
	var got, wanted [6]phasors
	correlate(got[:n], x, &coarse.waves, coarse.turns[from:])
	correlatePlain(wanted[:n], x, &coarse.waves, coarse.turns[from:])
	for b := range got {
		samePhasors(t, "correlate", &got[b], &wanted[b])
	}
	var energy, plainly [6]float32
	energies(energy[:n], x)
	energiesPlain(plainly[:n], x)
	sameBits(t, "energies", energy[:], plainly[:])
}

func checkKernels(t *testing.T) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 1))
	var yes, no int
	for range 3000 / effort {
		checkFilter(t, rng)
		checkCorrelate(t, rng)
		var got, wanted phasors

		var blocks [recent]phasors
		anyPhasors(rng, blocks[:])
		var sums, plain [recent + 1]phasors
		anyPhasors(rng, sums[:1])
		plain[0] = sums[0]
		addUp(sums[:], blocks[:])
		addUpPlain(plain[:], blocks[:])
		for b := range sums {
			samePhasors(t, "addUp", &sums[b], &plain[b])
		}

		// In two parts, as a ring has them; one may be empty.
		n := rng.IntN(recent + 1)
		sums = [recent + 1]phasors{0: plain[0]}
		addUp(sums[:], blocks[:n])
		addUp(sums[n:], blocks[n:])
		for b := range sums {
			samePhasors(t, "addUp in two parts", &sums[b], &plain[b])
		}
		got, wanted = plain[0], plain[0]
		total(&got, nil)
		samePhasors(t, "total of nothing", &got, &wanted)

		n = 1 + rng.IntN(recent)
		got, wanted = sums[0], sums[0]
		total(&got, blocks[:n])
		totalPlain(&wanted, blocks[:n])
		samePhasors(t, "total", &got, &wanted)

		var power, plainly lanes
		anyFloats(rng, power[:])
		plainly = power
		difference(&got, &power, &sums[n-1], &sums[n])
		differencePlain(&wanted, &plainly, &sums[n-1], &sums[n])
		samePhasors(t, "difference", &got, &wanted)
		sameBits(t, "power", power[:], plainly[:])

		promises := checkSieve(t, rng, &sums)
		yes, no = yes+promises, no+newBlocks*int(sieveLengths)-promises
		checkDot(t, rng)
		checkSamples(t, rng)
	}
	if yes == 0 || no == 0 {
		t.Errorf("%d windows promised and %d did not", yes, no)
	}
}

func checkSieve(t *testing.T, rng *rand.Rand, sums *[recent + 1]phasors) (promises int) {
	t.Helper()
	var low, high, plainLow, plainHigh [newBlocks]bests
	sift(&low, &high, sums)
	siftPlain(&plainLow, &plainHigh, sums)
	var energy [newBlocks + longestPiece]float64
	for e := range energy[1:] {
		energy[e+1] = energy[e] + rng.ExpFloat64()*float64(plainLow[e%newBlocks][0]+plainHigh[e%newBlocks][3])/80
	}
	for e := range plainLow {
		sameBits(t, "rows", low[e][:], plainLow[e][:])
		sameBits(t, "columns", high[e][:], plainHigh[e][:])
	}
	wanted := bests{rng.Float32(), rng.Float32(), 10 * rng.Float32(), 100 * rng.Float32()}
	var ends, plain [sieveLengths]uint32
	promised(&ends, &low, &high, &energy, &wanted)
	promisedPlain(&plain, &low, &high, &energy, &wanted)
	if ends != plain {
		t.Fatalf("promised: %b, plainly %b", ends, plain)
	}
	for _, e := range ends {
		promises += bits.OnesCount32(e)
	}
	return promises
}

func checkDot(t *testing.T, rng *rand.Rand) {
	t.Helper()
	var even, odd [quads]quad
	for i := range even {
		anyFloats(rng, even[i][:])
		anyFloats(rng, odd[i][:])
	}
	n, k := rng.IntN(quads+1), rng.IntN(gridSpan)
	c, s := dot(even[:n], odd[:n], cosHalf[k][:n], sinHalf[k][:n])
	plainC, plainS := dotPlain(even[:n], odd[:n], cosHalf[k][:n], sinHalf[k][:n])
	sameBits(t, "dot", []float32{c, s}, []float32{plainC, plainS})
}

func checkSamples(t *testing.T, rng *rand.Rand) {
	t.Helper()
	x := make([]int16, rng.IntN(newBlocks+1)*hop)
	loudest := 1 + rng.IntN(1<<15)
	for i := range x {
		x[i] = int16(min(max(rng.IntN(3*loudest)-3*loudest/2, -loudest), loudest-1))
		if rng.IntN(3) == 0 {
			x[i] = int16(-loudest) // two of the lowest there are do not fit 31 bits
		}
	}
	wide, plain := make([]float32, len(x)), make([]float32, len(x))
	widen(wide, x)
	widenPlain(plain, x)
	sameBits(t, "widen", wide, plain)
	var sums, energies [2][newBlocks + 1]int64
	for i := range sums {
		sums[i][0], energies[i][0] = -7, math.MaxInt64-5 // it may wrap around
	}
	moments(sums[0][:], energies[0][:], x)
	momentsPlain(sums[1][:], energies[1][:], x)
	if sums[0] != sums[1] || energies[0] != energies[1] {
		t.Fatalf("moments: %d, %d, plainly %d, %d", sums[0], energies[0], sums[1], energies[1])
	}
}
