package dtmf

import (
	"math/rand/v2"
	"testing"

	"tonegate/internal/audio"
)

// The voice is back soon after a tone: what an ear of the detector's still
// holds of it is no reason to go on masking when the line is quiet.
func TestMaskEndsSoonAfterTheTone(t *testing.T) {
	rng := rand.New(rand.NewPCG(12, 5))
	const most = 25 * ms
	for range max(40, 400/effort) {
		x := make([]int16, 20*audio.FrameSamples)
		s := steady(Key(rng.IntN(Keys)), 480+rng.IntN(160), 40*ms+rng.IntN(60*ms))
		noise(x, -60, rng)
		s.addTo(x)
		companded(x, audio.MuLaw)
		d := NewDetector()
		d.Arm(true)
		h := listen(d, x, nil)
		end := s.onset + s.length
		if open := h.released(end, most); open == 0 {
			t.Errorf("still masked %d samples after the end: %s", most, s.describe())
		}
	}
}

// An echo that follows at once, or after a pause, is masked as the tone is,
// although the line seems to fall quiet in between.
func TestQuietEchoesAreMasked(t *testing.T) {
	rng := rand.New(rand.NewPCG(13, 5))
	for _, delay := range []int{4, 8, 16, 24, 40, 80, 160} {
		for _, down := range []float64{-15, -20, -26, -35} {
			for range max(4, 40/effort) {
				x := make([]int16, 24*audio.FrameSamples)
				s := steady(Key(rng.IntN(Keys)), 480+rng.IntN(160), 50*ms+rng.IntN(30*ms))
				echo := s
				echo.onset += delay * ms
				echo.low, echo.high = echo.low+down, echo.high+down
				noise(x, -68, rng)
				s.addTo(x)
				echo.addTo(x)
				companded(x, audio.ALaw)
				h := listen(NewDetector(), x, nil)
				if n := h.released(s.onset, s.length) + h.released(echo.onset, echo.length); n != 0 {
					t.Errorf("echo at %.0f dB after %d ms: %d samples released: %s", down, delay, n, s.describe())
				}
			}
		}
	}
}

// A key begins a few milliseconds before a loss, soon after another key is over:
// concealment would repeat that scrap of it, so it stays masked.
func TestScrapBeforeALossIsMasked(t *testing.T) {
	rng := rand.New(rand.NewPCG(14, 5))
	for _, scrap := range []int{3, 4, 6, 8} {
		bad, n := 0, 0
		for _, gap := range []int{35, 60, 90} { // ms after the key before
			for range max(10, 100/effort) {
				x := make([]int16, 24*audio.FrameSamples)
				lost := 10 + rng.IntN(4)
				end := lost * audio.FrameSamples
				first := steady(Key(rng.IntN(Keys)), end-(scrap+gap+60)*ms, 60*ms)
				second := steady(Key(rng.IntN(Keys)), end-scrap*ms, scrap*ms)
				noise(x, -60, rng)
				first.addTo(x)
				second.addTo(x)
				// As concealment does: the last 10 ms, again and again.
				for i := range audio.FrameSamples {
					x[end+i] = x[end-10*ms+i%(10*ms)]
				}
				d := NewDetector()
				d.Arm(true)
				h := listen(d, x, func(frame int) Reception { return Reception{Concealed: frame == lost} })
				n++
				if h.released(end, audio.FrameSamples) != 0 {
					bad++
				}
			}
		}
		if bad*100 > n {
			t.Errorf("%d of %d repeated scraps of %d ms were heard", bad, n, scrap)
		}
	}
}

// A loss after a key keeps the voice away no longer than the key does, if what
// fills it is made of nothing that was heard.
func TestBlankFramesEndTheMask(t *testing.T) {
	rng := rand.New(rand.NewPCG(15, 5))
	for _, blank := range []bool{true, false} {
		late, n := 0, 0
		for range max(40, 400/effort) {
			x := make([]int16, 24*audio.FrameSamples)
			s := steady(Key(rng.IntN(Keys)), 480+rng.IntN(160), 60*ms)
			noise(x, -60, rng)
			s.addTo(x)
			companded(x, audio.MuLaw)
			end := s.onset + s.length
			lost := (end+25*ms)/audio.FrameSamples + 1
			clear(x[lost*audio.FrameSamples:][:audio.FrameSamples])
			d := NewDetector()
			d.Arm(true)
			h := listen(d, x, func(frame int) Reception { return Reception{Concealed: frame == lost, Blank: blank && frame == lost} })
			n++
			if h.released(lost*audio.FrameSamples+crossFade, audio.FrameSamples-crossFade) == 0 {
				late++
			}
		}
		if blank && late > 0 || !blank && late < n {
			t.Errorf("blank %t: the mask outlasts the loss %d of %d times", blank, late, n)
		}
	}
}

// What the detector says is over lies behind the tone, and it says so soon.
func TestOver(t *testing.T) {
	rng := rand.New(rand.NewPCG(16, 5))
	for range max(40, 400/effort) {
		x := make([]int16, 24*audio.FrameSamples)
		s := steady(Key(rng.IntN(Keys)), 480+rng.IntN(160), 40*ms+rng.IntN(60*ms))
		noise(x, -60, rng)
		s.addTo(x)
		companded(x, audio.MuLaw)
		d := NewDetector()
		d.Arm(true)
		end, said := s.onset+s.length, -1
		var f audio.Frame
		for at := 0; at < len(x); at += audio.FrameSamples {
			copy(f[:], x[at:])
			ev := d.Process(&f, Reception{})
			clean, over := ev.Over()
			if over && at+audio.FrameSamples > s.onset+20*ms && at+audio.FrameSamples-clean < end {
				t.Errorf("over %d samples before the end: %s", end-(at+audio.FrameSamples-clean), s.describe())
			}
			if over && said < 0 && at > s.onset {
				said = at + audio.FrameSamples
			}
		}
		if said < end || said > end+70*ms {
			t.Errorf("said to be over %d samples after the end: %s", said-end, s.describe())
		}
	}
	var nobodyLooked Evidence
	if _, over := nobodyLooked.Over(); over {
		t.Error("over, although nobody looked")
	}
}
