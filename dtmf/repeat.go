package dtmf

const (
	shortestLag   = 40     // samples: concealment repeats periods of 5 to 15 ms
	longestLag    = 160    // and others the whole last packet
	repeatSamples = 80     // what it repeats unattenuated at first, 10 ms
	repeatError   = 0.0003 // of the energy: a G.711 law, once more, at most
	fadedError    = 0.01   // as it goes on, fading
	laterError    = 0.002  // of what follows a quiet, fading, too
	fadedFrames   = 3      // after 60 ms concealment is silent
	repeatFloor   = 100 * 100 * repeatSamples
)

// repeats reports whether the frame begins with an exact repetition of what was
// heard just before it, as no voice does. A gateway on the way conceals its
// losses so (ITU-T G.711 Appendix I), and what it repeats may hold a few
// milliseconds of a tone that began just before the loss: too little to be
// noticed, enough to be read. A steady sound repeats itself by nature; just
// after a key that is no excuse. What fades on from one repetition is one.
func (d *Detector) repeats() bool {
	x := d.front.samples(maxWindow, maxWindow+repeatSamples)
	energy := alternating(x)
	if alternating(d.front.filtered(maxWindow, maxWindow+repeatSamples)) < repeatFloor {
		return d.repeatsLater() // too faint so far, or a hum
	}
	past := d.front.samples(0, maxWindow+repeatSamples)
	for lag := shortestLag; lag <= longestLag; lag++ {
		y := past[maxWindow-lag:]
		if a, b := x[0]-y[0], x[1]-y[1]; a*a+b*b > repeatError*energy {
			continue // as nearly always
		}
		if repeatedAt(x, y, repeatError*energy) {
			return d.repeated > 0 && d.repeated < fadedFrames || d.sinceKey < tailTime || !d.periodic(lag)
		}
	}
	return d.repeated > 0 && d.repeated < fadedFrames && d.fades(x)
}

// repeatsLater is repeats for a frame that begins with a quiet: what follows is
// then repeated a little fainter.
func (d *Detector) repeatsLater() bool {
	const at = maxWindow + repeatSamples
	x := d.front.filtered(at, at+repeatSamples)
	if alternating(x) < repeatFloor {
		return false
	}
	for lag := shortestLag; lag <= longestLag; lag++ {
		if explained(x, d.front.filtered(at-lag, at-lag+repeatSamples), laterError) {
			return d.sinceKey < tailTime || !d.periodic(lag)
		}
	}
	return false
}

// explained reports whether y at some gain is x, but for a share of its energy.
func explained(x, y []float32, share float32) bool {
	var cross, energy, past float32
	y = y[:len(x)]
	for i, v := range x {
		cross += v * y[i]
		energy += v * v
		past += y[i] * y[i]
	}
	return cross > 0 && cross*cross >= (1-share)*energy*past
}

// periodic reports whether the stretch before the frame repeats itself, too: a
// steady sound does so by nature.
func (d *Detector) periodic(lag int) bool {
	const past = maxWindow - longestLag
	x := d.front.samples(maxWindow-past, maxWindow)
	return repeatedAt(x, d.front.samples(maxWindow-past-lag, maxWindow-lag), 4*repeatError*alternating(x))
}

// alternating is the energy of a stretch without its direct current, which
// repeats itself at any lag.
func alternating(x []float32) float32 {
	var sum, squares float32
	for _, v := range x {
		sum += v
		squares += v * v
	}
	return squares - sum*sum/float32(len(x))
}

// repeatedAt gives up as soon as the two differ by more than allowed, which for
// most lags is after a few samples.
func repeatedAt(x, y []float32, allowed float32) bool {
	y = y[:len(x)]
	var rest float32
	for i, v := range x {
		e := v - y[i]
		if rest += e * e; rest > allowed {
			return false
		}
	}
	return true
}

// fades looks for a repetition at any gain, as far back as the past is kept.
func (d *Detector) fades(x []float32) bool {
	past := d.front.samples(0, maxWindow+repeatSamples)
	for lag := shortestLag; lag <= maxWindow; lag++ {
		if explained(x, past[maxWindow-lag:], fadedError) {
			return true
		}
	}
	return false
}
