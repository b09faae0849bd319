package softphone

import (
	"encoding/binary"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/pion/rtp"

	"tonegate/internal/audio"
)

// longestGap is the longest jump of the RTP timeline that is filled; a longer
// one is counted and the packet not placed.
const longestGap = 30 * audio.SampleRate

// Arrival is one received packet.
type Arrival struct {
	At          time.Time
	Sequence    uint16
	Timestamp   uint32
	PayloadType uint8
	Marker      bool
	Bytes       int // of payload
	Position    int // of the first sample in Samples, for audio
}

// ReceivedEvent is one named event, its packets taken together.
type ReceivedEvent struct {
	Code      uint8
	Duration  uint16 // the longest seen
	Timestamp uint32
	Ended     bool
	Packets   int
}

// Recording is what a phone received.
type Recording struct {
	// Samples is the audio on the RTP timeline, from the first audio packet on.
	// Gaps are zeros.
	Samples      []int16
	Gaps         int // samples that no packet brought
	FirstArrival time.Time
	Arrivals     []Arrival
	Events       []ReceivedEvent
	Packets      int
	Lost         int // sequence numbers that never came
	Repeated     int // sequence numbers that came again
	Misplaced    int // audio too far from the rest, or older than the first
	Malformed    int
	PayloadTypes map[uint8]int
	Sources      map[uint32]int
}

// recorder collects a Recording.
type recorder struct {
	mu      sync.Mutex
	media   Media
	discard bool
	rec     Recording
	filled  []bool
	origin  uint32 // RTP timestamp of Samples[0]
	started bool
	seen    map[int64]struct{} // extended sequence numbers
	lowest  int64
	highest int64
	changed chan struct{} // closed and replaced at each packet
}

func (r *recorder) begin(m Media, discard bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.media, r.discard = m, discard
}

func (r *recorder) take(packet []byte, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	defer r.notify()
	r.rec.Packets++
	if r.rec.FirstArrival.IsZero() {
		r.rec.FirstArrival = at
		r.rec.PayloadTypes, r.rec.Sources = make(map[uint8]int), make(map[uint32]int)
		r.seen = make(map[int64]struct{})
	}
	var p rtp.Packet
	if err := p.Unmarshal(packet); err != nil {
		r.rec.Malformed++
		return
	}
	r.rec.PayloadTypes[p.PayloadType]++
	r.rec.Sources[p.SSRC]++
	if r.discard || !r.fresh(p.SequenceNumber) {
		return
	}
	a := Arrival{
		At: at, Sequence: p.SequenceNumber, Timestamp: p.Timestamp, PayloadType: p.PayloadType,
		Marker: p.Marker, Bytes: len(p.Payload),
	}
	switch {
	case r.media.Events && p.PayloadType == r.media.Event:
		r.event(p.Timestamp, p.Payload)
	case p.PayloadType == r.media.Law.PayloadType() && len(p.Payload) > 0:
		a.Position = r.place(p.Timestamp, p.Payload)
	}
	r.rec.Arrivals = append(r.rec.Arrivals, a)
}

// fresh extends the sequence number and reports whether it is new.
func (r *recorder) fresh(sequence uint16) bool {
	if len(r.seen) == 0 {
		r.lowest, r.highest = int64(sequence), int64(sequence)
	}
	extended := r.highest + int64(int16(sequence-uint16(r.highest)))
	if _, again := r.seen[extended]; again {
		r.rec.Repeated++
		return false
	}
	r.seen[extended] = struct{}{}
	r.lowest, r.highest = min(r.lowest, extended), max(r.highest, extended)
	return true
}

// place decodes a packet to its place on the timeline.
func (r *recorder) place(timestamp uint32, payload []byte) int {
	if !r.started {
		r.origin, r.started = timestamp, true
	}
	// Relative to the end, so that the timeline may be longer than a
	// timestamp's half range.
	end := uint32(len(r.rec.Samples))
	at := int(end) + int(int32(timestamp-r.origin-end))
	if at < 0 || at > len(r.rec.Samples)+longestGap {
		r.rec.Misplaced++
		return -1
	}
	if need := at + len(payload); need > len(r.rec.Samples) {
		r.rec.Samples = append(r.rec.Samples, make([]int16, need-len(r.rec.Samples))...)
		r.filled = append(r.filled, make([]bool, need-len(r.filled))...)
	}
	r.media.Law.Decode(r.rec.Samples[at:], payload)
	for i := range payload {
		r.filled[at+i] = true
	}
	return at
}

func (r *recorder) event(timestamp uint32, payload []byte) {
	if len(payload) < 4 {
		if len(payload) > 0 {
			r.rec.Malformed++
		}
		return
	}
	code, end, duration := payload[0], payload[1]&0x80 != 0, binary.BigEndian.Uint16(payload[2:])
	i := slices.IndexFunc(r.rec.Events, func(e ReceivedEvent) bool { return e.Timestamp == timestamp && e.Code == code })
	if i < 0 {
		i = len(r.rec.Events)
		r.rec.Events = append(r.rec.Events, ReceivedEvent{Code: code, Timestamp: timestamp})
	}
	e := &r.rec.Events[i]
	e.Packets++
	e.Duration = max(e.Duration, duration)
	e.Ended = e.Ended || end
}

// notify wakes those who wait for something to arrive.
func (r *recorder) notify() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// Received returns a copy of what has arrived so far.
func (p *Phone) Received() Recording {
	r := &p.rec
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.snapshot()
}

func (r *recorder) snapshot() Recording {
	c := r.rec
	c.Samples, c.Arrivals, c.Events = slices.Clone(c.Samples), slices.Clone(c.Arrivals), slices.Clone(c.Events)
	c.PayloadTypes, c.Sources = maps.Clone(c.PayloadTypes), maps.Clone(c.Sources)
	if len(r.seen) > 0 {
		c.Lost = int(r.highest-r.lowest) + 1 - len(r.seen)
	}
	for _, f := range r.filled {
		if !f {
			c.Gaps++
		}
	}
	return c
}
