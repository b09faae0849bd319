package dtmf

import (
	"math/rand/v2"
	"testing"

	"tonegate/internal/audio"
)

// Tones that a limiter cut, up to where little more than their sign is left:
// no sample gets out, armed.
func TestClippedTonesAreMasked(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 5))
	for _, share := range []float64{0.7, 0.5, 0.35} {
		missed, n := 0, max(40, 400/effort)
		for range n {
			x := make([]int16, 16*audio.FrameSamples)
			s := steady(Key(rng.IntN(Keys)), 640+rng.IntN(160), 60*ms)
			s.phaseLow, s.phaseHigh = 7*rng.Float64(), 7*rng.Float64()
			s.addTo(x)
			limit := int16(share * 2 * audio.AmplitudeOf(-10))
			for i, v := range x {
				x[i] = max(-limit, min(limit, v))
			}
			noise(x, -68, rng)
			companded(x, audio.MuLaw)
			d := NewDetector()
			d.Arm(true)
			h := listen(d, x, nil)
			if h.released(s.onset, s.length) != 0 {
				missed++
			}
		}
		if missed*100 > n {
			t.Errorf("cut at %.0f %% of the peak: %d of %d tones got out", 100*share, missed, n)
		}
	}
}

// repeated is noise in which two frames from n on repeat the last lag samples,
// as a far end conceals a loss.
func repeated(n, lag int, rng *rand.Rand) []int16 {
	x := make([]int16, 12*audio.FrameSamples)
	noise(x, -20, rng)
	at := n * audio.FrameSamples
	for i := range 2 * audio.FrameSamples {
		x[at+i] = x[at+i-lag]
	}
	return x
}

// What a far end's concealment repeats may hold a scrap of a tone, so all of it
// is masked while a capture is on, and what was held when it began.
func TestRepetitionsAreMaskedDuringCaptures(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 5))
	const at = 6
	for lag := shortestLag; lag <= longestLag; lag += 5 {
		x := repeated(at, lag, rng)
		for _, armed := range []bool{true, false} {
			d := NewDetector()
			d.Arm(armed)
			h := listen(d, x, nil)
			from, length := at*audio.FrameSamples-LookAhead, 2*audio.FrameSamples+LookAhead
			if n := h.released(from, length); armed && n != 0 || !armed && n != length {
				t.Errorf("lag %d, armed %v: %d of %d samples released", lag, armed, n, length)
			}
			if n := h.released(0, from); n != from {
				t.Errorf("lag %d, armed %v: %d samples before it masked", lag, armed, from-n)
			}
		}
	}
}

// A steady sound repeats itself by nature and must not stay masked.
func TestSteadySoundIsNoRepetition(t *testing.T) {
	rng := rand.New(rand.NewPCG(10, 5))
	for _, hz := range []float64{100, 400, 500} {
		x := make([]int16, 2*audio.SampleRate)
		addSines(x, hz, hz, -24, rng)
		companded(x, audio.ALaw)
		d := NewDetector()
		d.Arm(true)
		h := listen(d, x, nil)
		if n := h.released(audio.SampleRate, audio.SampleRate); n != audio.SampleRate {
			t.Errorf("%v Hz: %d of %d samples masked", hz, audio.SampleRate-n, audio.SampleRate)
		}
	}
}

// The same key again, fainter and in noise, is a press.
func TestFaintRepeatInNoiseIsAPress(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 5))
	for _, drop := range []float64{5, 8} {
		missed, n := 0, max(48, 320/effort)
		for i := range n {
			x := make([]int16, 40*audio.FrameSamples)
			s := steady(Key(i%Keys), 640, 80*ms)
			s.addTo(x)
			s.onset += s.length + 40*ms + rng.IntN(100*ms)
			s.low, s.high = s.low-drop, s.high-drop
			s.addTo(x)
			noise(x, s.low-10, rng)
			companded(x, audio.MuLaw)
			if h := listen(NewDetector(), x, nil); len(h.pressed) != 2 {
				missed++
			}
		}
		if missed*20 > n {
			t.Errorf("%.0f dB fainter: %d of %d second presses not told", drop, missed, n)
		}
	}
}

// A room that rings on after a key makes no second press of it; the same key
// again, fainter and steady, is one.
func TestRingingIsNoPress(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 5))
	for key := range Key(Keys) {
		for _, fades := range []bool{true, false} {
			x := make([]int16, 40*audio.FrameSamples)
			s := steady(key, 640, 80*ms)
			s.addTo(x)
			second := steady(key, s.onset+s.length+50*ms, 60*ms)
			second.low, second.high = second.low-7, second.high-7
			tail := make([]int16, len(x))
			second.addTo(tail)
			for i, v := range tail {
				gain := 1.0
				if fades {
					gain = max(0, 1-float64(i-second.onset)/float64(second.length))
				}
				x[i] += int16(gain * float64(v))
			}
			noise(x, -60, rng)
			companded(x, audio.MuLaw)
			want := 2
			if fades {
				want = 1
			}
			h := listen(NewDetector(), x, nil)
			if got := len(h.pressed); got != want {
				t.Errorf("key %c, fading %v: %d presses, wanted %d", key.Symbol(), fades, got, want)
			}
		}
	}
}

// The same key again, up to 4 dB fainter, in noise: two presses, however soon.
func TestFainterSecondPressesCount(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 6))
	for _, down := range []float64{0, -2, -3, -4} {
		for _, length := range []int{40, 60} {
			for _, gap := range []int{50, 100} {
				lost, n := 0, max(20, 100/effort)
				for range n {
					x := make([]int16, 24*audio.FrameSamples)
					first := steady(Key(rng.IntN(Keys)), 640+rng.IntN(160), length*ms)
					second := first
					second.onset += (length + gap) * ms
					second.low, second.high = first.low+down, first.high+down
					noise(x, -7-18, rng)
					first.addTo(x)
					second.addTo(x)
					companded(x, audio.ALaw)
					d := NewDetector()
					d.Arm(true)
					h := listen(d, x, nil)
					if got := len(h.keys()); got != 2 {
						lost++
					}
				}
				if lost*50 > n {
					t.Errorf("%.0f dB, %d ms, gap %d ms: %d of %d pairs not counted as two", down, length, gap, lost, n)
				}
			}
		}
	}
}
