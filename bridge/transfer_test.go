package bridge_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// parties is a call with one leg of each role, whose voices are noise of seeds.
type parties struct {
	*rig
	id     [bridge.Supervisor + 1]bridge.LegID
	voices [bridge.Supervisor + 1]audio.Noise
	states []bridge.Transfer // that each tick was made in
	own    []int16           // the recorder's first channel
	taped  []int16           // and its second
}

func newParties(t *testing.T, seeds ...uint64) *parties {
	p := &parties{rig: newRig(t, mask.Strip)}
	for r := bridge.Customer; r <= bridge.Supervisor; r++ {
		p.id[r] = p.join(r, audio.MuLaw, r == bridge.Customer)
		p.voices[r] = audio.NewNoise(seeds[r-1])
	}
	return p
}

func (p *parties) step() {
	for r := bridge.Customer; r <= bridge.Supervisor; r++ {
		var f audio.Frame
		for i := range f {
			f[i] = p.voices[r].Within(3000)
		}
		p.say(p.id[r], &f)
	}
	p.states = append(p.states, p.c.Transfer())
	p.tick()
	own, taped := p.out.Recorder.Agent().Samples(), p.out.Recorder.Heard().Samples()
	p.own, p.taped = append(p.own, own[:]...), append(p.taped, taped[:]...)
}

// act is what happens to a call before a tick.
type act struct {
	kind int // 0: nothing
	role bridge.Role
}

func (p *parties) do(a act) {
	switch a.kind {
	case 1:
		_ = p.c.SendToIVR()
	case 2:
		_ = p.c.TakeBack()
	case 3, 4:
		_ = p.c.SetHeld(p.id[a.role], a.kind == 3)
	case 5:
		_ = p.c.BeginCapture(bridge.Capture{Mode: mask.Field})
	case 6:
		_ = p.c.EndCapture()
	case 7:
		_ = p.c.PressTalk()
	case 8: // the agent's page is loaded again
		if err := p.c.Leave(p.id[bridge.Agent]); err != nil {
			p.t.Fatal(err)
		}
		p.id[bridge.Agent] = p.join(bridge.Agent, audio.MuLaw, false)
	}
}

// TestNobodyHearsAcrossATransfer plays the same acts with other voices on the one
// side, and compares what the other side hears: while the agent is outside, no
// sample of it may depend on them.
func TestNobodyHearsAcrossATransfer(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		acts := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) act {
			return act{rapid.IntRange(0, 8).Draw(rt, "kind"), bridge.Role(rapid.IntRange(1, 4).Draw(rt, "role"))}
		}), 1, 6).Draw(rt, "acts")
		gaps := rapid.SliceOfN(rapid.IntRange(1, 25), len(acts), len(acts)).Draw(rt, "gaps")
		play := func(seeds ...uint64) *parties {
			p := newParties(t, seeds...)
			for i, a := range append([]act{{kind: 1}}, acts...) {
				p.do(a)
				for range append([]int{2}, gaps...)[i] {
					p.step()
				}
			}
			return p
		}
		base, inside, agent := play(1, 2, 3, 4), play(5, 2, 6, 4), play(1, 7, 3, 4)
		for n, state := range base.states {
			if state == bridge.Together {
				continue
			}
			same(rt, n, "agent", base.agent, inside.agent)
			same(rt, n, "supervisor", base.supervisor, inside.supervisor)
			same(rt, n, "recorder (channel 1)", base.own, inside.own)
			same(rt, n, "recorder (channel 2)", base.taped, inside.taped)
			same(rt, n, "customer", base.customer, agent.customer)
			same(rt, n, "ivr", base.ivr, agent.ivr)
		}
	})
}

func same(t *rapid.T, n int, who string, a, b []int16) {
	for i := n * audio.FrameSamples; i < (n+1)*audio.FrameSamples; i++ {
		if a[i] != b[i] {
			t.Fatalf("tick %d, sample %d: what the %s hears depends on the other side", n, i%audio.FrameSamples, who)
		}
	}
}

// TestTransferStates: each step, in its time, and nothing out of turn.
func TestTransferStates(t *testing.T) {
	p := newParties(t, 1, 2, 3, 4)
	if err := p.c.TakeBack(); !errors.Is(err, bridge.ErrInside) {
		t.Errorf("taken back while together: %v", err)
	}
	if err := p.c.SendToIVR(); err != nil {
		t.Fatal(err)
	}
	p.step()
	if err := p.c.SendToIVR(); !errors.Is(err, bridge.ErrOutside) {
		t.Errorf("sent twice: %v", err)
	}
	p.step()
	if err := p.c.TakeBack(); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if err := p.c.TakeBack(); !errors.Is(err, bridge.ErrInside) {
			t.Errorf("taken back twice: %v", err)
		}
		p.step()
		if p.out.Returned != (i == 19) {
			t.Fatalf("returned after %d ticks", i+1)
		}
	}
	p.step()
	if p.out.Returned {
		t.Error("returned twice")
	}
	want := fmt.Sprint([]string{"parking", "with_ivr"})
	for range 20 {
		want = want[:len(want)-1] + " returning]"
	}
	if got := fmt.Sprint(p.states); got != want[:len(want)-1]+" together]" {
		t.Errorf("%s, not %s", got, want)
	}
	if err := p.c.SendToIVR(); err != nil {
		t.Errorf("sent again: %v", err)
	}
}

// TestReturnLeaksNoKey: a key that sounds about the moment in which the agent is
// together with the customer again, in each transport. From there on the agent
// hears what it would have heard without a transfer, or its replacement; in a
// capture with mask field the same whichever key it was. The IVR reads it once.
func TestReturnLeaksNoKey(t *testing.T) {
	for _, transport := range []string{"event", "inband", "both"} {
		for at := -20; at <= 5; at++ {
			t.Run(fmt.Sprintf("%s/%dms", transport, at*20), func(t *testing.T) {
				k := around{transport: transport, takesEvents: at%2 == 0, at: at}
				without, with := k.heard(t, '9', false), k.heard(t, '9', true)
				for n := backTick * audio.FrameSamples; n < len(with); n++ {
					if v := with[n]; v != without[n] && (v > loudestNoise || v < -loudestNoise) {
						t.Fatalf("sample %d of tick %d is heard, and is not without a transfer", n%audio.FrameSamples, n/audio.FrameSamples)
					}
				}
				k.field = true
				if !slices.Equal(k.heard(t, '1', true), k.heard(t, '9', true)) {
					t.Error("the agent could tell the keys apart")
				}
			})
		}
	}
}

const (
	backTick     = 42  // the first one that the agent hears of the customer
	loudestNoise = 104 // the comfort noises of two sources
)

// around is a key about a return.
type around struct {
	transport   string
	takesEvents bool
	at          int // ticks from the return
	field       bool
}

// heard plays a call, with a transfer or without, and returns what the agent hears.
func (k around) heard(t *testing.T, symbol byte, transferred bool) []int16 {
	r := newRig(t, mask.Strip)
	customer := r.join(bridge.Customer, audio.MuLaw, true)
	r.join(bridge.Agent, audio.MuLaw, false)
	r.join(bridge.IVR, audio.MuLaw, k.takesEvents)
	if k.field {
		r.capture(mask.Field)
	}
	ear, noise, got := dtmf.NewDetector(), audio.NewNoise(3), ""
	for n := range backTick + 30 {
		if n == 5 && transferred {
			if err := r.c.SendToIVR(); err != nil {
				t.Fatal(err)
			}
		}
		if n == backTick-20 && transferred {
			if err := r.c.TakeBack(); err != nil {
				t.Fatal(err)
			}
		}
		if n == backTick && r.c.Transfer() != bridge.Together {
			t.Fatal("the agent is not back")
		}
		// keyOrVoice keys from its frame 30 on.
		r.keyOrVoice(customer, string(symbol), k.transport, n-(backTick+k.at)+30, &noise)
		got += r.heardByIVR(ear)
	}
	if got != string(symbol) || symbols(r.pressed) != string(symbol) {
		t.Fatalf("the IVR got %d keys, a built-in one %d, not one and the same", len(got), len(r.pressed))
	}
	return r.agent
}

// TestKeysWithTheIVRAreReadOnce: all of a card while the agent is outside.
func TestKeysWithTheIVRAreReadOnce(t *testing.T) {
	const card = "5500142##9"
	for _, takesEvents := range []bool{false, true} {
		r := newRig(t, mask.Strip)
		customer := r.join(bridge.Customer, audio.MuLaw, true)
		r.join(bridge.Agent, audio.MuLaw, false)
		r.join(bridge.IVR, audio.MuLaw, takesEvents)
		if err := r.c.SendToIVR(); err != nil {
			t.Fatal(err)
		}
		if got := r.bothTransports(customer, card, keying{spacing: 15, skew: 3}); got != card {
			t.Errorf("events=%v: the IVR got %d keys, or wrong ones", takesEvents, len(got))
		}
		if symbols(r.pressed) != card {
			t.Errorf("events=%v: a built-in IVR would read %d keys", takesEvents, len(r.pressed))
		}
	}
}

// TestAlone: with the IVR the customer is heard there sample for sample, without
// a capture too.
func TestAlone(t *testing.T) {
	p := newParties(t, 1, 2, 3, 4)
	if err := p.c.SendToIVR(); err != nil {
		t.Fatal(err)
	}
	voice := audio.NewNoise(1)
	for n := range 50 {
		p.step()
		for i := range audio.FrameSamples {
			v := voice.Within(3000)
			if got := p.ivr[n*audio.FrameSamples+i]; got != audio.MuLaw.DecodeSample(audio.MuLaw.EncodeSample(v)) {
				t.Fatalf("tick %d: sample %d is another one", n, i)
			}
		}
	}
}

// TestAnnouncement: the customer alone hears it, over music until the agent is
// there.
func TestAnnouncement(t *testing.T) {
	p := newParties(t, 1, 2, 3, 4)
	p.c.Comfort(true)
	p.step()
	told := sine(900, -10, 0)
	p.c.Announce(&told)
	p.step()
	if got := power(p.customer[160:320], 900); got < -13 {
		t.Errorf("the customer hears the announcement at %.1f dBm0", got)
	}
	for who, heard := range map[string][]int16{"agent": p.agent, "ivr": p.ivr, "supervisor": p.supervisor} {
		if got := power(heard[160:], 900); got > -20 {
			t.Errorf("the %s hears the announcement at %.1f dBm0", who, got)
		}
	}
	p.c.Comfort(false)
	p.step()
	agent, ivr := audio.NewNoise(2), audio.NewNoise(3)
	for n := range 3 * audio.FrameSamples {
		want := int32(mu(agent.Within(3000))) + int32(mu(ivr.Within(3000)))
		if n >= 320 && p.customer[n] != audio.Clamp(want) {
			t.Fatal("afterwards the customer hears more than the parties")
		}
	}
}

func mu(v int16) int16 { return audio.MuLaw.DecodeSample(audio.MuLaw.EncodeSample(v)) }

// TestNothingFromBefore: what was said before the return, or on hold, and is still
// in a delay line, is heard by nobody afterwards; what follows it is.
func TestNothingFromBefore(t *testing.T) {
	for name, away := range map[string]struct{ leave, back func(p *parties) error }{
		"transfer": {func(p *parties) error { return p.c.SendToIVR() }, func(p *parties) error {
			for p.c.Transfer() == bridge.WithIVR || p.c.Transfer() == bridge.Parking {
				if err := p.c.TakeBack(); err != nil {
					return err
				}
			}
			for p.c.Transfer() != bridge.Together {
				p.step()
			}
			return nil
		}},
		"hold": {func(p *parties) error { return errors.Join(p.c.SetHeld(1, true), p.c.SetHeld(3, true)) },
			func(p *parties) error { return errors.Join(p.c.SetHeld(1, false), p.c.SetHeld(3, false)) }},
	} {
		t.Run(name, func(t *testing.T) {
			p := newParties(t, 1, 2, 3, 4)
			if err := away.leave(p); err != nil {
				t.Fatal(err)
			}
			for range 10 {
				p.step()
			}
			if err := away.back(p); err != nil {
				t.Fatal(err)
			}
			p.agent = nil
			for range 3 {
				p.step()
			}
			for i, v := range p.agent[:dtmf.LookAhead] {
				if v > loudestNoise || v < -loudestNoise {
					t.Fatalf("sample %d is from before", i)
				}
			}
			if got := audio.LevelDBm0(p.agent[2*audio.FrameSamples:]); got < -30 {
				t.Errorf("afterwards customer and IVR are heard at %.1f dBm0", got)
			}
		})
	}
}
