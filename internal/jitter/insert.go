package jitter

import (
	"time"

	"tonegate/internal/audio"
)

const (
	// maxAhead is how far beyond the playout point a packet may lie before it
	// is taken for a new time base.
	maxAhead = farSamples - 2*audio.FrameSamples
	// maxBehind is how far behind it may lie and still be called late.
	maxBehind = 2 * audio.SampleRate
)

// Insert takes the payload of one audio packet. It copies what it needs.
func (b *Buffer) Insert(timestamp uint32, payload []byte, arrived time.Time) {
	n := len(payload)
	if n == 0 || n > maxAhead/2 {
		return
	}
	var silent, lost int32
	if b.started && b.isFarFrom(timestamp, n) {
		silent, lost = b.standstill(timestamp)
		b.Reset()
	}
	if !b.started {
		b.started = true
		b.play, b.end, b.newest = timestamp, timestamp, timestamp
		b.begins(n, silent, lost)
	}
	if b.empty >= stoodStill {
		b.comeBack(timestamp, n)
	}
	if !b.primed && b.dropped == 0 && int32(timestamp-b.play) < 0 { // reordered before playout began
		ahead := int(int32(b.end - timestamp))
		if b.covers { // anywhere
			ahead = farSamples
		}
		b.ring.reach(b.play, ahead)
		b.play = timestamp
	}
	b.delay.observe(int32(timestamp-b.play), arrived, b.primed)
	b.write(timestamp, payload)
	if b.back > 0 {
		b.dropOldest()
	}
}

// isFarFrom reports whether a packet of n samples is taken for a new time base.
func (b *Buffer) isFarFrom(timestamp uint32, n int) bool {
	offset := int32(timestamp - b.play)
	return offset > maxAhead-int32(n) || offset < -maxBehind || !b.primed && int32(b.end-timestamp) > maxAhead
}

func (b *Buffer) write(timestamp uint32, payload []byte) {
	end := timestamp + uint32(len(payload))
	b.ring.reach(b.play, int(int32(end-b.play)))
	fresh, late := b.append(timestamp, payload), 0
	if fresh == 0 {
		fresh, late = b.merge(timestamp, payload)
	}
	if int32(end-b.end) > 0 {
		b.end, b.newest = end, end
	}
	switch {
	case fresh > 0:
		b.stats.Received++
	case late > 0:
		b.stats.Late++
	default:
		b.stats.Duplicate++
	}
}

// append writes what nearly every packet brings: audio that follows the newest
// there is, or comes later. It returns how many samples those are: all, or none if
// some may be late or there already.
func (b *Buffer) append(timestamp uint32, payload []byte) (samples int) {
	if int32(timestamp-b.end) < 0 {
		return 0
	}
	all := b.ring.all()
	k := int(timestamp) & (len(all) - 1)
	for rest := payload; len(rest) > 0; k = 0 {
		to := all[k:min(k+len(rest), len(all))]
		mark(to, rest[:len(to)], receivedIn(b.law))
		rest = rest[len(to):]
	}
	return len(payload)
}

// merge writes any other packet: what is neither late nor there already. It counts
// samples of either kind.
func (b *Buffer) merge(timestamp uint32, payload []byte) (fresh, late int) {
	for i, code := range payload {
		at := timestamp + uint32(i)
		if int32(at-b.play) < 0 {
			late++
			continue
		}
		if e := b.ring.place(at); e.slot() < received {
			*e = receivedIn(b.law).of(code)
			fresh++
		}
	}
	return fresh, late
}

// Cover notes that a named event was sent in place of a stretch of audio
// (RFC 4733 §2.5.1.2), given in RTP timestamps of the audio. Events are read on
// arrival and audio some time later: what is missing there by then is not a
// loss, and must not be made up from the tone that began before it.
func (b *Buffer) Cover(timestamp, samples uint32) {
	if !b.started {
		return
	}
	from := int32(timestamp - b.play)
	to := min(int64(from)+int64(samples), maxAhead)
	b.covers = true
	b.ring.reach(b.play, int(to))
	for i := max(int64(from), 0); i < to; i++ {
		if e := b.ring.place(b.play + uint32(i)); e.slot() == missing {
			*e = covered.of(0)
		}
	}
}
