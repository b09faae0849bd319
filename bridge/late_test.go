package bridge_test

import (
	"fmt"
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// stalls are for how many frames the network stands still.
var stalls = []int{1, 2, 3, 5, 8, 10}

// TestAStallCostsNoKey: the network stands still while a card is keyed by tones, and
// brings all of it late. Whichever part of a key it is, every key is read, once, and
// the agent hears nothing of it.
func TestAStallCostsNoKey(t *testing.T) {
	for _, length := range []int{44, 60, 80, 100} { // of a tone, in ms
		for _, stalled := range stalls {
			t.Run(fmt.Sprintf("%d of %d ms", 20*stalled, length), func(t *testing.T) {
				for at := range 8 { // frames into the fifth key and its gap
					for onset := 0; onset < audio.FrameSamples; onset += 40 {
						stall(t, stallOf{length * audio.SamplesPerMs, onset, at, stalled})
					}
				}
			})
		}
	}
}

// stallOf is a stall within a key: all in samples, but for the frames at and for.
type stallOf struct{ length, onset, at, frames int }

// stall keys a card with such a stall.
func stall(t *testing.T, s stallOf) {
	const (
		card         = "4111110000000009"
		first, every = 20 * audio.FrameSamples, 8 * audio.FrameSamples
	)
	sent := make([]int16, first+(len(card)+6)*every)
	for i := range card {
		key, _ := dtmf.KeyOf(card[i])
		keyTone(sent, first+i*every+s.onset, s.length, key)
	}
	r := newRig(t, mask.Strip)
	customer := r.join(bridge.Customer, audio.MuLaw, true)
	r.join(bridge.Agent, audio.MuLaw, false)
	r.join(bridge.IVR, audio.MuLaw, false)
	r.capture(mask.Strip)
	ear, got, from := dtmf.NewDetector(), "", first/audio.FrameSamples+4*8+s.at
	for n := range len(sent) / audio.FrameSamples {
		r.jam(n >= from && n < from+s.frames)
		f := frameOf(sent, n)
		r.say(customer, &f)
		got += r.heardByIVR(ear)
	}
	if pressed := symbols(r.pressed); pressed != card || got != card {
		t.Errorf("%+v: the built-in IVR reads %s, another one %s", s, pressed, got)
	}
	for i, v := range r.agent {
		if v > 200 || v < -200 {
			t.Fatalf("%+v: the agent hears sample %d", s, i)
		}
	}
}

// TestAStallOfBothTransports: the same for keys that come as tones and as events.
func TestAStallOfBothTransports(t *testing.T) {
	const card = "5500142##9"
	for _, takesEvents := range []bool{false, true} {
		for _, stalled := range stalls {
			t.Run(fmt.Sprintf("%d ms/events=%v", 20*stalled, takesEvents), func(t *testing.T) {
				for at := range 15 {
					for _, skew := range []int{-5, 0, 5} {
						r := newRig(t, mask.Strip)
						customer := r.join(bridge.Customer, audio.MuLaw, true)
						r.join(bridge.IVR, audio.MuLaw, takesEvents)
						r.capture(mask.Strip)
						got := r.bothTransports(customer, card, keying{spacing: 15, skew: skew, stall: stalled, from: 15*4 + at})
						if pressed := symbols(r.pressed); pressed != card || got != card {
							t.Errorf("stalled %d frames in, skew %d: the built-in IVR reads %s, another one %s", at, skew, pressed, got)
						}
					}
				}
			})
		}
	}
}
