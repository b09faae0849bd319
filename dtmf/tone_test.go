package dtmf

import (
	"math"
	"testing"

	"tonegate/internal/audio"
)

// What is generated, a detector hears: every key, at the level promised.
func TestGeneratedToneIsHeard(t *testing.T) {
	for k := range Key(Keys) {
		var g ToneGenerator
		var x []int16
		frames := []Relay{{}, {}, {On: true, Start: true, Key: k, Samples: 160}, {On: true, Key: k, Samples: 320}, {On: true, End: true, Key: k, Samples: 400}, {}, {}}
		for _, r := range frames {
			var f audio.Frame
			g.Add(&f, r)
			x = append(x, f[:]...)
		}
		h := listen(NewDetector(), x, nil)
		if len(h.pressed) != 1 || h.pressed[0].key != k {
			t.Errorf("key %c heard as %q", k.Symbol(), h.keys())
		}
		if l := audio.LevelDBm0(x[340:660]); math.Abs(l+6.9) > 0.3 {
			t.Errorf("key %c at %.2f dBm0", k.Symbol(), l)
		}
		for i, v := range x[2*160+400:] {
			if v != 0 {
				t.Fatalf("sample %d after the end is %d", i, v)
			}
		}
	}
}

// A key is one sine per band from the first sample to the last.
func TestGeneratedToneIsContinuous(t *testing.T) {
	var g ToneGenerator
	var x []float64
	for i := range 50 {
		var f audio.Frame
		g.Add(&f, Relay{On: true, Start: i == 0, Key: 13, Samples: uint16(160 * (i + 1))})
		for _, v := range f {
			x = append(x, float64(v))
		}
	}
	low, high := Key(13).Frequencies()
	for i := rampSamples; i < len(x); i++ {
		want := rowPeak*math.Sin(2*math.Pi*low*float64(i)/8000) + columnPeak*math.Sin(2*math.Pi*high*float64(i)/8000)
		if math.Abs(x[i]-want) > 2 {
			t.Fatalf("sample %d is %.0f, want %.0f", i, x[i], want)
		}
	}
}

func TestGeneratedToneIsAdded(t *testing.T) {
	var g ToneGenerator
	f := audio.Frame{}
	for i := range f {
		f[i] = 32000
	}
	g.Add(&f, Relay{On: true, Start: true, Key: 1, Samples: 160})
	for i, v := range f {
		if v < 0 {
			t.Fatalf("sample %d wrapped to %d", i, v)
		}
	}
}
