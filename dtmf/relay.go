package dtmf

import "tonegate/internal/audio"

const (
	relayWait  = 200 * audio.SamplesPerMs // for the tone in the audio
	provingFor = 60 * audio.SamplesPerMs  // more, while that tone is being proved
	relayMin   = 50 * audio.SamplesPerMs  // of a relayed key, and between two
	relayMax   = 8 * audio.SampleRate     // of a relayed key: fits one RFC 4733 segment
)

// relayed is a named event on its way to an IVR leg.
type relayed struct {
	id        uint32
	key       Key
	begin     int64
	samples   uint32 // its length so far
	ended     bool
	cancelled bool // the audio carries it
}

// relayQueue plays named events to an IVR leg, in order and one at a time, at
// a pace that a receiver of tones can follow. Events come in bursts after a
// network stall, so many may wait.
type relayQueue struct {
	ring    [96]relayed
	first   int
	n       int
	playing bool
	played  uint32
	ready   int64  // when the gap after the last key is over
	begun   uint32 // id of the last event that was begun
}

func (q *relayQueue) at(i int) *relayed { return &q.ring[(q.first+i)%len(q.ring)] }

func (q *relayQueue) queue(p press, now int64) {
	if q.n == len(q.ring) {
		return
	}
	q.n++
	*q.at(q.n - 1) = relayed{id: p.id, key: p.key, begin: now, samples: p.samples, ended: p.ended}
}

// cancel takes an event out that has not begun, because its tone was
// confirmed in the audio.
func (q *relayQueue) cancel(id uint32) {
	for i := range q.n {
		if r := q.at(i); r.id == id && !(q.playing && i == 0) {
			r.cancelled = true
		}
	}
}

// started reports whether the event has been sent to the IVR, in part at least.
func (q *relayQueue) started(id uint32) bool {
	return q.begun != 0 && int32(id-q.begun) <= 0
}

// update brings the lengths of waiting events up to date.
func (q *relayQueue) update(named NamedEvents) {
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

// next returns this frame's piece. proving says that the audio may be about to
// confirm the given key: the event then waits a little longer.
func (q *relayQueue) next(now int64, proving bool, key Key) Relay {
	for !q.playing && q.n > 0 && q.at(0).cancelled {
		q.pop()
	}
	if q.n == 0 {
		return Relay{}
	}
	r := q.at(0)
	if !q.playing {
		waited := now + audio.FrameSamples - r.begin
		if waited < relayWait || now < q.ready ||
			(proving && key == r.key && waited < relayWait+provingFor) {
			return Relay{}
		}
		q.begun = r.id
	}
	piece := Relay{On: true, Start: !q.playing, Key: r.key}
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
		q.ready = now + int64(q.played-before) + relayMin
		q.pop()
	}
	return piece
}

func (q *relayQueue) pop() {
	q.first = (q.first + 1) % len(q.ring)
	q.n--
	q.playing, q.played = false, 0
}
