package bridge_test

import (
	"errors"
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// spoken is a call in which the customer talks without end (a tone that is no
// key's) and keys now and then.
type spoken struct {
	*rig
	customer bridge.LegID
	recorder []int16
	sent     []int16
	n        int
}

const (
	spokenHz = 400
	loud     = -16.0 // dBm0: what is heard
	gone     = -45.0 // what is not
)

func newSpoken(t *testing.T, own, capture mask.Mode, keysAt ...int) *spoken {
	r := &spoken{rig: newRig(t, own), sent: make([]int16, 1300*audio.FrameSamples)}
	r.customer = r.join(bridge.Customer, audio.MuLaw, true)
	r.join(bridge.Agent, audio.MuLaw, false)
	r.join(bridge.IVR, audio.MuLaw, false)
	r.join(bridge.Supervisor, audio.MuLaw, false)
	for n := range len(r.sent) / audio.FrameSamples {
		f := sine(spokenHz, -15, n)
		copy(r.sent[n*audio.FrameSamples:], f[:])
	}
	for i, n := range keysAt {
		at := n*audio.FrameSamples + 37
		clear(r.sent[at : at+1600])
		keyTone(r.sent, at, 1600, dtmf.Key(i+4))
	}
	if err := r.c.BeginCapture(bridge.Capture{Mode: capture}); err != nil {
		t.Fatal(err)
	}
	return r
}

// until advances to frame n and reports in which one a press ran out, if any.
func (r *spoken) until(n int) (over int) {
	for ; r.n < n; r.n++ {
		f := frameOf(r.sent, r.n)
		r.say(r.customer, &f)
		r.tick()
		rec := r.out.Recorder.Heard().Samples()
		r.recorder = append(r.recorder, rec[:]...)
		if r.out.TalkOver {
			over = r.n
		}
	}
	return over
}

func (r *spoken) level(heard []int16, from, to int, hz float64) float64 {
	return power(heard[from*audio.FrameSamples:to*audio.FrameSamples], hz)
}

// TestPressToTalk: in mute the agent hears nothing of the customer; while talk is
// pressed speech and no tone; after ten seconds nothing again, released or not.
// Supervisor and recorder hear nothing of the customer at any time.
func TestPressToTalk(t *testing.T) {
	// One key before, one that sounds when talk is pressed, one during, one after.
	keys := []int{20, 58, 120, 700}
	r := newSpoken(t, mask.Strip, mask.Mute, keys...)
	r.until(60)
	if err := r.c.PressTalk(); err != nil {
		t.Fatal(err)
	}
	r.until(300)
	if err := r.c.PressTalk(); !errors.Is(err, bridge.ErrTalking) {
		t.Errorf("a second press: %v", err)
	}
	if over := r.until(1000); over != 559 {
		t.Errorf("the press ran out with frame %d, not 500 frames after frame 60", over)
	}
	for _, c := range []struct {
		name     string
		from, to int
		heard    bool
	}{
		{"before", 2, 60, false}, {"pressed", 75, 118, true}, {"pressed, after a key", 140, 558, true},
		{"ten seconds later", 561, 1000, false},
	} {
		got := r.level(r.agent, c.from, c.to, spokenHz)
		if c.heard && got < loud || !c.heard && got > gone {
			t.Errorf("%s: the agent hears the customer at %.1f dBm0", c.name, got)
		}
	}
	for i, at := range keys {
		low, high := dtmf.Key(i + 4).Frequencies()
		for _, hz := range []float64{low, high} {
			if got := r.level(r.agent, at, at+12, hz); got > gone {
				t.Errorf("key %d: the agent hears %v Hz at %.1f dBm0", i, hz, got)
			}
		}
	}
	for name, heard := range map[string][]int16{"supervisor": r.supervisor, "recorder": r.recorder} {
		if got := r.level(heard, 2, 1000, spokenHz); got > gone {
			t.Errorf("the %s hears the customer at %.1f dBm0", name, got)
		}
	}
	if len(r.pressed) != len(keys) {
		t.Errorf("%d of %d keys were counted", len(r.pressed), len(keys))
	}
	if err := r.c.PressTalk(); err != nil {
		t.Errorf("a new press: %v", err)
	}
	r.until(1100)
	if got := r.level(r.agent, 1005, 1095, spokenHz); got < loud {
		t.Errorf("pressed again, the agent hears the customer at %.1f dBm0", got)
	}
	r.c.ReleaseTalk()
	r.until(1200)
	if got := r.level(r.agent, 1102, 1200, spokenHz); got > gone {
		t.Errorf("released, the agent hears the customer at %.1f dBm0", got)
	}
}

// TestPressToTalkIsRefused: it opens nothing but a capture's own mute.
func TestPressToTalkIsRefused(t *testing.T) {
	r := newRig(t, mask.Strip)
	if err := r.c.PressTalk(); !errors.Is(err, bridge.ErrNoCapture) {
		t.Errorf("without a capture: %v", err)
	}
	for _, tc := range []struct{ own, capture mask.Mode }{{mask.Strip, mask.Field}, {mask.Strip, mask.Strip}, {mask.Mute, mask.Mute}} {
		if err := newSpoken(t, tc.own, tc.capture).c.PressTalk(); !errors.Is(err, bridge.ErrNoTalk) {
			t.Errorf("conference %s, capture %s: %v", tc.own, tc.capture, err)
		}
	}
}

// TestPressToTalkEnds with the capture, and with the agent who pressed.
func TestPressToTalkEnds(t *testing.T) {
	t.Run("capture", func(t *testing.T) {
		r := newSpoken(t, mask.Strip, mask.Mute)
		_ = r.c.PressTalk()
		_ = r.c.EndCapture()
		if err := r.c.BeginCapture(bridge.Capture{Mode: mask.Mute}); err != nil {
			t.Fatal(err)
		}
		r.until(100)
		if got := r.level(r.agent, 0, 100, spokenHz); got > gone {
			t.Errorf("the next capture is heard at %.1f dBm0", got)
		}
	})
	t.Run("agent", func(t *testing.T) {
		r := newSpoken(t, mask.Strip, mask.Mute)
		_ = r.c.PressTalk()
		if err := r.c.Leave(2); err != nil {
			t.Fatal(err)
		}
		r.join(bridge.Agent, audio.MuLaw, false)
		r.until(100)
		if got := r.level(r.agent, 0, 100, spokenHz); got > gone {
			t.Errorf("the next agent hears the customer at %.1f dBm0", got)
		}
	})
}
