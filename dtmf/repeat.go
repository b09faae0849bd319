package dtmf

const (
	shortestLag   = 40     // samples: concealment repeats periods of 5 to 15 ms
	longestLag    = 160    // and others the whole last packet
	repeatSamples = 80     // what it repeats unattenuated at first, 10 ms
	repeatError   = 0.0003 // of the energy: a G.711 law, once more, at most
	fadedError    = 0.01   // as it goes on, fading
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
	x := d.front.raw[maxWindow : maxWindow+repeatSamples]
	var energy float32
	for _, v := range x {
		energy += v * v
	}
	if energy < repeatFloor {
		return false
	}
	for lag := shortestLag; lag <= longestLag; lag++ {
		if repeatedAt(x, d.front.raw[maxWindow-lag:], repeatError*energy) {
			return d.repeated > 0 && d.repeated < fadedFrames || d.sinceKey < tailTime || !d.periodic(lag)
		}
	}
	return d.repeated > 0 && d.repeated < fadedFrames && d.fades(x, energy)
}

// periodic reports whether the stretch before the frame repeats itself, too: a
// steady sound does so by nature.
func (d *Detector) periodic(lag int) bool {
	const past = maxWindow - longestLag
	x := d.front.raw[maxWindow-past : maxWindow]
	var energy float32
	for _, v := range x {
		energy += v * v
	}
	return repeatedAt(x, d.front.raw[maxWindow-past-lag:], 4*repeatError*energy)
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
func (d *Detector) fades(x []float32, energy float32) bool {
	for lag := shortestLag; lag <= maxWindow; lag++ {
		y := d.front.raw[maxWindow-lag:][:len(x)]
		var cross, past float32
		for i, v := range x {
			cross += v * y[i]
			past += y[i] * y[i]
		}
		if cross > 0 && cross*cross >= (1-fadedError)*energy*past {
			return true
		}
	}
	return false
}
