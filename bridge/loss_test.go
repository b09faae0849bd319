package bridge_test

import (
	"fmt"
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// TestLossAtAnOnset loses packets around the beginning and the end of every
// key, at every millisecond of a frame. A fragment of a tone that is too short
// to be noticed before the loss must not get out, and must not be repeated by
// concealment.
func TestLossAtAnOnset(t *testing.T) {
	for _, armed := range []bool{false, true} {
		for _, lost := range []int{1, 2, 6} {
			t.Run(fmt.Sprintf("armed=%v/lost=%d", armed, lost), func(t *testing.T) {
				for _, k := range []dtmf.Key{0, 1, 6, 15} {
					// Most of all in the last milliseconds of a frame.
					for _, ms := range []int{0, 6, 12, 14, 15, 16, 17, 18, 19} {
						if n := leaked(t, k, ms*8, lost, armed); n > 0 {
							t.Fatalf("%d loud samples after a loss %d ms into a tone", n, 20-ms)
						}
					}
				}
			})
		}
	}
}

// leaked plays one key in silence, from a sample within frame 40 on, loses the
// packets after that frame, and counts loud samples at the agent.
func leaked(t *testing.T, k dtmf.Key, onset, lost int, armed bool) (loud int) {
	r := newRig(t, mask.Strip)
	customer := r.join(bridge.Customer, audio.MuLaw, true)
	r.join(bridge.Agent, audio.MuLaw, false)
	if armed {
		r.capture(mask.Strip)
	}
	const frames, first = 70, 40
	sent := make([]int16, frames*audio.FrameSamples)
	keyTone(sent, first*audio.FrameSamples+onset, 800, k)
	return r.loud(customer, sent, first+1, lost, 200)
}

// TestCaptureNeverWeakens: a capture's mode counts only if it lets less through
// than the conference's.
func TestCaptureNeverWeakens(t *testing.T) {
	for _, c := range []struct {
		conference, capture mask.Mode
		heard               bool
	}{
		{mask.Mute, mask.Strip, false}, {mask.Mute, mask.Field, false}, {mask.Strip, mask.Mute, false},
		{mask.Mode(9), mask.Strip, false}, {mask.Strip, mask.Mode(9), false},
		{mask.Strip, mask.Field, true}, {mask.Field, mask.Strip, true},
	} {
		r := newRig(t, c.conference)
		customer := r.join(bridge.Customer, audio.MuLaw, true)
		if err := r.c.BeginCapture(bridge.Capture{Mode: c.capture}); err != nil {
			t.Fatal(err)
		}
		for n := range 50 {
			f := sine(400, -15, n)
			r.say(customer, &f)
			r.tick()
		}
		if heard := power(r.agent[4000:], 400) > -30; heard != c.heard {
			t.Errorf("conference %d, capture %d: heard %v", c.conference, c.capture, heard)
		}
	}
}
