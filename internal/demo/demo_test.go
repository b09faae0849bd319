package demo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"

	"tonegate/bench/independent"
	"tonegate/internal/audio"
	"tonegate/internal/demo"
	"tonegate/internal/recording"
	"tonegate/internal/wav"
)

var (
	seed = flag.Uint64("seed", 0, "seed of the random digits; 0 takes the time's")
	runs = flag.Int("runs", 1, "runs per transport")
	path = flag.String("media-path", "", "the servers' media path; empty is the platform's own")
)

const symbols = "0123456789*#ABCD"

// TestWholeCalls is the product's promise on real input: random keys, every
// transport; receivers that nobody here wrote read all of them in what the IVR
// received, and none in what the agent received.
func TestWholeCalls(t *testing.T) {
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", s)
	spandsp, err := independent.BuildSpandsp(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for i, transport := range []string{"event", "inband", "both"} {
		t.Run(transport, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(s, uint64(i)))
			for range *runs {
				digits := make([]byte, 1+rng.IntN(demo.MaxDigits))
				for k := range digits {
					digits[k] = symbols[rng.IntN(len(symbols))]
				}
				wholeCall(t, spandsp, string(digits), transport)
			}
		})
	}
}

func wholeCall(t *testing.T, spandsp *independent.Spandsp, digits, transport string) {
	out := t.TempDir()
	r, err := demo.Run(t.Context(), demo.Options{Digits: digits, Transport: transport, MediaPath: *path, Record: true, Out: out})
	if err != nil {
		t.Fatalf("%s: %v", digits, err)
	}
	if !r.Passed {
		t.Errorf("%s by %s: %v", digits, transport, r.Faults)
	}
	for file, want := range map[string]string{"agent.wav": "", "ivr.wav": digits} {
		samples := readWAV(t, filepath.Join(out, file))
		for name, read := range map[string]func(context.Context, []int16) (string, error){
			"multimon-ng": independent.Multimon, "spandsp": spandsp.Read,
		} {
			got, err := read(t.Context(), samples)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%s by %s: %s reads %q in %s, not %q", digits, transport, name, got, file, want)
			}
		}
	}
	checkFiles(t, out, r)
	checkRecording(t, spandsp, out)
}

func checkFiles(t *testing.T, out string, want *demo.Report) {
	data, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got demo.Report
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if got.KeysSent != want.KeysSent || got.Passed != want.Passed {
		t.Errorf("the written report says %+v", got)
	}
	for _, f := range []string{"customer.wav", "customer_hears.wav", "agent.png", "ivr.png"} {
		if st, err := os.Stat(filepath.Join(out, f)); err != nil || st.Size() < 1000 {
			t.Errorf("%s: %v", f, err)
		}
	}
}

// checkRecording opens the sealed recording as its owner would: in neither channel
// may a receiver that nobody here wrote read a key, and both must be heard.
func checkRecording(t *testing.T, spandsp *independent.Spandsp, out string) {
	files, err := filepath.Glob(filepath.Join(out, "*.age"))
	if err != nil || len(files) != 1 {
		t.Fatalf("recordings %q: %v", files, err)
	}
	key, err := os.Open(filepath.Join(out, "recording-key.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer key.Close()
	identities, err := age.ParseIdentities(key)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var sound bytes.Buffer
	tl, err := recording.Open(f, identities, recording.Want{}, func(recording.Info) (io.Writer, error) { return &sound, nil })
	if err != nil || !tl.Complete || len(tl.Legs) != 3 || len(tl.Captures) != 1 || tl.Captures[0].End == nil {
		t.Fatalf("%v: %+v", err, tl)
	}
	for channel, name := range tl.Channels {
		samples := make([]int16, sound.Len()/2)
		for i := range samples {
			samples[i] = audio.MuLaw.DecodeSample(sound.Bytes()[2*i+channel])
		}
		if level := audio.LevelDBm0(samples); level < -40 {
			t.Errorf("%s: %.0f dBm0: nobody is heard", name, level)
		}
		for by, read := range map[string]func(context.Context, []int16) (string, error){
			"multimon-ng": independent.Multimon, "spandsp": spandsp.Read,
		} {
			if got, err := read(t.Context(), samples); err != nil || got != "" {
				t.Errorf("%s: %s reads %q: %v", name, by, got, err)
			}
		}
	}
}

func readWAV(t *testing.T, file string) []int16 {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	samples, err := wav.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

// TestCustomersOwnRecording sends a recording with tones of its own.
func TestCustomersOwnRecording(t *testing.T) {
	first := t.TempDir()
	if r, err := demo.Run(t.Context(), demo.Options{Digits: "42#", Transport: "inband", MediaPath: *path, Out: first}); err != nil || !r.Passed {
		t.Fatal(r, err)
	}
	// Without its first second, in which the marker for alignment is.
	recording := readWAV(t, filepath.Join(first, "customer.wav"))[8000:]
	r, err := demo.Run(t.Context(), demo.Options{Customer: recording, Digits: "7", Transport: "event", MediaPath: *path, Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Passed || r.KeysSent != "42#7" {
		t.Errorf("passed %v with %q: %v", r.Passed, r.KeysSent, r.Faults)
	}
}

func TestBadOptions(t *testing.T) {
	for name, o := range map[string]demo.Options{
		"no digits":       {Transport: "event"},
		"not a key":       {Digits: "12E4", Transport: "event"},
		"too many":        {Digits: "11111111111111111111111111111111111111111", Transport: "event"},
		"transport":       {Digits: "1", Transport: "pigeon"},
		"out is no place": {Digits: "1", Transport: "event", Out: "/dev/null/x"},
	} {
		if _, err := demo.Run(t.Context(), o); !errors.Is(err, demo.ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
