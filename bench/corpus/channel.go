package corpus

import (
	"context"
	"math"
	"slices"
	"time"

	"tonegate/bench/independent"
	"tonegate/internal/audio"
	"tonegate/internal/jitter"
)

// channel is the codec between the customer and the G.711 leg, if any.
type channel struct {
	codec independent.Codec
	rate  int // bit/s, or zero
}

// loss is what the network does to frames of 20 ms.
type loss struct {
	rate  float64
	burst float64 // mean length in frames
	plc   bool    // concealed as package jitter does; else by repetition
	known bool    // the receiver knows; else it happened before a gateway
}

// render sends both versions of the scene through the same channel.
func (s *scene) render(ctx context.Context, codecs *independent.Codecs, item *Item) error {
	lost := s.lost(len(s.rest) / audio.FrameSamples)
	var err error
	if item.Without, _, err = s.through(ctx, codecs, false, lost); err != nil {
		return err
	}
	var made []bool
	if item.Samples, made, err = s.through(ctx, codecs, true, lost); err != nil {
		return err
	}
	item.Concealed = make([]bool, len(made))
	if s.loss.known {
		item.Concealed = made
	}
	if s.loss.known && s.loss.plc {
		item.sent, item.lost = [2][]int16{s.sent[0], s.sent[1]}, lost
	}
	if s.loss.rate > 0 {
		s.pardon(item.Strokes, lost)
	}
	return nil
}

// through is one version's way: sum, clip, codec, G.711, loss.
func (s *scene) through(ctx context.Context, codecs *independent.Codecs, tones bool, lost []bool) ([]int16, []bool, error) {
	x := make([]int16, len(s.rest))
	for i, v := range s.rest {
		if tones {
			v += s.tone[i]
		}
		x[i] = audio.Clamp(int32(math.Round(v)))
	}
	if s.channel.codec != "" {
		var err error
		if x, err = codecs.Through(ctx, s.channel.codec, s.channel.rate, x); err != nil {
			return nil, nil, err
		}
	}
	for i, v := range x {
		x[i] = s.law.DecodeSample(s.law.EncodeSample(v))
	}
	if tones {
		s.sent[0] = x
	} else {
		s.sent[1] = x
	}
	switch {
	case s.loss.rate == 0:
		return x, make([]bool, len(lost)), nil
	case s.loss.plc:
		y, made := s.concealed(x, lost)
		return y, made, nil
	default:
		return repeated(x, lost), lost, nil
	}
}

// lost draws the lost frames: bursts whose lengths are geometric.
func (s *scene) lost(frames int) []bool {
	out := make([]bool, frames)
	if s.loss.rate == 0 {
		return out
	}
	leave := 1 / s.loss.burst
	enter := s.loss.rate * leave / (1 - s.loss.rate)
	bad := false
	for i := range out {
		if bad {
			bad = s.rng.Float64() >= leave
		} else {
			bad = s.rng.Float64() < enter
		}
		out[i] = bad && i > 2
	}
	return out
}

// concealed plays the frames through the jitter buffer, of which nobody asks to
// forget anything.
func (s *scene) concealed(x []int16, lost []bool) ([]int16, []bool) {
	l := &line{buffer: jitter.New(s.law, 1), law: s.law, now: time.Unix(0, 0)}
	out := make([]int16, len(x))
	made := make([]bool, len(lost))
	for i := range lost {
		f, how := l.play(x, i, lost[i])
		made[i] = how.Concealed
		copy(out[i*audio.FrameSamples:], f[:])
	}
	return out, made
}

// line is a leg's way from packets to frames. Its delay is held, so that times
// stay what they are.
type line struct {
	buffer  *jitter.Buffer
	law     audio.Law
	now     time.Time
	payload [audio.FrameSamples]byte
}

// play sends frame i of x, unless it is lost, and returns what is played.
func (l *line) play(x []int16, i int, lost bool) (f audio.Frame, how jitter.Frame) {
	at := i * audio.FrameSamples
	if !lost {
		for k := range l.payload {
			l.payload[k] = l.law.EncodeSample(x[at+k])
		}
		l.buffer.Insert(uint32(at), l.payload[:], l.now)
	}
	how = l.buffer.Pop(&f, l.now, true, false)
	l.now = l.now.Add(audio.FrameDuration)
	return f, how
}

// Replay plays an item whose losses are concealed here once more: with a detector
// that, as on a leg, says what must not be repeated.
type Replay struct {
	// Item is the item as played so far, both versions of it.
	Item  *Item
	lines [2]*line
}

// Replay returns nil if the item's frames do not depend on what is detected.
func (i *Item) Replay() *Replay {
	if i.lost == nil {
		return nil
	}
	r := &Replay{Item: new(Item)}
	*r.Item = *i
	r.Item.Samples, r.Item.Without = slices.Clone(i.Samples), slices.Clone(i.Without)
	for k := range r.lines {
		r.lines[k] = &line{buffer: jitter.New(i.Law, 1), law: i.Law, now: time.Unix(0, 0)}
	}
	return r
}

// Play plays frame k.
func (r *Replay) Play(k int) (f audio.Frame, how jitter.Frame) {
	at := k * audio.FrameSamples
	without, _ := r.lines[1].play(r.Item.sent[1], k, r.Item.lost[k])
	copy(r.Item.Without[at:], without[:])
	f, how = r.lines[0].play(r.Item.sent[0], k, r.Item.lost[k])
	copy(r.Item.Samples[at:], f[:])
	return f, how
}

// ForgetBefore is the buffer's.
func (r *Replay) ForgetBefore(n int) {
	for _, l := range r.lines {
		l.buffer.ForgetBefore(n)
	}
}

// repeated replaces each lost frame by the one before it.
func repeated(x []int16, lost []bool) []int16 {
	out := slices.Clone(x)
	for i := 1; i < len(lost); i++ {
		if lost[i] {
			at := i * audio.FrameSamples
			copy(out[at:at+audio.FrameSamples], out[at-audio.FrameSamples:at])
		}
	}
	return out
}

// pardon asks for no more than loss leaves: a key counts from two received
// frames on, and long gaps that the receiver does not know of may split it.
func (s *scene) pardon(strokes []Stroke, lost []bool) {
	for k := range strokes {
		p := &strokes[k]
		received, run, longest := 0, 0, 0
		for i := p.Onset / audio.FrameSamples; i*audio.FrameSamples < p.End(); i++ {
			at := i * audio.FrameSamples
			if lost[i] {
				run++
				longest = max(longest, run)
				continue
			}
			run = 0
			if at >= p.Onset && at+audio.FrameSamples <= p.End() {
				received++
			}
		}
		if received < 2 {
			p.Min = 0
		}
		if !s.loss.known && longest > 1 {
			p.Max = 2
		}
	}
}
