package dtmf

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tonegate/internal/audio"
)

const ms = audio.SamplesPerMs

// trial is one stream with what a receiver should make of it.
type trial struct {
	x    []int16
	want []byte
}

// pressOnce makes a stream of one key with a noise floor of an idle line.
func pressOnce(rng *rand.Rand, t tone) trial {
	x := make([]int16, (t.onset+t.length+4000)/audio.FrameSamples*audio.FrameSamples)
	noise(x, -65, rng)
	t.addTo(x)
	companded(x, audio.MuLaw)
	return trial{x, []byte{t.key.Symbol()}}
}

// Each clause draws onsets and phases at random, for all keys. clauses of
// ITU-T Q.24 are named after its Table A-1; where administrations differ, the
// widest requirement is taken.
func TestQ24(t *testing.T) {
	some := func(rng *rand.Rand, k Key, length int) tone {
		return tone{
			key: k, onset: 800 + rng.IntN(audio.FrameSamples), length: length,
			low: -10, high: -10, phaseLow: 7 * rng.Float64(), phaseHigh: 7 * rng.Float64(),
		}
	}
	either := func(rng *rand.Rand, v float64) float64 {
		if rng.IntN(2) == 0 {
			return -v
		}
		return v
	}
	clauses := []struct {
		name   string
		reject bool
		make   func(rng *rand.Rand, k Key) tone
	}{
		{"signal present at 40 ms", false, func(rng *rand.Rand, k Key) tone { return some(rng, k, 40*ms) }},
		{"signal present at 100 ms", false, func(rng *rand.Rand, k Key) tone { return some(rng, k, 100*ms) }},
		{"no signal below 20 ms", true, func(rng *rand.Rand, k Key) tone { return some(rng, k, 5*ms+rng.IntN(15*ms)) }},
		{"frequency within 1.5 % operates", false, func(rng *rand.Rand, k Key) tone {
			s := some(rng, k, 40*ms)
			s.detuneLow, s.detuneHigh = either(rng, 0.015), either(rng, 0.015)
			return s
		}},
		{"low frequency off by 3.5 % does not", true, func(rng *rand.Rand, k Key) tone {
			s := some(rng, k, 60*ms)
			s.detuneLow = either(rng, 0.035)
			return s
		}},
		{"high frequency off by 3.5 % does not", true, func(rng *rand.Rand, k Key) tone {
			s := some(rng, k, 60*ms)
			s.detuneHigh = either(rng, 0.035)
			return s
		}},
		{"high up to 4 dB above low", false, func(rng *rand.Rand, k Key) tone {
			s := some(rng, k, 40*ms)
			s.low -= 4
			return s
		}},
		{"high up to 8 dB below low", false, func(rng *rand.Rand, k Key) tone {
			s := some(rng, k, 40*ms)
			s.high -= 8
			return s
		}},
		{"level 0 dBm0 per tone", false, func(rng *rand.Rand, k Key) tone {
			s := some(rng, k, 40*ms)
			s.low, s.high = 0, 0
			return s
		}},
		{"level -25 dBm0 per tone", false, func(rng *rand.Rand, k Key) tone {
			s := some(rng, k, 40*ms)
			s.low, s.high = -25, -25
			return s
		}},
		{"level -36 dBm0 per tone", false, func(rng *rand.Rand, k Key) tone {
			s := some(rng, k, 40*ms)
			s.low, s.high = -36, -36
			return s
		}},
	}
	for _, c := range clauses {
		t.Run(c.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(24, 1))
			delay, worst, n := 0, 0, 0
			for round := range max(2, 12/effort) * Keys {
				k := Key(round % Keys)
				s := c.make(rng, k)
				tr := pressOnce(rng, s)
				h := listen(NewDetector(), tr.x, nil)
				got := string(h.keys())
				want := string(tr.want)
				if c.reject {
					want = ""
				}
				if got != want {
					t.Errorf("heard %q, want %q: %+v", got, want, s.describe())
				}
				if gone := h.released(s.onset, s.length); gone != 0 {
					t.Errorf("%d samples released: %s", gone, s.describe())
				}
				if len(h.pressed) == 1 {
					d := h.pressed[0].at - s.onset
					delay += d
					worst = max(worst, d)
					n++
				}
			}
			if n > 0 {
				t.Logf("confirmed after %.1f ms on average, %.1f at most", float64(delay)/float64(n)/ms, float64(worst)/ms)
				if worst > 48*ms {
					t.Errorf("confirmation took up to %d ms", worst/ms)
				}
			}
		})
	}
}

func (t tone) describe() string {
	return fmt.Sprintf("key %c onset %d length %d at %.1f/%.1f dBm0, off by %.3f/%.3f",
		t.key.Symbol(), t.onset, t.length, t.low, t.high, t.detuneLow, t.detuneHigh)
}

// sequence lays keys out with a cadence and returns where each began.
func sequence(x []int16, keys string, onset, on, off int, rng *rand.Rand) []tone {
	var tones []tone
	for i := range keys {
		k, _ := KeyOf(keys[i])
		s := steady(k, onset, on)
		s.phaseLow, s.phaseHigh = 7*rng.Float64(), 7*rng.Float64()
		s.addTo(x)
		tones = append(tones, s)
		onset += on + off
	}
	return tones
}

func TestQ24Cadence(t *testing.T) {
	const keys = "0123456789*#ABCD5555"
	for _, c := range []struct{ on, off int }{{40, 30}, {40, 40}, {50, 50}, {65, 35}, {70, 70}, {100, 30}, {100, 100}} {
		t.Run(fmt.Sprintf("%d on %d off", c.on, c.off), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(uint64(c.on), uint64(c.off)))
			for range max(2, 20/effort) {
				x := make([]int16, 160*((c.on+c.off)*len(keys)/20+30))
				noise(x, -60, rng)
				tones := sequence(x, keys, 400+rng.IntN(160), c.on*ms, c.off*ms, rng)
				companded(x, audio.ALaw)
				h := listen(NewDetector(), x, nil)
				if got := string(h.keys()); got != keys {
					t.Fatalf("heard %q", got)
				}
				for _, s := range tones {
					if h.released(s.onset, s.length) != 0 {
						t.Fatalf("released: %s", s.describe())
					}
				}
			}
		})
	}
}

// An interruption of 10 ms does not make two keys of one, a gap of 30 ms does.
func TestQ24Interruption(t *testing.T) {
	for gap := 1; gap <= 40; gap++ {
		if gap > 10 && gap < 30 {
			continue
		}
		want := "7"
		if gap >= 30 {
			want = "77"
		}
		rng := rand.New(rand.NewPCG(7, uint64(gap)))
		for range max(3, 40/effort) {
			x := make([]int16, 160*20)
			noise(x, -65, rng)
			s := steady(7, 500+rng.IntN(160), 2*45*ms+gap*ms)
			s.addTo(x)
			clear(x[s.onset+45*ms : s.onset+45*ms+gap*ms])
			companded(x, audio.MuLaw)
			h := listen(NewDetector(), x, nil)
			if got := string(h.keys()); got != want {
				t.Fatalf("gap of %d ms: heard %q, want %q", gap, got, want)
			}
		}
	}
}

// A frame that concealment filled, with silence or with what came before, is
// not the end of a key, and stays masked.
func TestConcealedFrameContinuesKey(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for _, repeat := range []bool{false, true} {
		for range max(6, 60/effort) {
			x := make([]int16, 160*20)
			s := steady(Key(rng.IntN(Keys)), 480+rng.IntN(160), 160*ms)
			s.addTo(x)
			lost := 6 + rng.IntN(2)
			clear(x[lost*160 : lost*160+160])
			if repeat {
				copy(x[lost*160:lost*160+160], x[lost*160-160:])
			}
			h := listen(NewDetector(), x, func(i int) Reception { return Reception{Concealed: i == lost} })
			if len(h.pressed) != 1 || h.pressed[0].key != s.key {
				t.Fatalf("heard %q for %c", h.keys(), s.key.Symbol())
			}
			if h.released(s.onset, s.length) != 0 {
				t.Fatal("released samples of a key that was partly lost")
			}
		}
	}
}

// A voice 10 dB below the tones must not hide them.
func TestConfirmationUnderSpeech(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	const keys = "1590*#26ABCD3478"
	heard, sent, leaked := 0, 0, 0
	for range max(3, 30/effort) {
		x := make([]int16, 160*len(keys)*8)
		speechlike(x, -16, rng)
		tones := sequence(x, keys, 400, 60*ms, 60*ms, rng)
		companded(x, audio.MuLaw)
		h := listen(NewDetector(), x, nil)
		sent += len(keys)
		for _, s := range tones {
			for _, p := range h.pressed {
				if p.key == s.key && p.at > s.onset && p.at < s.onset+100*ms {
					heard++
					break
				}
			}
			leaked += h.released(s.onset, s.length)
		}
		if len(h.pressed) > len(keys) {
			t.Errorf("%d keys heard, %d sent: %q", len(h.pressed), len(keys), h.keys())
		}
	}
	t.Logf("%d of %d keys heard; %d of %d samples of tone released", heard, sent, leaked, sent*60*ms)
	if heard < sent*98/100 {
		t.Errorf("%d of %d keys heard", heard, sent)
	}
}
