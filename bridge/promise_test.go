package bridge_test

import (
	"bytes"
	"fmt"
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// TestEachPartyHearsTheOthers gives each party a tone of its own (none a DTMF
// frequency) and measures what everybody hears.
func TestEachPartyHearsTheOthers(t *testing.T) {
	const customerHz, agentHz, ivrHz = 400, 500, 610
	for _, capturing := range []bool{false, true} {
		t.Run(fmt.Sprintf("capturing=%v", capturing), func(t *testing.T) {
			r := newRig(t, mask.Strip)
			customer := r.join(bridge.Customer, audio.MuLaw, true)
			agent := r.join(bridge.Agent, audio.ALaw, false)
			ivr := r.join(bridge.IVR, audio.MuLaw, false)
			r.join(bridge.Supervisor, audio.MuLaw, false)
			if capturing {
				if err := r.c.BeginCapture(bridge.Capture{Mode: mask.Strip}); err != nil {
					t.Fatal(err)
				}
			}
			for n := range 100 {
				for id, hz := range map[bridge.LegID]float64{customer: customerHz, agent: agentHz, ivr: ivrHz} {
					f := sine(hz, -15, n)
					r.say(id, &f)
				}
				r.tick()
			}
			for _, c := range []struct {
				who   string
				heard []int16
				want  map[float64]bool
			}{
				{"customer", r.customer, map[float64]bool{customerHz: false, agentHz: true, ivrHz: true}},
				{"ivr", r.ivr, map[float64]bool{customerHz: true, agentHz: !capturing, ivrHz: false}},
				{"agent", r.agent, map[float64]bool{customerHz: true, agentHz: false, ivrHz: true}},
				{"supervisor", r.supervisor, map[float64]bool{customerHz: true, agentHz: true, ivrHz: true}},
			} {
				for hz, want := range c.want {
					got := power(c.heard[8000:], hz)
					if want && (got < -16 || got > -14) || !want && got > -45 {
						t.Errorf("%s hears %v Hz at %.1f dBm0, wanted it there: %v", c.who, hz, got, want)
					}
				}
			}
		})
	}
}

// TestInBandTonesReachTheIVRSampleForSample is the promise to the IVR: the
// customer's decoded audio, tones and all, untouched.
func TestInBandTonesReachTheIVRSampleForSample(t *testing.T) {
	for _, law := range []audio.Law{audio.MuLaw, audio.ALaw} {
		t.Run(law.String(), func(t *testing.T) {
			r := newRig(t, mask.Strip)
			customer := r.join(bridge.Customer, law, true)
			agent := r.join(bridge.Agent, law, false)
			r.join(bridge.IVR, law, false)
			if err := r.c.BeginCapture(bridge.Capture{Mode: mask.Field}); err != nil {
				t.Fatal(err)
			}
			sent := speechWithKeys(4*audio.SampleRate, 11)
			for n := range len(sent) / audio.FrameSamples {
				f, other := frameOf(sent, n), sine(300, -12, n)
				r.say(customer, &f)
				r.say(agent, &other)
				r.tick()
			}
			for i, v := range r.ivr {
				if want := law.DecodeSample(law.EncodeSample(sent[i])); v != want {
					t.Fatalf("sample %d is %d, not %d", i, v, want)
				}
			}
		})
	}
}

// speechWithKeys is noise with pauses, and every key once.
func speechWithKeys(length int, seed uint64) []int16 {
	noise := audio.NewNoise(seed)
	out := make([]int16, length)
	for i := range out {
		if i/800%3 != 0 {
			out[i] = noise.Within(1500)
		}
	}
	for k := range dtmf.Key(dtmf.Keys) {
		keyTone(out, 1600+int(k)*1800+int(k)*13, 560, k)
	}
	return out
}

// TestTwoCardsOneAgent is the proof by non-interference in small: the same call
// twice, with the same timing and two different numbers. Whatever the agent and
// a supervisor receive must be the same to the byte.
func TestTwoCardsOneAgent(t *testing.T) {
	cards := [2]string{"4111111111111111", "4929420573595709"}
	for _, mode := range []mask.Mode{mask.Mute, mask.Field, mask.Strip} {
		for _, transport := range []string{"event", "inband", "both"} {
			t.Run(mode.String()+"/"+transport, func(t *testing.T) {
				var heard [2][]byte
				for i, card := range cards {
					heard[i] = agentsView(t, card, mode, transport)
				}
				if !bytes.Equal(heard[0], heard[1]) {
					t.Error("the agent could tell the two cards apart")
				}
			})
		}
	}
}

// agentsView plays a card entry and returns everything that leaves towards the
// agent's side: its audio, a supervisor's, and the reports.
func agentsView(t *testing.T, card string, mode mask.Mode, transport string) []byte {
	r := newRig(t, mask.Strip)
	customer := r.join(bridge.Customer, audio.MuLaw, true)
	agent := r.join(bridge.Agent, audio.MuLaw, false)
	r.join(bridge.IVR, audio.MuLaw, false)
	var view bytes.Buffer
	noise := audio.NewNoise(3)
	for n := range 300 {
		if n == 20 {
			if err := r.c.BeginCapture(bridge.Capture{Mode: mode}); err != nil {
				t.Fatal(err)
			}
		}
		if n == 280 {
			if err := r.c.EndCapture(); err != nil {
				t.Fatal(err)
			}
		}
		other := sine(300, -12, n)
		r.say(agent, &other)
		r.keyOrVoice(customer, card, transport, n, &noise)
		r.tick()
		a, s := r.out.Agent.Samples(), r.out.Supervisor.Samples()
		fmt.Fprint(&view, a, s)
		if r.out.HasReport {
			for i := range r.out.Report.N {
				l := r.out.Report.Legs[i]
				fmt.Fprint(&view, l.Leg, l.Role, l.DBm0)
			}
		}
	}
	if len(r.pressed) != len(card) {
		t.Fatalf("%d keys were detected, %d pressed", len(r.pressed), len(card))
	}
	for i, k := range r.pressed {
		if k.Symbol() != card[i] {
			t.Fatalf("key %d is wrong", i)
		}
	}
	return view.Bytes()
}

// keyOrVoice sends one frame of a customer who talks, and keys a digit of five
// frames every fifteen from frame 30 on.
func (r *rig) keyOrVoice(id bridge.LegID, card, transport string, n int, noise *audio.Noise) {
	var f audio.Frame
	for i := range f {
		f[i] = noise.Within(900)
	}
	at := n - 30
	if at < 0 || at/15 >= len(card) || at%15 >= 5 {
		r.say(id, &f)
		return
	}
	k, _ := dtmf.KeyOf(card[at/15])
	step := at % 15
	if transport != "event" {
		tone := make([]int16, 5*audio.FrameSamples)
		keyTone(tone, 0, len(tone), k)
		f = frameOf(tone, step)
	}
	if transport != "inband" {
		duration := uint16((step + 1) * audio.FrameSamples)
		copies := 1
		if step == 4 {
			copies = 3
		}
		for range copies {
			r.event(id, k, uint32(step*audio.FrameSamples), duration, step == 0, step == 4)
		}
	}
	if transport == "event" {
		r.legs[id].ts += audio.FrameSamples // audio stops meanwhile
		return
	}
	r.say(id, &f)
}
