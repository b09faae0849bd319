package corpus

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"tonegate/bench/independent"
	"tonegate/bench/listen"
	"tonegate/internal/audio"
)

// made makes items of one family.
func made(t *testing.T, family string, n int) []*Item {
	t.Helper()
	g := NewGenerator(7, Synthetic(1), nil)
	f, err := Find([]string{family})
	if err != nil {
		t.Fatal(err)
	}
	var out []*Item
	for i := range n {
		item, err := g.Make(context.Background(), f[0], i)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, item)
	}
	return out
}

func TestEveryFamily(t *testing.T) {
	g := NewGenerator(3, Synthetic(1), nil)
	names := map[string]bool{}
	for _, f := range Families() {
		if names[f.Name] || f.Clause == "" || allKeysOf(f.Class) == "" {
			t.Errorf("%s: twice, or unexplained", f.Name)
		}
		names[f.Name] = true
		a, err := g.Make(context.Background(), f, 5)
		if errors.Is(err, independent.ErrNoCodec) {
			continue // there is none in this test
		}
		if err != nil {
			t.Fatal(err)
		}
		b, _ := g.Make(context.Background(), f, 5)
		if !reflect.DeepEqual(a, b) {
			t.Errorf("%s: the same seed made two items", f.Name)
		}
		if len(a.Samples)%audio.FrameSamples != 0 || len(a.Without) != len(a.Samples) ||
			len(a.Concealed) != len(a.Samples)/audio.FrameSamples || len(a.Strokes) != f.Strokes {
			t.Errorf("%s: %d samples, %d without, %d frames, %d strokes", f.Name, len(a.Samples), len(a.Without), len(a.Concealed), len(a.Strokes))
		}
		for k, s := range a.Strokes {
			if s.End() > len(a.Samples) || s.Max < s.Min || k > 0 && s.Onset <= a.Strokes[k-1].End() {
				t.Errorf("%s: stroke %+v", f.Name, s)
			}
		}
		for i := range a.Strokes[0].Onset {
			if a.Samples[i] != a.Without[i] {
				t.Fatalf("%s: a tone before the first key", f.Name)
			}
		}
	}
}

func allKeysOf(c Class) string { return string(c) }

func TestHeldOutAlternates(t *testing.T) {
	for i, item := range made(t, "levels", 4) {
		if item.HeldOut != (i%2 == 1) {
			t.Errorf("item %d: %v", i, item.HeldOut)
		}
	}
}

// The tones are where, what, as long and as loud as they are said to be.
func TestTonesAsAsked(t *testing.T) {
	material := Synthetic(1)
	for _, family := range []string{"levels", "twist", "durations", "short"} {
		least, most := math.Inf(1), math.Inf(-1)
		for index := range 12 {
			s := sceneOf(family, index, material)
			for _, p := range s.presses {
				x := make([]int16, p.length)
				for i := range x {
					x[i] = audio.Clamp(int32(math.Round(s.tone[p.onset+i])))
				}
				if s.tone[p.onset-1] != 0 || s.tone[p.onset+p.length] != 0 {
					t.Errorf("%s: the tone is longer than %d samples", family, p.length)
				}
				row, column := listen.ToneLevel(x[:min(len(x), 64)], p.symbol)
				if math.Abs(row-p.row) > 1 || math.Abs(column-p.column) > 1 {
					t.Errorf("%s: %c at %.1f, %.1f instead of %.1f, %.1f", family, p.symbol, row, column, p.row, p.column)
				}
				v := map[string]float64{"levels": p.row, "twist": p.row - p.column}[family]
				if v == 0 {
					v = float64(p.length) / ms
				}
				least, most = min(least, v), max(most, v)
			}
		}
		want := map[string][2]float64{"levels": {-30, -6}, "twist": {-9, 9}, "durations": {16, 1000}, "short": {14, 36}}[family]
		if least > want[0] || most < want[1] {
			t.Errorf("%s: only from %.1f to %.1f", family, least, most)
		}
	}
}

// sceneOf builds a family's scene without rendering it.
func sceneOf(family string, index int, m *Material) *scene {
	f, _ := Find([]string{family})
	s := newScene(5, f[0], index, m)
	f[0].build(s)
	return s
}

func TestExpectations(t *testing.T) {
	ok := press{length: 50 * ms, row: -10, column: -9}
	for _, c := range []struct {
		name        string
		change      func(p *press)
		least, most int
	}{
		{"ordinary", func(*press) {}, 1, 1},
		{"20 ms", func(p *press) { p.length = 20 * ms }, 0, 0},
		{"30 ms", func(p *press) { p.length = 30 * ms }, 0, 1},
		{"1.5 % off", func(p *press) { p.offRow = -0.015 }, 1, 1},
		{"2 % off", func(p *press) { p.offCol = 0.02 }, 0, 1},
		{"3.5 % off", func(p *press) { p.offCol = -0.035 }, 0, 0},
		{"row 8 dB over", func(p *press) { p.column = -18 }, 1, 1},
		{"column 5 dB over", func(p *press) { p.row = -14 }, 0, 1},
		{"faint", func(p *press) { p.row, p.column = -27, -27 }, 0, 1},
		{"a short hole", func(p *press) { p.length, p.hole, p.holeAt = 100*ms, 10*ms, 45*ms }, 1, 1},
		{"a long hole", func(p *press) { p.length, p.hole, p.holeAt = 100*ms, 15*ms, 45*ms }, 1, 2},
		{"again after 20 ms", func(p *press) { p.gap = 20 * ms }, 0, 1},
		{"again after 30 ms", func(p *press) { p.gap = 30 * ms }, 1, 1},
	} {
		p := ok
		c.change(&p)
		if least, most := p.bounds(); least != c.least || most != c.most {
			t.Errorf("%s: %d…%d instead of %d…%d", c.name, least, most, c.least, c.most)
		}
	}
}

func TestLoss(t *testing.T) {
	known, lost := 0, 0
	for _, family := range []string{"loss-plc", "loss-repeat", "far-plc", "far-repeat"} {
		for _, item := range made(t, family, 10) {
			for _, c := range item.Concealed {
				lost++
				if c {
					known++
					if family[0] == 'f' {
						t.Fatalf("%s: the receiver knows", family)
					}
				}
			}
		}
	}
	if share := float64(known) / float64(lost); share < 0.01 || share > 0.15 {
		t.Errorf("%.1f %% lost", 100*share)
	}
	out := repeated([]int16{160: 3, 319: 0}, []bool{false, true})
	if out[160] != 0 {
		t.Error("a lost frame was not replaced")
	}
}

func TestCodecsMissing(t *testing.T) {
	f, _ := Find([]string{"codec-gsm"})
	if _, err := NewGenerator(1, Synthetic(1), nil).Make(context.Background(), f[0], 0); !errors.Is(err, independent.ErrNoCodec) {
		t.Errorf("without codecs: %v", err)
	}
	if _, err := Find([]string{"levels", "nonsense"}); err == nil {
		t.Error("found a family that is not there")
	}
}

func TestMaterial(t *testing.T) {
	root := t.TempDir()
	if _, err := load(root); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("from nothing: %v", err)
	}
	wav := append([]byte("RIFF\x28\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data\x04\x00\x00\x00"), 1, 0, 0xff, 0xff)
	for _, name := range []string{
		"sounds/en_US/hello.wav", "sounds/en_US/beep.wav", "sounds/fr_CA/bonjour.wav", "moh/a.wav", "moh/b.wav", "moh/c.wav",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, wav, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Tuning.Speech) != 1 || len(m.HeldOut.Speech) != 1 || len(m.Tuning.Music) != 2 || len(m.HeldOut.Music) != 1 {
		t.Errorf("%+v", m)
	}
	if x := m.Tuning.Speech[0].Samples; x[0] != 1 || x[1] != -1 || len(x) != 2+voiceFrames*audio.FrameSamples {
		t.Errorf("%d samples, %d", len(x), x[:2])
	}
}
