package bridge

import (
	"math/rand/v2"
	"testing"
	"time"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// brittle is a detector that fails at one frame.
type brittle struct {
	dtmf.Detector
	frame, failAt int
	armed         bool
}

func (b *brittle) Arm(armed bool) { b.armed = armed }

func (b *brittle) Process(f *audio.Frame, heard dtmf.Reception) dtmf.Evidence {
	if b.frame++; b.frame == b.failAt {
		panic("a fault in the detector")
	}
	return b.Detector.Process(f, heard)
}

// voice is loud, so that a replacement can be told from it, and never repeats
// itself, as what conceals a loss does.
func voice(n int) (f audio.Frame) {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	for i := range f {
		f[i] = int16(8000 + rng.IntN(1850))
	}
	return f
}

// TestDetectorFaultMutes: a detector that fails has said nothing; what it was
// to guard, and what the delay line still holds, is masked, and the call goes on.
func TestDetectorFaultMutes(t *testing.T) {
	c := New(Config{Policy: mask.Policy{Mode: mask.Strip}})
	id, err := c.Join(LegSpec{Role: IVR, Builtin: true})
	if err != nil {
		t.Fatal(err)
	}
	const failAt = 20
	c.byID(id).ears = &brittle{Detector: *dtmf.NewDetector(), failAt: failAt}
	var out Output
	heard := make([]int, 0, 40)
	for n := range 40 {
		f := voice(n)
		if err := c.Play(id, &f); err != nil {
			t.Fatal(err)
		}
		c.Tick(time.Unix(0, int64(n)*int64(audio.FrameDuration)), &out)
		loud := 0
		for _, v := range out.Agent.Samples() {
			if v > 4000 {
				loud++
			}
		}
		heard = append(heard, loud)
	}
	if heard[failAt-2] != audio.FrameSamples {
		t.Fatalf("before the fault %d samples were heard", heard[failAt-2])
	}
	if heard[failAt-1] != 0 {
		t.Errorf("at the fault %d samples were heard", heard[failAt-1])
	}
	if heard[39] != audio.FrameSamples {
		t.Errorf("the voice does not come back: %d samples", heard[39])
	}
	if s, _ := c.Stats(id); s.DetectorFails != 1 {
		t.Errorf("%d faults were counted", s.DetectorFails)
	}
}

// TestCapturesArmEveryLeg: those that are there, those that join during one,
// and none after it.
func TestCapturesArmEveryLeg(t *testing.T) {
	c := New(Config{})
	id, err := c.Join(LegSpec{Role: Customer})
	if err != nil {
		t.Fatal(err)
	}
	b := new(brittle)
	c.byID(id).ears = b
	if err := c.BeginCapture(Capture{}); err != nil || !b.armed {
		t.Errorf("not armed: %v", err)
	}
	if p := c.policy(Customer); !p.Armed || p.Mode != mask.Mute {
		t.Errorf("%+v", p)
	}
	if err := c.EndCapture(); err != nil || b.armed {
		t.Errorf("still armed: %v", err)
	}
}
