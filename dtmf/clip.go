package dtmf

import "math"

const (
	flatTop   = 0.88 // of the peak: a sample above it may have been clipped
	flatShare = 4    // one sample in so many has to be, for clipping to be likely
)

// drives are the gains before the limiter that [fitter.limited] tries.
var drives = [...]float32{1, 1.4, 2, 3, 5, 10}

// sample returns the two samples at distance h from the window's centre, the
// window's mean taken off.
func (f *fitter) sample(h int) (after, before float32) {
	return 0.5*(f.even[h/4][h%4]+f.odd[h/4][h%4]) - f.mean, 0.5*(f.even[h/4][h%4]-f.odd[h/4][h%4]) - f.mean
}

// flat reports whether the window's peaks are cut off, and at what level. Pairs
// of tones that are not clipped spend a few hundredths of their time near their
// peak, and voices less.
func (f *fitter) flat() (limit float32, ok bool) {
	// With so many samples near it no peak can be higher than this; most windows
	// of voices have one that is.
	highest := 1.01 * flatShare / (flatTop * flatTop) * f.energy / float32(2*f.half)
	var peak float32
	for h := range f.half {
		a, b := f.sample(h)
		if a, b = a*a, b*b; a > peak {
			peak = a
		}
		if b > peak {
			peak = b
		}
		if peak > highest {
			return 0, false
		}
	}
	var sum float32
	n, floor := 0, flatTop*float32(math.Sqrt(float64(peak)))
	for h := range f.half {
		a, b := f.sample(h)
		if a = max(a, -a); a >= floor {
			sum += a
			n++
		}
		if b = max(b, -b); b >= floor {
			sum += b
			n++
		}
	}
	if n*flatShare < 2*f.half {
		return 0, false
	}
	return sum / float32(n), true
}

// limited fits the window again as a pair of tones that a limiter cut: what
// clipping adds is explained, and no longer counts as residual. The pair's
// frequencies stand.
func (f *fitter) limited(p *tonePair, limit float32) {
	rowCos, columnCos := f.amplitudes(p, 1)
	rowSin, columnSin := f.amplitudes(p, -1)
	cr, sr := &cosHalf[p.row], &sinHalf[p.row]
	cc, sc := &cosHalf[p.column], &sinHalf[p.column]
	for _, g := range drives {
		var rest float32
		for h := range f.half {
			even := g * (rowCos*cr[h/4][h%4] + columnCos*cc[h/4][h%4])
			odd := g * (rowSin*sr[h/4][h%4] + columnSin*sc[h/4][h%4])
			a, b := f.sample(h)
			a -= max(-limit, min(limit, even+odd))
			b -= max(-limit, min(limit, even-odd))
			rest += a*a + b*b
		}
		p.residual = min(p.residual, max(rest, f.energy*1e-5, float32(2*f.half)/12))
	}
}

// amplitudes solves for the two cosines (sign 1) or sines (sign -1).
func (f *fitter) amplitudes(p *tonePair, sign float32) (row, column float32) {
	d := &dirichlet[f.half-1]
	n := float32(2 * f.half)
	y1, y2 := f.cosines[p.row], f.cosines[p.column]
	if sign < 0 {
		y1, y2 = f.sines[p.row], f.sines[p.column]
	}
	g11 := (n + sign*d[2*p.row]) / 2
	g22 := (n + sign*d[2*p.column]) / 2
	g12 := (d[p.column-p.row] + sign*d[p.column+p.row]) / 2
	det := g11*g22 - g12*g12
	return (g22*y1 - g12*y2) / det, (g11*y2 - g12*y1) / det
}
