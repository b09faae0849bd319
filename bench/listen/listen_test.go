package listen

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"tonegate/internal/audio"
)

func TestCalibration(t *testing.T) {
	for seed := range uint64(2) {
		c, err := New(seed).calibrate(shortRounds, faintRounds/effort)
		if err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
		t.Logf("seed %d: 2 ms at 20 dB %.2f %%, 40 ms 50 dB down %.2f %%", seed, 100*c.Short, 100*c.Faint)
	}
}

// Each calibration alone must be able to fail.
func TestDeafListenerFailsCalibration(t *testing.T) {
	l := New(1)
	l.deafness = 300 // drowns the faint tone, is lost beside the loud one
	c, err := l.calibrate(160, 16)
	if !errors.Is(err, ErrDeaf) {
		t.Errorf("a listener with noise in its ear passed: %+v, %v", c, err)
	}
	l = New(1)
	l.deafness = 3000
	if c, err = l.calibrate(160, 16); !errors.Is(err, ErrDeaf) || c.Short > 0.9 {
		t.Errorf("a listener with loud noise in its ear read short tones: %+v, %v", c, err)
	}
}

// strokes spreads random keys over a stream.
func strokes(rng *rand.Rand, n, length, duration int) []Stroke {
	var s []Stroke
	for i := range n {
		at := 800 + i*length + rng.IntN(160)
		s = append(s, Stroke{symbols[rng.IntN(16)], at, duration})
	}
	return s
}

// comfort adds comfort noise at a level in dBm0, through G.711.
func comfort(x []int16, dbm0 float64, rng *rand.Rand) {
	sigma := audio.AmplitudeOf(dbm0) / math.Sqrt2
	for i, v := range x {
		s := audio.Clamp(int32(v) + int32(math.Round(sigma*rng.NormFloat64())))
		x[i] = audio.MuLaw.DecodeSample(audio.MuLaw.EncodeSample(s))
	}
}

func TestReadsCleanTones(t *testing.T) {
	n := max(8, 40/effort)
	for _, level := range []float64{0, -10, -25, -36, -45, -55} {
		for _, duration := range []int{2, 5, 10, 40, 100} {
			t.Run(fmt.Sprintf("%g dBm0, %d ms", level, duration), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(uint64(-level), uint64(duration)))
				l := New(2)
				x := make([]int16, 800+n*2400+4000)
				list := strokes(rng, n, 2400, duration*perMs)
				for _, s := range list {
					for i, v := range l.synthesise(s.Symbol, s.Duration, level, level) {
						x[s.Onset+i] = audio.Clamp(int32(math.Round(v)))
					}
				}
				comfort(x, -70, rng)
				r := l.Read(x, list)
				want := n
				if duration < 5 && level < -10 || level < -36 && duration < 20 {
					want = n * 3 / 4 // near the noise of the channel
				}
				if r.Correct < want || r.PValue > 1e-6 {
					t.Errorf("%d of %d read, p = %g", r.Correct, r.Strokes, r.PValue)
				}
				if duration >= 40 && level >= -36 && r.Named != n {
					t.Errorf("%d of %d named with confidence", r.Named, r.Strokes)
				}
			})
		}
	}
}

// On audio from which every tone was cut out, reading must be guessing.
func TestReadsNothingOfMaskedAudio(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	l := New(2)
	n := 600 / effort
	x := make([]int16, 800+n*800+4000)
	list := strokes(rng, n, 800, 60*perMs)
	comfort(x, -62, rng)
	r := l.Read(x, list)
	t.Logf("%d right of %d, chance %.1f, p = %.2f, %d named", r.Correct, r.Strokes, r.Chance, r.PValue, r.Named)
	if r.Named != 0 || r.PValue < 1e-3 {
		t.Errorf("read masked audio: %d right, %d named, p = %g", r.Correct, r.Named, r.PValue)
	}
	clear(x)
	r = l.Read(x, list[:16])
	if r.Correct != 0 || r.PerStroke[0].Guess.Symbol != 0 {
		t.Errorf("read silence: %+v", r.PerStroke[0].Guess)
	}
}

// Windows of a voice may look like a key; they must not look certain.
func TestVoiceIsNotNamed(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	l := New(2)
	x := make([]int16, 60*sampleRate/effort)
	voice(x, rng)
	sure := 0
	for at := 1600; at < len(x)-6000; at += 1200 {
		if g := l.Name(x, at, 60*perMs); g.Confident {
			t.Logf("%+v", g)
			sure++
		}
	}
	// A confident guess is right one time in sixteen.
	if sure > 0 {
		t.Errorf("%d confident guesses in a minute of voice", sure)
	}
}

// voice is harmonics of a gliding pitch under two wandering formants.
func voice(x []int16, rng *rand.Rand) {
	phase, pitch := 0.0, 110.0
	f1, f2 := 500.0, 1500.0
	for i := range x {
		if i%1600 == 0 {
			f1, f2 = 300+500*rng.Float64(), 900+1200*rng.Float64()
		}
		pitch += 0.01 * rng.NormFloat64()
		pitch = min(max(pitch, 80), 240)
		phase += 2 * math.Pi * pitch / sampleRate
		v := 0.0
		for h := 1.0; h*pitch < 3400; h++ {
			g := 1/(1+math.Pow((h*pitch-f1)/80, 2)) + 0.5/(1+math.Pow((h*pitch-f2)/100, 2)) + 0.01
			v += g * math.Sin(h*phase)
		}
		x[i] = audio.Clamp(int32(3000*v*(0.6+0.4*math.Sin(float64(i)/1700)) + 20*rng.NormFloat64()))
	}
}

func TestResidual(t *testing.T) {
	l := New(4)
	sent := make([]int16, 3000)
	for i, v := range l.synthesise('7', 400, -11, -9) {
		sent[1000+i] = int16(v)
	}
	for _, cut := range []float64{0, 20, 40} {
		got := make([]int16, 4000)
		for i, v := range sent {
			got[i+237] = int16(math.Round(float64(v) * math.Pow(10, -cut/20)))
		}
		if r := Residual(sent, got, 1000, 400, 0, 400); math.Abs(r+cut) > 0.2 {
			t.Errorf("%g dB down reads %.1f dB", cut, r)
		}
	}
	if r := Residual(sent, make([]int16, 4000), 1000, 400, 0, 400); r != Inaudible {
		t.Errorf("silence reads %.1f dB", r)
	}
	if r := Residual(make([]int16, 10), sent, 0, 400, 0, 0); r != Inaudible {
		t.Errorf("nothing sent reads %.1f dB", r)
	}
}

func TestLevels(t *testing.T) {
	l := New(4)
	x := make([]int16, 800)
	for i, v := range l.synthesise('6', len(x), -14, -9) {
		x[i] = int16(math.Round(v))
	}
	row, column := ToneLevel(x, '6')
	if math.Abs(row+14) > 0.1 || math.Abs(column+9) > 0.1 {
		t.Errorf("levels %.2f, %.2f", row, column)
	}
	all := Energy(x)
	if math.Abs(all[1]+14) > 0.3 || math.Abs(all[6]+9) > 0.3 || all[0] > -25 || all[7] > -25 {
		t.Errorf("levels %.1f", all)
	}
	if row, _ := ToneLevel(x, '!'); row != Inaudible {
		t.Errorf("unknown symbol at %.1f", row)
	}
}

func TestPValue(t *testing.T) {
	if p := AtLeast(1, 1, 0.25); math.Abs(p-0.25) > 1e-12 {
		t.Error(p)
	}
	if p := AtLeast(2, 3, 0.5); math.Abs(p-0.5) > 1e-12 {
		t.Error(p)
	}
	if p := AtLeast(0, 9, 0.5); p != 1 {
		t.Error(p)
	}
}

// A listener that shared code with what it listens to could share its mistakes.
func TestSharesNothingWithTheDetector(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"tonegate/bench/listen": true, "tonegate/internal/audio": true}
	for _, p := range strings.Fields(string(out)) {
		if strings.HasPrefix(p, "tonegate/") && !allowed[p] {
			t.Errorf("imports %s", p)
		}
	}
}

// TestPermuted: a favourite guess proves nothing, a good listener much.
func TestPermuted(t *testing.T) {
	guessing := func(strokes, guesses string) (r Report) {
		for i := range strokes {
			h := Heard{Stroke: Stroke{Symbol: strokes[i]}, Guess: Guess{Symbol: guesses[i]}}
			if h.Right() {
				r.Correct++
			}
			r.PerStroke = append(r.PerStroke, h)
		}
		return r
	}
	if p := guessing("4111111111111111#", "11111111111111111").Permuted(1); p < 0.9 {
		t.Errorf("a favourite guess has p = %g", p)
	}
	if p := guessing("4929420573595709", "4929420573595709").Permuted(1); p > 1e-4 {
		t.Errorf("a perfect reading has p = %g", p)
	}
}
