package mask

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"tonegate/dtmf"
	"tonegate/internal/audio"
)

// model is a gate as the promise has it: each sample is let in or not when it
// comes, evidence may take that back while it is held, and a mask once begun lasts
// whole quanta. It keeps everything and has no fast way.
type model struct {
	rule   *Gate // for Field's hold
	stream []int16
	open   []bool
	run    int
	noise  audio.Noise
}

func newModel(seed uint64) *model {
	return &model{
		rule: NewGate(0), noise: audio.NewNoise(seed),
		stream: make([]int16, dtmf.LookAhead), open: make([]bool, dtmf.LookAhead),
	}
}

func (m *model) push(p Policy, raw *audio.Frame, ev dtmf.Evidence) (out audio.Frame) {
	at := len(m.stream)
	lets := m.rule.lets(p, &ev)
	for _, v := range raw {
		m.stream, m.open = append(m.stream, v), append(m.open, lets)
	}
	if !lets {
		m.discard(at)
	}
	for _, s := range ev.Spans() {
		for i := max(-dtmf.LookAhead, int(s.Start)); i < min(audio.FrameSamples, int(s.End)); i++ {
			m.open[at+i] = false
		}
	}
	for i := range out {
		k := at - dtmf.LookAhead + i
		if m.open[k] && m.run%Quantum == 0 {
			out[i], m.run = m.stream[k], 0
		} else {
			out[i] = m.noise.Next()
			m.run++
		}
	}
	return out
}

func (m *model) discard(at int) { clear(m.open[at-dtmf.LookAhead : at]) }

// TestGateIsItsModel: sample for sample, whatever is said and asked for.
func TestGateIsItsModel(t *testing.T) {
	passed := 0
	rapid.Check(t, func(t *rapid.T) {
		g, m, d := NewGate(7), newModel(7), dtmf.NewDetector()
		phase := 0.0
		for n := range rapid.IntRange(1, 60).Draw(t, "frames") {
			kind := rapid.SampledFrom([]string{"silence", "silence", "silence", "noise", "key", "end"}).Draw(t, "sound")
			f := sound(kind, n, &phase)
			ev := d.Process(&f, dtmf.Reception{})
			if rapid.IntRange(0, 30).Draw(t, "doubt") == 0 {
				ev = dtmf.Evidence{}
			}
			if rapid.IntRange(0, 30).Draw(t, "discard") == 0 {
				g.Discard()
				m.discard(len(m.stream))
			}
			if rapid.IntRange(0, 30).Draw(t, "mid-quantum") == 0 {
				g.run = rapid.IntRange(0, Quantum).Draw(t, "run") // whatever a mask's beginning was
				m.run = g.run
			}
			p := Policy{Mode: rapid.SampledFrom([]Mode{Strip, Strip, Strip, Strip, Field, Mute, 9}).Draw(t, "mode")}
			if p.Mode == Strip && ev.Examined() && len(ev.Spans()) == 0 && g.open == allOpen && g.run%Quantum == 0 {
				passed++
			}
			got, wanted := g.Push(p, &f, ev), m.push(p, &f, ev)
			if got.gated != wanted {
				t.Fatalf("frame %d, %s, %s: not as the model has it", n, p.Mode, kind)
			}
			if g.through && g.open != allOpen {
				t.Fatal("the gate takes what is held for open, and it is not")
			}
		}
	})
	if passed == 0 {
		t.Error("nothing went the fast way")
	}
}

// sound is a frame of something; a key may end in the middle of it.
func sound(kind string, n int, phase *float64) (f audio.Frame) {
	noise := audio.NewNoise(uint64(n))
	for i := range f {
		*phase += 2 * math.Pi / audio.SampleRate
		switch {
		case kind == "noise":
			f[i] = noise.Within(3000)
		case kind == "key", kind == "end" && i < 70:
			f[i] = int16(6000*math.Sin(770**phase) + 6000*math.Sin(1336**phase))
		default:
			f[i] = noise.Within(2)
		}
	}
	return f
}
