package dtmf

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"tonegate/internal/audio"
)

// Of a tone of 10 ms or more, no sample gets out: any key, level, twist,
// length, phase, onset, detuning and law, over the noise of a quiet line.
func TestEveryToneIsMasked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.Float64Range(-36, -3).Draw(t, "level")
		twist := rapid.Float64Range(-4, 8).Draw(t, "twist")
		s := tone{
			key:        Key(rapid.IntRange(0, Keys-1).Draw(t, "key")),
			onset:      rapid.IntRange(320, 479).Draw(t, "onset"),
			length:     rapid.IntRange(10*ms, 120*ms).Draw(t, "length"),
			low:        level - max(0, -twist),
			high:       level - max(0, twist),
			detuneLow:  rapid.Float64Range(-0.05, 0.05).Draw(t, "detuneLow"),
			detuneHigh: rapid.Float64Range(-0.05, 0.05).Draw(t, "detuneHigh"),
			phaseLow:   rapid.Float64Range(0, 6.28).Draw(t, "phaseLow"),
			phaseHigh:  rapid.Float64Range(0, 6.28).Draw(t, "phaseHigh"),
		}
		law := audio.Law(rapid.IntRange(0, 1).Draw(t, "law"))
		rng := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(t, "seed")))
		x := make([]int16, 12*audio.FrameSamples)
		noise(x, -68, rng)
		s.addTo(x)
		companded(x, law)
		d := NewDetector()
		d.Arm(rapid.Bool().Draw(t, "armed"))
		h := listen(d, x, nil)
		if n := h.released(s.onset, s.length); n != 0 {
			t.Fatalf("%d samples released: %s", n, s.describe())
		}
	})
}

// The same where it is hardest: tones of little more than 10 ms, as far off as there
// are, one much weaker than the other. They must not fit best at the end of the range
// searched, where more is asked of a fit.
func TestExtremeTonesAreMasked(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	within := func(from, to float64) float64 {
		switch rng.IntN(4) {
		case 0:
			return from
		case 1:
			return to
		}
		return from + (to-from)*rng.Float64()
	}
	for i := range 20_000 / effort {
		level, twist := within(-36, -3), within(-4, 8)
		s := tone{
			key: Key(rng.IntN(Keys)), onset: 320 + rng.IntN(160), length: 10*ms + rng.IntN(5*ms),
			low: level - max(0, -twist), high: level - max(0, twist),
			detuneLow: within(-0.05, 0.05), detuneHigh: within(-0.05, 0.05),
			phaseLow: within(0, 6.28), phaseHigh: within(0, 6.28),
		}
		x := make([]int16, 8*audio.FrameSamples)
		noise(x, -68, rng)
		s.addTo(x)
		companded(x, audio.Law(i%2))
		d := NewDetector()
		d.Arm(i%4 == 0)
		h := listen(d, x, nil)
		if n := h.released(s.onset, s.length); n != 0 {
			t.Errorf("%d samples released: %s", n, s.describe())
		}
	}
}

// Levels at which no receiver would work, but a listener still would.
func TestFaintTonesAreMasked(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for _, level := range []float64{-40, -50, -60} {
		for range max(20, 200/effort) {
			x := make([]int16, 20*audio.FrameSamples)
			s := steady(Key(rng.IntN(Keys)), 480+rng.IntN(160), 40*ms+rng.IntN(40*ms))
			s.low, s.high = level, level
			s.phaseLow, s.phaseHigh = 7*rng.Float64(), 7*rng.Float64()
			noise(x, -78, rng)
			s.addTo(x)
			companded(x, audio.MuLaw)
			h := listen(NewDetector(), x, nil)
			if n := h.released(s.onset, s.length); n != 0 {
				t.Errorf("%d samples released: %s", n, s.describe())
			}
		}
	}
}

// Tones shorter than the look-ahead: no receiver counts them, and all but a
// few are masked.
func TestShortTonesAreMasked(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 5))
	missed, n := 0, max(100, 2000/effort)
	for range n {
		x := make([]int16, 8*audio.FrameSamples)
		s := steady(Key(rng.IntN(Keys)), 320+rng.IntN(160), 5*ms+rng.IntN(5*ms))
		s.phaseLow, s.phaseHigh = 7*rng.Float64(), 7*rng.Float64()
		noise(x, -68, rng)
		s.addTo(x)
		companded(x, audio.MuLaw)
		h := listen(NewDetector(), x, nil)
		if h.released(s.onset, s.length) != 0 {
			missed++
		}
	}
	t.Logf("%d of %d tones of 5 to 10 ms missed", missed, n)
	if missed*15 > n {
		t.Errorf("%d of %d tones of 5 to 10 ms missed", missed, n)
	}
}

// Dial tone and mains hum under a key must not hide it.
func TestMaskedUnderDialTone(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 5))
	for round := range max(32, 320/effort) {
		x := make([]int16, 16*audio.FrameSamples)
		hum := []tone{{length: len(x), low: -18, high: -18}}
		addSines(x, 350, 440, hum[0].low, rng)
		if round%2 == 1 {
			clear(x)
			addSines(x, 50, 150, -20, rng)
		}
		s := steady(Key(round%Keys), 800+rng.IntN(160), 60*ms)
		s.addTo(x)
		companded(x, audio.ALaw)
		h := listen(NewDetector(), x, nil)
		if n := h.released(s.onset, s.length); n != 0 || string(h.keys()) != string(s.key.Symbol()) {
			t.Errorf("%d samples released, heard %q: %s", n, h.keys(), s.describe())
		}
	}
}

// addSines adds two sines that run through all of x.
func addSines(x []int16, a, b, dbm0 float64, rng *rand.Rand) {
	low, high := Key(1).Frequencies()
	tone{
		key: 1, length: len(x), low: dbm0, high: dbm0,
		detuneLow: a/low - 1, detuneHigh: b/high - 1, phaseLow: 7 * rng.Float64(), phaseHigh: 7 * rng.Float64(),
	}.addTo(x)
}

// A voice without keys is left alone.
func TestVoiceIsLeftAlone(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	x := make([]int16, max(10, 120/effort)*audio.SampleRate)
	speechlike(x, -19, rng)
	noise(x, -60, rng)
	for _, armed := range []bool{false, true} {
		d := NewDetector()
		d.Arm(armed)
		h := listen(d, x, nil)
		masked := 0
		for _, m := range h.masked {
			if m {
				masked++
			}
		}
		share := float64(masked) / float64(len(x))
		t.Logf("armed %v: %.4f %% masked", armed, 100*share)
		if share > 0.001 || len(h.pressed) > 0 {
			t.Errorf("armed %v: %.3f %% of a voice masked, %d keys", armed, 100*share, len(h.pressed))
		}
	}
}

func TestSilenceIsLeftAlone(t *testing.T) {
	x := make([]int16, 8000)
	h := listen(NewDetector(), x, nil)
	for i, m := range h.masked {
		if m {
			t.Fatalf("sample %d of silence is masked", i)
		}
	}
}

// Evidence stays within its bounds, whatever comes.
func checkEvidence(t testing.TB, ev *Evidence) {
	t.Helper()
	if !ev.Examined() {
		t.Fatal("not examined")
	}
	for _, s := range ev.Spans() {
		if s.Start < -LookAhead || s.End > audio.FrameSamples || s.Start >= s.End {
			t.Fatalf("span %v", s)
		}
	}
	for _, s := range ev.InBandCopies() {
		if s.Start < 0 || s.End > audio.FrameSamples || s.Start >= s.End {
			t.Fatalf("copy %v", s)
		}
	}
	if len(ev.Spans()) > 0 && !ev.Suspicious() {
		t.Fatal("spans without suspicion")
	}
	for _, k := range ev.Pressed() {
		if k >= Keys {
			t.Fatal("no such key")
		}
	}
}
