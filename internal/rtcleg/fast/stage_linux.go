package fast

import (
	"time"

	"tonegate/internal/prefetch"
)

// stage holds packets, encrypted as they came, for legs that one phase of a shard
// ticks. A tick takes everything off the sockets, and most of it is for others: to
// decrypt that then would have the processor come by those legs' memory twice, once
// for the packet and once, when it has left the caches, for the tick. It belongs to
// whoever holds Network.reading.
type stage struct {
	waiting []staged
	data    []byte
}

// staged is a packet that waits.
type staged struct {
	leg     *Conn // nil: it left
	needs   *prefetch.List
	end     int // in data
	arrived time.Time
}

// noShard: what runs is no shard's goroutine, or whose is not known.
const noShard = -1

const (
	// stageBytes and stagePackets are how much may wait: several times what the legs of
	// a phase send in 20 ms. More is delivered a stage at a time, as it comes: a flood must
	// not be saved up for one tick.
	stageBytes   = 128 << 10
	stagePackets = 512
	// shortest is what SRTP and SRTCP have at least; less is dropped unseen.
	shortest = 12
	// memoryAhead is for how many packets ahead of the one that is decrypted memory is asked
	// for, some microseconds; pagesAhead for how many the pages are looked up that it lies in,
	// and listsAhead for how many what that is, which lies in memory as well.
	memoryAhead, pagesAhead, listsAhead = 4, 6, 9
)

// put has a packet wait.
func (s *stage) put(to route, packet []byte, arrived time.Time) {
	if len(packet) < shortest {
		return
	}
	if len(s.data)+len(packet) > stageBytes || len(s.waiting) == stagePackets {
		s.deliver(noShard)
	}
	s.data = append(s.data, packet...)
	s.waiting = append(s.waiting, staged{to.leg, to.needs, len(s.data), arrived})
}

// deliver decrypts what waits, in the order in which it came, and hands it on. shard
// is whose goroutine this is. To decrypt a packet takes less than to wait for the memory
// that it leads to, from a connection to a jitter buffer, so what the next ones need is
// fetched meanwhile.
func (s *stage) deliver(shard int) {
	from := 0
	for i := -listsAhead; i < 0; i++ {
		s.fetch(i)
	}
	for i := range s.waiting {
		s.fetch(i)
		w := &s.waiting[i]
		packet := s.data[from:w.end:w.end]
		if w.leg != nil {
			w.leg.receive(packet, w.arrived, shard)
		}
		clear(packet)
		from, w.leg, w.needs = w.end, nil, nil
	}
	s.waiting, s.data = s.waiting[:0], s.data[:0]
}

// fetch asks for what packets some way behind one will need.
func (s *stage) fetch(i int) {
	if k := i + listsAhead; k < len(s.waiting) {
		s.waiting[k].needs.Soon()
	}
	if k := i + pagesAhead; k >= 0 && k < len(s.waiting) {
		s.waiting[k].needs.Reach()
	}
	if k := i + memoryAhead; k >= 0 && k < len(s.waiting) {
		s.waiting[k].needs.Fetch()
	}
}

// forget has what waits for a leg not be delivered.
func (s *stage) forget(leg *Conn) {
	for i := range s.waiting {
		if w := &s.waiting[i]; w.leg == leg {
			w.leg, w.needs = nil, nil
		}
	}
}

// stages are those of all shards, by shard and phase.
type stages [][]*stage

// of returns a phase's stage, or nil if it has none.
func (s stages) of(shard, phase int) *stage {
	if shard >= len(s) || phase >= len(s[shard]) {
		return nil
	}
	return s[shard][phase]
}

// made returns a phase's stage.
func (s *stages) made(shard, phase int) *stage {
	for shard >= len(*s) {
		*s = append(*s, nil)
	}
	phases := &(*s)[shard]
	for phase >= len(*phases) {
		*phases = append(*phases, nil)
	}
	if (*phases)[phase] == nil {
		(*phases)[phase] = new(stage)
	}
	return (*phases)[phase]
}

// forget has what waits for a leg not be delivered.
func (s stages) forget(leg *Conn) {
	for _, phases := range s {
		for _, one := range phases {
			if one != nil {
				one.forget(leg)
			}
		}
	}
}
