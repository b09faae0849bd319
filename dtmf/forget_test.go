package dtmf

import (
	"testing"

	"tonegate/internal/audio"
)

// TestKeysOfAFinishedFieldLeave: what the detector keeps of keys to pair the two
// transports is a card number in a row. It goes when the field has ended. Broken on
// purpose: without Forget, without clearing what is dropped or popped, and without
// clearing what was reported, it was red.
func TestKeysOfAFinishedFieldLeave(t *testing.T) {
	d, r := NewDetector(), NewEventReceiver(audio.SampleRate)
	d.Arm(true)
	var f audio.Frame
	frame := func() { d.Process(&f, Reception{Event: r.Tick()}) }
	for i := range 16 {
		for range 3 { // a burst: several keys before a tick
			at := uint32(i) * 1280
			if err := r.Receive(EventPacket{SSRC: 1, Timestamp: at, Payload: []byte{byte(1 + i%9), 0x8A, 2, 0x80}}); err != nil {
				t.Fatal(err)
			}
		}
		if i%4 == 3 {
			for range 32 {
				frame()
			}
		}
	}
	held := func() (n int) {
		for _, q := range [2]*sightings{&d.pairs.audio, &d.pairs.named} {
			for _, s := range q.ring {
				if s != (sighting{}) {
					n++
				}
			}
		}
		for _, x := range d.relays.ring {
			if x != (relayed{}) {
				n++
			}
		}
		for _, p := range r.waiting {
			if p != (press{}) {
				n++
			}
		}
		return n
	}
	if held() < 16 {
		t.Fatalf("%d keys are held: nothing can be seen to leave", held())
	}
	d.Forget()
	for range 1000 / 20 { // a second
		frame()
	}
	if n := held(); n != 0 {
		t.Errorf("%d keys are still held a second after the end of the field", n)
	}
}
