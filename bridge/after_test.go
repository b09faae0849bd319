package bridge_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// TestLossSoonAfterAKey: concealment reaches 45 ms back, so what it plays soon
// after a key may be the key. None of it gets to the agent.
func TestLossSoonAfterAKey(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, noise := range []float64{-100, -60} {
		for lost := 1; lost <= 3; lost++ {
			for gap := 0; gap <= 60; gap += 3 { // ms
				k := dtmf.Key(rng.IntN(dtmf.Keys))
				if n := lossAfterKey(t, k, gap, lost, noise, rng); n > 0 {
					t.Errorf("noise %.0f dBm0, %d frames lost %d ms after key %c: %d loud samples", noise, lost, gap, k.Symbol(), n)
				}
			}
		}
	}
}

// lossAfterKey returns how many samples as loud as a tone's the agent heard of
// a key that ends some milliseconds before frames are lost.
func lossAfterKey(t *testing.T, k dtmf.Key, gap, lost int, noise float64, rng *rand.Rand) (loud int) {
	r := newRig(t, mask.Strip)
	customer := r.join(bridge.Customer, audio.MuLaw, true)
	r.join(bridge.Agent, audio.MuLaw, false)
	r.capture(mask.Strip)
	const frames, first, length = 70, 40, 80 * audio.SamplesPerMs
	sent := make([]int16, frames*audio.FrameSamples)
	for i := range sent {
		sent[i] = int16(math.Round(audio.AmplitudeOf(noise) / math.Sqrt2 * rng.NormFloat64()))
	}
	keyTone(sent, first*audio.FrameSamples-gap*audio.SamplesPerMs-length, length, k)
	return r.loud(customer, sent, first, lost, 300)
}

// TestOddTimestamps: a sender that stamps its events by another count than its
// audio is found out, and its keys are told by their arrival.
func TestOddTimestamps(t *testing.T) {
	const card = "5500142##9"
	for _, off := range []int{-1900, -1200, -600, 0, 400, 600, 1200, 1900} { // ms
		for _, takesEvents := range []bool{false, true} {
			t.Run(fmt.Sprintf("events=%v/off=%dms", takesEvents, off), func(t *testing.T) {
				r := newRig(t, mask.Strip)
				customer := r.join(bridge.Customer, audio.MuLaw, true)
				r.join(bridge.IVR, audio.MuLaw, takesEvents)
				r.capture(mask.Strip)
				got := r.bothTransports(customer, card, keying{spacing: 20, onset: 40, off: off * audio.SamplesPerMs})
				if pressed := symbols(r.pressed); got != card || pressed != card {
					t.Errorf("the IVR got %q, the built-in IVR would read %q", got, pressed)
				}
			})
		}
	}
}

// TestBothTransportsWithLoss: the audio of a sender that uses both transports is
// lost at random. A lost packet within an event is no hole that it left.
func TestBothTransportsWithLoss(t *testing.T) {
	const card = "5500142##9"
	bad, n := 0, 0
	for _, takesEvents := range []bool{false, true} {
		for _, skew := range []int{0, 3} {
			for _, loss := range []int{3, 10} { // percent
				for seed := range uint64(6) {
					r := newRig(t, mask.Strip)
					customer := r.join(bridge.Customer, audio.MuLaw, true)
					r.join(bridge.IVR, audio.MuLaw, takesEvents)
					r.capture(mask.Strip)
					got := r.bothTransports(customer, card, keying{spacing: 20, onset: 40, skew: skew, loss: loss, seed: seed})
					if pressed := symbols(r.pressed); pressed != card {
						t.Errorf("the built-in IVR would read %q", pressed)
					}
					if n++; got != card {
						bad++
						t.Logf("events %v, skew %d ms, loss %d %%, seed %d: the IVR got %q", takesEvents, skew*20, loss, seed, got)
					}
				}
			}
		}
	}
	if bad*50 > n {
		t.Errorf("%d of %d cards got to the IVR wrong", bad, n)
	}
}

// TestStrayEventAndALoss: an event that is no key, or no event at all, does not
// make a lost packet of a tone a hole whose remainder is dropped.
func TestStrayEventAndALoss(t *testing.T) {
	for _, flash := range []bool{false, true} {
		for into := 1; into <= 2; into++ {
			for shift := 0; shift < audio.FrameSamples; shift += 32 {
				r := newRig(t, mask.Strip)
				customer := r.join(bridge.Customer, audio.MuLaw, true)
				r.join(bridge.IVR, audio.MuLaw, false)
				sent := make([]int16, 80*audio.FrameSamples)
				keyTone(sent, 30*audio.FrameSamples+shift, 100*audio.SamplesPerMs, 5)
				got, ear := "", dtmf.NewDetector()
				for i := range 80 {
					v := r.legs[customer]
					switch f := frameOf(sent, i); {
					case i != 30+into:
						r.say(customer, &f)
					case flash:
						r.event(customer, 16, 0, audio.FrameSamples, true, true)
						v.ts += audio.FrameSamples
					default:
						r.c.Receive(customer, bridge.Packet{PayloadType: eventPT, Sequence: v.seq, Timestamp: v.ts,
							SSRC: uint32(customer), Payload: []byte{1, 2, 3}, Arrived: r.now})
						v.ts += audio.FrameSamples
						v.seq++
					}
					got += r.heardByIVR(ear)
				}
				if pressed := symbols(r.pressed); pressed != "5" || len(got) == 0 {
					t.Errorf("flash %v, packet %d lost, shift %d: the IVR got %q, the built-in one %q", flash, into, shift, got, pressed)
				}
			}
		}
	}
}
