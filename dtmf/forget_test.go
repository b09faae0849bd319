package dtmf

import (
	"testing"
	"unsafe"

	"tonegate/internal/audio"
)

// TestKeysOnTheirWayAreFew: what the detector keeps of keys to pair the two
// transports is a card number in a row, in memory that is not secret. So only those
// are kept whose copy may still come: a few at a time, none a second after the last.
// Broken on purpose: with a longer memory, and without clearing what is dropped or
// popped, it was red.
func TestKeysOnTheirWayAreFew(t *testing.T) {
	const every = 8 // frames: a fast hand
	d, r := NewDetector(), NewEventReceiver(audio.SampleRate)
	d.Arm(true)
	var f audio.Frame
	frame := func() { d.Process(&f, Reception{Event: r.Tick()}) }
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
	most := 0
	for i := range 16 {
		at := uint32(i) * every * audio.FrameSamples
		for range 3 {
			if err := r.Receive(EventPacket{SSRC: 1, Timestamp: at, Payload: []byte{byte(1 + i%9), 0x8A, 2, 0x80}}); err != nil {
				t.Fatal(err)
			}
		}
		for range every {
			frame()
			most = max(most, held())
		}
	}
	if most < 2 || most > 6 {
		t.Errorf("%d keys are held at a time", most)
	}
	for range 1000 / 20 { // a second
		frame()
	}
	if n := held(); n != 0 {
		t.Errorf("%d keys are still held a second after the last", n)
	}
}

// TestSamplesAreForgotten: three frames on, nothing that a detector keeps holds a sample of a
// frame, as it was or filtered. Broken on purpose: with one frame more in the ring it was red.
func TestSamplesAreForgotten(t *testing.T) {
	const mark = 0x5A00
	d := NewDetector()
	var marked, quiet audio.Frame
	for i := range marked {
		marked[i] = mark | int16(i)
	}
	held := func() (n int) {
		for _, v := range unsafe.Slice((*int16)(unsafe.Pointer(d)), unsafe.Sizeof(*d)/2) {
			if v&^0xFF == mark {
				n++
			}
		}
		return n
	}
	d.Process(&marked, Reception{})
	if n := held(); n < len(marked) {
		t.Fatalf("only %d samples are found at once", n)
	}
	for range 3 {
		d.Process(&quiet, Reception{})
	}
	if n := held(); n != 0 {
		t.Errorf("%d samples are held after three frames", n)
	}
	for _, v := range d.front.past.high {
		if v != 0 {
			t.Errorf("of the filtered past %g is left", v)
		}
	}
}
