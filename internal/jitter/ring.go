package jitter

import "tonegate/internal/audio"

const (
	// nearSamples is what a buffer holds of a network that behaves: 128 ms, which
	// stay in one page of memory and are come by again before it is forgotten.
	nearSamples = 1024
	// farSamples is the capacity: 1.024 s. Both are powers of two, so that the RTP
	// timestamp's wrap-around is also the ring's.
	farSamples = 8192
	// nearAgain is how much may be waiting when what was needed once is given back.
	nearAgain = nearSamples / 2
)

// slot says what is known of one sample.
type slot uint8

const (
	missing  slot = iota
	covered       // by a named event, which was sent in its place
	received      // and, above it, a code word of the law received+law
)

const receivedMuLaw = received + slot(audio.MuLaw)

func receivedIn(law audio.Law) slot { return received + slot(law) }

// law is what a received sample's code word is of.
func (s slot) law() audio.Law { return audio.Law(s - received) }

// entry is a sample of the ring: its slot, and in the lower byte its code word. They
// lie together, as a frame that is read is then in one page of memory and not two.
type entry uint16

func (s slot) of(code byte) entry { return entry(s)<<8 | entry(code) }
func (e entry) slot() slot        { return slot(e >> 8) }

// ring holds samples by their RTP timestamp, from the playout on. Nothing of what lies
// before is received.
type ring struct {
	near [nearSamples]entry
	far  *[farSamples]entry // in near's place, while that is not enough
}

// all is the memory in use, a power of two.
func (r *ring) all() []entry {
	if r.far != nil {
		return r.far[:]
	}
	return r.near[:]
}

// place is where the sample with a timestamp lies.
func (r *ring) place(at uint32) *entry {
	all := r.all()
	return &all[int(at)&(len(all)-1)]
}

// reach makes room for a number of samples from play on. Few networks hold back so
// much that this needs memory.
func (r *ring) reach(play uint32, samples int) {
	if samples <= nearSamples || r.far != nil {
		return
	}
	r.far = new([farSamples]entry)
	for i := range uint32(nearSamples) {
		r.far[(play+i)%farSamples] = r.near[(play+i)%nearSamples]
	}
	clear(r.near[:])
}

// settle gives memory back, zeroed, once little is waiting from play on.
func (r *ring) settle(play uint32, waiting int) {
	if r.far == nil || waiting > nearAgain {
		return
	}
	for i := uint32(nearSamples); i < farSamples; i++ {
		if r.far[(play+i)%farSamples] != 0 {
			return // an event is said to take that long
		}
	}
	for i := range uint32(nearSamples) {
		r.near[(play+i)%nearSamples] = r.far[(play+i)%farSamples]
	}
	clear(r.far[:])
	r.far = nil
}

// wipe zeroes all of it. A source that begins anew with each packet must not cost
// memory with each.
func (r *ring) wipe() {
	clear(r.near[:])
	if r.far != nil {
		clear(r.far[:])
	}
}
