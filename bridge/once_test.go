package bridge_test

import (
	"fmt"
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// TestOneKeyOnce sends keys over both transports, one ahead of the other, and
// counts what an external IVR gets in all: by ear, and by named events where it
// takes them.
func TestOneKeyOnce(t *testing.T) {
	const card = "5500142##9"
	for _, takesEvents := range []bool{false, true} {
		for skew := -14; skew <= 14; skew += 2 { // frames by which the events lag
			t.Run(fmt.Sprintf("events=%v/skew=%dms", takesEvents, skew*20), func(t *testing.T) {
				r := newRig(t, mask.Strip)
				customer := r.join(bridge.Customer, audio.MuLaw, true)
				r.join(bridge.IVR, audio.MuLaw, takesEvents)
				if err := r.c.BeginCapture(bridge.Capture{Mode: mask.Strip}); err != nil {
					t.Fatal(err)
				}
				got := r.skewed(customer, card, skew)
				if got != card {
					t.Errorf("the IVR got %q", got)
				}
				if pressed := symbols(r.pressed); pressed != card {
					t.Errorf("the built-in IVR would read %q", pressed)
				}
			})
		}
	}
}

// skewed keys a card with 100 ms tones every 300 ms, its events skew frames
// later than its tones, and returns what the IVR got in order of time.
func (r *rig) skewed(id bridge.LegID, card string, skew int) (got string) {
	const spacing, down, first = 15, 5, 30
	total := first + (len(card)+4)*spacing
	sent := make([]int16, total*audio.FrameSamples)
	for i := range card {
		k, _ := dtmf.KeyOf(card[i])
		keyTone(sent, (first+i*spacing)*audio.FrameSamples, down*audio.FrameSamples, k)
	}
	ear := dtmf.NewDetector()
	for n := range total {
		at := n - first - skew
		if i := at / spacing; at >= 0 && i < len(card) && at%spacing < down {
			k, _ := dtmf.KeyOf(card[i])
			step := at % spacing
			r.event(id, k, uint32(step*audio.FrameSamples), uint16((step+1)*audio.FrameSamples), step == 0, step == down-1)
		}
		f := frameOf(sent, n)
		r.say(id, &f)
		before := len(r.events)
		r.tick()
		heard := r.out.IVR.Samples()
		if len(r.events) > before { // events stand in place of audio
			heard = audio.Frame{}
		}
		for _, e := range r.events[before:] {
			if e.Marker {
				got += string(dtmf.Key(e.Payload[0]).Symbol())
			}
		}
		ev := ear.Process(&heard, dtmf.Reception{})
		got += symbols(ev.Pressed())
	}
	return got
}

func symbols(keys []dtmf.Key) string {
	var b []byte
	for _, k := range keys {
		b = append(b, k.Symbol())
	}
	return string(b)
}

// TestOneKeyOnceBehindADeepBuffer: a jittery network makes the audio wait while
// events are read on arrival; that adds to the skew between the transports and
// must not make two keys of one.
func TestOneKeyOnceBehindADeepBuffer(t *testing.T) {
	const card = "5500142##9"
	for _, takesEvents := range []bool{false, true} {
		for skew := -10; skew <= 10; skew += 5 {
			t.Run(fmt.Sprintf("events=%v/skew=%dms", takesEvents, skew*20), func(t *testing.T) {
				r := newRig(t, mask.Strip)
				customer := r.join(bridge.Customer, audio.MuLaw, true)
				r.join(bridge.IVR, audio.MuLaw, takesEvents)
				r.deepen(customer, 10)
				if got := r.skewed(customer, card, skew); got != card {
					t.Errorf("the IVR got %q", got)
				}
				if pressed := symbols(r.pressed); pressed != card {
					t.Errorf("the built-in IVR would read %q", pressed)
				}
			})
		}
	}
}

// deepen makes a leg's playout delay grow by sending late for a while.
func (r *rig) deepen(id bridge.LegID, frames int) {
	var f audio.Frame
	for range 50 {
		r.say(id, &f)
		r.tick()
	}
	before, _ := r.c.Stats(id)
	for s := before; s.Jitter.Inserted < uint64(frames); s, _ = r.c.Stats(id) {
		for range frames + 1 { // a stall, and then all at once
			r.tick()
		}
		for range frames + 1 {
			r.say(id, &f)
		}
		r.tick()
		r.say(id, &f)
	}
}
