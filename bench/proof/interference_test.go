package proof

import (
	"testing"
)

func TestInterference(t *testing.T) {
	checks, err := interference(t.Context(), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if !c.Passed {
			t.Errorf("%s: %v", c.Name, c.Faults)
		}
	}
}

func TestClassifier(t *testing.T) {
	checks, err := classify(t.Context(), 1, 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		t.Log(c.Name, c.Figure)
		if !c.Passed {
			t.Errorf("%s: %v", c.Name, c.Faults)
		}
	}
}

func TestCalibrate(t *testing.T) {
	if c := calibrate(1); !c.Passed {
		t.Error(c.Faults)
	}
}

func BenchmarkSearch(b *testing.B) {
	x := make([]byte, 1<<22)
	for i := range x {
		x[i] = byte(i * i >> 3)
	}
	n := newNeedle("4938172650132743")
	b.Run("needle", func(b *testing.B) {
		b.SetBytes(int64(len(x)))
		for b.Loop() {
			n.find(x)
		}
	})
	b.Run("tones", func(b *testing.B) {
		b.SetBytes(int64(len(x)))
		for b.Loop() {
			findTones(x)
		}
	})
}
