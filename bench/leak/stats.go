package leak

import "math"

const (
	chance = 1.0 / 16
	z95    = 1.959964
)

// Estimate is a figure with its 95 % bounds.
type Estimate struct{ Value, Low, High float64 }

// percent scales an estimate.
func (e Estimate) percent() Estimate { return Estimate{100 * e.Value, 100 * e.Low, 100 * e.High} }

// wilson is the share k of n with Wilson's score interval.
func wilson(k, n int) Estimate {
	if n == 0 {
		return Estimate{0, 0, 1}
	}
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z95*z95/(2*m)) / (1 + z95*z95/m)
	half := z95 / (1 + z95*z95/m) * math.Sqrt(p*(1-p)/m+z95*z95/(4*m*m))
	return Estimate{p, max(0, mid-half), min(1, mid+half)}
}

// advantage turns a share of right guesses into the advantage over chance.
func (e Estimate) advantage() Estimate {
	f := func(p float64) float64 { return (p - chance) / (1 - chance) }
	return Estimate{f(e.Value), f(e.Low), f(e.High)}
}

// paired is the difference of two advantages measured on the same n strokes:
// more of them were right in the first only, less in the second only. Its
// interval is Agresti and Min's, which holds for the few and the none.
func paired(more, less, n int) Estimate {
	if n == 0 {
		return Estimate{0, 0, 1}
	}
	b, c, m := float64(more), float64(less), float64(n)
	scale := 1 / (1 - chance)
	centre := (b - c) / (m + 2)
	b, c, m = b+0.5, c+0.5, m+2
	half := z95 * math.Sqrt((b+c)-(b-c)*(b-c)/m) / m
	return Estimate{scale * float64(more-less) / float64(n), scale * (centre - half), scale * (centre + half)}
}
