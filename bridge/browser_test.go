package bridge_test

import (
	"fmt"
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// TestBrowserThatSendsBoth plays what a browser does with a key pressed as tone
// and event at once: its events take the place of audio, so that the tone's
// beginning goes out before them and its end after them, as much of each as the
// browser's own delay leaves. Behind a deep buffer the audio is played when the
// events are long over.
func TestBrowserThatSendsBoth(t *testing.T) {
	const card = "550#9"
	for _, deep := range []int{0, 10} {
		for _, takesEvents := range []bool{false, true} {
			for _, before := range []int{0, 8, 16, 20, 28, 34, 40, 46, 54, 62} { // ms of the tone ahead of the events
				for _, after := range []int{0, 24, 36, 60} { // and behind them
					if takesEvents && before > 20 && before < 28 {
						continue // a receiver may take such a piece for a key or not (Q.24)
					}
					t.Run(fmt.Sprintf("events=%v/deep=%d/before=%dms/after=%dms", takesEvents, deep, before, after), func(t *testing.T) {
						r := newRig(t, mask.Strip)
						customer := r.join(bridge.Customer, audio.MuLaw, true)
						r.join(bridge.IVR, audio.MuLaw, takesEvents)
						if deep > 0 {
							r.deepen(customer, deep)
						}
						r.capture(mask.Strip)
						if got := r.tornTones(customer, card, before, after); got != card {
							t.Errorf("the IVR got %q", got)
						}
						if pressed := symbols(r.pressed); pressed != card {
							t.Errorf("the built-in IVR would read %q", pressed)
						}
					})
				}
			}
		}
	}
}

// tornTones keys a card with a key every 400 ms and returns what the IVR got.
func (r *rig) tornTones(id bridge.LegID, card string, before, after int) (got string) {
	const spacing, down, first = 20, 5, 30
	sent := make([]int16, (first+(len(card)+4)*spacing)*audio.FrameSamples)
	for i := range card {
		k, _ := dtmf.KeyOf(card[i])
		at := (first + i*spacing) * audio.FrameSamples
		keyTone(sent, at-before*audio.SamplesPerMs, before*audio.SamplesPerMs, k)
		keyTone(sent, at+down*audio.FrameSamples, after*audio.SamplesPerMs, k)
	}
	ear := dtmf.NewDetector()
	for n := range len(sent) / audio.FrameSamples {
		at := n - first
		if i := at / spacing; at >= 0 && i < len(card) && at%spacing < down {
			k, _ := dtmf.KeyOf(card[i])
			step := at % spacing
			r.event(id, k, uint32(step*audio.FrameSamples), uint16((step+1)*audio.FrameSamples), step == 0, step == down-1)
			r.legs[id].ts += audio.FrameSamples // in place of audio
		} else {
			f := frameOf(sent, n)
			r.say(id, &f)
		}
		got += r.heardByIVR(ear)
	}
	return got
}
