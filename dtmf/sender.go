package dtmf

import "encoding/binary"

// eventVolume is the level sent with events, in −dBm0; the usual one.
const eventVolume = 10

// EventSender turns pieces of a relayed key into telephone-event payloads on
// an 8000 Hz clock.
type EventSender struct {
	out     [4]EventPayload
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
// packet that fills the old segment is sent before the first of the new one.
// The slice is valid until the next call.
func (s *EventSender) Next(r Relay) []EventPayload {
	if !r.On {
		return nil
	}
	if r.Start {
		s.segment, s.last = 0, 0
	}
	total := s.last + uint32(r.Samples-uint16(s.last))
	start := s.last // of this frame, within the key
	s.last = total
	n := 0
	if total-s.segment > longestSegment {
		s.out[n] = s.payload(r.Key, false, longestSegment, start)
		n++
		s.segment += longestSegment
	}
	s.out[n] = s.payload(r.Key, r.End, total-s.segment, start)
	s.out[n].Marker = r.Start
	n++
	if r.End {
		s.out[n] = s.out[n-1]
		s.out[n].Marker = false
		s.out[n+1] = s.out[n]
		n += 2
	}
	return s.out[:n]
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
