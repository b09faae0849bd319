package bridge_test

import (
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// TestInDoubtTheCustomerIsMuted: a conference that took over from a process that
// ended lets nothing of the customer through, in any mode of its own, until the
// customer was heard for two seconds without a key.
func TestInDoubtTheCustomerIsMuted(t *testing.T) {
	const hz = 400
	r := newRig(t, mask.Strip)
	r.c = bridge.New(bridge.Config{Policy: mask.Policy{Mode: mask.Strip}, Seed: 7, InDoubt: true})
	customer := r.join(bridge.Customer, audio.MuLaw, true)
	r.join(bridge.Agent, audio.MuLaw, false)
	ivr := r.join(bridge.IVR, audio.MuLaw, false)
	const keyAt, keyFrames = 75, 5
	sent := make([]int16, 300*audio.FrameSamples)
	for n := range len(sent) / audio.FrameSamples {
		f := sine(hz, -15, n)
		copy(sent[n*audio.FrameSamples:], f[:])
	}
	clear(sent[keyAt*audio.FrameSamples : (keyAt+keyFrames)*audio.FrameSamples])
	keyTone(sent, keyAt*audio.FrameSamples, keyFrames*audio.FrameSamples, dtmf.Key(5))
	for range 200 { // nothing is received yet: that ends no doubt
		silence := audio.Frame{}
		r.say(ivr, &silence)
		r.tick()
	}
	if !r.c.InDoubt() {
		t.Fatal("the doubt ended before the customer was heard")
	}
	over := 0
	for n := range len(sent) / audio.FrameSamples {
		f := frameOf(sent, n)
		r.say(customer, &f)
		before := len(r.agent)
		r.tick()
		if got := power(r.agent[before:], hz); r.c.InDoubt() && got > -45 {
			t.Fatalf("frame %d: the agent hears the customer at %.1f dBm0 in doubt", n, got)
		}
		if over == 0 && !r.c.InDoubt() {
			over = n
		}
	}
	if least := keyAt + keyFrames + 100; over < least || over > least+50 {
		t.Errorf("the doubt ended with frame %d, not two seconds after the key's end at %d", over, keyAt+keyFrames)
	}
	if got := power(r.agent[len(r.agent)-8000:], hz); got < -16 {
		t.Errorf("after it the agent hears the customer at %.1f dBm0", got)
	}
}
