package leak

import (
	"tonegate/bench/corpus"
	"tonegate/bench/independent"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/jitter"
	"tonegate/mixer/mask"
)

const ms = audio.SamplesPerMs

// passage is what came of sending samples through a gate.
type passage struct {
	open    []bool // by input sample: released unchanged
	altered int    // samples released that are not what went in
}

// gatepair is a gate and its shadow, which gets ones for samples: what comes
// out of the shadow says which samples were released.
type gatepair struct {
	gate, shadow *mask.Gate
	policy       mask.Policy
	reach        int16
	out          passage
	at           int // input index of the next sample to come out
}

func newGatepair(p mask.Policy, reach, n int) *gatepair {
	p.Replacement = mask.Silence
	return &gatepair{
		gate: mask.NewGate(1), shadow: mask.NewGate(1), policy: p, reach: int16(reach),
		out: passage{open: make([]bool, n)}, at: -dtmf.LookAhead,
	}
}

// push sends one frame of samples through both.
func (g *gatepair) push(samples []int16, f *audio.Frame, ev dtmf.Evidence) {
	// A copy of the evidence, so cutting its spans short is ours alone.
	for i := range ev.Spans() {
		s := &ev.Spans()[i]
		s.Start = max(s.Start, -g.reach)
	}
	var ones audio.Frame
	for i := range ones {
		ones[i] = 1
	}
	heard := mask.ForAgent(g.gate.Push(g.policy, f, ev)).Samples()
	open := mask.ForAgent(g.shadow.Push(g.policy, &ones, ev)).Samples()
	for i := range heard {
		if k := g.at + i; k >= 0 && k < len(g.out.open) && open[i] == 1 {
			g.out.open[k] = true
			if heard[i] != samples[k] {
				g.out.altered++
			}
		}
	}
	g.at += len(heard)
}

// setting is one way to run the gate.
type setting struct {
	mode  mask.Mode
	armed bool
	reach int // samples
}

// source is what a detector listens to, frame by frame, and may have a say in.
type source interface {
	Play(frame int) (audio.Frame, jitter.Frame)
	ForgetBefore(samples int)
}

// fixed is a source that nobody has a say in.
type fixed struct {
	samples   []int16
	concealed []bool
}

func (s fixed) Play(i int) (f audio.Frame, how jitter.Frame) {
	copy(f[:], s.samples[i*audio.FrameSamples:])
	how.Concealed = s.concealed != nil && s.concealed[i]
	return f, how
}

func (fixed) ForgetBefore(int) {}

// hearItem is hear for an item, which it returns as it was played.
func hearItem(item *corpus.Item, settings []setting) (*corpus.Item, []passage, []independent.Key) {
	if r := item.Replay(); r != nil {
		passages, keys := hear(r, r.Item.Samples, settings)
		return r.Item, passages, keys
	}
	passages, keys := hear(fixed{item.Samples, item.Concealed}, item.Samples, settings)
	return item, passages, keys
}

// hear runs one detector over a source's samples and gates with each setting
// behind it. All settings must agree on armed.
func hear(from source, samples []int16, settings []setting) ([]passage, []independent.Key) {
	d := dtmf.NewDetector()
	d.Arm(settings[0].armed)
	var gates []*gatepair
	for _, s := range settings {
		p := mask.Policy{Mode: s.mode, Armed: s.armed}
		gates = append(gates, newGatepair(p, s.reach, len(samples)))
	}
	var keys []independent.Key
	frames := len(samples) / audio.FrameSamples
	for i := range frames + 1 {
		var f audio.Frame
		var heard dtmf.Reception
		if i < frames {
			var how jitter.Frame
			f, how = from.Play(i)
			heard.Concealed, heard.Blank = how.MadeUp()
			heard.Absent, heard.Waited, heard.Passed = how.Absent, how.Waited, how.Passed
		}
		ev := d.Process(&f, heard)
		if clean, over := ev.Over(); over {
			from.ForgetBefore(clean)
		}
		if i < frames { // what follows only empties the line
			for _, k := range ev.Pressed() {
				keys = append(keys, independent.Key{Symbol: k.Symbol(), At: (i + 1) * audio.FrameSamples})
			}
		}
		for _, g := range gates {
			g.push(samples, &f, ev)
		}
	}
	out := make([]passage, len(gates))
	for i, g := range gates {
		out[i] = g.out
	}
	return out, keys
}

// rendered is what is heard with a mask: comfort noise like the gate's, by
// position.
func rendered(samples []int16, open []bool, seed uint64) []int16 {
	noise := audio.NewNoise(seed)
	out := make([]int16, len(samples))
	for i, v := range samples {
		out[i] = noise.Next()
		if open[i] {
			out[i] = v
		}
	}
	return out
}
