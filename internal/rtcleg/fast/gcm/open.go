package gcm

// Opener opens what one peer sends. The zero value has no key: see Init. It
// is not safe for concurrent use.
type Opener struct {
	cipherState
	known   int
	sources [MaxSources]source
}

// source is one of a peer's streams: the number of the newest packet, and which of
// those up to it have come, the newest as bit 0.
type source struct {
	ssrc   uint32
	newest uint64
	came   uint64
}

// Open decrypts a packet in place and returns it without its tag. What is refused
// changes nothing but the packet's own bytes, which then mean nothing.
func (o *Opener) Open(packet []byte) ([]byte, error) {
	h, ok := parse(packet)
	if !ok || len(packet)-h.size < Overhead {
		return nil, ErrPacket
	}
	s := o.find(h.ssrc)
	index, ok := s.index(h.sequence)
	if !ok {
		return nil, ErrReplay
	}
	plain, err := o.aead.Open(packet[h.size:h.size], o.nonceFor(h.ssrc, index), packet[h.size:], packet[:h.size])
	if err != nil {
		return nil, ErrForged
	}
	// Only now is anything of the packet to be believed.
	if s == nil {
		if o.known == MaxSources {
			clear(plain)
			return nil, ErrSources
		}
		s = &o.sources[o.known]
		*s = source{ssrc: h.ssrc, newest: index}
		o.known++
	}
	s.note(index)
	return packet[:h.size+len(plain)], nil
}

// find returns a source that has sent something authentic, or nil.
func (o *Opener) find(ssrc uint32) *source {
	for i := range o.sources[:o.known] {
		if o.sources[i].ssrc == ssrc {
			return &o.sources[i]
		}
	}
	return nil
}

// index is a packet's whole number: the one that is nearest to the newest of those
// that end in its sequence number (RFC 3711 §3.3.1, appendix A). It is not ok for a
// packet that has come, or is too old to tell. The first packet of a source is taken
// to be of its first 65,536.
func (s *source) index(sequence uint16) (index uint64, ok bool) {
	if s == nil {
		return uint64(sequence), true
	}
	ahead := int16(sequence - uint16(s.newest))
	if ahead > 0 {
		index = s.newest + uint64(ahead)
		return index, index <= maxIndex
	}
	behind := uint64(-int32(ahead))
	if behind >= Window || behind > s.newest || s.came>>behind&1 != 0 {
		return 0, false
	}
	return s.newest - behind, true
}

// note remembers that an authentic packet came.
func (s *source) note(index uint64) {
	if index > s.newest {
		s.came <<= index - s.newest // shifts by 64 and more leave nothing
		s.newest = index
	}
	s.came |= 1 << (s.newest - index)
}
