package jitter

import "tonegate/internal/audio"

// Prompt says whether the playout shall not wait for audio that may be late.
func (b *Buffer) Prompt(prompt bool) { b.prompt = prompt }

// wait is asked when n samples are missing from i on to the end of a frame, and
// returns how many of them the playout is to wait for. If nothing newer has come they
// may be late and not lost: what is made up then takes no time of the source, and
// when they come, they are played. Else one late packet would cost the part of a key
// that is in it, twice over.
func (b *Buffer) wait(i uint32, n int) int {
	if b.prompt || int32(b.end-b.play-i) > 0 || int(b.waited)+n > maxDelaySamples {
		return 0
	}
	b.waited += int32(n)
	return n
}

// MadeUp says what a listener must take a frame for: a wait conceals, too, if with
// silence after a while.
func (f *Frame) MadeUp() (concealed, blank bool) {
	waits := f.Waited > 0 && !f.Concealed
	return f.Concealed || waits, f.Blank || waits
}

// resume ends the wait once something has come, or an event tells that nothing will.
// What is still missing before that, or was not to come, as an event is sent in its
// place, has been made up already, and is passed over.
func (b *Buffer) resume(event bool) (passed int32) {
	for b.waited > 0 {
		n, what := b.runAt(b.play, int(b.waited))
		if ahead := int32(b.end - b.play); what >= received || what == missing && ahead <= 0 && !event {
			if ahead > 0 { // it was late: the delay has grown
				b.stats.Inserted += uint64(b.waited+audio.FrameSamples-1) / audio.FrameSamples
				b.waited = 0
				b.delay.grew()
			}
			break
		}
		b.uncover(b.play, n)
		b.advance(n)
		b.waited -= int32(n)
		passed += int32(n)
	}
	return passed
}
