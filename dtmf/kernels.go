package dtmf

// The innermost loops of the first looks and of the fits, in plain form. On amd64
// kernels_amd64.s does the same four numbers at a time, by the same operations in
// the same order, so both come to the same bits, as long as all are numbers, which
// those made of samples are; a test compares them. What a processor may fuse into
// one rounding is kept apart by conversions here, as the language promises. Elsewhere
// in the package it is not, so another processor than amd64 may decide otherwise where
// a score is within rounding of what is wanted.

// lanes holds a value for each coarse frequency.
type lanes [coarseAll]float32

// phasors are correlations with the coarse frequencies.
type phasors struct{ re, im lanes }

// bests holds, by the sieve's lengths, the power at a strongest frequency.
type bests [sieveLengths]float32

// widenPlain turns samples into numbers, whole blocks of them.
func widenPlain(to []float32, from []int16) {
	for i, v := range from {
		to[i] = float32(v)
	}
}

// momentsPlain goes on from the first sums: each next one is the one before and a
// block's samples, or their squares. There is one sum more than blocks.
func momentsPlain(sums, energies []int64, from []int16) {
	for b := range len(from) / hop {
		sum, energy := sums[b], energies[b]
		for _, v := range from[b*hop:][:hop] {
			sum += int64(v)
			energy += int64(v) * int64(v)
		}
		sums[b+1], energies[b+1] = sum, energy
	}
}

// filterPlain filters whole blocks; see response.
func filterPlain(to, from []float32, state *[order]float32, r *response) {
	for b := 0; b < len(from); b += hop {
		x, s := (*[hop]float32)(from[b:]), *state
		for k := range hop + order {
			v := float32(r[0][k] * x[0])
			for i := 1; i < hop; i++ {
				v += float32(r[i][k] * x[i])
			}
			v += (float32(r[hop][k]*s[0]) + float32(r[hop+1][k]*s[1])) + (float32(r[hop+2][k]*s[2]) + float32(r[hop+3][k]*s[3]))
			if k < hop {
				to[b+k] = v
			} else {
				state[k-hop] = v
			}
		}
	}
}

// energiesPlain is each block's energy. It adds up as four lanes are added up.
func energiesPlain(to, from []float32) {
	for b := range to {
		x := (*[hop]float32)(from[b*hop:])
		s0, s1 := float32(x[0]*x[0])+float32(x[4]*x[4]), float32(x[1]*x[1])+float32(x[5]*x[5])
		s2, s3 := float32(x[2]*x[2])+float32(x[6]*x[6]), float32(x[3]*x[3])+float32(x[7]*x[7])
		to[b] = (s0 + s2) + (s1 + s3)
	}
}

// correlatePlain correlates blocks with the coarse frequencies: each folded around
// its middle, and turned to the phase of the oldest one of the view.
func correlatePlain(to []phasors, from []float32, waves *[hop]lanes, turns []phasors) {
	for b := range to {
		x, out, turn := (*[hop]float32)(from[b*hop:]), &to[b], &turns[b]
		e0, e1, e2, e3 := x[4]+x[3], x[5]+x[2], x[6]+x[1], x[7]+x[0]
		o0, o1, o2, o3 := x[4]-x[3], x[5]-x[2], x[6]-x[1], x[7]-x[0]
		for k := range coarseAll {
			re := (float32(e0*waves[0][k]) + float32(e1*waves[1][k])) + (float32(e2*waves[2][k]) + float32(e3*waves[3][k]))
			im := (float32(o0*waves[4][k]) + float32(o1*waves[5][k])) + (float32(o2*waves[6][k]) + float32(o3*waves[7][k]))
			out.re[k] = float32(re*turn.re[k]) + float32(im*turn.im[k])
			out.im[k] = float32(re*turn.im[k]) - float32(im*turn.re[k])
		}
	}
}

// addUpPlain goes on from the first sum: each next one is the one before and a
// block. There is one sum more than blocks.
func addUpPlain(sums, blocks []phasors) {
	for b := range blocks {
		from, to := &sums[b], &sums[b+1]
		for k := range coarseAll {
			to.re[k] = from.re[k] + blocks[b].re[k]
			to.im[k] = from.im[k] + blocks[b].im[k]
		}
	}
}

// totalPlain adds blocks to what is there.
func totalPlain(to *phasors, blocks []phasors) {
	for b := range blocks {
		for k := range coarseAll {
			to.re[k] += blocks[b].re[k]
			to.im[k] += blocks[b].im[k]
		}
	}
}

// differencePlain is what one sum has beyond another, and adds its power to what
// is there.
func differencePlain(to *phasors, power *lanes, from, until *phasors) {
	for k := range coarseAll {
		re, im := until.re[k]-from.re[k], until.im[k]-from.im[k]
		to.re[k], to.im[k] = re, im
		power[k] += float32(re*re) + float32(im*im)
	}
}

// siftPlain finds, for every block of a frame and every length of the sieve, the
// power at the strongest row and the strongest column of the window that ends
// with the block.
func siftPlain(low, high *[newBlocks]bests, sums *[recent + 1]phasors) {
	for e := range newBlocks {
		end := &sums[recent+1-newBlocks+e]
		for l, blocks := range sieveBlocks {
			start := &sums[recent+1-newBlocks+e-blocks]
			row, column := float32(0), float32(0)
			for k := range sieveAll {
				re, im := end.re[k]-start.re[k], end.im[k]-start.im[k]
				power := float32(re*re) + float32(im*im)
				if k < sieveRows {
					row = max(row, power)
				} else {
					column = max(column, power)
				}
			}
			low[e][l], high[e][l] = row, column
		}
	}
}

// promisedPlain returns for each length the windows that promise what is wanted;
// see sight.promises. A window is the bit of its end, and ends are counted from 1:
// the first block's is bit 1. The energies are sums of those of the blocks before,
// from longestPiece before the frame on.
func promisedPlain(ends *[sieveLengths]uint32, low, high *[newBlocks]bests, energy *[newBlocks + longestPiece]float64, wanted *bests) {
	*ends = [sieveLengths]uint32{}
	for e := range newBlocks {
		for l, blocks := range sieveBlocks {
			s := sight{
				low: float32(low[e][l] * sieveScale[l]), high: float32(high[e][l] * sieveScale[l]),
				energy: float32(energy[e+longestPiece] - energy[e+longestPiece-blocks]),
			}
			if s.promises(wanted[l]) {
				ends[l] |= 2 << e
			}
		}
	}
}

// dotPlain is the inner products of a folded window with a cosine and a sine.
func dotPlain(even, odd, cosine, sine []quad) (c, s float32) {
	var a, b quad
	for i := range even {
		for k := range a {
			a[k] += float32(even[i][k] * cosine[i][k])
			b[k] += float32(odd[i][k] * sine[i][k])
		}
	}
	return (a[0] + a[1]) + (a[2] + a[3]), (b[0] + b[1]) + (b[2] + b[3])
}
