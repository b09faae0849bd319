package dtmf

// tonePair is the outcome of a least-squares fit of two sinusoids, one per
// band, to a window of samples.
type tonePair struct {
	row, column int     // grid indices of the best frequencies
	lowE, highE float32 // energies of the two sinusoids over the window
	residual    float32 // energy left unexplained, never below a floor
}

// score is the energy of the weaker tone over what the pair leaves unexplained.
func (p *tonePair) score() float32 { return min(p.lowE, p.highE) / p.residual }

// add adds the fit of another part of a window.
func (p *tonePair) add(o tonePair) {
	p.lowE, p.highE, p.residual = p.lowE+o.lowE, p.highE+o.highE, p.residual+o.residual
}

// key returns the key whose nominal frequencies are nearest.
func (p *tonePair) key() Key { return keyAt[nominals[p.row].index][nominals[p.column].index] }

// atEdge reports whether the fit ended at a limit of the frequencies searched.
func (p *tonePair) atEdge() bool {
	return p.row == rowMin || p.row == rowMax || p.column == columnMin || p.column == columnMax
}

// deviation returns the larger of the two relative distances from the key's
// nominal frequencies, to the resolution of the grid.
func (p *tonePair) deviation() float32 {
	return max(nominals[p.row].deviation, nominals[p.column].deviation)
}

// fitter holds one window folded around its centre: its sums and differences
// of samples at equal distance. Cosines meet only the sums and sines only the
// differences, which halves the work and splits the normal equations of the
// four amplitudes into two systems of two unknowns.
type fitter struct {
	even, odd [halfMax]float32
	half      int
	energy    float32
	mean      float32
	// Inner products with the sinusoids tried so far.
	cosines, sines [gridSpan]float32
	have           [gridSpan]bool
	used           [gridSpan]uint8
	nUsed          int
}

// load folds a window, whose length is even and at most maxWindow, and takes
// its mean off.
func (f *fitter) load(x []float32) {
	for _, k := range f.used[:f.nUsed] {
		f.have[k] = false
	}
	f.nUsed = 0
	half := len(x) / 2
	f.half = half
	var sum, energy float32
	for h := range half {
		a, b := x[half+h], x[half-1-h]
		f.even[h], f.odd[h] = a+b, a-b
		sum += a + b
		energy += a*a + b*b
	}
	f.mean = sum / float32(2*half)
	f.energy = energy - sum*f.mean
}

// correlate computes the inner products with grid frequency k once per window.
func (f *fitter) correlate(k int) {
	if f.have[k] {
		return
	}
	f.have[k] = true
	f.used[f.nUsed] = uint8(k)
	f.nUsed++
	even, odd := f.even[:f.half], f.odd[:f.half]
	c, s := cosHalf[k][:f.half], sinHalf[k][:f.half]
	var c0, c1, s0, s1 float32
	h := 0
	for ; h+1 < len(even) && h+1 < len(odd) && h+1 < len(c) && h+1 < len(s); h += 2 {
		c0 += even[h] * c[h]
		c1 += even[h+1] * c[h+1]
		s0 += odd[h] * s[h]
		s1 += odd[h+1] * s[h+1]
	}
	for ; h < len(even); h++ {
		c0 += even[h] * c[h]
		s0 += odd[h] * s[h]
	}
	f.cosines[k] = c0 + c1 - f.mean*dirichlet[f.half-1][k]
	f.sines[k] = s0 + s1
}

// power is the squared magnitude of the correlation with grid frequency k.
func (f *fitter) power(k int) float32 {
	f.correlate(k)
	return f.cosines[k]*f.cosines[k] + f.sines[k]*f.sines[k]
}

// climb walks from k to the nearest maximum of power within [lo, hi].
func (f *fitter) climb(k, lo, hi int) int {
	best := f.power(k)
	for _, step := range [2]int{1, -1} {
		for next := k + step; next >= lo && next <= hi; next += step {
			p := f.power(next)
			if p <= best {
				break
			}
			k, best = next, p
		}
	}
	return k
}

// pair solves the joint fit at two grid frequencies.
func (f *fitter) pair(row, column int) tonePair {
	return solve(f.half, row, column, f.energy,
		[2]float32{f.cosines[row], f.sines[row]}, [2]float32{f.cosines[column], f.sines[column]})
}

// solve fits two sinusoids of grid frequencies jointly to a window of 2·half
// samples, of which it takes the energy and the inner products with the cosine
// and the sine of either, whose phase is zero at the window's middle.
func solve(half, row, column int, energy float32, atRow, atColumn [2]float32) tonePair {
	d := &dirichlet[half-1]
	n := float32(2 * half)
	cross, image := d[column-row], d[column+row]
	var p tonePair
	p.row, p.column = row, column
	explained := float32(0)
	// Cosines first, then sines: the image term changes sign.
	for i, sign := range [2]float32{1, -1} {
		y1, y2 := atRow[i], atColumn[i]
		g11 := (n + sign*d[2*row]) / 2
		g22 := (n + sign*d[2*column]) / 2
		g12 := (cross + sign*image) / 2
		det := g11*g22 - g12*g12
		a1 := (g22*y1 - g12*y2) / det
		a2 := (g11*y2 - g12*y1) / det
		explained += a1*y1 + a2*y2
		p.lowE += a1 * a1 * g11
		p.highE += a2 * a2 * g22
	}
	// The floor stands for rounding, of the sums and of a 16-bit sample.
	p.residual = max(energy-explained, energy*1e-5, n/12)
	return p
}

// effortLimits are the scores below which a fit is not worth going on with: that
// of the frequencies it starts from, and that of each tone at its own best.
type effortLimits struct{ guess, climb float32 }

// best fits the window around the grid frequencies row and column, each first
// improved on its own and then jointly.
func (f *fitter) best(row, column int, least effortLimits) tonePair {
	f.correlate(row)
	f.correlate(column)
	best := f.pair(row, column)
	if best.score() < least.guess {
		return best
	}
	row = f.climb(row, rowMin, rowMax)
	column = f.climb(column, columnMin, columnMax)
	best = f.pair(row, column)
	if best.score() < least.climb {
		return best
	}
	for range 3 {
		moved := false
		for _, step := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			r, c := best.row+step[0], best.column+step[1]
			if r < rowMin || r > rowMax || c < columnMin || c > columnMax {
				continue
			}
			f.correlate(r)
			f.correlate(c)
			if p := f.pair(r, c); p.residual < best.residual {
				best, moved = p, true
			}
		}
		if !moved {
			break
		}
	}
	return best
}
