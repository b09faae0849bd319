package audio_test

import (
	"math"
	"testing"

	"github.com/zaf/g711"
	"pgregory.net/rapid"

	"tonegate/internal/audio"
)

// muLawSteps and aLawSteps are decoded values from the tables of ITU-T G.711:
// the first value of each segment, scaled to 16 bits.
func TestG711Goldens(t *testing.T) {
	for _, c := range []struct {
		law  audio.Law
		code byte
		want int16
	}{
		{audio.MuLaw, 0xFF, 0}, {audio.MuLaw, 0x7F, 0}, {audio.MuLaw, 0x80, 32124}, {audio.MuLaw, 0x00, -32124},
		{audio.MuLaw, 0xF0, 120}, {audio.MuLaw, 0xEF, 132}, {audio.MuLaw, 0xDF, 396}, {audio.MuLaw, 0x8F, 16764},
		{audio.ALaw, 0xD5, 8}, {audio.ALaw, 0x55, -8}, {audio.ALaw, 0xAA, 32256}, {audio.ALaw, 0x2A, -32256},
	} {
		if got := c.law.DecodeSample(c.code); got != c.want {
			t.Errorf("%s %#x is %d, not %d", c.law, c.code, got, c.want)
		}
	}
}

// TestG711IsIdempotent: what was decoded encodes to a code with the same value,
// which is why in-band tones survive decoding and encoding untouched.
func TestG711IsIdempotent(t *testing.T) {
	for _, law := range []audio.Law{audio.MuLaw, audio.ALaw} {
		for code := range 256 {
			v := law.DecodeSample(byte(code))
			if got := law.DecodeSample(law.EncodeSample(v)); got != v {
				t.Errorf("%s %#x: %d became %d", law, code, v, got)
			}
		}
	}
}

func TestG711Error(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int16().Draw(t, "sample")
		for _, law := range []audio.Law{audio.MuLaw, audio.ALaw} {
			got := law.DecodeSample(law.EncodeSample(v))
			// A segment's step is a sixteenth of its start, at least 8.
			if d := math.Abs(float64(got) - float64(v)); d > math.Abs(float64(v))/16+16 && math.Abs(float64(v)) < 32100 {
				t.Fatalf("%s: %d became %d", law, v, got)
			}
		}
	})
}

func TestFramesAndPayloads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		payload := rapid.SliceOfN(rapid.Byte(), audio.FrameSamples, audio.FrameSamples).Draw(t, "payload")
		for _, law := range []audio.Law{audio.MuLaw, audio.ALaw} {
			var f, again audio.Frame
			if n := law.Decode(f[:], payload); n != audio.FrameSamples {
				t.Fatalf("%d samples", n)
			}
			out := make([]byte, audio.FrameSamples)
			law.Encode(out, &f)
			law.Decode(again[:], out)
			if f != again {
				t.Fatal("a frame does not survive")
			}
		}
	})
	var f audio.Frame
	if n := audio.MuLaw.Decode(f[:], make([]byte, 80)); n != 80 {
		t.Errorf("a short payload gave %d samples", n)
	}
}

func TestMixClampsOnceAndInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		frame := rapid.Custom(func(t *rapid.T) (f audio.Frame) {
			copy(f[:], rapid.SliceOfN(rapid.Int16(), 8, 8).Draw(t, "samples"))
			return f
		})
		a, b, c := frame.Draw(t, "a"), frame.Draw(t, "b"), frame.Draw(t, "c")
		var one, two audio.Frame
		audio.Mix(&one, &a, &b, nil, &c)
		audio.Mix(&two, &c, &a, &b)
		if one != two {
			t.Fatal("the order matters")
		}
		want := max(-32768, min(32767, int(a[0])+int(b[0])+int(c[0])))
		if int(one[0]) != want {
			t.Fatalf("%d, not %d", one[0], want)
		}
	})
}

func TestLevels(t *testing.T) {
	for _, dbm0 := range []float64{0, -10, -20, -36} {
		a := audio.AmplitudeOf(dbm0)
		s := make([]int16, 8000)
		for i := range s {
			s[i] = int16(math.Round(a * math.Sin(2*math.Pi*1004*float64(i)/8000)))
		}
		if got := audio.LevelDBm0(s); math.Abs(got-dbm0) > 0.1 {
			t.Errorf("a sine of %.0f dBm0 measures %.2f", dbm0, got)
		}
	}
	if audio.LevelDBm0(nil) != audio.Silent || audio.LevelDBm0(make([]int16, 10)) != audio.Silent {
		t.Error("silence has a level")
	}
}

func TestNoiseIsSteadyAndReproducible(t *testing.T) {
	a, b := audio.NewNoise(5), audio.NewNoise(5)
	s := make([]int16, 80000)
	a.Fill(s)
	var mean float64
	for i, v := range s {
		if v != b.Next() {
			t.Fatalf("sample %d differs for one seed", i)
		}
		mean += float64(v) / float64(len(s))
	}
	if math.Abs(mean) > 1 {
		t.Errorf("comfort noise has a DC of %.2f", mean)
	}
	for at := 0; at < len(s); at += 1600 {
		if l := audio.LevelDBm0(s[at : at+1600]); l < -57 || l > -53 {
			t.Errorf("comfort noise wavers: %.1f dBm0", l)
		}
	}
}

// TestEncodersAreTheLibrarys: for every sample there is.
func TestEncodersAreTheLibrarys(t *testing.T) {
	for v := -32768; v <= 32767; v++ {
		if got, want := audio.MuLaw.EncodeSample(int16(v)), g711.EncodeUlawFrame(int16(v)); got != want {
			t.Fatalf("μ-law of %d is %#x, not %#x", v, got, want)
		}
		if got, want := audio.ALaw.EncodeSample(int16(v)), g711.EncodeAlawFrame(int16(v)); got != want {
			t.Fatalf("A-law of %d is %#x, not %#x", v, got, want)
		}
	}
}
