package jitter

const (
	historySamples = 390 // 48.75 ms, as in G.711 Appendix I
	pastSamples    = 512 // room for it, a power of two
	pitchMin       = 40  // 200 Hz
	pitchMax       = 120 // 66.6 Hz
	matchSamples   = 160 // how much of the past a pitch candidate must explain
	stepSamples    = 80  // unattenuated, and the grain of adding periods: 10 ms
	overlapSamples = 32  // 4 ms cross-fade back into received audio
	// fadeQ15 is the attenuation per sample after the first 10 ms: 20 % per
	// 10 ms, silence at 60 ms.
	fadeQ15  = 82
	unityQ15 = 32768
)

// concealer repeats the last pitch periods of a source while its audio is
// missing, fading to silence in 60 ms, and cross-fades back.
type concealer struct {
	filled  int
	lost    int // samples concealed since audio was last received
	pitch   int
	periods int // how many pitch periods are being repeated
	phase   int // position within the repeated stretch
	at      int // in past, behind the newest sample
	// past is a ring of what was received or concealed. Each frame would have to
	// move all of it if it lay in order, and few are followed by a loss.
	past  [pastSamples]int16
	cycle [3 * pitchMax]int16
}

// history is the past in its order.
func (c *concealer) history() (h recentAudio) {
	from := (c.at - historySamples) & (pastSamples - 1)
	n := copy(h[:], c.past[from:])
	copy(h[n:], c.past[:])
	return h
}

// forget drops the past, so that nothing of it is repeated.
func (c *concealer) forget() { *c = concealer{} }

// forgetBefore drops the past up to its last n samples. What is left is too short
// to tell a pitch from, so a loss is filled with silence until there is more.
func (c *concealer) forgetBefore(n int) {
	if c.filled <= n {
		return
	}
	for i := n; i < pastSamples; i++ {
		c.past[(c.at-1-i)&(pastSamples-1)] = 0
	}
	c.filled = n
}

// blank reports whether what is being made up holds nothing that was heard.
func (c *concealer) blank() bool { return c.lost > 0 && c.pitch == 0 }

// receive notes received samples, smoothing the seam after a loss in place.
func (c *concealer) receive(samples []int16) {
	if c.lost > 0 {
		c.fadeBack(samples)
	}
	c.push(samples)
	if c.lost > 0 {
		clear(c.cycle[:]) // it may be a tone's
	}
	c.lost = 0
}

// fadeBack cross-fades from the continued concealment into received audio.
func (c *concealer) fadeBack(samples []int16) {
	n := min(overlapSamples, len(samples))
	for i := range n {
		made := int32(c.next())
		w := int32(i + 1)
		samples[i] = int16((made*(int32(n)-w) + int32(samples[i])*w) / int32(n))
	}
}

// lose makes up samples for a loss.
func (c *concealer) lose(dst []int16) {
	if c.lost == 0 {
		c.begin()
	}
	for i := range dst {
		dst[i] = c.next()
	}
	c.push(dst)
}

func (c *concealer) begin() {
	c.phase, c.periods = 0, 1
	if c.filled < historySamples {
		c.pitch = 0
		return
	}
	h := c.history()
	c.pitch = h.pitch()
	copy(c.cycle[:], h[historySamples-3*c.pitch:])
}

// next returns one concealed sample: the stretch of the last periods repeated,
// more periods with time so that it does not buzz, fainter with time.
func (c *concealer) next() int16 {
	step := c.lost / stepSamples
	gain := int32(unityQ15 - max(0, c.lost-stepSamples)*fadeQ15)
	c.lost++
	if c.pitch == 0 || gain <= 0 {
		return 0
	}
	if want := min(3, step+1); want != c.periods && c.phase%c.pitch == 0 {
		c.periods, c.phase = want, 0
	}
	stretch := c.periods * c.pitch
	v := int32(c.cycle[3*c.pitch-stretch+c.phase%stretch])
	c.phase++
	return int16(v * gain >> 15)
}

func (c *concealer) push(samples []int16) {
	n := copy(c.past[c.at:], samples)
	copy(c.past[:], samples[n:])
	c.at = (c.at + len(samples)) & (pastSamples - 1)
	c.filled = min(historySamples, c.filled+len(samples))
}

// recentAudio is what was received or concealed last, the newest at its end.
type recentAudio [historySamples]int16

// pitch returns the lag whose repetition best explains the last 20 ms:
// the highest normalised cross-correlation, coarse first, then around the best.
func (h *recentAudio) pitch() int {
	best, at := -1.0, pitchMax
	for lag := pitchMax; lag >= pitchMin; lag -= 2 {
		if s := h.match(lag); s > best {
			best, at = s, lag
		}
	}
	for _, lag := range [2]int{at - 1, at + 1} {
		if lag < pitchMin || lag > pitchMax {
			continue
		}
		if s := h.match(lag); s > best {
			best, at = s, lag
		}
	}
	return at
}

func (h *recentAudio) match(lag int) float64 {
	var cross, energy int64
	for i := historySamples - matchSamples; i < historySamples; i++ {
		a, b := int64(h[i]), int64(h[i-lag])
		cross += a * b
		energy += b * b
	}
	if cross <= 0 {
		return 0
	}
	return float64(cross) * float64(cross) / float64(energy+1)
}
