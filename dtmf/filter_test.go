package dtmf

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"tonegate/internal/audio"
)

// TestFilterIsItsSections: filtering by blocks is filtering sample by sample, to the
// rounding of single precision, on noise, on a loud direct current, and afterwards.
func TestFilterIsItsSections(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	sections := [2]biquad{newHighPass(0.54119610), newHighPass(1.30656296)}
	exact, state := make([]float64, order), [order]float32{}
	x, y := make([]float32, hop), make([]float32, hop)
	for b := range 3000 {
		for i := range x {
			switch b / 1000 {
			case 0:
				x[i] = float32(int16(rng.Uint32()))
			case 1:
				x[i] = math.MaxInt16
			default:
				x[i] = 0
			}
		}
		filter(y, x, &state, highPass)
		flush(&state)
		for i, v := range x {
			wanted := sections[1].next(sections[0].next(float64(v), exact[:2]), exact[2:])
			if d := math.Abs(float64(y[i]) - wanted); d > 0.05 || b == 2999 && y[i] != 0 {
				t.Fatalf("block %d, sample %d: %g, sample by sample %g", b, i, y[i], wanted)
			}
		}
	}
}

// TestFilterTakesHumAway: by what is promised of it: the lowest row by less than 1.2 dB,
// dial tone by more than 9 and hum by more than 80.
func TestFilterTakesHumAway(t *testing.T) {
	for hz, limits := range map[float64][2]float64{50: {-200, -80}, 440: {-15, -9}, 697: {-1.2, 0}, 941: {-0.2, 0.1}, 1633: {-0.1, 0.1}} {
		x, y, state := make([]float32, 8000), make([]float32, 8000), [order]float32{}
		for i := range x {
			x[i] = float32(10000 * math.Sin(2*math.Pi*hz*float64(i)/8000))
		}
		filter(y, x, &state, highPass)
		var in, out float64
		for i := 4000; i < 8000; i++ {
			in, out = in+float64(x[i])*float64(x[i]), out+float64(y[i])*float64(y[i])
		}
		if got := 10 * math.Log10(out/in); got < limits[0] || got > limits[1] {
			t.Errorf("%g Hz: %.2f dB, not within %v", hz, got, limits)
		}
	}
}

// TestPastIsTheSameAgain: what is not kept of the past comes back to the last bit, at
// whichever frame it is asked for, through noise, a direct current and the silence behind
// it, in which the filter's state is set to zero.
func TestPastIsTheSameAgain(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	f := &front{view: new(view)}
	raw, high := make([]float32, len(f.raw)), make([]float32, len(f.high))
	for n := range 300 {
		var x audio.Frame
		for i := range x {
			switch n / 5 % 4 {
			case 0:
				x[i] = int16(rng.Uint32())
			case 1:
				x[i] = math.MinInt16
			case 2:
				x[i] = int16(rng.IntN(3) - 1)
			}
		}
		f.push(&x)
		raw = append(raw[audio.FrameSamples:], f.raw[maxWindow:]...)
		high = append(high[audio.FrameSamples:], f.high[maxWindow:]...)
		if rng.IntN(3) == 0 {
			continue
		}
		if rng.IntN(2) == 0 {
			f.samples(rng.IntN(maxWindow), maxWindow)
		}
		if !slices.Equal(f.filtered(0, len(f.high)), high) || !slices.Equal(f.samples(0, len(f.raw)), raw) {
			t.Fatalf("frame %d has another past", n)
		}
		from := rng.IntN(allBlocks)
		to := from + 1 + rng.IntN(allBlocks-from)
		var sum, squares float64
		for _, v := range raw[from*hop : to*hop] {
			sum, squares = sum+float64(v), squares+float64(v)*float64(v)
		}
		if got, want := f.rawEnergyIn(from, to), float32(squares-sum*sum/float64((to-from)*hop)); got != want {
			t.Fatalf("frame %d: energy %g, want %g", n, got, want)
		}
	}
}
