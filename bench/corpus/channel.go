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

// concealed plays the frames through the jitter buffer. Its delay is held, so
// that times stay what they are.
func (s *scene) concealed(x []int16, lost []bool) ([]int16, []bool) {
	b := jitter.New(s.law, 1)
	out := make([]int16, len(x))
	made := make([]bool, len(lost))
	now := time.Unix(0, 0)
	payload := make([]byte, audio.FrameSamples)
	for i := range lost {
		at := i * audio.FrameSamples
		if !lost[i] {
			for k := range payload {
				payload[k] = s.law.EncodeSample(x[at+k])
			}
			b.Insert(uint32(at), payload, now)
		}
		var f audio.Frame
		made[i] = b.Pop(&f, now, true, false).Concealed
		copy(out[at:], f[:])
		now = now.Add(audio.FrameDuration)
	}
	return out, made
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
