package bridge_test

import (
	"fmt"
	"math/rand/v2"
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
				r.capture(mask.Strip)
				got := r.bothTransports(customer, card, keying{spacing: 15, skew: skew})
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

// keying is how a sender keys a card over both transports at once.
type keying struct {
	spacing int // frames from key to key
	onset   int // samples by which tones begin behind the frame
	skew    int // frames by which the events lag
	off     int // samples by which they are stamped late
	loss    int // percent of the audio's packets that are lost
	stall   int // frames for which the network stands still,
	from    int // from the keying's first frame on
	seed    uint64
}

// bothTransports keys a card with 100 ms tones in running audio and with events,
// and returns what the IVR got in order of time.
func (r *rig) bothTransports(id bridge.LegID, card string, k keying) (got string) {
	const down, first = 5, 30
	rng := rand.New(rand.NewPCG(k.seed, 9))
	sent := make([]int16, (first+(len(card)+8)*k.spacing)*audio.FrameSamples)
	for i := range card {
		key, _ := dtmf.KeyOf(card[i])
		keyTone(sent, (first+i*k.spacing)*audio.FrameSamples+k.onset, down*audio.FrameSamples, key)
	}
	ear := dtmf.NewDetector()
	for n := range len(sent) / audio.FrameSamples {
		r.jam(n >= first+k.from && n < first+k.from+k.stall)
		at := n - first - k.skew
		if i := at / k.spacing; at >= 0 && i < len(card) && at%k.spacing < down {
			key, _ := dtmf.KeyOf(card[i])
			step := at % k.spacing
			r.event(id, key, uint32(step*audio.FrameSamples-k.off), uint16((step+1)*audio.FrameSamples), step == 0, step == down-1)
		}
		if rng.IntN(100) < k.loss {
			r.lose(id)
		} else {
			f := frameOf(sent, n)
			r.say(id, &f)
		}
		got += r.heardByIVR(ear)
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
				if got := r.bothTransports(customer, card, keying{spacing: 15, skew: skew}); got != card {
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
