package dtmf

import "tonegate/internal/audio"

const (
	// sustained is how long a key that waits for more of it is made up: with the least
	// that is taken for one it makes a key to any receiver.
	sustained = 40 * audio.SamplesPerMs
	// nearly is what may be one already (Q.24: from 20 ms on).
	nearly = 18 * audio.SamplesPerMs
)

// lose returns how much of what was not received a tone may go on behind. What
// concealment made up proves nothing, and its silence neither; but what is missing for
// longer may as well be a gap between two presses.
func (d *Detector) lose(heard *Reception) (samples int32) {
	const whole = audio.FrameSamples
	unheard := heard.Passed
	switch {
	case heard.Covered:
		samples = whole - heard.Waited
	case heard.Concealed:
		samples = whole - heard.Waited
		d.unheard = min(d.unheard+samples, never)
	case heard.Absent:
		unheard += whole
	default:
		d.unheard = 0
	}
	if more := min(unheard, longestLoss-d.unheard); more > 0 {
		samples += more
		d.unheard += more
	}
	return samples
}

// interrupted follows a wait for audio that is late, and returns up to where in the
// frame an IVR must not hear it; zero is nowhere. A key that the wait interrupts is
// sustained until it is long enough. Then a receiver has it, and what is left of it,
// when it comes, would be another: that is cut. What is too short to be a key yet, or
// over, is not repeated.
func (d *Detector) interrupted(ev *Evidence, heard *Reception) int32 {
	const whole = audio.FrameSamples
	if heard.Waited == 0 {
		d.stalled = 0
		return d.cutRest(heard)
	}
	d.stalled += whole
	r := &d.held
	if c := &d.candidate; c.on && c.last-c.first >= nearly && d.wary {
		r = c
	}
	before := -(r.last + r.concealed) // how long before the wait it ended, if it did
	switch {
	case heard.Muted:
		return 0
	case !r.on || before >= touchGap:
		if !d.suspected {
			return 0
		}
	case d.copies && d.copied == r.key: // the IVR got it by name
	case before < touch && d.stalled <= sustained:
		ev.sustain = Relay{On: true, Start: d.stalled == whole, Key: r.key, Samples: uint16(d.stalled)}
	default:
		r.cut = before < touch || r.last-r.first >= enough
	}
	return whole
}

// cutRest returns up to where in the frame an interrupted key goes on. It is over with
// the first frame that was received without it, or when so much was lost that what
// follows is another press.
func (d *Detector) cutRest(heard *Reception) (end int32) {
	for _, r := range [2]*run{&d.held, &d.candidate} {
		goesOn := r.last > 0 || heard.Absent || heard.Concealed
		if r.cut = r.cut && r.on && goesOn && heard.Passed <= longestLoss; r.cut {
			end = min(d.found.until, audio.FrameSamples)
		}
	}
	return end
}
