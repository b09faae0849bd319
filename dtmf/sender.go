package dtmf

import "encoding/binary"

// eventVolume is the level sent with events, in −dBm0; the usual one.
const eventVolume = 10

// EventSender turns pieces of a relayed key into telephone-event payloads on
// an 8000 Hz clock.
type EventSender struct {
	out     [3]EventPayload
	segment uint32 // samples of the key before the current segment
	last    uint32 // samples of the key at the end of the last piece
}

// EventPayload is one telephone-event packet to send.
type EventPayload struct {
	Payload [4]byte
	Marker  bool
	// Offset is the event's RTP timestamp relative to the start of the
	// current frame: zero or negative, in samples.
	Offset int32
}

// Next returns the packets to send for a piece in this frame (none, one, or
// the three final ones, RFC 4733 §2.5.1.4). A key longer than 65 535 samples
// goes out in segments (§2.5.1.3): pieces are cumulative modulo 65 536, and a
// segment that fills up is followed by the next one frame later, so that no
// packet is dated ahead. The slice is valid until the next call.
func (s *EventSender) Next(r Relay) []EventPayload {
	if !r.On {
		return nil
	}
	if r.Start {
		s.segment, s.last = 0, 0
	}
	start := s.last // of this frame, within the key
	s.last += uint32(r.Samples - uint16(s.last))
	length := min(s.last-s.segment, longestSegment)
	p := s.payload(r.Key, r.End, length, start)
	p.Marker = r.Start
	if length == longestSegment {
		s.segment += longestSegment
	}
	s.out[0] = p
	if !r.End {
		return s.out[:1]
	}
	p.Marker = false
	s.out[1], s.out[2] = p, p
	return s.out[:3]
}

func (s *EventSender) payload(k Key, end bool, length, frameStart uint32) EventPayload {
	var p EventPayload
	p.Payload[0] = byte(k)
	p.Payload[1] = eventVolume
	if end {
		p.Payload[1] |= 0x80
	}
	binary.BigEndian.PutUint16(p.Payload[2:], uint16(length))
	p.Offset = int32(s.segment) - int32(frameStart)
	return p
}
