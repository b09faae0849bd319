package dtmf

import "math"

// Every frequency in this package is a multiple of gridHz, so that sines come
// from tables and never from the maths library while a call is up. Rows and columns
// are searched a step further than the 5 % that are promised: what fits best at the
// very end may lie beyond it, and must fit better.
const (
	gridHz    = 10
	gridSpan  = 176           // grid frequencies 0…1750 Hz
	maxWindow = 280           // the longest fit, 35 ms
	halfMax   = maxWindow / 2 // fits are folded around their centre
	rowMin    = 650 / gridHz  // 697 Hz − 6.7 %
	rowMax    = 1000 / gridHz // 941 Hz + 6.3 %
	columnMin = 1130 / gridHz // 1209 Hz − 6.5 %
	columnMax = 1730 / gridHz // 1633 Hz + 5.9 %
	sumSpan   = 2 * gridSpan  // frequencies of sums and differences
)

// quad is four samples in a row: loops over whole ones need no bounds checks and
// sum up in four places at once. Windows are whole milliseconds, so their halves
// are whole quads.
type quad [4]float32

const quads = halfMax / 4

// halfWave[k] is the cosine (or sine) of frequency k·gridHz at the instants h+½
// samples from a window's centre. Windows have an even number of samples, so one
// table serves every length.
type halfWave [gridSpan][quads]quad

var (
	cosHalf = newHalfWave(math.Cos)
	sinHalf = newHalfWave(math.Sin)
	// dirichlet[h][k] is the sum of cos over the 2(h+1) samples around the
	// centre: the inner products of two sinusoids of one window follow from
	// its entries at the sum and the difference of their frequencies.
	dirichlet = newDirichlet()
)

func newHalfWave(f func(float64) float64) *halfWave {
	w := new(halfWave)
	for k := range w {
		for h := range halfMax {
			w[k][h/4][h%4] = float32(f(2 * math.Pi * gridHz * float64(k) / 8000 * (float64(h) + 0.5)))
		}
	}
	return w
}

func newDirichlet() *[halfMax][sumSpan]float32 {
	d := new([halfMax][sumSpan]float32)
	for k := range sumSpan {
		sum := 0.0
		for h := range halfMax {
			sum += 2 * math.Cos(2*math.Pi*gridHz*float64(k)/8000*(float64(h)+0.5))
			d[h][k] = float32(sum)
		}
	}
	return d
}

// nominal[k] describes grid frequency k: the nearest nominal row or column and
// the relative deviation from it.
type nominal struct {
	index     uint8
	deviation float32
}

var nominals = newNominals()

func newNominals() *[gridSpan]nominal {
	t := new([gridSpan]nominal)
	for k := range t {
		hz := float64(k * gridHz)
		set := &rowHz
		if k > (rowMax+columnMin)/2 {
			set = &columnHz
		}
		best := math.Inf(1)
		for i, f := range set {
			if dev := math.Abs(hz/f - 1); dev < best {
				best = dev
				t[k] = nominal{index: uint8(i), deviation: float32(dev)}
			}
		}
	}
	return t
}

// keyAt[row][column] is the key of a row and a column.
var keyAt = newKeyAt()

func newKeyAt() *[4][4]Key {
	t := new([4][4]Key)
	for k := range Key(Keys) {
		t[rowOf[k]][columnOf[k]] = k
	}
	return t
}

// wave is what a recursion needs to make a sine: twice the cosine of its step,
// and the sine of it.
type wave struct{ coefficient, sine float64 }

var (
	rowWave    = newWaves(rowHz)
	columnWave = newWaves(columnHz)
)

func newWaves(hz [4]float64) [4]wave {
	var t [4]wave
	for i, f := range hz {
		w := 2 * math.Pi * f / 8000
		t[i] = wave{2 * math.Cos(w), math.Sin(w)}
	}
	return t
}
