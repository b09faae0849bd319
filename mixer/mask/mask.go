// Package mask is the trusted base of the product: the only place where audio
// becomes something an agent may hear.
//
// The promise is carried by three types, and by what does not compile:
//
//   - A [Gate] holds one source's audio back by [dtmf.LookAhead] samples and
//     releases each sample either unchanged or replaced, never attenuated and
//     never mixed with its replacement. It alone makes a [Gated] frame.
//   - [ForAgent] alone makes an [AgentMix] other than silence, and only by
//     adding Gated frames. Nothing is ever subtracted from a total that
//     contains a raw customer.
//   - The agent's egress and the recorder accept AgentMix and Gated only.
//
// Everything fails closed: the zero Mode is Mute, an unknown Mode is Mute, and
// the zero [dtmf.Evidence] (nobody listened) masks the whole delay line. A
// sample's fate belongs to the moment it entered: a change of mode never
// releases what is already in the delay line.
//
// Keep this package under 300 lines. Code inside it is the hole that the type
// system cannot close.
package mask

import (
	"tonegate/dtmf"
	"tonegate/internal/audio"
)

// Mode says what the agent hears of a source. There is none that lets tones
// through.
type Mode uint8

const (
	// Mute replaces everything. It is the zero value.
	Mute Mode = iota
	// Field passes speech until the first key, then replaces everything until
	// the field is complete or two seconds pass without a key or tone.
	Field
	// Strip passes speech and replaces every tone.
	Strip
)

// String returns the mode's name as the API spells it.
func (m Mode) String() string {
	switch m {
	case Field:
		return "field"
	case Strip:
		return "strip"
	default:
		return "mute"
	}
}

// Stricter returns the mode that lets less through. What is unknown is Mute.
func Stricter(a, b Mode) Mode {
	if a > Strip || b > Strip {
		return Mute
	}
	return min(a, b)
}

// Replacement is what is heard in place of masked audio.
type Replacement uint8

const (
	// ComfortNoise is noise of a constant low level.
	ComfortNoise Replacement = iota
	// Tone is one steady tone that is no DTMF frequency.
	Tone
	// Silence is digital silence.
	Silence
)

// String returns the replacement's name as the API spells it.
func (r Replacement) String() string {
	switch r {
	case Tone:
		return "tone"
	case Silence:
		return "silence"
	default:
		return "comfort_noise"
	}
}

// Policy is what a gate is told with each frame.
type Policy struct {
	Mode        Mode
	Armed       bool // a capture is on
	Replacement Replacement
}

const (
	// Quantum is the grain of a mask's length in samples (20 ms), so that the
	// length of a mask does not measure a key press.
	Quantum = audio.FrameSamples
	// fieldHold is how long Field stays shut after the last key or tone.
	fieldHold = 2 * audio.SampleRate
	// suspicionHold is how long Field stays shut after a suspicion that no key
	// has followed (yet).
	suspicionHold = audio.SampleRate / 10
)

// Gated is a frame that passed a gate. Its zero value is silence.
type Gated struct{ gated audio.Frame }

// Gate protects one source. The zero value is ready and holds silence that is
// masked; use [NewGate] for comfort noise of its own.
type Gate struct {
	through bool // all of open
	keying  bool // Field: hold was set by a key, not a suspicion
	hold    int  // Field: samples for which the gate stays shut
	run     int  // samples released masked since the mask began
	phase   int
	noise   audio.Noise
	masked  uint64
	line    [dtmf.LookAhead]int16 // received, not yet released; oldest first
	open    [dtmf.LookAhead]bool  // by line position; false (masked) by default
}

// allOpen is a delay line in which nothing is masked.
var allOpen = func() (open [dtmf.LookAhead]bool) {
	for i := range open {
		open[i] = true
	}
	return open
}()

// NewGate returns a gate whose comfort noise comes from seed.
func NewGate(seed uint64) *Gate { return &Gate{noise: audio.NewNoise(seed)} }

// Push takes the source's next frame with the evidence about it, and returns
// the frame that left the delay line. It does not allocate.
func (g *Gate) Push(p Policy, raw *audio.Frame, ev dtmf.Evidence) Gated {
	const held, n = dtmf.LookAhead, audio.FrameSamples
	lets := g.lets(p, &ev)
	if lets && len(ev.Spans()) == 0 && g.through && g.run%Quantum == 0 && !sabotaged {
		return g.pass(raw)
	}
	var buf [held + n]int16
	var open [held + n]bool
	copy(buf[:], g.line[:])
	copy(buf[held:], raw[:])
	copy(open[:], g.open[:])

	if lets {
		for i := held; i < len(open); i++ {
			open[i] = true
		}
	} else {
		clear(open[:])
	}
	for _, s := range ev.Spans() {
		from := max(0, int(s.Start)+held)
		to := min(len(open), int(s.End)+held)
		for i := from; i < to; i++ {
			open[i] = false
		}
	}

	out := g.release(p.Replacement, buf[:n], open[:n])
	for i := range g.line {
		// What is to be masked is not even held.
		if g.open[i] = open[n+i]; g.open[i] {
			g.line[i] = buf[n+i]
		} else {
			g.line[i] = 0
		}
	}
	g.through = g.open == allOpen
	return out
}

// pass is release and what follows it when nothing has to be masked: no sample
// that is held, none of the new frame, and no mask that is still to be lengthened.
func (g *Gate) pass(raw *audio.Frame) (out Gated) {
	n := copy(out.gated[:], g.line[:])
	copy(out.gated[n:], raw[:])
	copy(g.line[:], raw[audio.FrameSamples-dtmf.LookAhead:])
	g.run = 0
	return out
}

// lets reports whether the new frame may be heard where evidence does not
// forbid it, and keeps Field's hold.
func (g *Gate) lets(p Policy, ev *dtmf.Evidence) bool {
	if !ev.Examined() {
		return false
	}
	switch p.Mode {
	case Strip:
		g.FieldComplete()
		return true
	case Field:
		g.extendHold(ev)
		if g.hold == 0 {
			g.keying = false
			return true
		}
		g.hold = max(0, g.hold-audio.FrameSamples)
		return false
	default:
		return false
	}
}

func (g *Gate) extendHold(ev *dtmf.Evidence) {
	tone := len(ev.Spans()) > 0
	switch {
	case len(ev.Pressed()) > 0, tone && g.keying:
		g.hold, g.keying = fieldHold, true
	case tone:
		g.hold = max(g.hold, suspicionHold)
	}
}

// FieldComplete ends Field's hold: the field has all its keys. What entered
// the gate before stays masked.
func (g *Gate) FieldComplete() { g.hold, g.keying = 0, false }

// Discard masks everything held, so that nothing from before this moment is
// released after it.
func (g *Gate) Discard() {
	clear(g.line[:])
	clear(g.open[:])
	g.through = false
}

// release copies open samples, replaces the others, and lengthens each mask to
// whole quanta.
func (g *Gate) release(r Replacement, raw []int16, open []bool) (out Gated) {
	for i := range out.gated {
		if open[i] && g.run%Quantum == 0 || sabotaged {
			g.run = 0
			out.gated[i] = raw[i]
			continue
		}
		g.run++
		g.masked++
		out.gated[i] = g.replacement(r)
	}
	return out
}

// flat is one period of 400 Hz at about -30 dBm0.
var flat = [20]int16{0, 223, 425, 585, 687, 723, 687, 585, 425, 223,
	0, -223, -425, -585, -687, -723, -687, -585, -425, -223}

func (g *Gate) replacement(r Replacement) int16 {
	switch r {
	case Silence:
		return 0
	case Tone:
		g.phase = (g.phase + 1) % len(flat)
		return flat[g.phase]
	default:
		return g.noise.Next()
	}
}

// MaskedSamples returns how many samples were replaced so far.
func (g *Gate) MaskedSamples() uint64 { return g.masked }

// Level returns the frame's level in dBm0.
func (f *Gated) Level() float64 { return audio.LevelDBm0(f.gated[:]) }

// AgentMix is what an agent, a supervisor or the recorder may hear. Its zero
// value is silence.
type AgentMix struct{ agent audio.Frame }

// ForAgent adds gated sources, clamped once.
func ForAgent(in ...Gated) (m AgentMix) {
	var frames [8]*audio.Frame
	for k := range in {
		if k < len(frames) { // of what is beyond, less is heard
			frames[k] = &in[k].gated
		}
	}
	audio.Mix(&m.agent, frames[:]...)
	return m
}

// Samples returns a copy of the mixed audio: a pointer would let a caller write
// raw audio into a mix that was already made.
func (m AgentMix) Samples() audio.Frame { return m.agent }
