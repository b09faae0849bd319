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
	even, odd [quads]quad
	half      int
	energy    float32
	mean      float32
	// Inner products with the sinusoids tried so far.
	cosines, sines [gridSpan]float32
	have           [gridSpan]bool
}

// load folds a window, whose length is even and at most maxWindow, and takes
// its mean off.
func (f *fitter) load(x []float32) {
	f.have = [gridSpan]bool{}
	half := len(x) / 2
	f.half = half
	after, before := x[half:], x[:half]
	var sum, energy float32
	for i := range f.even[:half/4] {
		a, b := (*quad)(after[4*i:]), (*quad)(before[half-4-4*i:])
		a0, a1, a2, a3, b0, b1, b2, b3 := a[0], a[1], a[2], a[3], b[3], b[2], b[1], b[0]
		f.even[i] = quad{a0 + b0, a1 + b1, a2 + b2, a3 + b3}
		f.odd[i] = quad{a0 - b0, a1 - b1, a2 - b2, a3 - b3}
		sum += ((a0 + b0) + (a1 + b1)) + ((a2 + b2) + (a3 + b3))
		energy += ((a0*a0 + b0*b0) + (a1*a1 + b1*b1)) + ((a2*a2 + b2*b2) + (a3*a3 + b3*b3))
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
	n := f.half / 4
	c, s := dot(f.even[:n], f.odd[:n], cosHalf[k][:n], sinHalf[k][:n])
	f.cosines[k] = c - f.mean*dirichlet[f.half-1][k]
	f.sines[k] = s
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
			if left := f.residual(r, c); left < best.residual {
				best.row, best.column, best.residual, moved = r, c, left, true
			}
		}
		if !moved {
			break
		}
	}
	return f.pair(best.row, best.column)
}

// residual is what pair would leave.
func (f *fitter) residual(row, column int) float32 {
	d := &dirichlet[f.half-1]
	n := float32(2 * f.half)
	row2, column2, cross, image := d[2*row], d[2*column], d[column-row], d[column+row]
	explained := explainedBy(n+row2, n+column2, cross+image, f.cosines[row], f.cosines[column]) +
		explainedBy(n-row2, n-column2, cross-image, f.sines[row], f.sines[column])
	return max(f.energy-explained, f.energy*1e-5, n/12)
}

// explainedBy is the energy that two vectors explain, of twice their inner
// products with each other and theirs with the window.
func explainedBy(g11, g22, g12, y1, y2 float32) float32 {
	return 2 * (g22*y1*y1 - 2*g12*y1*y2 + g11*y2*y2) / (g11*g22 - g12*g12)
}
