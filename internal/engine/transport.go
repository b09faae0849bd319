package engine

import (
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"tonegate/bridge"
	"tonegate/internal/prefetch"
)

// Transport sends a leg's RTP. It must not block, and must keep neither header nor payload.
// The header's SSRC and sequence number are the transport's to set: what it drops
// takes no number.
type Transport interface {
	Send(header *rtp.Header, payload []byte) error
	Close() error
}

// Network is the sockets behind transports. Nobody waits at them: a shard that
// is about to tick takes what has arrived, and what its tick sends leaves at
// once.
type Network interface {
	// Receive delivers everything that has arrived for the legs of a phase of a
	// shard. It must not block.
	Receive(shard, phase int)
	// Flush sends what the transports of a shard have collected. It must not
	// block.
	Flush(shard int)
	// Answer is called after each phase, when nothing of it is left to do: checks that came
	// with it are answered, a few, if there is time; to wake up a goroutine for them costs
	// more. It must not wait for anything that takes longer than that.
	Answer(hasTime bool)
}

// batcher is a transport that collects packets for its shard's Flush, and is
// delivered its own by Receive for its phase. To deliver one needs the memory it is told.
type batcher interface {
	Batch(shard, phase int, needs ...prefetch.Place)
}

const (
	// longest holds an RTP packet of 60 ms of G.711 with extensions.
	longest = 640
	// slots is how many packets a tick may take. A leg sends one per tick;
	// an event's end may bring four, and a network may hold back a few hundred
	// milliseconds.
	slots = 32
	// inboxBytes holds that many packets of 20 ms, or 700 ms of longer ones.
	inboxBytes = slots * 192
)

// inbox is a leg's received packets that wait for the next tick, between a goroutine
// that reads a transport and the shard. Where a network delivers on the shard's own,
// nothing waits, and there is no memory for it.
type inbox struct {
	waiting   atomic.Int32 // packets; written under mu
	direct    int          // packets since the last tick that did not wait; the shard's
	mu        sync.Mutex
	closed    bool
	overflow  uint64
	oversized uint64
	memory    *waitingPackets // made for the first
}

// waitingPackets are one after the other. A tick takes all of them, so the next packet is
// again the first, where the processor's caches still have the last.
type waitingPackets struct {
	used    int
	packets [slots]received
	data    [inboxBytes]byte
}

// received is a packet that waits: where it ends, and when it came.
type received struct {
	end     int
	arrived time.Time
}

// put copies a packet. A full inbox drops it: old audio is worth more than new
// only if it is still in time, and the jitter buffer decides that.
func (b *inbox) put(packet []byte, arrived time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	if len(packet) > longest {
		b.oversized++
		return
	}
	if b.memory == nil {
		b.memory = new(waitingPackets)
	}
	w, n := b.memory, b.waiting.Load()
	if n == slots || w.used+len(packet) > inboxBytes {
		b.overflow++
		return
	}
	w.used += copy(w.data[w.used:], packet)
	w.packets[n] = received{w.used, arrived}
	b.waiting.Add(1)
}

// drain hands all waiting packets to f, in order, and zeroes them.
func (b *inbox) drain(f func(packet []byte, arrived time.Time)) {
	if b.waiting.Load() == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.empty()
	from := 0
	for i := range b.waiting.Load() {
		p := &b.memory.packets[i]
		f(b.memory.data[from:p.end:p.end], p.arrived)
		from = p.end
	}
}

// refuse counts a packet too many for a tick.
func (b *inbox) refuse() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.overflow++
}

func (b *inbox) empty() {
	if w := b.memory; w != nil {
		clear(w.data[:w.used])
		w.used = 0
	}
	b.waiting.Store(0)
}

// close zeroes what waits and takes nothing more: the transport may go on for a
// moment.
func (b *inbox) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.empty()
	b.memory = nil
}

// scratch is where a shard reads a packet's header and writes the next one's: memory
// that stays in the processor's caches, and that no packet has to allocate.
type scratch struct {
	parsed, sending rtp.Header
	payload         [160]byte
}

// Leg is a party as the engine sees it: an inbox, a transport, and the clock of
// what is sent.
type Leg struct {
	ID        bridge.LegID
	Role      bridge.Role
	room      *room
	transport Transport
	media     bridge.Media
	timestamp uint32 // of the next packet
	resumed   bool   // it follows a pause, if it is audio
	malformed uint64
	sendFails uint64
	sent      uint64
	in        inbox
}

// Deliver takes one received RTP packet, decrypted. It keeps nothing of it but a copy,
// and may be called from any goroutine. On that of the leg's own shard, which the
// caller knows by its number, the packet need not wait for the tick.
func (l *Leg) Deliver(packet []byte, arrived time.Time, shard int) {
	if shard != l.room.shard.index || len(packet) > longest || l.in.waiting.Load() > 0 {
		l.in.put(packet, arrived)
		return
	}
	if l.in.direct++; l.in.direct > slots {
		l.in.refuse()
	} else if !l.room.ended {
		_ = l.room.guard(func() error {
			l.hand(packet, arrived)
			return nil
		})
	}
}

// needy is a script that says what its ticks look at first.
type needy interface{ Needs() []prefetch.Place }

// needs is the memory that Deliver looks at, and the tick after it.
func (l *Leg) needs() []prefetch.Place {
	r := l.room
	all := append(r.conference.Needs(l.ID), prefetch.Between(&l.ID, &l.in.direct), prefetch.Between(&r.id, &r.out))
	if s, ok := r.script.(needy); ok {
		all = append(all, s.Needs()...)
	}
	return all
}

// bare reads a packet with the header that nearly all have: without contributing
// sources, extension or padding (RFC 3550 §5.1).
func bare(packet []byte) (p bridge.Packet, ok bool) {
	const version2, header = 2 << 6, 12
	if len(packet) < header || packet[0] != version2 {
		return p, false
	}
	return bridge.Packet{
		PayloadType: packet[1] & 0x7f, Marker: packet[1]&0x80 != 0, Sequence: binary.BigEndian.Uint16(packet[2:]),
		Timestamp: binary.BigEndian.Uint32(packet[4:]), SSRC: binary.BigEndian.Uint32(packet[8:]), Payload: packet[header:],
	}, true
}

// receive hands what has waited to the conference.
func (l *Leg) receive() {
	l.in.direct = 0
	l.in.drain(l.hand)
}

// hand parses a packet and hands it to the conference.
func (l *Leg) hand(packet []byte, arrived time.Time) {
	p, ok := bare(packet)
	if !ok {
		if p, ok = l.room.shard.scratch.parse(packet); !ok {
			l.malformed++
			return
		}
	}
	p.Arrived = arrived
	l.room.conference.Receive(l.ID, p)
}

// parse reads a packet with any header.
func (s *scratch) parse(packet []byte) (p bridge.Packet, ok bool) {
	h := &s.parsed
	defer func() { *h = rtp.Header{} }() // it would hold on to the packet
	n, err := h.Unmarshal(packet)
	if err != nil || n > len(packet) {
		return p, false
	}
	payload := packet[n:]
	if h.Padding && len(payload) > 0 {
		pad := int(payload[len(payload)-1])
		if pad == 0 || pad > len(payload) {
			return p, false
		}
		payload = payload[:len(payload)-pad]
	}
	return bridge.Packet{
		PayloadType: h.PayloadType, Marker: h.Marker, Sequence: h.SequenceNumber,
		Timestamp: h.Timestamp, SSRC: h.SSRC, Payload: payload,
	}, true
}
