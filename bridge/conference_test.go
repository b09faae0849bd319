package bridge_test

import (
	"errors"
	"testing"

	"tonegate/bridge"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// TestIDsComeRound: a leg's ID is no other's, however often others join and leave.
func TestIDsComeRound(t *testing.T) {
	c := bridge.New(bridge.Config{})
	stays, err := c.Join(bridge.LegSpec{Role: bridge.Customer})
	if err != nil {
		t.Fatal(err)
	}
	for range 1<<16 + 2 {
		id, err := c.Join(bridge.LegSpec{Role: bridge.Agent})
		if err != nil {
			t.Fatal(err)
		}
		if id == 0 || id == stays {
			t.Fatalf("a leg has the ID %d beside %d", id, stays)
		}
		if err := c.Leave(id); err != nil {
			t.Fatal(err)
		}
	}
}

func TestJoinRefusals(t *testing.T) {
	c := bridge.New(bridge.Config{})
	join := func(role bridge.Role, want error) bridge.LegID {
		t.Helper()
		id, err := c.Join(bridge.LegSpec{Role: role})
		if !errors.Is(err, want) {
			t.Fatalf("join %s: %v, not %v", role, err, want)
		}
		return id
	}
	join(bridge.Role(0), bridge.ErrBadRole)
	join(bridge.Role(9), bridge.ErrBadRole)
	first := join(bridge.Customer, nil)
	join(bridge.Customer, bridge.ErrRoleTaken)
	for range bridge.MaxLegs - 1 {
		join(bridge.Supervisor, nil)
	}
	join(bridge.Supervisor, bridge.ErrFull)
	if err := c.Leave(first); err != nil {
		t.Fatal(err)
	}
	if err := c.Leave(first); !errors.Is(err, bridge.ErrNoSuchLeg) {
		t.Error(err)
	}
	join(bridge.Customer, nil)
	for name, err := range map[string]error{
		"media": c.SetMedia(99, bridge.Media{}), "mute": c.SetMuted(99, true), "play": c.Play(99, new(audio.Frame)),
	} {
		if !errors.Is(err, bridge.ErrNoSuchLeg) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCaptureRefusals(t *testing.T) {
	c := bridge.New(bridge.Config{})
	if err := c.EndCapture(); !errors.Is(err, bridge.ErrNoCapture) {
		t.Error(err)
	}
	if err := c.BeginCapture(bridge.Capture{}); err != nil {
		t.Error(err)
	}
	if err := c.BeginCapture(bridge.Capture{}); !errors.Is(err, bridge.ErrCapturing) {
		t.Error(err)
	}
	if !c.Capturing() {
		t.Error("not capturing")
	}
}

// TestStrangePackets: what was not negotiated is counted and goes nowhere.
func TestStrangePackets(t *testing.T) {
	r := newRig(t, mask.Strip)
	id := r.join(bridge.Customer, audio.MuLaw, true)
	r.join(bridge.Agent, audio.MuLaw, false)
	for _, p := range []bridge.Packet{
		{PayloadType: 8, Payload: make([]byte, 160)},
		{PayloadType: 63, Payload: []byte{101, 0, 0, 1}},
		{PayloadType: 13, Payload: []byte{0}},
		{PayloadType: eventPT, Payload: []byte{1, 2, 3}},
		{PayloadType: eventPT, Payload: nil},
		{PayloadType: 0, Payload: nil},
	} {
		p.Arrived = r.now
		r.c.Receive(id, p)
	}
	r.c.Receive(77, bridge.Packet{})
	r.tick()
	s, err := r.c.Stats(id)
	if err != nil {
		t.Fatal(err)
	}
	if s.UnknownType != 3 || s.Malformed != 1 {
		t.Errorf("%+v", s)
	}
}

// TestMutedCustomerStillKeys: mute takes the voice, not the keys.
func TestMutedCustomerStillKeys(t *testing.T) {
	r := newRig(t, mask.Strip)
	customer := r.join(bridge.Customer, audio.MuLaw, true)
	r.join(bridge.IVR, audio.MuLaw, false)
	if err := r.c.SetMuted(customer, true); err != nil {
		t.Fatal(err)
	}
	noise := audio.NewNoise(3)
	for n := range 100 {
		r.keyOrVoice(customer, "42", "event", n, &noise)
		r.tick()
	}
	if len(r.pressed) != 2 {
		t.Errorf("%d keys of 2", len(r.pressed))
	}
}

// TestTickAllocatesNothing holds the promise of a flat heap, also while somebody
// waits.
func TestTickAllocatesNothing(t *testing.T) {
	for _, waiting := range []bool{false, true} {
		if got := allocationsPerTick(t, waiting); got != 0 {
			t.Errorf("%v allocations per tick, waiting: %v", got, waiting)
		}
	}
}

func allocationsPerTick(t *testing.T, waiting bool) float64 {
	r := newRig(t, mask.Strip)
	customer := r.join(bridge.Customer, audio.MuLaw, true)
	agent := r.join(bridge.Agent, audio.MuLaw, false)
	r.join(bridge.IVR, audio.MuLaw, true)
	if err := r.c.BeginCapture(bridge.Capture{Mode: mask.Field}); err != nil {
		t.Fatal(err)
	}
	if waiting {
		if err := errors.Join(r.c.SendToIVR(), r.c.SetHeld(customer, true)); err != nil {
			t.Fatal(err)
		}
	}
	payload := make([]byte, audio.FrameSamples)
	tone := make([]int16, 50*audio.FrameSamples)
	for at := 0; at < len(tone); at += 1600 {
		keyTone(tone, at, 800, 5)
	}
	n := 0
	step := func() {
		f := frameOf(tone, n%50)
		audio.MuLaw.Encode(payload, &f)
		for _, id := range []bridge.LegID{customer, agent} {
			r.c.Receive(id, bridge.Packet{Timestamp: uint32(n * 160), SSRC: uint32(id), Payload: payload, Arrived: r.now})
		}
		r.now = r.now.Add(audio.FrameDuration)
		r.c.Tick(r.now, &r.out)
		n++
	}
	for range 100 {
		step()
	}
	return testing.AllocsPerRun(200, step)
}
