package dtmf

import "tonegate/internal/audio"

const (
	relayWait  = 200 * audio.SamplesPerMs // for the tone in the audio
	provingFor = 60 * audio.SamplesPerMs  // more, while that tone is being proved
	relayMin   = 50 * audio.SamplesPerMs  // of a relayed key, and between two
	relayMax   = 8 * audio.SampleRate     // of a relayed key: fits one RFC 4733 segment
	// copyGap is what may interrupt the in-band copy of a key: a longer gap may
	// separate it from another press.
	copyGap = 30 * audio.SamplesPerMs
	// namedLately is how long after an event began a hole may be its doing.
	namedLately = audio.SampleRate
	// touchGap is how near to a hole a tone must end to go on behind it, touch how near
	// if it did not end, and enough what makes it a key without that (ITU-T Q.24: 40 ms).
	touchGap = 10 * audio.SamplesPerMs
	touch    = 3 * audio.SamplesPerMs
	enough   = 48 * audio.SamplesPerMs
)

// relayed is a named event on its way to an IVR leg.
type relayed struct {
	id      uint32
	key     Key
	begin   int64
	samples uint32 // its length so far
	ended   bool
	carried bool // the audio brought it, perhaps not all of it
}

// relayQueue plays named events to an IVR leg, in order and one at a time, at
// a pace that a receiver of tones can follow. Events come in bursts after a
// network stall, so many may wait.
type relayQueue struct {
	first   int
	n       int
	playing bool
	played  uint32
	ready   int64  // when the gap after the last key is over
	begun   uint32 // id of the last event that was begun
	ring    [96]relayed
}

func (q *relayQueue) at(i int) *relayed { return &q.ring[(q.first+i)%len(q.ring)] }

func (q *relayQueue) queue(p press, now int64) {
	if q.n == len(q.ring) {
		return
	}
	q.n++
	*q.at(q.n - 1) = relayed{id: p.id, key: p.key, begin: now, samples: p.samples, ended: p.ended}
}

// carry notes that an event's tone was confirmed in the audio before the event
// began to go out.
func (q *relayQueue) carry(id uint32) {
	for i := range q.n {
		if r := q.at(i); r.id == id && !(q.playing && i == 0) {
			r.carried = true
		}
	}
}

// started reports whether the event has been sent to the IVR, in part at least.
func (q *relayQueue) started(id uint32) bool {
	return q.begun != 0 && int32(id-q.begun) <= 0
}

// update brings the lengths of waiting events up to date.
func (q *relayQueue) update(named *NamedEvents) {
	for i := range q.n {
		r := q.at(i)
		switch {
		case r.id == named.latest.id:
			r.samples = max(r.samples, named.latest.samples)
			r.ended = r.ended || named.latest.ended
		case int32(named.latest.id-r.id) > 0 || !named.Active:
			r.ended = true
		}
	}
}

// moment is what the detector knows of a frame when a relay may begin in it.
type moment struct {
	now      int64
	hole     bool // an event was sent in place of this frame's audio
	sounding bool // a tone of this key sounded just before, or in the frame
	tooShort bool // so far, for a receiver to have a key of it for certain
	proving  bool // that tone is not confirmed yet
	key      Key
}

// next returns this frame's piece. An event waits for its tone, which the audio
// may carry as well; a little longer while that tone is being proved. It does
// not wait where it was sent in place of the audio: no other tone sounds there,
// and one that began before the hole goes on as the event, without a break that
// would make two keys of it or leave too short a piece to be one.
func (q *relayQueue) next(m moment) Relay {
	for !q.playing && q.n > 0 && q.at(0).carried && !q.continues(m) {
		if m.now+audio.FrameSamples <= q.at(0).begin {
			return Relay{} // its place is yet to come
		}
		q.pop()
	}
	if q.n == 0 {
		return Relay{}
	}
	r := q.at(0)
	if !q.playing {
		waited := m.now + audio.FrameSamples - r.begin
		early := waited < relayWait || m.proving && m.key == r.key && waited < relayWait+provingFor
		if m.now < q.ready || early && !(m.hole && waited > 0) {
			return Relay{}
		}
		q.begun = r.id
	}
	piece := Relay{On: true, Start: !q.playing, Key: r.key, Continues: r.carried}
	q.playing = true
	length := uint32(relayMax)
	if r.ended {
		// Never shorter than what has gone out, plus one millisecond to end in.
		length = min(max(r.samples, relayMin, q.played+hop), relayMax)
	}
	before := q.played
	q.played = min(q.played+audio.FrameSamples, length)
	piece.Samples = uint16(q.played)
	if q.played == length {
		piece.End = true
		q.ready = m.now + int64(q.played-before) + relayMin
		q.pop()
	}
	return piece
}

// continues reports whether the first event goes on from its own tone, now.
func (q *relayQueue) continues(m moment) bool {
	r := q.at(0)
	return m.hole && m.sounding && m.tooShort && m.key == r.key && m.now+audio.FrameSamples > r.begin
}

func (q *relayQueue) pop() {
	*q.at(0) = relayed{} // a row of them is a card number
	q.first = (q.first + 1) % len(q.ring)
	q.n--
	q.playing, q.played = false, 0
}
