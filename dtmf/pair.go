package dtmf

import "tonegate/internal/audio"

// pairLimit is how far apart in time two sightings of one key may be. The
// transports are up to 200 ms apart; the rest is for what frames and onset
// estimates round off. It bounds which keys can be one, but which of them are
// is a matter of their order: at ten keys a second a window of this size
// always holds several.
const pairLimit = 300 * audio.SamplesPerMs

// eventLag is how much later still than its tone an event may be dated: a
// browser that is starved of its processor was seen 320 ms late.
const eventLag = 100 * audio.SamplesPerMs

// timedBehind and timedAhead are how far outside the audio that waits an event's
// timestamp may lie: beyond that its sender counts differently.
const (
	timedBehind = 200 * audio.SamplesPerMs
	timedAhead  = 320 * audio.SamplesPerMs
)

type transport uint8

const (
	inBand transport = iota
	byName
)

// sighting is one key as one transport reported it. Its onset lies somewhere
// in [earliest, latest], in samples of the stream.
type sighting struct {
	earliest, latest int64
	relay            uint32 // the named event, if it is one
	key              Key
	hidden           bool // in-band, and taken for another key's copy: the IVR did not hear it
}

// near reports whether the two may be the same press.
func (s *sighting) near(o *sighting) bool {
	return s.earliest-o.latest <= pairLimit && o.earliest-s.latest <= pairLimit
}

// sightings is a short queue, oldest first.
type sightings struct {
	first int
	n     int
	ring  [32]sighting
}

func (q *sightings) at(i int) *sighting { return &q.ring[(q.first+i)%len(q.ring)] }

func (q *sightings) drop(n int) {
	for i := range n {
		*q.at(i) = sighting{} // a row of them is a card number
	}
	q.first = (q.first + n) % len(q.ring)
	q.n -= n
}

func (q *sightings) push(s sighting) {
	if q.n == len(q.ring) {
		q.drop(1)
	}
	q.n++
	*q.at(q.n - 1) = s
}

// pairing reports each key once although two transports carry it. Each
// transport has a queue of keys that it brought and the other has not yet.
// A key is looked up in the other's queue, oldest first; the keys it passes
// over there are lost on its own transport, since both keep their order.
type pairing struct {
	audio, named sightings
}

// sight takes a key from one transport. If the other brought it before, it
// returns that sighting and true; otherwise the key is new.
func (p *pairing) sight(from transport, s sighting) (sighting, bool) {
	own, other := &p.audio, &p.named
	if from == byName {
		own, other = other, own
	}
	for i := range other.n {
		o := other.at(i)
		if o.key == s.key && s.near(o) {
			match := *o
			other.drop(i + 1)
			return match, true
		}
	}
	own.push(s)
	return sighting{}, false
}

// expire forgets keys whose copy can no longer come: it is 400 ms late. A row of
// waiting keys is a card number, so they wait no longer than that, with one
// exception: of a key that still sounds the event may still come, however long it
// lasts, since all its packets but the last may be lost. It reports whether a key was
// forgotten that only sounded.
func (p *pairing) expire(now int64, sounds bool) (unnamed bool) {
	for _, q := range [2]*sightings{&p.audio, &p.named} {
		for q.n > 0 && now-q.at(0).latest > pairLimit+eventLag {
			if q == &p.audio && q.n == 1 && sounds {
				break
			}
			unnamed = unnamed || q == &p.audio && !q.at(0).hidden
			q.drop(1)
		}
	}
	return unnamed
}

// Forget says that the keys so far are done with, as at the end of a field: when
// each was last pressed is forgotten.
func (d *Detector) Forget() { d.forgetNamed() }
