package softphone

import (
	"encoding/binary"

	"tonegate/internal/audio"
)

// Slot is what a phone sends in one 20 ms slot: audio, event packets, both or
// nothing.
type Slot struct {
	Audio []byte // G.711, one frame; none if empty
	Event *EventStep
}

// EventStep is an event's part of a slot.
type EventStep struct {
	Code     uint8
	Volume   uint8 // −dBm0
	Duration uint16
	Marker   bool // first packet of the event
	End      bool
	Copies   int // how often the packet is sent; end packets three times
	// Age is how many samples ago the event, or its segment, began.
	Age uint32
}

func (e *EventStep) payload() [4]byte {
	var b [4]byte
	b[0], b[1] = e.Code, e.Volume&0x3F
	if e.End {
		b[1] |= 0x80
	}
	binary.BigEndian.PutUint16(b[2:], e.Duration)
	return b
}

// Source says what to send in slot n, and ok=false when it is over. A slot's
// audio must stay unchanged until the next call.
type Source func(n int64) (slot Slot, ok bool)

// Transport is how a keystroke travels.
type Transport uint8

// The transports. In-band tones are the caller's to mix into the samples.
const (
	Event  Transport = iota // a named event; audio stops meanwhile
	InBand                  // nothing but the samples
	Both                    // a named event beside the audio
)

// Keystroke is one key press.
type Keystroke struct {
	At        int   // sample at which it begins, rounded down to a slot
	Code      uint8 // 0–9, 10 is *, 11 is #, 12–15 are A–D
	Duration  int   // samples
	Transport Transport
}

// Script is speech with keystrokes. The zero value is over at once.
type Script struct {
	Law     audio.Law
	Samples []int16
	Keys    []Keystroke
	// Slots is the length; if zero, it ends with the samples and the keys.
	Slots int64
}

const (
	eventVolume = 10
	endCopies   = 3
	// longest is what a duration field holds, in whole slots.
	longest = 65535 / audio.FrameSamples * audio.FrameSamples
)

// Source returns the script as slots. It may be called more than once.
func (s *Script) Source() Source {
	payload := make([]byte, audio.FrameSamples)
	length := s.length()
	return func(n int64) (Slot, bool) {
		if n >= length {
			return Slot{}, false
		}
		slot := Slot{}
		silent := false
		for _, k := range s.Keys {
			step, during := k.at(n)
			if step != nil {
				slot.Event = step
			}
			silent = silent || (during && k.Transport == Event)
		}
		if !silent {
			s.encode(payload, n)
			slot.Audio = payload
		}
		return slot, true
	}
}

func (s *Script) length() int64 {
	if s.Slots > 0 {
		return s.Slots
	}
	n := slotsOf(len(s.Samples))
	for _, k := range s.Keys {
		n = max(n, int64(k.At/audio.FrameSamples)+slotsOf(k.Duration)+1)
	}
	return n
}

func slotsOf(samples int) int64 {
	return int64((samples + audio.FrameSamples - 1) / audio.FrameSamples)
}

func (s *Script) encode(dst []byte, n int64) {
	var f audio.Frame
	if from := int(n) * audio.FrameSamples; from < len(s.Samples) {
		copy(f[:], s.Samples[from:])
	}
	s.Law.Encode(dst, &f)
}

// at returns the key's packet in slot n, and whether a browser's audio would be
// silent then: while the key lasts and for one slot more.
func (k Keystroke) at(n int64) (step *EventStep, during bool) {
	since := n - int64(k.At/audio.FrameSamples)
	slots := slotsOf(k.Duration)
	if k.Transport == InBand || since < 0 || since > slots {
		return nil, false
	}
	if since == slots {
		return nil, true
	}
	total := min(int(since+1)*audio.FrameSamples, k.Duration)
	segment := (total - 1) / longest * longest // start of the current segment
	step = &EventStep{
		Code: k.Code, Volume: eventVolume, Duration: uint16(total - segment), Marker: since == 0,
		End: since == slots-1, Copies: 1, Age: uint32(int(since)*audio.FrameSamples - segment),
	}
	if step.End {
		step.Copies = endCopies
	}
	return step, true
}
