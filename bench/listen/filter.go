package listen

import "math"

const (
	sampleRate = 8000
	perMs      = sampleRate / 1000
	shortest   = 2 * perMs   // window
	before     = 3 * perMs   // of the search, before the onset
	after      = 400 * perMs // of the search, after it
	symbols    = "147*2580369#ABCD"
)

// pitches are the rows' and then the columns' frequencies in Hz.
var pitches = [8]float64{697, 770, 852, 941, 1209, 1336, 1477, 1633}

// lengths are those of the windows, in samples. Wanted is the contrast, in dB,
// of the weaker tone over what is left, below which nothing is certain: it was
// found on speech and comfort noise without any tone, and it is what the
// lengths are compared by.
var lengths = []struct {
	samples int
	wanted  float64
}{
	{16, 29}, {24, 27}, {40, 23}, {64, 20}, {96, 18}, {160, 15}, {240, 13}, {320, 11}, {480, 9}, {640, 7}, {800, 6},
}

// symbolAt maps a row and a column to a key.
func symbolAt(row, column int) byte {
	return [4]string{"123A", "456B", "789C", "*0#D"}[row][column]
}

// pitchesOf is its inverse, as indices into pitches.
func pitchesOf(symbol byte) (row, column int, ok bool) {
	for r := range 4 {
		for c := range 4 {
			if symbolAt(r, c) == symbol {
				return r, 4 + c, true
			}
		}
	}
	return 0, 0, false
}

// bank holds the eight pitches as complex references for windows of one
// length, and for each of the sixteen pairs the matrix that turns correlations
// into amplitudes.
type bank struct {
	n      int
	cosine [8][]float64
	sine   [8][]float64
	gram   [4][4][4][4]float64 // row, column: inverse normal matrix
}

func newBank(n int) *bank {
	b := &bank{n: n}
	for p, hz := range pitches {
		b.cosine[p] = make([]float64, n)
		b.sine[p] = make([]float64, n)
		for i := range n {
			s, c := math.Sincos(2 * math.Pi * hz / sampleRate * float64(i))
			b.cosine[p][i], b.sine[p][i] = c, s
		}
	}
	for r := range 4 {
		for c := range 4 {
			basis := [4][]float64{b.cosine[r], b.sine[r], b.cosine[4+c], b.sine[4+c]}
			var m [4][4]float64
			for i := range basis {
				for j := range basis {
					m[i][j] = dot(basis[i], basis[j])
				}
			}
			b.gram[r][c] = invert(m)
		}
	}
	return b
}

func dot(a, b []float64) float64 {
	var s float64
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

// invert inverts a symmetric positive definite matrix (Gauss–Jordan).
func invert(m [4][4]float64) [4][4]float64 {
	var out [4][4]float64
	for i := range out {
		out[i][i] = 1
	}
	for i := range m {
		p := m[i][i]
		for j := range m {
			m[i][j] /= p
			out[i][j] /= p
		}
		for k := range m {
			if k == i {
				continue
			}
			f := m[k][i]
			for j := range m {
				m[k][j] -= f * m[i][j]
				out[k][j] -= f * out[i][j]
			}
		}
	}
	return out
}

// fit is the best pair of one window.
type fit struct {
	row, column int
	contrast    float64 // weaker tone over residual, dB
	low, high   float64 // the same of the row and of the column
}

// best fits all pairs to x, of the bank's length, and returns the one that
// leaves least; digits narrows them to the keys 0–9. It reports false on
// silence.
func (b *bank) best(x []float64, digits bool) (fit, bool) {
	energy := dot(x, x)
	if energy < float64(b.n) {
		return fit{}, false
	}
	var y [8][2]float64
	for p := range y {
		y[p] = [2]float64{dot(x, b.cosine[p]), dot(x, b.sine[p])}
	}
	var f fit
	var low, high float64
	least := math.Inf(1)
	for r := range 4 {
		for c := range 4 {
			if digits && (c == 3 || r == 3 && c != 1) {
				continue
			}
			g := &b.gram[r][c]
			y0, y1, y2, y3 := y[r][0], y[r][1], y[4+c][0], y[4+c][1]
			a0 := g[0][0]*y0 + g[0][1]*y1 + g[0][2]*y2 + g[0][3]*y3
			a1 := g[1][0]*y0 + g[1][1]*y1 + g[1][2]*y2 + g[1][3]*y3
			a2 := g[2][0]*y0 + g[2][1]*y1 + g[2][2]*y2 + g[2][3]*y3
			a3 := g[3][0]*y0 + g[3][1]*y1 + g[3][2]*y2 + g[3][3]*y3
			left := energy - (a0*y0 + a1*y1 + a2*y2 + a3*y3)
			if left < least {
				least = left
				f.row, f.column = r, c
				low, high = a0*a0+a1*a1, a2*a2+a3*a3
			}
		}
	}
	least = max(least, energy*1e-9)
	over := func(power float64) float64 { return 10 * math.Log10(power*float64(b.n)/2/least+1e-12) }
	f.low, f.high = over(low), over(high)
	f.contrast = min(f.low, f.high)
	return f, true
}
