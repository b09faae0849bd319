package dtmf

import (
	"encoding/binary"
	"errors"
	"fmt"

	"tonegate/internal/prefetch"
)

// ErrMalformedEvent is returned for a telephone-event payload whose length is
// not that of a few whole events. Such a packet is reason for suspicion.
var ErrMalformedEvent = errors.New("dtmf: malformed telephone-event payload")

const (
	eventBytes     = 4  // RFC 4733 §2.3
	maxEvents      = 16 // in one packet
	longestSegment = 1<<16 - 1
	eventTimeout   = 8   // ticks without an update, 160 ms
	idleTicks      = 100 // after 2 s a timestamp may come again
	beginsPerTick  = 2
)

// NamedEvents is what the RFC 4733 receiver knows at a frame boundary.
type NamedEvents struct {
	Active bool // an event is in progress, or was during the last frame

	begun  [beginsPerTick]press
	nBegun uint8
	latest press // the newest event, whether it began now or before
}

// press is one named event.
type press struct {
	id      uint32 // counts up from one, per receiver
	key     Key
	isKey   bool
	ended   bool
	samples uint32 // its length so far at 8 kHz

	timestamp uint32 // of its start
	timed     bool   // the timestamp is its own
}

// EventPacket is one RTP packet of the telephone-event payload type. Payload
// aliases the caller's buffer and is not kept.
type EventPacket struct {
	SSRC      uint32
	Sequence  uint16
	Timestamp uint32
	Marker    bool
	Payload   []byte
}

// EventReceiver turns telephone-event packets (RFC 4733 §2) into named events.
//
// An event is known by its SSRC and timestamp, whatever the marker and the
// sequence number say: markers get lost, browsers set them on every packet,
// and final packets come three times. A lone final packet is a whole event. A
// segment that continues an event of 65 535 units (§2.5.1.3) is no new event.
//
// Packets of an event older than the newest are late copies and are ignored. A
// packet with the newest event's timestamp but another code cannot be a copy,
// as a sender may change an event's length but not its name; it is taken for a
// new event of a sender that forgot to advance its clock, each code once.
// Codes above 15 are no keys, yet they are events and must not be heard.
type EventReceiver struct {
	// Each tick needs these.
	on       bool // the newest event is in progress
	touched  bool // a packet gave reason for suspicion since the last tick
	nWaiting int
	quiet    int // ticks since its last packet
	latest   press

	clock  uint32
	ssrc   uint32
	synced bool // ssrc and timestamp are those of an event

	timestamp uint32 // of the newest event's newest segment
	base      uint32 // length of the segments before it, in clock units
	length    uint32 // of the newest segment
	code      uint8
	codes     [4]uint64 // codes seen under this timestamp

	waiting [32]press // begun, not reported yet
}

// NewEventReceiver returns a receiver for events on the given RTP clock, in
// Hz. Zero stands for 8000.
func NewEventReceiver(clockRate uint32) *EventReceiver {
	if clockRate == 0 {
		clockRate = 8000
	}
	return &EventReceiver{clock: clockRate}
}

// Needs is the memory that Tick looks at first, for who knows that it will be called.
func (r *EventReceiver) Needs() prefetch.Place { return prefetch.Between(&r.on, &r.latest) }

// Receive takes one packet. An error means that the packet was malformed and
// had no effect other than to be reason for suspicion. A packet without a
// payload is a bandwidth probe, and nothing happened.
func (r *EventReceiver) Receive(p EventPacket) error {
	n := len(p.Payload)
	if n == 0 {
		return nil
	}
	r.touched = true
	if n%eventBytes != 0 || n > maxEvents*eventBytes {
		return fmt.Errorf("%w: %d bytes", ErrMalformedEvent, n)
	}
	if r.synced && p.SSRC != r.ssrc {
		r.end()
		r.synced = false
	}
	r.ssrc = p.SSRC
	timestamp := p.Timestamp
	for b := p.Payload; len(b) > 0; b = b[eventBytes:] {
		length := uint32(binary.BigEndian.Uint16(b[2:]))
		r.event(timestamp, b[0], b[1]&0x80 != 0, length)
		// Events of one packet follow each other without a gap.
		timestamp += length
	}
	return nil
}

// EventLength returns how much time the events of a packet's payload have
// covered so far, in units of the event clock.
func EventLength(payload []byte) (units uint32) {
	for b := payload; len(b) >= eventBytes; b = b[eventBytes:] {
		units += uint32(binary.BigEndian.Uint16(b[2:]))
	}
	return units
}

// event takes one event of a packet.
func (r *EventReceiver) event(timestamp uint32, code uint8, end bool, length uint32) {
	ahead := int32(timestamp - r.timestamp)
	switch {
	case !r.synced || r.quiet >= idleTicks:
		r.begin(timestamp, code)
	case ahead < 0:
		return
	case ahead == 0 && code != r.code:
		if r.codes[code>>6]&(1<<(code&63)) != 0 {
			return
		}
		codes := r.codes
		r.begin(timestamp, code)
		r.latest.timed = false
		for i := range codes {
			r.codes[i] |= codes[i]
		}
	case ahead > 0 && r.continues(uint32(ahead), code):
		r.base += uint32(ahead)
		r.timestamp, r.length = timestamp, 0
	case ahead > 0:
		r.begin(timestamp, code)
	}
	r.length = max(r.length, length)
	r.quiet = 0
	r.on = !end && !r.latest.ended
	r.latest.samples = r.samples()
	if end {
		r.end()
	}
	r.publish()
}

// continues reports whether a later timestamp is the next segment of the event
// in progress. Some senders count a segment as 65 536.
func (r *EventReceiver) continues(ahead uint32, code uint8) bool {
	return !r.latest.ended && code == r.code && (ahead == longestSegment || ahead == longestSegment+1)
}

func (r *EventReceiver) begin(timestamp uint32, code uint8) {
	r.end()
	r.publish()
	r.synced = true
	r.timestamp, r.code, r.base, r.length = timestamp, code, 0, 0
	r.codes = [4]uint64{}
	r.codes[code>>6] = 1 << (code & 63)
	id := r.latest.id
	if code < Keys {
		id++
	}
	r.latest = press{id: id, key: Key(code & (Keys - 1)), isKey: code < Keys, timestamp: timestamp, timed: true}
	if r.latest.isKey && r.nWaiting < len(r.waiting) {
		r.waiting[r.nWaiting] = r.latest
		r.nWaiting++
	}
}

func (r *EventReceiver) end() {
	r.on = false
	r.latest.ended = true
}

// publish copies the newest event's state to where it waits to be reported.
func (r *EventReceiver) publish() {
	for i := range r.waiting[:r.nWaiting] {
		if r.latest.isKey && r.waiting[i].id == r.latest.id {
			r.waiting[i] = r.latest
		}
	}
}

// samples is the event's length at 8 kHz.
func (r *EventReceiver) samples() uint32 {
	return uint32(uint64(r.base+r.length) * 8000 / uint64(r.clock))
}

// Tick advances by one frame and returns the state of named events.
func (r *EventReceiver) Tick() NamedEvents {
	var e NamedEvents
	e.nBegun = uint8(copy(e.begun[:], r.waiting[:r.nWaiting]))
	r.nWaiting = copy(r.waiting[:], r.waiting[e.nBegun:r.nWaiting])
	clear(r.waiting[r.nWaiting : r.nWaiting+int(e.nBegun)]) // a row of keys is a card number
	e.Active = r.on || r.touched || e.nBegun > 0 || r.nWaiting > 0
	r.touched = false
	r.quiet = min(r.quiet+1, idleTicks)
	if r.on && r.quiet >= eventTimeout {
		r.end()
	}
	e.latest = r.latest
	return e
}
