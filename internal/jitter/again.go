package jitter

import (
	"math"

	"tonegate/internal/audio"
)

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

// comeback is what a source did that came back since the last frame, in samples.
type comeback struct {
	length  uint16 // of its first packet; zero if it did not
	back    uint16 // by how much the playout went back for it
	dropped uint16 // what it brought beyond what may wait
}

// comesBack notes that a source does, by at most eight seconds.
func (b *Buffer) comesBack(back uint32, length int) {
	b.comeback = comeback{length: uint16(length), back: uint16(min(back, math.MaxUint16))}
}

// comeBack moves the playout back to a packet that is too late and ends a long silence,
// as all that comes from now on would be as late: the source's clock may have stood still,
// as it does on a phone that is busy, and goes on where it stopped. If instead the network
// stood still, and much more comes at once, the oldest of it is dropped: see dropOldest.
//
// What was sent before the newest audio that was received is late as ever, so nothing is
// played behind what was sent after it.
func (b *Buffer) comeBack(timestamp uint32, length int) {
	back := int32(b.play - timestamp)
	if back <= 0 || int32(timestamp-b.newest) < 0 || b.prompt && b.empty < stoodStillPrompt {
		return
	}
	if b.covers { // in place of something that is too far ahead now, or forgotten
		b.ring.wipe()
		b.covers = false
	}
	b.play, b.end = timestamp, timestamp
	b.waited, b.empty = 0, 0
	b.delay.grew()
	b.stats.Resets++
	b.comesBack(uint32(back), length)
}

// dropOldest throws away what a source that came back has brought beyond what may wait.
func (b *Buffer) dropOldest() {
	most := int32(mostWaiting)
	if b.prompt {
		most = mostWaitingPrompt
	}
	if n := int32(b.end-b.play) - most; n > 0 {
		b.uncover(b.play, int(n))
		b.advance(int(n))
		b.comeback.dropped = uint16(min(int32(b.comeback.dropped)+n, math.MaxUint16))
	}
}

// cameBack says in a frame that the source did.
func (b *Buffer) cameBack(f *Frame, waiting int32) {
	c := b.comeback
	b.comeback = comeback{}
	f.Back, f.Passed = int32(c.back), f.Passed+int32(c.dropped)
	b.stats.Late += (uint64(c.dropped) + audio.FrameSamples - 1) / audio.FrameSamples
	b.stats.Inserted += uint64(max(0, waiting-int32(c.length))) / audio.FrameSamples
}
