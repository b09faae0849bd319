package jitter

import "tonegate/internal/audio"

const (
	// stoodStill is after how many successive empty frames, all that the playout waits
	// for, a source that comes back with old audio is taken to have stood still.
	stoodStill = maxDelaySamples / audio.FrameSamples
	// mostWaiting is what may wait when it has come back: the frame to play, and as much
	// as the playout would have waited for.
	mostWaiting = maxDelaySamples + audio.FrameSamples
	// The same for a source that names its keys, and is not waited for: where its tones are
	// late and its events are not, one key may be two. That they are by up to 300 ms anyway.
	stoodStillPrompt  = 15
	mostWaitingPrompt = 2 * audio.FrameSamples
)

// cameBack moves the playout back to a packet that is too late and ends a long silence,
// as all that comes from now on would be as late: the source's clock may have stood still,
// as it does on a phone that is busy, and goes on where it stopped. If instead the network
// stood still, and much more comes at once, the oldest of it is dropped: see dropOldest.
func (b *Buffer) cameBack(timestamp uint32) {
	if int32(timestamp-b.play) >= 0 || b.prompt && b.empty < stoodStillPrompt {
		return
	}
	b.ring.wipe() // of what an event was said to cover: it was before this
	b.play, b.end = timestamp, timestamp
	b.waited, b.covers, b.again = 0, false, true
	b.empty = goneAfter - 1 // once is enough: what is older yet is late
	b.delay.grew()
	b.stats.Resets++
}

// dropOldest throws away what a source that came back has brought beyond what may wait.
func (b *Buffer) dropOldest() {
	n := int32(b.end-b.play) - mostWaiting
	if b.prompt {
		n += mostWaiting - mostWaitingPrompt
	}
	if n > 0 {
		b.uncover(b.play, int(n))
		b.advance(int(n))
		b.dropped += n
	}
}

// caughtUp ends that, and returns how many samples were thrown away.
func (b *Buffer) caughtUp() (passed int32) {
	passed = b.dropped
	b.again, b.dropped = false, 0
	b.stats.Late += uint64(passed+audio.FrameSamples-1) / audio.FrameSamples
	if waiting := int32(b.end - b.play); waiting > audio.FrameSamples {
		b.stats.Inserted += uint64(waiting-1) / audio.FrameSamples
	}
	return passed
}
