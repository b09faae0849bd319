package bridge

import (
	"math"
	"testing"

	"tonegate/bench/independent"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// TestMusicIsNoKey: over two rounds neither the detector, armed or not, nor
// multimon-ng finds a key in it, and the detector does not even suspect one: the
// gate passes all of it.
func TestMusicIsNoKey(t *testing.T) {
	twice := append(append([]int16{}, tune()...), tune()...)
	for _, armed := range []bool{false, true} {
		d := dtmf.NewDetector()
		d.Arm(armed)
		for n := range len(twice) / audio.FrameSamples {
			f := audio.Frame(twice[n*audio.FrameSamples:])
			ev := d.Process(&f, dtmf.Reception{})
			if ev.Suspicious() || len(ev.Spans()) > 0 || len(ev.Pressed()) > 0 {
				t.Fatalf("armed=%v: frame %d passes for a tone", armed, n)
			}
		}
	}
	got, err := independent.Multimon(t.Context(), twice)
	if err != nil {
		t.Fatal(err)
	}
	if got != "" {
		t.Errorf("multimon-ng reads %q", got)
	}
}

// TestMusicIsGentle: its level, no clipping, no click where it begins anew, and
// nothing where keys have their tones.
func TestMusicIsGentle(t *testing.T) {
	all := tune()
	if got := audio.LevelDBm0(all); math.Abs(got-musicDBm0) > 0.1 {
		t.Errorf("%.1f dBm0", got)
	}
	var most, step float64
	for i, v := range all {
		most = max(most, math.Abs(float64(v)))
		step = max(step, math.Abs(float64(v)-float64(all[(i+1)%len(all)])))
	}
	if seam := math.Abs(float64(all[0]) - float64(all[len(all)-1])); most > audio.AmplitudeOf(-10) || seam > step || step > most/2 {
		t.Errorf("peak %.0f, steepest step %.0f, at the seam %.0f", most, step, seam)
	}
	x := make([]float64, len(all))
	for i, v := range all {
		x[i] = float64(v)
	}
	for k := range dtmf.Key(dtmf.Keys) {
		low, high := k.Frequencies()
		for _, hz := range []float64{low, high} {
			if got := amplitude(x, hz); got > audio.AmplitudeOf(-70) {
				t.Errorf("%v Hz at %.1f dBm0", hz, 20*math.Log10(got/32767)+audio.FullScaleDBm0)
			}
		}
	}
}

// TestMusicIsGated: what would be a tone in it is replaced.
func TestMusicIsGated(t *testing.T) {
	m := newMusic(1)
	m.tune = make([]int16, len(m.tune))
	low, high := dtmf.Key(5).Frequencies()
	for i := range m.tune {
		at := 2 * math.Pi * float64(i) / audio.SampleRate
		m.tune[i] = int16(4000*math.Sin(low*at) + 4000*math.Sin(high*at))
	}
	for range 50 {
		m.next(true, mask.Policy{Mode: mask.Strip})
		if got := m.gated.Level(); got > -50 {
			t.Fatalf("a key in the music is heard at %.1f dBm0", got)
		}
	}
	// And where its detector fails.
	m = newMusic(1)
	m.ears, m.gate = &brittle{Detector: *dtmf.NewDetector(), failAt: 10}, mask.NewGate(1)
	for n := range 12 {
		m.next(true, mask.Policy{Mode: mask.Strip})
		if n == 9 && m.gated.Level() > -50 {
			t.Error("nobody listened, and the music is heard")
		}
	}
}
