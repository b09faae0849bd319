package bridge_test

import (
	"fmt"
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// TestOnHoldNobodyHears: what a held leg says makes no difference to anybody, and
// what the others say none to it. The recorder hears no more than the agent does.
func TestOnHoldNobodyHears(t *testing.T) {
	for held := bridge.Customer; held <= bridge.Supervisor; held++ {
		for _, capturing := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/capturing=%v", held, capturing), func(t *testing.T) {
				play := func(seeds ...uint64) *parties {
					p := newParties(t, seeds...)
					if capturing {
						p.capture(mask.Strip)
					}
					for range 20 {
						p.step()
					}
					if err := p.c.SetHeld(p.id[held], true); err != nil {
						t.Fatal(err)
					}
					p.customer, p.ivr, p.agent, p.supervisor, p.own, p.taped = nil, nil, nil, nil, nil, nil
					for range 50 {
						p.step()
						heard := p.out.ForSupervisor(p.id[bridge.Supervisor]).Samples()
						copy(p.supervisor[len(p.supervisor)-len(heard):], heard[:])
					}
					return p
				}
				seeds := []uint64{1, 2, 3, 4}
				base := play(seeds...)
				seeds[held-1] = 9
				other := play(seeds...)
				all := func(p *parties) map[string][]int16 {
					return map[string][]int16{"customer": p.customer, "ivr": p.ivr, "agent": p.agent, "supervisor": p.supervisor,
						"recorder of the agent's voice": p.own, "recorder of what the agent hears": p.taped}
				}
				for who, heard := range all(base) {
					if fmt.Sprint(heard) != fmt.Sprint(all(other)[who]) {
						t.Errorf("the %s hears the %s, who is on hold", who, held)
					}
				}
				if fmt.Sprint(base.taped) != fmt.Sprint(base.agent) {
					t.Errorf("%s on hold: what is recorded is not what the agent hears", held)
				}
				strangers := play(11, 12, 13, 14)
				if fmt.Sprint(all(base)[held.String()]) != fmt.Sprint(all(strangers)[held.String()]) {
					t.Errorf("on hold, the %s hears the others", held)
				}
				if got := audio.LevelDBm0(all(base)[held.String()][8*audio.FrameSamples:]); got < -35 || got > -15 {
					t.Errorf("on hold, the %s hears music at %.1f dBm0", held, got)
				}
			})
		}
	}
}

// TestKeysOnHoldDoNotCount, neither a customer's nor for an IVR on hold, and are
// masked as before.
func TestKeysOnHoldDoNotCount(t *testing.T) {
	for _, transport := range []string{"event", "inband", "both"} {
		for _, held := range []bridge.Role{bridge.Customer, bridge.IVR} {
			for _, takesEvents := range []bool{false, true} {
				r := newRig(t, mask.Strip)
				customer := r.join(bridge.Customer, audio.MuLaw, true)
				ids := map[bridge.Role]bridge.LegID{bridge.Customer: customer, bridge.IVR: r.join(bridge.IVR, audio.MuLaw, takesEvents)}
				r.capture(mask.Field)
				if err := r.c.SetHeld(ids[held], true); err != nil {
					t.Fatal(err)
				}
				noise, ear, got := audio.NewNoise(3), dtmf.NewDetector(), ""
				for n := range 100 {
					r.keyOrVoice(customer, "12", transport, n, &noise)
					got += r.heardByIVR(ear)
				}
				if got != "" || len(r.pressed) > 0 {
					t.Errorf("%s, %s on hold: %d keys passed, %d counted", transport, held, len(got), len(r.pressed))
				}
				if s, _ := r.c.Stats(customer); s.InBandKeys+s.NamedKeys == 0 || s.MaskedSamples == 0 {
					t.Errorf("%s, %s on hold: nobody listens for keys any more", transport, held)
				}
			}
		}
	}
}
