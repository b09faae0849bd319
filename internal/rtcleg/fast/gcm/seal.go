package gcm

// Sealer seals what is sent from one source. The zero value has no key: see
// Init. It is not safe for concurrent use.
type Sealer struct {
	cipherState
	begun  bool
	ssrc   uint32
	newest uint64 // number of the last packet
}

// Seal encrypts a packet in place and returns it with its tag, for which the slice
// must have room. Each packet's sequence number must be above the last one's by less
// than 32,768, modulo 65,536, and all must be of one source.
func (s *Sealer) Seal(packet []byte) ([]byte, error) {
	h, ok := parse(packet)
	if !ok || cap(packet)-len(packet) < Overhead {
		return nil, ErrPacket
	}
	index := uint64(h.sequence)
	if s.begun {
		ahead := int16(h.sequence - uint16(s.newest))
		if ahead <= 0 || h.ssrc != s.ssrc {
			return nil, ErrReused
		}
		if index = s.newest + uint64(ahead); index > maxIndex {
			return nil, ErrReused
		}
	}
	s.begun, s.ssrc, s.newest = true, h.ssrc, index
	sealed := s.aead.Seal(packet[h.size:h.size], s.nonceFor(h.ssrc, index), packet[h.size:], packet[:h.size])
	return packet[:h.size+len(sealed)], nil
}
