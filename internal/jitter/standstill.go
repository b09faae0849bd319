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

// beginning is how audio began since the last frame that was played: with a new time base,
// or where the source came back. In samples.
type beginning struct {
	length  uint16 // of its first packet; zero if it did not begin
	back    uint16 // by how much the playout went back to where the source had been heard last
	dropped uint16 // what was lost since then, and what is dropped of what came at once
}

// begins notes that audio begins. Eight seconds of either are the most.
func (b *Buffer) begins(length int, silent, lost int32) {
	b.beginning = beginning{length: uint16(length), back: uint16(min(silent, math.MaxUint16))}
	b.drop(lost)
}

// standstill returns for how long a source was silent before a packet that is too late,
// and how much it lost then.
func (b *Buffer) standstill(timestamp uint32) (silent, lost int32) {
	if int32(timestamp-b.play) >= 0 {
		return 0, 0
	}
	return max(0, int32(b.play-b.newest)), max(0, int32(timestamp-b.newest))
}

// comeBack moves the playout back to a packet that is too late and ends a long silence,
// as all that comes from now on would be as late: the source's clock may have stood still,
// as it does on a phone that is busy, and goes on where it stopped. If instead the network
// stood still, and much more comes at once, the oldest of it is dropped: see dropOldest.
//
// What was sent before the newest audio that was received is late as ever, so nothing is
// played behind what was sent after it.
func (b *Buffer) comeBack(timestamp uint32, length int) {
	silent, lost := b.standstill(timestamp)
	if silent == 0 || int32(timestamp-b.newest) < 0 || b.prompt && b.empty < stoodStillPrompt {
		return
	}
	b.begins(length, silent, lost)
	if b.covers { // in place of something that is too far ahead now, or forgotten
		b.ring.wipe()
		b.covers = false
	}
	b.play, b.end = timestamp, timestamp
	b.waited, b.empty = 0, 0
	b.delay.grew()
	b.stats.Resets++
}

// dropOldest throws away what has come at once beyond what may wait.
func (b *Buffer) dropOldest() {
	most := int32(mostWaiting)
	if b.prompt {
		most = mostWaitingPrompt
	}
	if n := int32(b.end-b.play) - most; n > 0 {
		b.uncover(b.play, int(n))
		b.advance(int(n))
		b.drop(n)
		b.stats.Late += uint64(n+audio.FrameSamples-1) / audio.FrameSamples
	}
}

func (b *Buffer) drop(n int32) {
	b.dropped = uint16(min(int32(b.dropped)+n, math.MaxUint16))
}

// began says in the first frame that is played how it began.
func (b *Buffer) began(f *Frame, waiting int32) {
	begun := b.beginning
	b.beginning = beginning{}
	f.Anew, f.Back, f.Passed = true, int32(begun.back), f.Passed+int32(begun.dropped)
	if begun.back > 0 {
		b.stats.Inserted += uint64(max(0, waiting-int32(begun.length))) / audio.FrameSamples
	}
}
