package independent

import (
	"context"
	"errors"
	"math"
	"testing"
)

// tones is one key after another, 100 ms each.
func tones(pairs [][2]float64) []int16 {
	var x []int16
	for _, p := range pairs {
		for i := range 800 {
			x = append(x, int16(6000*math.Sin(2*math.Pi*p[0]/8000*float64(i))+6000*math.Sin(2*math.Pi*p[1]/8000*float64(i))))
		}
		x = append(x, make([]int16, 800)...)
	}
	return x
}

func TestSpandspReadsMany(t *testing.T) {
	ctx := context.Background()
	s, err := BuildSpandsp(ctx, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	one, five := [2]float64{697, 1209}, [2]float64{770, 1336}
	got, err := s.ReadMany(ctx, [][]int16{tones([][2]float64{one, five}), nil, tones([][2]float64{five})})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || len(got[0]) != 2 || len(got[1]) != 0 || len(got[2]) != 1 {
		t.Fatalf("%v", got)
	}
	if got[0][0].Symbol != '1' || got[0][1].Symbol != '5' || got[2][0].Symbol != '5' {
		t.Errorf("%v", got)
	}
	if at := got[0][1].At; at < 1600 || at > 2400 {
		t.Errorf("the second key at sample %d", at)
	}
	if keys, err := s.Read(ctx, tones([][2]float64{one, five})); err != nil || keys != "15" {
		t.Errorf("%q, %v", keys, err)
	}
}

// What comes out of a codec is as long as what went in, and in time; the lowest
// rate of AMR takes more than 10 ms to find a tone.
func TestCodecs(t *testing.T) {
	ctx := context.Background()
	c := BuildCodecs(ctx, t.TempDir())
	x := make([]int16, 8000)
	for i := 3000; i < 5000; i++ {
		x[i] = int16(8000 * math.Sin(2*math.Pi*500/8000*float64(i)))
	}
	for _, k := range []struct {
		codec Codec
		rate  int
	}{{GSM, 0}, {AMR, 4750}, {AMR, 12200}, {Opus, 16000}} {
		y, err := c.Through(ctx, k.codec, k.rate, x)
		if errors.Is(err, ErrNoCodec) {
			t.Logf("%s at %d: %v", k.codec, k.rate, err)
			continue
		}
		if err != nil || len(y) != len(x) {
			t.Fatalf("%s: %d samples, %v", k.codec, len(y), err)
		}
		first, last := -1, -1
		for i, v := range y {
			if v > 2500 || v < -2500 {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		if first < 2950 || first > 3160 || last < 4920 || last > 5060 {
			t.Errorf("%s at %d: the tone lasts from %d to %d instead of 3000 to 5000", k.codec, k.rate, first, last)
		}
	}
	for _, bad := range []Codec{AMR, "nonsense"} {
		if _, err := c.Through(ctx, bad, 1, x); !errors.Is(err, ErrNoCodec) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
